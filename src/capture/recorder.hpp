/// Recorder: turns observations into durable disclosures (docs/life-of-a-delivery.md).
///
/// Any thread may push; one thread, in run(), takes everything that waits, writes it as one group and commits
/// once. The longer a commit takes, the more the next one carries.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/ledger_folder.hpp"
#include "fedtrail/ports/ledger_writer.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "capture/local_hosts.hpp"
#include "capture/recorder_figures.hpp"

namespace fedtrail::capture {

struct RecorderOptions {
    std::vector<OriginHosts> origins{};
    std::size_t max_waiting_intents{10'000};  ///< More are refused: the server retries.
    std::size_t max_group{4'096};             ///< Intents and observations in one commit.
    std::size_t max_open_intents{100'000};    ///< Older ones are given up: they stay `intended`.
    std::size_t max_people{65'536};           ///< Subject numbers kept at hand.
    std::size_t max_kept{100'000};            ///< Outcomes and tunnels that wait for a commit to ride with.
    std::chrono::milliseconds linger{200};    ///< How long those wait for company.
    std::chrono::milliseconds retry{1'000};   ///< How long they wait after a commit failed.
    /// Whoever gathered a few intents writes them itself while no group takes longer. Waking another thread
    /// costs some 20 to 50 us; a disk that has to be waited for takes a multiple.
    std::chrono::microseconds quick{250};
    std::chrono::milliseconds rest{10};  ///< Without a group, until the ledger is told to rest.
    std::chrono::milliseconds fold_interval{60'000};
    std::uint64_t fold_after{1'000'000};  ///< Observations after which the journal is folded before its time.
    /// An intent that is answered with an error does not leave (`on_ledger_failure = "hold"`).
    bool refused_stays{true};
};

/// Told from the thread in run() or in write_gathered(), one at a time; must not block and must not call the
/// recorder.
struct RecorderEvents {
    /// Corrupt: nothing is written any more until the process was restarted and the ledger checked.
    std::function<void(const Error&)> commit_failed{};
    std::function<void(const Error&)> fold_failed{};
    /// Rows about one person are damaged: what concerns them cannot be written, whatever concerns others is.
    std::function<void(const Error&)> damage_met{};
    std::function<void(const FoldSummary&)> folded{};
};

class Recorder final : public DeliverySink, public LedgerForgetter, public LedgerFolder {
public:
    /// `ledger`, `vault` and `clock` must outlive it; only run(), run_once() and write_gathered() touch the
    /// ledger, one at a time.
    Recorder(LedgerWriter& ledger,
             SubjectVault& vault,
             const Clock& clock,
             RecorderOptions options,
             RecorderEvents events = {});
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    Recorder(Recorder&&) = delete;
    Recorder& operator=(Recorder&&) = delete;
    ~Recorder() override;

    /// As the port says. An observation that concerns no local person, or goes to a host of the person's own
    /// origin (no disclosure: the controller keeps it), succeeds with IntentId{0} and writes nothing; one
    /// that names nobody at all does so when it is durable as an unread connection. After run() has returned
    /// `done` is called at once, with Unavailable.
    void intend(records::Observation observation, IntentDone done) override;
    void gather(records::Observation observation, IntentDone done) override;
    /// The calling thread writes them itself, as the thread in run() would, while that one sleeps, no more
    /// than 16 wait and the eight groups before were `quick`: it does not wait for a slow disk again and
    /// again. Nor for another program: of people not known yet, or while somebody else writes into the
    /// ledger, the thread in run() writes.
    void write_gathered() override;
    /// IntentId{0} and ids that are not open are passed over.
    void settle(IntentId intent, privacy::Outcome outcome) override;
    /// Written in groups of `max_group`: after an error a part may be durable; giving all of it again is
    /// right, what is there is not counted twice. Must not be called from the thread in run().
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override;
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) override;
    void tunnel(const records::TunnelObservation& tunnel) override;
    void gap(const records::GapObservation& gap) override;

    /// As the port says; from a thread that is not the one in run().
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject,
                                      const std::function<Result<void>()>& destroy_key) override;

    /// As the port says; from a thread that is not the one in run(). A stop ends it behind the slice that is
    /// being folded, with Unavailable; what was folded stays so.
    [[nodiscard]] Result<FoldSummary> fold_settled(std::optional<privacy::SubjectNumber> subject) override;

    /// Commits groups and folds until `stop`, a group between any two slices of a fold, then writes what
    /// still waits and refuses what comes later. To be called once, from one thread.
    void run(const std::stop_token& stop);

    /// Once run() has returned: gaps that could not be written; each is given once.
    [[nodiscard]] std::vector<records::GapObservation> unwritten_gaps();

    /// One group, without waiting: whether there was anything to write. For tests that want no second thread.
    bool run_once();

    /// A copy; any thread may ask.
    [[nodiscard]] RecorderFigures figures() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::capture
