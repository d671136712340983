/// How much flowed lately: one sample a minute, for a day.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>

namespace fedtrail::app {

/// Thread-safe.
class Flow {
public:
    using SteadyInstant = std::chrono::steady_clock::time_point;

    /// `total` is a counter since the program started. Kept if a minute went by since the last one.
    void sample(SteadyInstant now, std::uint64_t total);
    /// What came during the last `span` (or since the start, if that is shorter), to a minute.
    [[nodiscard]] std::uint64_t during(std::chrono::minutes span,
                                       SteadyInstant now,
                                       std::uint64_t total) const;

private:
    struct Sample {
        SteadyInstant at;
        std::uint64_t total;
    };
    mutable std::mutex guard_;
    std::deque<Sample> samples_;
};

}  // namespace fedtrail::app
