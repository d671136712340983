#include "capture/queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fedtrail::capture {

namespace {

constexpr std::size_t kMaxGaps = 1'000;

// What a thread with other things to do may write itself.
constexpr unsigned kQuickInARow = 8;
constexpr std::size_t kFewIntents = 16;
constexpr std::size_t kFewRiders = 256;

template <typename T>
std::vector<T> all_of(std::vector<T>& from) {
    return std::exchange(from, {});
}

}  // namespace

tl::unexpected<Error> stopping() {
    return fail(ErrorKind::Unavailable, "the recorder is stopping", "retry when the service runs again");
}

bool Queue::put_intent(records::Observation& observation, DeliverySink::IntentDone& done, Writes who) {
    {
        const std::scoped_lock held{lock_};
        if (closed_) {
            return false;
        }
        if (intents_.size() >= options_.max_waiting_intents) {
            refused_.push_back(std::move(done));
        } else {
            intents_.push_back(WaitingIntent{IntentId{++last_id_}, std::move(observation), std::move(done)});
        }
    }
    if (who == Writes::Waiting) {
        work_.notify_one();
    }
    return true;
}

/// The first rider sets the time, and only it may have to wake the writer: the others ride along. The caller
/// holds the lock; gives back whether to wake.
bool Queue::rider_came() {
    if (has_riders()) {
        return false;
    }
    riders_due_ = std::chrono::steady_clock::now() + options_.linger;
    return riders_due_ < wakes_at_;
}

void Queue::put_settlement(const Settlement& settlement) {
    if (settlement.intent == IntentId{0}) {
        return;
    }
    bool wake = false;
    {
        const std::scoped_lock held{lock_};
        if (closed_ || settlements_.size() >= options_.max_kept) {
            ++settles_lost_;
            return;
        }
        wake = rider_came();
        settlements_.push_back(settlement);
    }
    if (wake) {
        work_.notify_one();
    }
}

Result<void> Queue::put_opening(const records::TunnelObservation& tunnel, DeliverySink::TunnelDone& done) {
    {
        const std::scoped_lock held{lock_};
        if (closed_) {
            return stopping();
        }
        if (openings_.size() >= options_.max_waiting_intents) {
            return fail(ErrorKind::Unavailable,
                        "too many tunnels wait for the ledger",
                        "check how long its disk takes to write; the server retries by itself");
        }
        openings_.push_back(WaitingTunnel{tunnel, std::move(done)});
    }
    work_.notify_one();
    return {};
}

void Queue::put_tunnel(const records::TunnelObservation& tunnel) {
    bool wake = false;
    {
        const std::scoped_lock held{lock_};
        if (closed_ || tunnels_.size() >= options_.max_kept) {
            ++tunnels_lost_;
            return;
        }
        wake = rider_came();
        tunnels_.push_back(tunnel);
    }
    if (wake) {
        work_.notify_one();
    }
}

void Queue::put_gap(const records::GapObservation& gap) {
    bool wake = false;
    {
        const std::scoped_lock held{lock_};
        if (closed_) {
            return;
        }
        wake = rider_came();
        if (gaps_.size() < kMaxGaps) {
            gaps_.push_back(gap);
        } else {  // no delivery of a gap is dropped, only the border between two gaps
            auto& last = gaps_.back();
            last.from = std::min(last.from, gap.from);
            last.until = std::max(last.until, gap.until);
            last.deliveries += gap.deliveries;
        }
    }
    if (wake) {
        work_.notify_one();
    }
}

template <typename Call>
auto Queue::wait_for(std::deque<Call*>& calls, Call& call) {
    using Answer = typename decltype(call.answer)::value_type;
    std::unique_lock held{lock_};
    if (closed_) {
        return Answer{stopping()};
    }
    calls.push_back(&call);
    work_.notify_one();
    answers_.wait(held, [&] { return call.answer.has_value(); });
    return std::move(*call.answer);
}

template <typename Call>
Call* Queue::take_from(std::deque<Call*>& calls) {
    const std::scoped_lock held{lock_};
    if (calls.empty()) {
        return nullptr;
    }
    auto* call = calls.front();
    calls.pop_front();
    return call;
}

Result<Observed> Queue::call(ObserveCall& call) {
    return wait_for(calls_, call);
}

Result<void> Queue::call(ForgetCall& call) {
    return wait_for(forgets_, call);
}

Result<FoldSummary> Queue::call(FoldCall& call) {
    return wait_for(folds_, call);
}

ForgetCall* Queue::take_forget() {
    return take_from(forgets_);
}

FoldCall* Queue::take_fold() {
    return take_from(folds_);
}

void Queue::answer(FoldCall& call, Result<FoldSummary> with) {
    const std::scoped_lock held{lock_};
    if (with) {
        with->activities += call.sum.activities;
        with->observations += call.sum.observations;
        with->chunks += call.sum.chunks;
        with->batches_dropped += call.sum.batches_dropped;
    }
    if (with && with->more) {
        call.sum = *with;
        folds_.push_back(&call);
        return;
    }
    call.answer = std::move(with);
    answers_.notify_all();
}

void Queue::answer(ForgetCall& call, Result<void> with) {
    const std::scoped_lock held{lock_};
    call.answer = std::move(with);
    answers_.notify_all();
}

bool Queue::wait(const std::stop_token& stop, SteadyInstant until) {
    const std::stop_callback wake_up{stop, [this] {
                                         const std::scoped_lock once_it_waits{lock_};
                                         work_.notify_one();
                                     }};
    std::unique_lock held{lock_};
    turn_free_ = true;
    due_ = until;
    while (!is_urgent() && !stop.stop_requested()) {
        wakes_at_ = next_due();
        // A rider that comes may move the time to wake up, and so may who had the turn.
        const auto changed = [&] { return is_urgent() || stop.stop_requested() || next_due() < wakes_at_; };
        if (!work_.wait_until(held, wakes_at_, changed)) {
            break;
        }
    }
    wakes_at_ = {};
    work_.wait(held, [&] { return turn_free_; });
    turn_free_ = false;
    const bool due = has_riders() && std::chrono::steady_clock::now() >= riders_due_;
    return is_urgent() || due;
}

bool Queue::take_turn() {
    {
        const std::scoped_lock held{lock_};
        if (!turn_free_ || intents_.empty()) {
            return false;  // whoever has the turn looks at what waits when it ends
        }
        const bool alone = refused_.empty() && calls_.empty() && forgets_.empty() && folds_.empty();
        const auto riders = settlements_.size() + tunnels_.size() + gaps_.size();
        if (alone && intents_.size() <= kFewIntents && riders <= kFewRiders && quick_ >= kQuickInARow) {
            turn_free_ = false;
            return true;
        }
    }
    work_.notify_one();
    return false;
}

void Queue::give_turn(SteadyInstant until) {
    bool wake = false;
    {
        const std::scoped_lock held{lock_};
        turn_free_ = true;
        due_ = std::min(due_, until);
        wake = is_urgent() || due_ < wakes_at_ || wakes_at_ == SteadyInstant{};
    }
    if (wake) {
        work_.notify_one();
    }
}

void Queue::wrote_in(std::chrono::steady_clock::duration took) {
    const std::scoped_lock held{lock_};
    quick_ = took <= options_.quick ? std::min(quick_ + 1, kQuickInARow) : 0;
}

void Queue::take_slices(Taken& taken, std::size_t room) {
    while (room > 0 && !calls_.empty()) {
        auto* call = calls_.front();
        calls_.pop_front();
        const auto count = std::min(room, call->rest.size());
        taken.calls.push_back(call);
        taken.group.slices.push_back(call->rest.first(count));
        call->rest = call->rest.subspan(count);
        room -= count;
        if (count == 0) {
            --room;  // an empty call takes a place, so that the group ends
        }
    }
}

/// The caller holds the lock.
void Queue::take_riders(Taken& taken, std::size_t intents) {
    const auto end = intents_.begin() + static_cast<std::ptrdiff_t>(std::min(intents, intents_.size()));
    taken.group.intents.assign(std::make_move_iterator(intents_.begin()), std::make_move_iterator(end));
    intents_.erase(intents_.begin(), end);
    taken.group.settlements = all_of(settlements_);
    taken.group.tunnels = all_of(tunnels_);
    taken.group.gaps = all_of(gaps_);
}

Queue::Taken Queue::take() {
    Taken taken;
    const std::scoped_lock held{lock_};
    take_riders(taken, options_.max_group);
    take_slices(taken, options_.max_group - taken.group.intents.size());
    taken.refused = all_of(refused_);
    taken.group.openings = all_of(openings_);
    return taken;
}

Queue::Taken Queue::take_intents(std::size_t count) {
    Taken taken;
    const std::scoped_lock held{lock_};
    take_riders(taken, count);
    return taken;
}

std::optional<std::size_t> Queue::intents_if_all(
    const std::function<bool(const records::Observation&)>& holds) const {
    const std::scoped_lock held{lock_};
    const bool all = std::all_of(intents_.begin(), intents_.end(), [&holds](const WaitingIntent& intent) {
        return holds(intent.observation);
    });
    return all ? std::optional{intents_.size()} : std::nullopt;
}

void Queue::answer(const Taken& taken, const GroupOutcome& outcome) {
    const std::scoped_lock held{lock_};
    for (std::size_t i = taken.calls.size(); i-- > 0;) {
        auto* call = taken.calls[i];
        const auto& slice = outcome.slices[i];
        if (!slice) {
            call->answer = slice;
            continue;
        }
        call->sum.fresh += slice->fresh;
        call->sum.without_subject += slice->without_subject;
        call->sum.to_own_origin += slice->to_own_origin;
        if (call->rest.empty()) {
            call->answer = call->sum;
        } else {
            calls_.push_front(call);
        }
    }
    answers_.notify_all();
}

void Queue::put_back(std::vector<Settlement> settlements, const Group& group) {
    const std::scoped_lock held{lock_};
    settlements.insert(settlements.end(), settlements_.begin(), settlements_.end());
    if (settlements.size() > options_.max_kept) {
        settles_lost_ += settlements.size() - options_.max_kept;
        settlements.resize(options_.max_kept);
    }
    settlements_ = std::move(settlements);
    const auto room = options_.max_kept - std::min(options_.max_kept, tunnels_.size());
    const auto kept = std::min(room, group.tunnels.size());
    tunnels_lost_ += group.tunnels.size() - kept;
    tunnels_.insert(
        tunnels_.end(), group.tunnels.begin(), group.tunnels.begin() + static_cast<std::ptrdiff_t>(kept));
    gaps_.insert(gaps_.begin(), group.gaps.begin(), group.gaps.end());
    riders_due_ = std::chrono::steady_clock::now() + options_.retry;
}

std::vector<records::GapObservation> Queue::take_gaps() {
    const std::scoped_lock held{lock_};
    return all_of(gaps_);
}

bool Queue::close_if_idle() {
    const std::scoped_lock held{lock_};
    closed_ = !is_urgent();
    if (closed_) {
        settles_lost_ += settlements_.size();
        tunnels_lost_ += tunnels_.size();
    }
    return closed_;
}

Queue::Waiting Queue::waiting() const {
    const std::scoped_lock held{lock_};
    return {intents_.size(), settles_lost_, tunnels_lost_};
}

}  // namespace fedtrail::capture
