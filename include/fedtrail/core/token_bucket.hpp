/// A limit on how often something happens.

#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "fedtrail/core/time.hpp"

namespace fedtrail {

class TokenBucket {
public:
    /// `a_second` 0 is no limit. One second's worth may come at once.
    explicit TokenBucket(double a_second) : rate_(a_second), tokens_(most()) {}

    /// How many may come now.
    [[nodiscard]] std::size_t ready(Instant now) {
        if (rate_ <= 0) {
            return std::numeric_limits<std::size_t>::max();
        }
        if (at_ == Instant{} || now < at_) {  // the first time, or somebody set the clock back
            at_ = now;
        }
        const auto passed = std::chrono::duration<double>(now - at_).count();
        tokens_ = std::min(most(), tokens_ + passed * rate_);
        at_ = now;
        return static_cast<std::size_t>(tokens_);
    }

    [[nodiscard]] bool take(Instant now) {
        if (ready(now) == 0) {
            return false;
        }
        tokens_ -= rate_ > 0 ? 1 : 0;
        return true;
    }

    /// When the next one is there, after take() said no.
    [[nodiscard]] Instant next() const {
        const auto wait = std::ceil((1 - tokens_) / rate_ * 1'000);
        return at_ + std::chrono::milliseconds{static_cast<std::int64_t>(std::max(wait, 1.0))};
    }

private:
    [[nodiscard]] double most() const { return std::max(1.0, rate_); }

    double rate_;
    double tokens_;
    Instant at_{};
};

}  // namespace fedtrail
