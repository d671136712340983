/// The traffic of the modelled origin as a stream of attempts, in the order of time, in bounded memory.
///
/// What decides the cost of exact times is how a first wave spreads over seconds, so that is modelled: one
/// pool of 25 workers (Sidekiq's default in Mastodon) takes jobs first in, first out. A job is one POST; it
/// starts when a worker is free and keeps it for the server's latency (lognormal, median 150 ms over the
/// servers) times a jitter of its own (sigma 0.25), 10 s if the answer never comes, 5 s if the connection
/// does not. The time of an attempt is when it starts. Recipients are taken in the order of the origin's
/// follower table (new followers at its end), mentioned servers that do not follow before them. So the
/// attempts of one wave are contiguous and their times ascend; retries and fetches come between waves, merged
/// by time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "fedtrail/privacy/disclosure.hpp"

#include "bench/ledger/population.hpp"
#include "bench/ledger/servers.hpp"

namespace fedtrail::bench {

/// One delivery attempt or one fetch.
struct Attempt {
    std::int64_t at_seconds{};
    std::uint32_t user{};
    std::uint32_t activity{};
    std::uint32_t server{};
    privacy::Outcome outcome;
    privacy::Channel channel{privacy::Channel::Push};
    std::uint8_t number{};  ///< 0: first wave; then retries. Fetches have 0.

    friend bool operator==(const Attempt&, const Attempt&) = default;
};

struct ObservationBatch {
    std::size_t capacity{1'000};
    std::vector<Attempt> attempts;
};

/// What the stream has given so far.
struct WorkloadCounts {
    std::uint64_t activities{};
    std::uint64_t first_wave{};
    std::uint64_t first_failed{};
    std::uint64_t never_delivered{};
    std::uint64_t retries{};
    std::uint64_t fetches{};
    [[nodiscard]] std::uint64_t observations() const { return first_wave + retries + fetches; }
};

class Workload {
public:
    explicit Workload(const Model& model);

    /// Fills `batch` up to its capacity; false when there is nothing more and the batch is empty.
    bool next(ObservationBatch& batch);

    [[nodiscard]] const Model& model() const { return model_; }
    [[nodiscard]] const Servers& servers() const { return servers_; }
    [[nodiscard]] const std::vector<Person>& persons() const { return people_; }
    [[nodiscard]] const WorkloadCounts& counts() const { return counts_; }
    /// The time the stream has come to.
    [[nodiscard]] std::int64_t now_seconds() const { return now_seconds_; }

    [[nodiscard]] Activity activity(std::uint32_t user, std::uint32_t index) const {
        return activity_of(model_, people_[user], user, index);
    }
    [[nodiscard]] ActivityText text(std::uint32_t user, std::uint32_t index) const {
        return text_of(model_, people_[user], user, index);
    }

private:
    struct Start {
        Millis at{};
        std::uint32_t user{};
        bool operator>(const Start& other) const {
            return at > other.at || (at == other.at && user > other.user);
        }
    };
    /// A retry or a fetch to come.
    struct Later {
        Millis at{};
        std::uint64_t order{};  ///< Among those of one millisecond.
        Attempt attempt;
        bool hopeless{};
        bool operator>(const Later& other) const {
            return at > other.at || (at == other.at && order > other.order);
        }
    };
    /// What a user has now: recipients in the follower table's order, and how far the lists are read.
    struct Progress {
        std::vector<std::uint32_t> roster;
        std::size_t events{};
        std::uint32_t activities{};
    };
    struct Tried {
        privacy::Outcome outcome;
        std::uint32_t busy_ms{};
        bool retried{};   ///< Sidekiq tries again (not after a 403).
        bool hopeless{};  ///< Nor will any retry succeed.
    };

    void start_wave();
    void advance_roster(Progress& progress, const Person& person, Millis at);
    void add_mentions(ActivityKind kind, const std::vector<std::uint32_t>& roster);
    void plan_fetches(std::uint32_t user, std::uint32_t activity, Millis at);
    [[nodiscard]] Attempt first_attempt();
    [[nodiscard]] Attempt late_attempt();
    [[nodiscard]] Tried try_first(std::uint32_t server, Millis at);
    [[nodiscard]] bool always_forbidden(std::uint32_t user, std::uint32_t server) const;
    void retry_later(const Attempt& attempt, Millis at, bool hopeless);

    Model model_;
    Servers servers_;
    std::vector<Person> people_;
    std::vector<Progress> progress_;
    std::priority_queue<Start, std::vector<Start>, std::greater<>> starts_;
    std::priority_queue<Later, std::vector<Later>, std::greater<>> later_;
    std::priority_queue<Millis, std::vector<Millis>, std::greater<>> workers_;  ///< When each is free.
    std::vector<Millis> well_until_;     ///< By server; as of the last look, whose times ascend.
    std::vector<std::uint32_t> jitter_;  ///< Factors in 1/256, one drawn for each attempt.
    Random random_{0};                   ///< Of the wave under way.
    std::vector<std::uint32_t> wave_;    ///< Recipients of the activity under way.
    std::size_t wave_next_{};
    std::uint32_t wave_user_{};
    std::uint32_t wave_activity_{};
    Millis wave_at_{};
    std::uint64_t later_order_{};
    std::int64_t now_seconds_{};
    WorkloadCounts counts_;
};

}  // namespace fedtrail::bench
