/// What is kept for a time only.

#pragma once

#include <cstdint>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail {

/// Records of one kind. Thread-safe.
class Expiry {
public:
    Expiry() = default;
    Expiry(const Expiry&) = delete;
    Expiry& operator=(const Expiry&) = delete;
    Expiry(Expiry&&) = delete;
    Expiry& operator=(Expiry&&) = delete;
    virtual ~Expiry() = default;

    /// Removes what ended before `horizon`, or only counts it; durable when it returns. How many there were.
    /// Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<std::uint64_t> drop_before(Instant horizon, bool only_count) = 0;
};

}  // namespace fedtrail
