#pragma once

#include "fedtrail/ports/clock.hpp"

namespace fedtrail::app {

class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

}  // namespace fedtrail::app
