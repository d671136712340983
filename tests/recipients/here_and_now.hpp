/// The host and the moment of tests in which any would do.

#pragma once

#include "fedtrail/core/time.hpp"

#include "host.hpp"

namespace fedtrail::testing {

inline const Instant kNow = *parse_rfc3339("2026-11-22T10:00:00Z");
inline const Host kHost = host("a.example");

}  // namespace fedtrail::testing
