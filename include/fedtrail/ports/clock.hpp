#pragma once

#include "fedtrail/core/time.hpp"

namespace fedtrail {

/// Where the time comes from, so that a test can be any day.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Instant now() const = 0;
};

}  // namespace fedtrail
