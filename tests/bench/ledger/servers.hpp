/// The servers of the modelled network: how popular, how fast, when out of order, when gone.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/privacy/disclosure.hpp"

#include "bench/ledger/random.hpp"

namespace fedtrail::bench {

using Millis = std::int64_t;  ///< Unix time.

inline constexpr Millis kDayMs = 86'400'000;
inline constexpr Millis kYearMs = 365 * kDayMs;
inline constexpr std::uint32_t kServers = 30'000;

/// Popularity is 1/(rank + 10) (Zipf-Mandelbrot); the number of a server is its rank, from 0.
class Servers {
public:
    /// Outages and deaths are drawn for [begin, end).
    Servers(std::uint64_t seed, Millis begin, Millis end);

    /// One server by popularity.
    [[nodiscard]] std::uint32_t draw(Random& random) const;
    /// `count` different servers by popularity, in random order.
    [[nodiscard]] std::vector<std::uint32_t> draw_distinct(Random& random, std::uint32_t count) const;

    /// Its way of saying yes: 202, 200, 201 or 204, always the same.
    [[nodiscard]] std::uint16_t success_code(std::uint32_t server) const { return success_[server]; }
    [[nodiscard]] std::uint32_t base_latency_ms(std::uint32_t server) const { return latency_[server]; }
    /// It fetches with a signature (else anonymously).
    [[nodiscard]] bool signs_fetches(std::uint32_t server) const { return signs_[server]; }
    /// Never again seen from then on.
    [[nodiscard]] Millis died_at(std::uint32_t server) const { return died_[server]; }

    struct Health {
        bool well{};
        Millis until{};              ///< So it stays until then.
        privacy::Outcome outcome{};  ///< What a POST comes to while it is not well.
    };
    [[nodiscard]] Health health_at(std::uint32_t server, Millis at) const;

    /// "mastodon-00017.example"
    [[nodiscard]] static std::string host_of(std::uint32_t server);

private:
    struct Outage {
        Millis begin{};
        Millis end{};
        privacy::Outcome outcome{};
    };
    void draw_outages(Random& random, std::uint32_t server, Millis begin, Millis end);

    std::vector<double> cumulative_;
    std::vector<std::uint16_t> success_;
    std::vector<std::uint32_t> latency_;
    std::vector<bool> signs_;
    std::vector<Millis> died_;
    std::vector<Outage> outages_;                                  ///< Of server 0, then 1, …; by time.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges_;  ///< A server's part of `outages_`.
};

}  // namespace fedtrail::bench
