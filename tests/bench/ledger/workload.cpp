#include "bench/ledger/workload.hpp"

#include <algorithm>
#include <cmath>

namespace fedtrail::bench {

namespace {

using privacy::Channel;
using privacy::Outcome;
using privacy::OutcomeKind;

// What a seed is for.
constexpr std::uint64_t kServerPlace = 10;
constexpr std::uint64_t kWave = 11;
constexpr std::uint64_t kFetch = 12;
constexpr std::uint64_t kForbidden = 13;
constexpr std::uint64_t kRetry = 14;
constexpr std::uint64_t kJitter = 15;

constexpr std::size_t kWorkers = 25;
constexpr std::uint32_t kAnswerTimeoutMs = 10'000;
constexpr std::uint32_t kConnectTimeoutMs = 5'000;
constexpr double kJitterSigma = 0.25;

constexpr double kFirstAttemptFails = 0.01;
constexpr double kFailureIsHopeless = 0.1;
constexpr double kPairIsForbidden = 0.003;
constexpr std::uint8_t kRetries = 15;  ///< After the first attempt: 16 in all.

constexpr double kCreateMentions = 0.15;
constexpr double kOneMoreMention = 0.3;  ///< After each: 1.4 mentions on average where there is one.
constexpr double kFetchesPerPost = 2.0;
constexpr double kPostIsViral = 0.002;
constexpr std::uint32_t kViralMin = 300;
constexpr std::uint32_t kViralMax = 3'000;

// Most fetches come while a post is new; a few hundred in a million later than three days.
constexpr double kFetchMedianMs = 10.0 * 60'000;
constexpr double kFetchSigma = 1.5;
constexpr double kViralMedianMs = 2.0 * 3'600'000;
constexpr double kViralSigma = 1.0;

/// 0 to 1 to a threshold for 32 random bits.
constexpr std::uint32_t threshold(double probability) {
    return static_cast<std::uint32_t>(probability * 4294967296.0);
}

/// Sidekiq: count^4 + 15 seconds, and up to 30 times (count + 1) more.
Millis retry_delay_ms(std::uint8_t count, Random& random) {
    const Millis fourth = static_cast<Millis>(count) * count * count * count;
    return (fourth + 15) * 1000 + static_cast<Millis>(random.unit() * 30'000.0 * (count + 1));
}

bool failed(const Outcome& outcome) {
    return outcome.kind != OutcomeKind::Accepted;
}

}  // namespace

Workload::Workload(const Model& model)
    : model_(model),
      servers_(seed_of({model.seed, kServerPlace, model.years}), model.begin, model.end() + 30 * kDayMs),
      people_(people(model, servers_)),
      progress_(people_.size()),
      well_until_(kServers) {
    Random random{seed_of({model.seed, kJitter})};
    for (int i = 0; i < 4096; ++i) {
        jitter_.push_back(static_cast<std::uint32_t>(random.lognormal(256.0, kJitterSigma)));
    }
    for (std::size_t i = 0; i < kWorkers; ++i) {
        workers_.push(model.begin);
    }
    for (std::uint32_t user = 0; user < people_.size(); ++user) {
        if (!people_[user].activities.empty()) {
            starts_.push(Start{people_[user].activities.front(), user});
        }
    }
}

bool Workload::next(ObservationBatch& batch) {
    batch.attempts.clear();
    while (batch.attempts.size() < batch.capacity) {
        if (wave_next_ < wave_.size()) {
            batch.attempts.push_back(first_attempt());
        } else if (!later_.empty() && (starts_.empty() || later_.top().at <= starts_.top().at)) {
            batch.attempts.push_back(late_attempt());
        } else if (!starts_.empty()) {
            start_wave();
            continue;
        } else {
            break;
        }
        now_seconds_ = std::max(now_seconds_, batch.attempts.back().at_seconds);
    }
    return !batch.attempts.empty();
}

void Workload::start_wave() {
    wave_user_ = starts_.top().user;
    wave_at_ = starts_.top().at;
    starts_.pop();
    const Person& person = people_[wave_user_];
    Progress& progress = progress_[wave_user_];
    wave_activity_ = progress.activities++;
    if (progress.activities < person.activities.size()) {
        starts_.push(Start{person.activities[progress.activities], wave_user_});
    }
    advance_roster(progress, person, wave_at_);

    random_ = Random{seed_of({model_.seed, kWave, model_.draw, wave_user_, wave_activity_})};
    const ActivityKind kind = activity(wave_user_, wave_activity_).kind;
    wave_.clear();
    wave_next_ = 0;
    add_mentions(kind, kind == ActivityKind::Direct ? std::vector<std::uint32_t>{} : progress.roster);
    if (kind != ActivityKind::Direct) {
        wave_.insert(wave_.end(), progress.roster.begin(), progress.roster.end());
    }
    if (kind == ActivityKind::Create || kind == ActivityKind::Reply) {
        plan_fetches(wave_user_, wave_activity_, wave_at_);
    }
    ++counts_.activities;
}

void Workload::advance_roster(Progress& progress, const Person& person, Millis at) {
    while (progress.events < person.roster.size() && person.roster[progress.events].at <= at) {
        const RosterEvent& event = person.roster[progress.events++];
        if (event.joins) {
            progress.roster.push_back(event.server);
        } else {
            std::erase(progress.roster, event.server);
        }
    }
}

void Workload::add_mentions(ActivityKind kind, const std::vector<std::uint32_t>& roster) {
    std::uint32_t mentions = 0;
    if (kind == ActivityKind::Boost) {
        mentions = 1;  // Whose post it was.
    } else if (kind == ActivityKind::Reply || kind == ActivityKind::Direct ||
               (kind == ActivityKind::Create && random_.chance(kCreateMentions))) {
        mentions = 1 + random_.geometric(1.0 - kOneMoreMention);
    }
    const auto holds = [](const std::vector<std::uint32_t>& list, std::uint32_t server) {
        return std::find(list.begin(), list.end(), server) != list.end();
    };
    for (; mentions > 0; --mentions) {
        const std::uint32_t server = servers_.draw(random_);
        if (servers_.died_at(server) > wave_at_ && !holds(wave_, server) && !holds(roster, server)) {
            wave_.push_back(server);
        }
    }
}

void Workload::plan_fetches(std::uint32_t user, std::uint32_t activity, Millis at) {
    Random random{seed_of({model_.seed, kFetch, model_.draw, user, activity})};
    const bool viral = random.chance(kPostIsViral);
    const std::uint32_t usual = random.poisson(kFetchesPerPost);
    const std::uint32_t more = viral ? kViralMin + random.below(kViralMax - kViralMin + 1) : 0;
    std::vector<std::uint32_t> seen;
    for (std::uint32_t i = 0; i < usual + more; ++i) {
        const std::uint32_t server = i < usual ? servers_.draw(random) : random.below(kServers);
        const double delay = i < usual ? random.lognormal(kFetchMedianMs, kFetchSigma)
                                       : random.lognormal(kViralMedianMs, kViralSigma);
        const Millis fetched = at + static_cast<Millis>(delay);
        const bool again = std::find(seen.begin(), seen.end(), server) != seen.end();
        if (again || servers_.died_at(server) <= fetched) {
            continue;
        }
        seen.push_back(server);
        const Channel channel = servers_.signs_fetches(server) ? Channel::SignedPull : Channel::AnonymousPull;
        later_.push(Later{
            fetched,
            later_order_++,
            Attempt{fetched / 1000, user, activity, server, Outcome{OutcomeKind::Fetched, 200}, channel, 0},
            false});
    }
}

bool Workload::always_forbidden(std::uint32_t user, std::uint32_t server) const {
    const std::uint64_t drawn = seed_of({model_.seed, kForbidden, model_.draw, user, server});
    return static_cast<std::uint32_t>(drawn >> 32U) < threshold(kPairIsForbidden);
}

Workload::Tried Workload::try_first(std::uint32_t server, Millis at) {
    const std::uint64_t drawn = random_.next();
    const auto latency = static_cast<std::uint32_t>(
        (static_cast<std::uint64_t>(servers_.base_latency_ms(server)) * jitter_[drawn & 0xFFFU]) >> 8U);
    if (at >= well_until_[server]) {
        const Servers::Health health = servers_.health_at(server, at);
        if (!health.well) {
            const bool silent = health.outcome.kind == OutcomeKind::Unreachable;
            return Tried{health.outcome, silent ? kConnectTimeoutMs : latency, true, false};
        }
        well_until_[server] = health.until;
    }
    if (static_cast<std::uint32_t>(drawn >> 32U) < threshold(kFirstAttemptFails)) {
        const bool hopeless = random_.chance(kFailureIsHopeless);
        const double how = random_.unit();
        if (how < 0.4) {
            return Tried{Outcome{OutcomeKind::Sent, static_cast<std::uint16_t>(how < 0.2 ? 503 : 500)},
                         latency,
                         true,
                         hopeless};
        }
        if (how < 0.7) {
            return Tried{Outcome{OutcomeKind::Sent, 0}, kAnswerTimeoutMs, true, hopeless};
        }
        return Tried{Outcome{OutcomeKind::Unreachable, 0}, kConnectTimeoutMs, true, hopeless};
    }
    return Tried{Outcome{OutcomeKind::Accepted, servers_.success_code(server)}, latency, false, false};
}

Attempt Workload::first_attempt() {
    const std::uint32_t server = wave_[wave_next_++];
    const Millis at = std::max(wave_at_, workers_.top());
    Tried tried = try_first(server, at);
    if (tried.outcome.kind == OutcomeKind::Accepted && always_forbidden(wave_user_, server)) {
        tried.outcome = Outcome{OutcomeKind::Rejected, 403};
    }
    workers_.pop();
    workers_.push(at + tried.busy_ms);

    const Attempt attempt{at / 1000, wave_user_, wave_activity_, server, tried.outcome, Channel::Push, 0};
    ++counts_.first_wave;
    if (failed(tried.outcome)) {
        ++counts_.first_failed;
        if (tried.retried) {
            retry_later(attempt, at + tried.busy_ms, tried.hopeless);
        } else {
            ++counts_.never_delivered;
        }
    }
    return attempt;
}

void Workload::retry_later(const Attempt& attempt, Millis at, bool hopeless) {
    Random random{
        seed_of({model_.seed, kRetry, attempt.user, attempt.activity, attempt.server, attempt.number})};
    const Millis due = at + retry_delay_ms(attempt.number, random);
    Attempt retry = attempt;
    retry.at_seconds = due / 1000;
    ++retry.number;
    later_.push(Later{due, later_order_++, retry, hopeless});
}

Attempt Workload::late_attempt() {
    const Later later = later_.top();
    later_.pop();
    Attempt attempt = later.attempt;
    if (attempt.channel != Channel::Push) {
        ++counts_.fetches;
        return attempt;
    }
    ++counts_.retries;
    const Servers::Health health = servers_.health_at(attempt.server, later.at);
    if (!health.well) {
        attempt.outcome = health.outcome;
    } else if (!later.hopeless) {
        // A retry keeps the outcome of the failure before it unless it succeeds.
        attempt.outcome = always_forbidden(attempt.user, attempt.server)
                              ? Outcome{OutcomeKind::Rejected, 403}
                              : Outcome{OutcomeKind::Accepted, servers_.success_code(attempt.server)};
    }
    if (attempt.outcome.kind == OutcomeKind::Rejected) {
        ++counts_.never_delivered;
    } else if (failed(attempt.outcome)) {
        if (attempt.number < kRetries) {
            retry_later(attempt, later.at, later.hopeless);
        } else {
            ++counts_.never_delivered;
        }
    }
    return attempt;
}

}  // namespace fedtrail::bench
