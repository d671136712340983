#include "app/flow.hpp"

namespace fedtrail::app {

namespace {

constexpr std::chrono::minutes kSampleEvery{1};
constexpr std::chrono::hours kKept{25};

}  // namespace

void Flow::sample(SteadyInstant now, std::uint64_t total) {
    const std::lock_guard held{guard_};
    if (!samples_.empty() && now - samples_.back().at < kSampleEvery) {
        return;
    }
    samples_.push_back({now, total});
    while (now - samples_.front().at > kKept) {
        samples_.pop_front();
    }
}

std::uint64_t Flow::during(std::chrono::minutes span, SteadyInstant now, std::uint64_t total) const {
    const std::lock_guard held{guard_};
    std::uint64_t before = 0;
    for (const auto& sample : samples_) {
        if (now - sample.at < span) {
            break;
        }
        before = sample.total;
    }
    return total - before;
}

}  // namespace fedtrail::app
