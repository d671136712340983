/// The days that Easter moves.

#pragma once

#include <chrono>

namespace fedtrail::erasure {

/// Easter Sunday of the western churches. Years 1583 and later.
[[nodiscard]] std::chrono::sys_days western_easter(int year);
/// Easter Sunday of the orthodox churches (by the Julian calendar), as a day of the Gregorian one.
[[nodiscard]] std::chrono::sys_days orthodox_easter(int year);

}  // namespace fedtrail::erasure
