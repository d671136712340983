#pragma once

#include "fedtrail/ports/clock.hpp"

namespace fedtrail::testing {

/// A clock that shows what it is told.
class StoppedClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return at; }
    Instant at = *parse_rfc3339("2026-11-22T10:00:00Z");
};

}  // namespace fedtrail::testing
