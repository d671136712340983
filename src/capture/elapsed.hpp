/// How long ago something was, by a civil clock that may be set.

#pragma once

#include <chrono>

#include "fedtrail/core/time.hpp"

namespace fedtrail::capture {

/// Whether `span` has passed since `then`. It has where the clock was set back: to wait for its old time
/// again may take hours, and to look once too often costs a look.
[[nodiscard]] inline bool has_passed(Instant then, std::chrono::milliseconds span, Instant now) {
    return now < then || now - then >= span;
}

}  // namespace fedtrail::capture
