/// What was recorded, and no window of the transparency log has yet.

#pragma once

#include <cstdint>
#include <optional>

#include "fedtrail/core/time.hpp"

namespace fedtrail::records {

struct Unlogged {
    std::uint64_t records{};        ///< Activities, and attempts that came late.
    std::optional<Instant> oldest;  ///< Of these; nothing if there are none.

    friend bool operator==(const Unlogged&, const Unlogged&) = default;
};

}  // namespace fedtrail::records
