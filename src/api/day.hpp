/// The day of a moment.

#pragma once

#include <chrono>

#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/legal_clock.hpp"

namespace fedtrail::api {

/// In UTC.
[[nodiscard]] inline privacy::Day day_of(Instant at) {
    return privacy::Day{std::chrono::floor<std::chrono::days>(at)};
}

}  // namespace fedtrail::api
