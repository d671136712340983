/// Whom a request concerns, and how each of them is reached.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "erasure/planner.hpp"

namespace fedtrail::erasure {

/// One post of which the origin itself told a recipient.
struct ToldPost {
    std::uint32_t post{};  ///< By PlanCase::told_posts.
    bool unsure{};         ///< It may lie there all the same: it is sent.
    Instant since{};       ///< Not told before then …
    Instant at{};          ///< … nor later than then.
};

/// One recipient that a request concerns.
struct Target {
    RecipientEntry entry;
    const fediverse::Dialect* dialect{};
    std::uint64_t objects{};    ///< Of the person, there, as the ledger counts them: an estimate of the work.
    std::vector<bool> counted;  ///< By place in PlanCase::chosen; what is beyond its end is not.
    bool took_things{};  ///< It accepted or fetched something of the person; of an account's erasure alone.
    bool disclosed{true};
    Host joined_to;  ///< The host that the request names this recipient by; empty: this one, or none.
    bool told_by_origin{};
    bool holds_kept{};     ///< Something lies there that is not erased.
    std::string barred;    ///< Why nothing may be sent there: begins with kBarred, or is kSpreads; or "".
    bool passes_on_all{};  ///< A relay or bridge: also the account's own Delete.
    std::optional<Instant> told_at;
    /// Of which posts the origin told it; ascending, each once, as told last. None where it was told of all
    /// that is chosen.
    std::vector<ToldPost> heard;
    std::optional<records::Notice> notice;  ///< The one that this request has already.
};

/// What a request is about, read once.
struct PlanCase {
    records::ErasureRequest request;
    std::string actor;                           ///< URI.
    std::vector<records::ErasedObject> objects;  ///< Those known already.
    std::set<std::string, std::less<>> kept;     ///< URIs that are not erased.
    std::set<std::string, std::less<>> chosen;   ///< Scope `objects`.
    /// Posts of which the origin told somebody; each has a number.
    std::map<std::string, std::uint32_t, std::less<>> told_posts;

    [[nodiscard]] bool account_lives() const { return !request.scope.recipients.empty(); }
};

/// Errors: as Planner::preview().
[[nodiscard]] Result<PlanCase> read_case(const PlannerPorts& ports, const records::ErasureRequest& request);

/// By host, each once. Fills `told_posts`.
[[nodiscard]] Result<std::vector<Target>> find_targets(const PlannerPorts& ports,
                                                       const fediverse::Dialects& dialects,
                                                       PlanCase& plan_case);

/// One place where a recipient can be told.
struct KnownInbox {
    std::string uri;
    InboxSource source{InboxSource::None};
};

/// The best first: what was declared, a shared inbox that was seen, the path its software always has,
/// somebody's inbox there. Each once.
[[nodiscard]] std::vector<KnownInbox> inboxes_of(const RecipientEntry& entry,
                                                 const fediverse::Dialect& dialect);

/// Before the name of the transfer rule that keeps even deletions from a recipient.
inline constexpr std::string_view kBarred = "a transfer rule keeps even deletions from it: ";
/// Of one from which alone somebody is to be removed.
inline constexpr std::string_view kSpreads =
    "it passes on what it gets, and others would erase what is to go from it alone";

/// Whether it is not to be told by a message, for one of these reasons.
[[nodiscard]] bool is_barred(const records::Notice& notice);

/// Whether a notice that was given up had nowhere to go.
[[nodiscard]] bool lacked_inbox(const records::Notice& notice);

/// A relay, a bridge or a community host, by what it says, what was declared, or what its software does.
[[nodiscard]] bool passes_on(const RecipientEntry& entry, const fediverse::Dialect& dialect);

struct ChosenInbox {
    std::string uri;
    InboxSource source{InboxSource::None};
    std::string
        obstacle;  ///< Why there is none, or why it will hardly be reached; "" if nothing is in the way.
};

/// The first of inboxes_of().
[[nodiscard]] ChosenInbox choose_inbox(const RecipientEntry& entry,
                                       const fediverse::Dialect& dialect,
                                       Instant now);

}  // namespace fedtrail::erasure
