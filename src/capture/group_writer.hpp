/// Turns one group of observations into one commit. Not thread-safe: the writing thread's own.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/ledger_writer.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "capture/known_people.hpp"
#include "capture/local_hosts.hpp"
#include "capture/open_intents.hpp"

namespace fedtrail::capture {

struct WaitingIntent {
    IntentId id;
    records::Observation observation;
    DeliverySink::IntentDone done;
};

struct WaitingTunnel {
    records::TunnelObservation tunnel;
    DeliverySink::TunnelDone done;
};

struct Settlement {
    IntentId intent;
    privacy::Outcome outcome;
};

/// What goes into one commit.
struct Group {
    std::vector<Settlement> settlements;
    std::vector<WaitingIntent> intents;
    std::vector<WaitingTunnel> openings;                        ///< Answered as the commit ends.
    std::vector<std::span<const records::Observation>> slices;  ///< Parts of observe() calls.
    std::vector<records::TunnelObservation> tunnels;
    std::vector<records::GapObservation> gaps;

    [[nodiscard]] bool empty() const {
        return settlements.empty() && intents.empty() && openings.empty() && slices.empty() &&
               tunnels.empty() && gaps.empty();
    }
};

/// What became of a group, in its order.
struct GroupOutcome {
    Result<void> committed;
    bool wrote{};  ///< There was something to commit.
    double commit_ms{};
    std::vector<Result<IntentId>> intents;  ///< IntentId{0}: nobody local is concerned, nothing to settle.
    std::vector<Result<Observed>> slices;
    std::uint64_t settled{};                       ///< Settlements written.
    std::uint64_t settles_lost{};                  ///< Settlements that cannot be written, now or later.
    std::vector<Settlement> unsettled;             ///< Settlements to be given again.
    std::uint64_t without_subject{};               ///< Intents and observations that concern nobody local.
    std::uint64_t unread{};                        ///< Of these intents, those that name nobody at all.
    std::map<std::string, std::uint64_t> senders;  ///< Hosts of the people the others name.
    std::uint64_t intents_damaged{};  ///< Intents not written because rows about their person are damaged.
    std::optional<Error> damage;      ///< Of the first intent, slice or settlement that met such rows.
};

class GroupWriter {
public:
    struct Limits {
        std::size_t open_intents{};
        std::size_t people{};
        bool refused_stays{true};  ///< As RecorderOptions::refused_stays.
    };

    /// `ledger`, `vault` and `hosts` must outlive it.
    GroupWriter(LedgerWriter& ledger, SubjectVault& vault, const LocalHosts& hosts, Limits limits)
        : ledger_(ledger),
          hosts_(hosts),
          refused_stays_(limits.refused_stays),
          people_(vault, limits.people),
          open_(limits.open_intents) {}

    /// Enrols, resolves, adds, commits. If the commit fails every intent and slice of the group has its
    /// error, and its settlements may be given again. An item that fails by itself has its own error and does
    /// not hold the others up; a part of it may be written all the same: rather too much is recorded than too
    /// little. What was written of an intent that failed is settled as no disclosure where it stays.
    [[nodiscard]] GroupOutcome write(const Group& group);

    /// Whether everybody of ours in it is known: write() then asks the vault for nobody's number.
    [[nodiscard]] bool knows_all_in(const records::Observation& observation) const;
    /// Whether the next write() waits for no other writer of the ledger.
    [[nodiscard]] bool claim();

    /// Between two groups. Errors: as LedgerForgetter says.
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject,
                                      const std::function<Result<void>()>& destroy_key);

    [[nodiscard]] std::size_t intents_open() const { return open_.size(); }

private:
    struct Person {
        privacy::SubjectNumber subject;
        ActivityNumber activity;
    };
    struct Resolved {
        const fediverse::ActivityDigest* digest{};  ///< Of this group; null if nothing is remembered.
        std::optional<OriginIndex> recipient;       ///< Where it went, if to one of ours.
        std::vector<Person> people;
    };

    /// Whether it names nobody and leaves for another's server: then where it went is kept.
    [[nodiscard]] bool is_unread(const records::Observation& observation) const;
    [[nodiscard]] bool concerns_us(const records::Observation& observation) const;
    void refuse(const Group& group, GroupOutcome& outcome) const;
    static void note_damage(const Error& error, GroupOutcome& outcome);
    /// Those whose data goes to another than their own origin.
    [[nodiscard]] bool leaves_origin(const fediverse::DataShare& share,
                                     std::optional<OriginIndex> recipient) const;
    void expect_people(const records::Observation& observation);
    [[nodiscard]] Result<std::span<const Person>> people_in(const records::Observation& observation);
    [[nodiscard]] Result<ActivityNumber> activity_of(const records::Observation& observation,
                                                     const fediverse::DataShare& share,
                                                     privacy::SubjectNumber subject);
    /// The attempts of an observation, one per local person; `fresh` says whether any was new.
    [[nodiscard]] Result<Attempts> add(const records::Observation& observation, bool& fresh);
    void take_back();
    [[nodiscard]] Result<void> add_settlement(const Settlement& settlement, GroupOutcome& outcome);
    void add_settlements(const Group& group, GroupOutcome& outcome);
    void add_intents(const Group& group, GroupOutcome& outcome);
    void add_slices(const Group& group, GroupOutcome& outcome);
    bool note_stranger(const records::Observation& observation, GroupOutcome& outcome) const;
    void note_unread(const records::Observation& observation, GroupOutcome& outcome);
    [[nodiscard]] Result<Observed> add_slice(std::span<const records::Observation> slice,
                                             GroupOutcome& outcome);
    void add_watched(const Group& group);
    void open_intents(const Group& group, const GroupOutcome& outcome);
    void undo(const Group& group, GroupOutcome& outcome);
    void commit(const Group& group, GroupOutcome& outcome);

    LedgerWriter& ledger_;
    const LocalHosts& hosts_;
    const bool refused_stays_;
    KnownPeople people_;
    OpenIntents open_;
    Resolved resolved_;               ///< Of the observation before: a fan-out repeats its activity.
    Attempts written_;                ///< Of the observation that is being added, what was not there before.
    std::vector<Attempts> attempts_;  ///< Of the group's intents, in their order.
    std::optional<Error> broken_;     ///< The commit after which the ledger is left alone.
    std::size_t added_{};             ///< What waits for the commit.
    bool claimed_{};
};

}  // namespace fedtrail::capture
