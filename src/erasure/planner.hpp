/// Planner: from what the ledger knows to one notice per recipient, in the dialect that its software obeys.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::erasure {

/// Where the inbox of a recipient comes from.
enum class InboxSource : std::uint8_t {
    Declared,       ///< The controller wrote it down.
    SharedKnown,    ///< Its shared inbox was seen.
    WellKnownPath,  ///< Its software always has one at this path.
    PersonalKnown,  ///< Somebody's inbox there was seen.
    ToBeAsked,      ///< None is known; its NodeInfo is asked before anything is sent.
    None,           ///< It was asked and none was found.
};

/// What one recipient is to be told.
struct PlannedRecipient {
    Host host;
    std::string software;  ///< "" is unknown.
    std::string dialect;
    std::uint64_t messages{};
    std::string inbox;  ///< URI; "" if none is known.
    InboxSource inbox_source{InboxSource::None};
    std::string difficulty;  ///< "erases", "erases_in_part", "hides", "keeps", "unknown".
    std::string leaves;      ///< What stays there even if it obeys; "" if nothing is known to stay.
    std::uint8_t first_wave{1};
    std::uint8_t last_wave{1};    ///< 2: more goes when the origin answers 404 or 410.
    bool passes_on{};             ///< Relay, bridge or community host: what lies behind is told by it alone.
    bool told_by_origin{};        ///< The origin's own Delete reached it; only what that left is sent.
    std::uint64_t told_before{};  ///< Objects there that the origin told it of, left out of the messages (but
                                  ///< not those of wave two). 0 where told_by_origin says so of all posts.
    std::uint64_t held_back{};    ///< Objects there that are not erased: a legal hold, or refused.
    bool disclosed{true};         ///< False: named by the request, but nothing is known to have gone there.
    Host joined_to;        ///< The same recipient as that host, which the request names; empty: named itself.
    std::string obstacle;  ///< Why it cannot be reached, or is not told; "" if nothing is in the way.
};

struct PlanTotals {
    std::uint64_t recipients{};
    std::uint64_t reachable{};    ///< With an inbox, and nothing in the way.
    std::uint64_t not_asked{};    ///< Nobody has asked it what it is: whether it is reached is not known.
    std::uint64_t unreachable{};  ///< The rest of those that are told.
    std::uint64_t nothing_to_send{};
    std::uint64_t messages{};
    std::uint64_t objects{};    ///< Distinct objects (and activities) erased.
    std::uint64_t held_back{};  ///< Distinct objects kept.
    std::map<std::string, std::uint64_t, std::less<>>
        difficulty;  ///< Recipients by PlannedRecipient::difficulty.
};

/// A plan that was made and not written down: what `--dry-run` prints.
struct PlanPreview {
    std::vector<PlannedRecipient> recipients;  ///< By host.
    PlanTotals totals;
};

[[nodiscard]] std::string_view name_of(InboxSource source);  ///< "shared_known", "to_be_asked", …

struct PlannerPorts {
    const LedgerReader& reader;
    const LedgerHoldings& holdings;
    const SubjectVault& vault;
    const RecipientDirectory& directory;
    NoticeBook& notices;
    const RequestBook& requests;
    const Clock& clock;
    /// None: of nobody is it known that the origin's own Delete left for them without an answer.
    const LedgerEvidence* evidence{};
};

/// Thread-safe as its ports are.
class Planner {
public:
    /// For each of the servers, the name of the transfer rule that keeps even this person's deletions from
    /// it; "" if none does.
    using Barred =
        std::function<Result<std::vector<std::string>>(privacy::SubjectNumber, std::span<const Host>)>;

    /// Whether the guard of addresses lets anything be sent to a server, as far as its name tells.
    using Permits = std::function<bool(const Host&)>;

    struct Options {
        /// Steps that are held in memory before they are written.
        std::size_t batch_steps{1'000'000};
        /// Notices that are written in one commit.
        std::size_t batch_notices{20'000};
        /// Not set: no rule does.
        Barred barred{};
        /// Not set: to all.
        Permits permits{};
    };

    Planner(PlannerPorts ports, const fediverse::Dialects& dialects, Options options);
    Planner(PlannerPorts ports, const fediverse::Dialects& dialects) : Planner(ports, dialects, Options{}) {}

    /// The recipients that the request names and, of the same ones, each other host that something of what it
    /// is about went to; sorted. Errors: as preview().
    [[nodiscard]] Result<std::vector<Host>> widened(const records::ErasureRequest& request) const;

    /// Those of `hosts` that pass on what they get: who is behind them is not known. Errors: Unavailable,
    /// Corrupt.
    [[nodiscard]] Result<std::set<Host>> passing_on(std::span<const Host> hosts) const;

    /// How many of the objects that its notice is about the recipient was told of by the origin itself, so
    /// that a plan may leave them out. Errors: NotFound, Unavailable, Corrupt.
    [[nodiscard]] Result<std::size_t> told_before(const records::Notice& notice) const;

    /// What plan() would write; writes nothing. `request.number` may be 0: not opened yet.
    /// Errors: NotFound (the subject), Invalid (an object that is no URI), Corrupt, Unavailable.
    [[nodiscard]] Result<PlanPreview> preview(const records::ErasureRequest& request) const;

    /// Writes the notices that the request still lacks and fits the rest to what is known now: what was sent
    /// stays, what was not follows the dialect, the holds and the ledger of today. So a plan that was cut
    /// short can be made again, and a plan is made again when a hold comes or goes. Errors: as preview().
    [[nodiscard]] Result<PlanTotals> plan(const records::ErasureRequest& request);

private:
    PlannerPorts ports_;
    const fediverse::Dialects* dialects_;
    Options options_;
};

}  // namespace fedtrail::erasure
