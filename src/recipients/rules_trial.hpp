/// What a set of transfer rules would have done, had it been in force: the ledger replayed against it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/consent_book.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/ledger_replay.hpp"
#include "fedtrail/ports/objection_book.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/subject_facts.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::recipients {

struct TrialTally {
    std::uint64_t disclosures{};
    std::uint64_t activities{};  ///< To each recipient by itself.
    std::uint64_t subjects{};    ///< Different people.

    friend bool operator==(const TrialTally&, const TrialTally&) = default;
};

/// What one rule would have decided.
struct RuleTrial {
    std::size_t rule{};  ///< Index.
    TrialTally tally;
    std::uint64_t recipients{};

    friend bool operator==(const RuleTrial&, const RuleTrial&) = default;
};

/// A third server over which something would arrive all the same.
struct TrialRoad {
    Host through;
    std::string how;  ///< "relay", "bridge", "community".
    std::uint64_t activities{};

    friend bool operator==(const TrialRoad&, const TrialRoad&) = default;
};

/// A recipient that something would have been kept from.
struct BlockedRecipient {
    Host host;
    TrialTally blocked;
    TrialTally there;                                ///< All that it got, by any way; `activities` is unused.
    std::vector<privacy::SubjectNumber> subjects{};  ///< Of `blocked`, ascending; the first hundred.
    std::uint64_t still_arriving{};                  ///< Of blocked.activities: by one of the ways below.
    std::uint64_t fetched{};                         ///< Of them: it fetched them itself.
    std::uint64_t passed_on{};                       ///< Of them: seen to be passed on to it by others.
    std::vector<TrialRoad> roads{};                  ///< Most activities first, then by host.

    friend bool operator==(const BlockedRecipient&, const BlockedRecipient&) = default;
};

/// A recipient to which the proxy would open no connection that passes unread: it could carry anything.
struct RefusedTunnels {
    Host host;
    std::uint64_t connections{};  ///< So far. Those of proxy.bypass are among them, and always pass.

    friend bool operator==(const RefusedTunnels&, const RefusedTunnels&) = default;
};

/// All sums are exact; of lists, those that are bounded say so.
struct RulesTrial {
    TrialTally blocked;
    TrialTally flagged;
    std::uint64_t allowed{};       ///< Disclosures that may go, unmarked.
    std::uint64_t not_asked{};     ///< Disclosures that no rule can stop: pulls, and what others passed on.
    TrialTally by_objection;       ///< Of `blocked`: what people object to.
    std::vector<RuleTrial> rules;  ///< Those that decided something, in their order.
    std::vector<BlockedRecipient> recipients;  ///< Most disclosures first, then by host.
    std::vector<RefusedTunnels> tunnels;       ///< Most connections first, then by host.
    bool roads_complete{true};  ///< False: there were too many roads to keep all; their sums are exact.
    bool stopped{};             ///< Asked to; what is here is of the people that came before.
};

struct TrialPorts {
    const LedgerReader& ledger;
    const LedgerReplay& replay;
    const SubjectVault& vault;
    const RecipientRegister& recipients;
    const ObjectionBook& objections;
    const SubjectFacts& facts;
    const Clock& clock;
    const ConsentBook* consents{};  ///< Null: nobody consented to a transfer.
};

struct TrialOptions {
    /// `done` of `all` disclosures; false stops it. From the calling thread.
    std::function<bool(std::uint64_t done, std::uint64_t all)> progress{};
    std::size_t most_roads{1'000'000};
    std::size_t most_subjects{100};
};

/// Decides as the proxy would today: with what is known of recipients now, and which of them are one, the
/// objections and facts of people
/// of now, and the basis of a transfer made today. Each person's part is decided by itself; a delivery that
/// another's part would have stopped counts for that other alone. An objection counts for what its subject
/// made, not where they are only named. Memory grows with rules and recipients, not with disclosures.
/// Errors: Corrupt, Unavailable.
[[nodiscard]] Result<RulesTrial> try_rules(const TrialPorts& ports,
                                           const privacy::TransferRules& rules,
                                           const TrialOptions& options);

}  // namespace fedtrail::recipients
