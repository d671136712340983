/// Civil time for what is written down, and its text form.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// A moment in UTC at one millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// Reads RFC 3339 section 5.6 `date-time` ("2026-11-22T10:00:00.5+01:00"); digits past the millisecond are
/// cut. Years 1970 to 9999. A leap second (":60") reads as the second before it. Errors: Invalid.
[[nodiscard]] Result<Instant> parse_rfc3339(std::string_view text);

/// "2026-11-22T10:00:00Z"; with `.mmm` only where the millisecond is not zero.
[[nodiscard]] std::string format_rfc3339(Instant at);

[[nodiscard]] inline std::int64_t to_unix_seconds(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

[[nodiscard]] inline Instant from_unix_seconds(std::int64_t seconds) {
    return Instant{std::chrono::seconds{seconds}};
}

}  // namespace fedtrail
