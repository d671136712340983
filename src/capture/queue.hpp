/// What waits for the next commit. Any thread puts in, one thread takes out.

#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "capture/group_writer.hpp"
#include "capture/recorder.hpp"

namespace fedtrail::capture {

/// One call of observe(); lives on its caller's stack until it is answered.
struct ObserveCall {
    std::span<const records::Observation> rest;
    Observed sum{};
    std::optional<Result<Observed>> answer{};
};

/// One call of forget(), likewise.
struct ForgetCall {
    privacy::SubjectNumber subject;
    const std::function<Result<void>()>& destroy_key;
    std::optional<Result<void>> answer{};
};

/// One call of fold_settled(), likewise.
struct FoldCall {
    std::optional<privacy::SubjectNumber> subject;
    FoldSummary sum{};
    std::optional<Result<FoldSummary>> answer{};
};

/// What is answered once nothing is taken in any more.
[[nodiscard]] tl::unexpected<Error> stopping();

class Queue {
public:
    using SteadyInstant = std::chrono::steady_clock::time_point;

    /// What was taken out for one group. `calls` belong to the group's slices, in order.
    struct Taken {
        Group group;
        std::vector<ObserveCall*> calls;
        std::vector<DeliverySink::IntentDone> refused;  ///< There was no room for them.
    };

    explicit Queue(const RecorderOptions& options) : options_(options) {}

    /// Who sees to it that an intent is written: the thread in wait(), or the one that puts it in, by
    /// take_turn().
    enum class Writes : std::uint8_t { Waiting, Putting };

    /// False if the queue is closed: nothing was taken, `done` is untouched.
    [[nodiscard]] bool put_intent(records::Observation& observation,
                                  DeliverySink::IntentDone& done,
                                  Writes who);
    void put_settlement(const Settlement& settlement);
    /// Errors: Unavailable (closed, or too many wait); then `done` is untouched.
    [[nodiscard]] Result<void> put_opening(const records::TunnelObservation& tunnel,
                                           DeliverySink::TunnelDone& done);
    void put_tunnel(const records::TunnelObservation& tunnel);
    void put_gap(const records::GapObservation& gap);
    /// Puts `call` in and waits for its answer.
    [[nodiscard]] Result<Observed> call(ObserveCall& call);

    [[nodiscard]] Result<void> call(ForgetCall& call);
    /// The next one, if any; it waits for its answer.
    [[nodiscard]] ForgetCall* take_forget();
    void answer(ForgetCall& call, Result<void> with);

    [[nodiscard]] Result<FoldSummary> call(FoldCall& call);
    [[nodiscard]] FoldCall* take_fold();
    /// Adds up what was folded; a call of which there is more comes again, behind the groups that wait.
    void answer(FoldCall& call, Result<FoldSummary> with);

    /// Waits until a group is worth taking, `until`, or a stop is asked for. Whether there is one. Only while
    /// it waits may another thread have its turn to write; when it returns none has.
    bool wait(const std::stop_token& stop, SteadyInstant until);
    /// For a thread that has put intents in: whether it may write them itself, which it may where a few wait,
    /// nothing else does, and writing was quick of late. If not, they are another's to write.
    [[nodiscard]] bool take_turn();
    /// With the turn: how many intents wait, if this holds for every one of them. It must not block.
    [[nodiscard]] std::optional<std::size_t> intents_if_all(
        const std::function<bool(const records::Observation&)>& holds) const;
    /// Afterwards. `until`: the time at which wait() is to return at the latest.
    void give_turn(SteadyInstant until);
    /// Tells how long a group took to write.
    void wrote_in(std::chrono::steady_clock::duration took);
    /// At most `max_group` intents and observations; all that rides along.
    [[nodiscard]] Taken take();
    /// The first `count` intents, and all that rides along.
    [[nodiscard]] Taken take_intents(std::size_t count);
    /// Ends or continues the observe() calls of a group.
    void answer(const Taken& taken, const GroupOutcome& outcome);
    /// Puts back what could not be written; it waits for `retry` before it asks for a commit of its own.
    void put_back(std::vector<Settlement> settlements, const Group& group);
    /// What put_back() left of them.
    [[nodiscard]] std::vector<records::GapObservation> take_gaps();
    /// Nothing is taken in any more. False, and still open, if something waits that must be answered.
    [[nodiscard]] bool close_if_idle();

    struct Waiting {
        std::size_t intents{};
        std::uint64_t settles_lost{};
        std::uint64_t tunnels_lost{};
    };
    [[nodiscard]] Waiting waiting() const;

private:
    [[nodiscard]] bool is_urgent() const {
        return !intents_.empty() || !openings_.empty() || !calls_.empty() || !refused_.empty() ||
               !forgets_.empty() || !folds_.empty();
    }
    [[nodiscard]] bool has_riders() const {
        return !settlements_.empty() || !tunnels_.empty() || !gaps_.empty();
    }
    bool rider_came();
    [[nodiscard]] SteadyInstant next_due() const { return has_riders() ? std::min(due_, riders_due_) : due_; }
    /// Puts a call in and waits for its answer.
    template <typename Call>
    auto wait_for(std::deque<Call*>& calls, Call& call);
    template <typename Call>
    [[nodiscard]] Call* take_from(std::deque<Call*>& calls);
    void take_riders(Taken& taken, std::size_t intents);
    void take_slices(Taken& taken, std::size_t room);

    const RecorderOptions& options_;
    mutable std::mutex lock_;
    std::condition_variable work_;
    std::condition_variable answers_;
    bool closed_{};
    std::uint64_t last_id_{};
    std::deque<WaitingIntent> intents_;
    std::vector<DeliverySink::IntentDone> refused_;
    std::deque<ObserveCall*> calls_;
    std::deque<ForgetCall*> forgets_;
    std::deque<FoldCall*> folds_;
    std::vector<WaitingTunnel> openings_;
    std::vector<Settlement> settlements_;
    std::vector<records::TunnelObservation> tunnels_;
    std::vector<records::GapObservation> gaps_;
    SteadyInstant riders_due_{};  ///< When the riders get a commit of their own.
    SteadyInstant wakes_at_{};    ///< When the writer wakes by itself; long past while it does not wait.
    SteadyInstant due_{};         ///< When it has something else to do.
    bool turn_free_{};            ///< It waits, and no other thread writes.
    unsigned quick_{};            ///< Groups in a row that were written quickly, as far as it matters.
    std::uint64_t settles_lost_{};
    std::uint64_t tunnels_lost_{};
};

}  // namespace fedtrail::capture
