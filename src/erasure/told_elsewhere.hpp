/// Who was told already by the origin itself, as another request of the person has it.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "erasure/plan_targets.hpp"

namespace fedtrail::erasure {

/// What servers send is a Delete of the actor with a plain URI, without removeData, and one of an object as
/// a Tombstone or as a plain URI: which, is not seen. Only software that obeys it either way was really told.
[[nodiscard]] bool obeys_the_origin(const fediverse::Dialect& dialect, bool account);

/// Whether the erasure of an account leaves out what the origin told of by itself: posts, for software that
/// needs each of them named and obeys the origin's own Delete of one. Not for what asks the origin or passes
/// on.
[[nodiscard]] bool leaves_out_told(const fediverse::Dialect& dialect);

/// Sets `told_by_origin` where the origin was seen to delete what the request is about: the account, or each
/// of the chosen posts that the ledger counts there; and `heard` where it was one of the posts: of an account
/// only where leaves_out_told(). Not where it took that back or the copy was seen since; that nothing else of
/// a post went there is confirmed of chosen ones alone (HeardCheck). `targets` are by host, with their
/// dialects. Errors: as Planner::preview().
[[nodiscard]] Result<void> mark_told_elsewhere(const PlannerPorts& ports,
                                               PlanCase& plan_case,
                                               std::vector<Target>& targets);

/// Its number among the posts that the origin told somebody of; nothing if it is none of them.
[[nodiscard]] std::optional<std::uint32_t> told_post(const PlanCase& plan_case, std::string_view uri);
/// That post as the origin told the target of it; nothing if it did not, or if it is not sure of it.
[[nodiscard]] const ToldPost* told_of(const Target& target, std::optional<std::uint32_t> post);
[[nodiscard]] ToldPost* told_of(Target& target, std::optional<std::uint32_t> post);

/// Whether what left for a server at `first`, as the ledger has it (to the second), was there when it was
/// told at `told`. In the same second nobody knows.
[[nodiscard]] inline bool was_there(Instant first, Instant told) {
    return first + std::chrono::seconds{1} <= told;
}

/// Places among the objects of the notice's request that are to be erased, of those that the recipient was
/// told of by the origin itself, as other requests of the person have it. Ascending, each once. Errors: those
/// of the books.
[[nodiscard]] Result<std::vector<std::uint32_t>> told_places(const RequestBook& requests,
                                                             const NoticeBook& notices,
                                                             const records::Notice& notice);

/// Of these, those that the steps of the notice may leave out for that: of an account none unless
/// leaves_out_told(), which nobody knows without `dialects`. `request` is the notice's own. Errors: those of
/// the books.
[[nodiscard]] Result<std::vector<std::uint32_t>> left_out_places(const RequestBook& requests,
                                                                 const NoticeBook& notices,
                                                                 const fediverse::Dialects* dialects,
                                                                 const records::ErasureRequest& request,
                                                                 const records::Notice& notice);

}  // namespace fedtrail::erasure
