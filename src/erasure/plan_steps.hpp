/// What one recipient is told, step by step. Pure.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// What is a thing by itself, even if the activity has no object of its own; it has a document that can be
/// gone, which a reaction or a follow often has not.
inline constexpr fediverse::CategorySet kContent{fediverse::DataCategory::Profile,
                                                 fediverse::DataCategory::PostText,
                                                 fediverse::DataCategory::Media,
                                                 fediverse::DataCategory::Location,
                                                 fediverse::DataCategory::PollVote,
                                                 fediverse::DataCategory::DirectMessage};

enum class Treatment : std::uint8_t {
    Nothing,  ///< Nothing of its own is left of it (an Accept, a Delete), or the actor's Delete is its
              ///< erasure.
    Delete,   ///< Its object.
    Undo,     ///< The activity: a follow, a reaction, a boost.
};

/// How a disclosed activity is erased, and the URI of what is.
struct ErasedThing {
    Treatment treatment{Treatment::Nothing};
    const std::string* uri{};  ///< Lives as long as the activity; none for Nothing.
};

/// Software that refuses everything once it obeyed the actor's Delete.
[[nodiscard]] bool ends_with_actor(const fediverse::Dialect& dialect);

[[nodiscard]] ErasedThing erased_thing(const HeldActivity& held, const std::string& actor);

/// Which messages a recipient gets.
struct StepNeeds {
    bool actor{};
    bool objects{};
    bool undos{};
    bool objects_again{};  ///< When the origin answers 404 or 410.
    bool actor_again{};
    bool listed{};  ///< The origin told of the posts there: they are named to be looked at, and not sent.

    /// Whether it takes to know what lies there.
    [[nodiscard]] bool by_object() const { return objects || undos || objects_again || listed; }
};

/// What decides about them besides the dialect.
struct StepOccasion {
    records::ScopeKind scope{records::ScopeKind::Account};
    bool account_lives{};   ///< "Remove me from that server": the origin goes on answering.
    bool origin_gone{};     ///< It answers 404 or 410 already: one wave does.
    bool keeps_objects{};   ///< Objects there are held or refused: the account must stay as well.
    bool told_by_origin{};  ///< The origin's own Delete reached it, in a form that it obeys.
    bool passes_on{};  ///< A relay or community host (FEP-1b12): it passes on what is about objects alone.
};

[[nodiscard]] StepNeeds step_needs(const fediverse::Dialect& dialect, const StepOccasion& occasion);

/// `deletes`, `undos` and `heard` are indexes into the request's objects, ascending and each once. Objects
/// come first and the actor last; every form of a dialect in its turn. Of what is `heard` already a Delete is
/// sent only when the origin answers 404 or 410.
[[nodiscard]] std::vector<records::NoticeStep> steps_for(const fediverse::Dialect& dialect,
                                                         const StepNeeds& needs,
                                                         std::span<const std::uint32_t> deletes,
                                                         std::span<const std::uint32_t> undos,
                                                         std::span<const std::uint32_t> heard = {});

/// The first `behind` steps of `known` are in the past; what is wanted and not among them follows.
[[nodiscard]] std::vector<records::NoticeStep> steps_after(std::span<const records::NoticeStep> known,
                                                           std::size_t behind,
                                                           std::span<const records::NoticeStep> wanted);

}  // namespace fedtrail::erasure
