/// What the controller turned off, or on again: a decision that transfers do not rest on, for a start.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail {

struct SwitchTurn {
    std::string name;  ///< "dpf"
    bool on{};
    Instant at{};
    std::string by;  ///< See records/by.hpp.
    std::string reason;
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class SwitchBook {
public:
    SwitchBook() = default;
    SwitchBook(const SwitchBook&) = delete;
    SwitchBook& operator=(const SwitchBook&) = delete;
    SwitchBook(SwitchBook&&) = delete;
    SwitchBook& operator=(SwitchBook&&) = delete;
    virtual ~SwitchBook() = default;

    /// The oldest first; empty if it was never turned.
    [[nodiscard]] virtual Result<std::vector<SwitchTurn>> turns(const std::string& name) const = 0;
    [[nodiscard]] virtual Result<void> turn(const SwitchTurn& turn) = 0;
};

}  // namespace fedtrail
