#include "bench/ledger/servers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <numeric>
#include <string_view>

namespace fedtrail::bench {

namespace {

using privacy::Outcome;
using privacy::OutcomeKind;

constexpr Millis kNever = std::numeric_limits<Millis>::max();
constexpr std::uint32_t kBigServers = 200;  ///< Those have an outage a year, the others six.
constexpr double kDeathsPerYear = 0.03;
constexpr double kOutageMedianMs = 2.0 * 3'600'000;
constexpr double kOutageSigma = 1.4;  ///< Mean 5.3 hours: with it 1.75 % of first attempts fail.
constexpr double kLatencyMedianMs = 150;
constexpr double kLatencySigma = 0.6;

std::uint16_t drawn_success_code(Random& random) {
    const double u = random.unit();
    if (u < 0.70) {
        return 202;
    }
    if (u < 0.90) {
        return 200;
    }
    return u < 0.95 ? 201 : 204;
}

}  // namespace

Servers::Servers(std::uint64_t seed, Millis begin, Millis end) {
    double sum = 0;
    Random random{seed};
    for (std::uint32_t server = 0; server < kServers; ++server) {
        sum += 1.0 / (static_cast<double>(server) + 10.0);
        cumulative_.push_back(sum);
        success_.push_back(drawn_success_code(random));
        latency_.push_back(static_cast<std::uint32_t>(random.lognormal(kLatencyMedianMs, kLatencySigma)));
        signs_.push_back(random.chance(0.7));
        const Millis death = begin + static_cast<Millis>(random.exponential(kYearMs / kDeathsPerYear));
        died_.push_back(death < end ? death : kNever);
        draw_outages(random, server, begin, end);
    }
}

void Servers::draw_outages(Random& random, std::uint32_t server, Millis begin, Millis end) {
    const double mean_gap = static_cast<double>(kYearMs) / (server < kBigServers ? 1.0 : 6.0);
    const auto first = static_cast<std::uint32_t>(outages_.size());
    Millis at = begin;
    while (true) {
        at += static_cast<Millis>(random.exponential(mean_gap));
        if (at >= end) {
            break;
        }
        const auto length = static_cast<Millis>(random.lognormal(kOutageMedianMs, kOutageSigma));
        // Half of them do not answer at all; of the others the front end says that the back end is down.
        const Outcome outcome =
            random.chance(0.5)
                ? Outcome{OutcomeKind::Unreachable, 0}
                : Outcome{OutcomeKind::Sent, static_cast<std::uint16_t>(random.chance(0.6) ? 502 : 503)};
        outages_.push_back(Outage{at, at + length, outcome});
        at += length;
    }
    ranges_.emplace_back(first, static_cast<std::uint32_t>(outages_.size()));
}

std::uint32_t Servers::draw(Random& random) const {
    const double u = random.unit() * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), u);
    return std::min(static_cast<std::uint32_t>(found - cumulative_.begin()), kServers - 1);
}

std::vector<std::uint32_t> Servers::draw_distinct(Random& random, std::uint32_t count) const {
    // Efraimidis and Spirakis: the `count` smallest of exponential keys, each with its weight as rate.
    std::vector<std::pair<double, std::uint32_t>> keys;
    keys.reserve(kServers);
    for (std::uint32_t server = 0; server < kServers; ++server) {
        keys.emplace_back(random.exponential(static_cast<double>(server) + 10.0), server);
    }
    std::nth_element(keys.begin(), keys.begin() + count, keys.end());
    keys.resize(count);
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    std::vector<std::uint32_t> drawn;
    drawn.reserve(count);
    for (const auto& [key, server] : keys) {
        drawn.push_back(server);
    }
    for (std::uint32_t left = count; left > 1; --left) {
        std::swap(drawn[left - 1], drawn[random.below(left)]);
    }
    return drawn;
}

Servers::Health Servers::health_at(std::uint32_t server, Millis at) const {
    if (at >= died_[server]) {
        return Health{false, kNever, Outcome{OutcomeKind::Unreachable, 0}};
    }
    const auto [first, last] = ranges_[server];
    const auto begin = outages_.begin() + first;
    const auto end = outages_.begin() + last;
    const auto after = std::find_if(begin, end, [at](const Outage& outage) { return outage.end > at; });
    if (after == end) {
        return Health{true, died_[server], {}};
    }
    if (after->begin > at) {
        return Health{true, std::min(after->begin, died_[server]), {}};
    }
    return Health{false, after->end, after->outcome};
}

std::string Servers::host_of(std::uint32_t server) {
    static constexpr std::array<std::string_view, 8> kWords{
        "mastodon", "social", "misskey", "fedi", "toot", "pixels", "lemmy", "akkoma"};
    std::array<char, 64> text{};
    const auto word = kWords[mixed(server) % kWords.size()];
    const int length = std::snprintf(text.data(),
                                     text.size(),
                                     "%.*s-%05u.example",
                                     static_cast<int>(word.size()),
                                     word.data(),
                                     static_cast<unsigned>(server));
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace fedtrail::bench
