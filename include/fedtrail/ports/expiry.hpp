/// What is kept for a time only.

#pragma once

#include <cstdint>
#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail {

/// What a horizon did to records of one kind.
struct Expired {
    std::uint64_t dropped{};
    std::uint64_t held{};  ///< Over their time too, and kept for law (GDPR Art. 17(3)).
    /// Why of some nobody can tell, or they cannot be removed: what it was with one. The others went.
    std::optional<Error> left{};
};

/// Records of one kind. Thread-safe.
class Expiry {
public:
    Expiry() = default;
    Expiry(const Expiry&) = delete;
    Expiry& operator=(const Expiry&) = delete;
    Expiry(Expiry&&) = delete;
    Expiry& operator=(Expiry&&) = delete;
    virtual ~Expiry() = default;

    /// Removes what ended before `horizon` and is not held, or only counts it; durable when it returns.
    /// One that is damaged keeps no other (Expired::left). Errors: Unavailable, Corrupt: nothing was removed.
    [[nodiscard]] virtual Result<Expired> drop_before(Instant horizon, bool only_count) = 0;
};

}  // namespace fedtrail
