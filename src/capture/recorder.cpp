#include "capture/recorder.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "capture/group_writer.hpp"
#include "capture/queue.hpp"

namespace fedtrail::capture {

namespace {

using std::chrono::steady_clock;

Error too_many() {
    return Error{ErrorKind::Unavailable,
                 "too many deliveries wait for the ledger",
                 "check how long its disk takes to write; the server retries by itself"};
}

}  // namespace

struct Recorder::State {
    State(LedgerWriter& writer,
          SubjectVault& vault,
          const Clock& time,
          RecorderOptions wanted,
          RecorderEvents told)
        : options(std::move(wanted)),
          events(std::move(told)),
          ledger(writer),
          clock(time),
          hosts(options.origins),
          queue(options),
          group_writer(
              ledger, vault, hosts, {options.max_open_intents, options.max_people, options.refused_stays}) {}

    bool run_once();
    bool write_group();
    void write(Queue::Taken taken);
    void write_at_once();
    bool forget_next();
    bool fold_next();
    void refuse_folds();
    void told(const Result<FoldSummary>& folded);
    void fold_if_due();
    void rest_if_due();
    void count(const Queue::Taken& taken, const GroupOutcome& outcome);
    static void answer_openings(const Queue::Taken& taken, const Result<void>& committed);
    static void answer_intents(Queue::Taken& taken, GroupOutcome& outcome);

    const RecorderOptions options;
    const RecorderEvents events;
    LedgerWriter& ledger;
    const Clock& clock;
    const LocalHosts hosts;
    Queue queue;
    GroupWriter group_writer;  // of the thread whose turn it is to write, as the three below
    steady_clock::time_point fold_due = steady_clock::now() + options.fold_interval;
    std::uint64_t since_fold = 0;
    steady_clock::time_point rest_due = steady_clock::time_point::max();  ///< max(): it rests.
    mutable std::mutex figures_lock;
    RecorderFigures figures;
};

Recorder::Recorder(LedgerWriter& ledger,
                   SubjectVault& vault,
                   const Clock& clock,
                   RecorderOptions options,
                   RecorderEvents events)
    : state_(std::make_unique<State>(ledger, vault, clock, std::move(options), std::move(events))) {}

Recorder::~Recorder() {
    while (!state_->queue.close_if_idle()) {  // run() was never called, or did not return
        auto taken = state_->queue.take();
        GroupOutcome outcome;
        outcome.intents.assign(taken.group.intents.size(), stopping());
        outcome.slices.assign(taken.calls.size(), stopping());
        State::answer_intents(taken, outcome);
        State::answer_openings(taken, stopping());
        state_->queue.answer(taken, outcome);
        if (auto* call = state_->queue.take_forget()) {
            state_->queue.answer(*call, stopping());
        }
        state_->refuse_folds();
    }
}

void Recorder::intend(records::Observation observation, IntentDone done) {
    if (!state_->queue.put_intent(observation, done, Queue::Writes::Waiting)) {
        done(stopping());
    }
}

void Recorder::gather(records::Observation observation, IntentDone done) {
    if (!state_->queue.put_intent(observation, done, Queue::Writes::Putting)) {
        done(stopping());
    }
}

void Recorder::write_gathered() {
    if (state_->queue.take_turn()) {
        state_->write_at_once();
        state_->queue.give_turn(state_->rest_due);
    }
}

void Recorder::settle(IntentId intent, privacy::Outcome outcome) {
    state_->queue.put_settlement(Settlement{intent, outcome});
}

Result<Observed> Recorder::observe(std::span<const records::Observation> observations) {
    ObserveCall call{observations};
    return observations.empty() ? Result<Observed>{Observed{}} : state_->queue.call(call);
}

Result<void> Recorder::forget(privacy::SubjectNumber subject,
                              const std::function<Result<void>()>& destroy_key) {
    ForgetCall call{subject, destroy_key};
    return state_->queue.call(call);
}

Result<FoldSummary> Recorder::fold_settled(std::optional<privacy::SubjectNumber> subject) {
    FoldCall call{subject};
    return state_->queue.call(call);
}

void Recorder::open_tunnel(const records::TunnelObservation& tunnel, TunnelReason /*why*/, TunnelDone done) {
    if (auto put = state_->queue.put_opening(tunnel, done); !put) {
        const std::scoped_lock held{state_->figures_lock};
        ++state_->figures.tunnels_refused;
        done(std::move(put));
    }
}

void Recorder::tunnel(const records::TunnelObservation& tunnel) {
    state_->queue.put_tunnel(tunnel);
}

void Recorder::gap(const records::GapObservation& gap) {
    state_->queue.put_gap(gap);
}

void Recorder::State::answer_intents(Queue::Taken& taken, GroupOutcome& outcome) {
    for (std::size_t i = 0; i < taken.group.intents.size(); ++i) {
        taken.group.intents[i].done(std::move(outcome.intents[i]));
    }
    for (auto& done : taken.refused) {
        done(tl::unexpected{too_many()});
    }
}

void Recorder::State::answer_openings(const Queue::Taken& taken, const Result<void>& committed) {
    for (const auto& opening : taken.group.openings) {
        opening.done(committed);
    }
}

bool Recorder::State::run_once() {
    const bool wrote = write_group();
    const bool forgot = forget_next();
    return fold_next() || forgot || wrote;
}

bool Recorder::State::fold_next() {
    auto* call = queue.take_fold();
    if (call == nullptr) {
        return false;
    }
    auto folded = ledger.fold_settled(clock.now(), call->subject);
    told(folded);
    queue.answer(*call, std::move(folded));
    return true;
}

/// A backlog may take many slices: whoever waits for one is not to hold up the end.
void Recorder::State::refuse_folds() {
    while (auto* call = queue.take_fold()) {
        queue.answer(*call, stopping());
    }
}

/// Behind the group that was waiting before it.
bool Recorder::State::forget_next() {
    auto* call = queue.take_forget();
    if (call == nullptr) {
        return false;
    }
    auto forgotten = group_writer.forget(call->subject, call->destroy_key);
    if (!forgotten && forgotten.error().kind == ErrorKind::Corrupt && events.commit_failed) {
        events.commit_failed(forgotten.error());
    }
    queue.answer(*call, std::move(forgotten));
    return true;
}

bool Recorder::State::write_group() {
    auto taken = queue.take();
    if (taken.group.empty() && taken.refused.empty()) {
        return false;
    }
    write(std::move(taken));
    return true;
}

/// Other connections wait for the thread that is here: whatever may have to wait for another program, a
/// person of whom the vault is to be asked or a ledger that somebody else is writing, is the committing
/// thread's.
void Recorder::State::write_at_once() {
    const auto count = queue.intents_if_all(
        [this](const records::Observation& observation) { return group_writer.knows_all_in(observation); });
    if (!count) {
        return;
    }
    if (!group_writer.claim()) {
        queue.wrote_in(steady_clock::duration::max());
        return;
    }
    write(queue.take_intents(*count));
}

void Recorder::State::write(Queue::Taken taken) {
    const auto begun = steady_clock::now();
    auto outcome = group_writer.write(taken.group);
    const auto ended = steady_clock::now();
    queue.wrote_in(ended - begun);
    rest_due = ended + options.rest;
    if (!outcome.committed) {
        queue.put_back(outcome.unsettled, taken.group);
        if (events.commit_failed) {
            events.commit_failed(outcome.committed.error());
        }
    } else if (!outcome.unsettled.empty()) {
        queue.put_back(outcome.unsettled, Group{});
    }
    if (outcome.damage && events.damage_met) {
        events.damage_met(*outcome.damage);
    }
    count(taken, outcome);
    answer_intents(taken, outcome);
    answer_openings(taken, outcome.committed);
    queue.answer(taken, outcome);
}

void Recorder::State::count(const Queue::Taken& taken, const GroupOutcome& outcome) {
    const std::scoped_lock held{figures_lock};
    std::uint64_t size = taken.group.intents.size();
    for (const auto& intent : outcome.intents) {
        const bool concerns = intent && *intent != IntentId{0};
        figures.intents += concerns ? 1 : 0;
        figures.recorded += concerns ? 1 : 0;
        figures.intents_refused += intent ? 0 : 1;
    }
    figures.intents_refused += taken.refused.size();
    figures.intents_damaged += outcome.intents_damaged;
    for (std::size_t i = 0; i < outcome.slices.size(); ++i) {
        const auto given = taken.group.slices[i].size();
        size += given;
        if (const auto& slice = outcome.slices[i]) {
            figures.observations += given;
            figures.recorded += slice->fresh;
            figures.duplicates += given - slice->fresh - slice->without_subject;
        }
    }
    since_fold += size;
    figures.last_group_size = size;
    figures.without_subject += outcome.without_subject;
    figures.unread += outcome.unread;
    for (const auto& [host, count] : outcome.senders) {
        figures.add_sender(host, count);
    }
    figures.settled += outcome.settled;
    figures.settles_lost += outcome.settles_lost;
    figures.open_intents = group_writer.intents_open();
    if (!outcome.committed) {
        ++figures.failed_groups;
        figures.tunnels_refused += taken.group.openings.size();
        return;
    }
    figures.tunnels += taken.group.openings.size();
    for (const auto& tunnel : taken.group.tunnels) {
        figures.tunnels += tunnel.connections;
    }
    for (const auto& gap : taken.group.gaps) {
        figures.gap_deliveries += gap.deliveries;
    }
    if (outcome.wrote) {
        ++figures.groups;
        figures.commit_times.add(std::chrono::duration<double, std::milli>{outcome.commit_ms});
    }
}

void Recorder::State::told(const Result<FoldSummary>& folded) {
    {
        const std::scoped_lock held{figures_lock};
        ++(folded ? figures.folds : figures.failed_folds);
    }
    if (folded && events.folded) {
        events.folded(*folded);
    }
    if (!folded && events.fold_failed) {
        events.fold_failed(folded.error());
    }
}

void Recorder::State::fold_if_due() {
    const bool early = since_fold >= options.fold_after || ledger.wants_fold();
    if (steady_clock::now() < fold_due && !early) {
        return;
    }
    const auto folded = ledger.fold(clock.now());
    told(folded);
    since_fold = 0;
    // What is left is folded at once, behind the group that waits.
    const bool more = folded && folded->more;
    fold_due = steady_clock::now() + (more ? steady_clock::duration{} : options.fold_interval);
}

/// What the ledger keeps for the next commit is in the way of others, so not for longer than it may help.
void Recorder::State::rest_if_due() {
    if (steady_clock::now() >= rest_due) {
        ledger.rest();
        rest_due = steady_clock::time_point::max();
    }
}

void Recorder::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (state_->queue.wait(stop, std::min(state_->fold_due, state_->rest_due))) {
            state_->run_once();
        }
        state_->rest_if_due();
        state_->fold_if_due();
    }
    do {
        state_->write_group();
        state_->forget_next();
        state_->refuse_folds();
    } while (!state_->queue.close_if_idle());
    state_->ledger.rest();
}

std::vector<records::GapObservation> Recorder::unwritten_gaps() {
    return state_->queue.take_gaps();
}

bool Recorder::run_once() {
    return state_->run_once();
}

RecorderFigures Recorder::figures() const {
    const auto waiting = state_->queue.waiting();
    const std::scoped_lock held{state_->figures_lock};
    auto figures = state_->figures;
    figures.waiting_intents = waiting.intents;
    figures.settles_lost += waiting.settles_lost;
    figures.tunnels_lost += waiting.tunnels_lost;
    return figures;
}

}  // namespace fedtrail::capture
