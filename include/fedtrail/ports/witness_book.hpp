/// What a witness remembers of the logs it cosigns.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// The last checkpoint of a foreign log that was cosigned.
struct Witnessed {
    std::string origin;
    std::uint64_t size{};
    std::uint64_t unix_seconds{};  ///< As signed.
    std::string note;              ///< With the log's signature and our cosignature.
};

/// Thread-safe; several processes may share it. Errors of all: Unavailable, Corrupt.
class WitnessBook {
public:
    /// What to remember from now on, given what was before; or a failure, and nothing changes.
    using Step = std::function<Result<Witnessed>(const std::optional<Witnessed>& before)>;

    WitnessBook() = default;
    WitnessBook(const WitnessBook&) = delete;
    WitnessBook& operator=(const WitnessBook&) = delete;
    WitnessBook(WitnessBook&&) = delete;
    WitnessBook& operator=(WitnessBook&&) = delete;
    virtual ~WitnessBook() = default;

    /// Reads, decides and writes in one step; durable when it returns. Errors: those of `step`.
    [[nodiscard]] virtual Result<Witnessed> advance(const std::string& origin, const Step& step) = 0;
    [[nodiscard]] virtual Result<std::optional<Witnessed>> last(const std::string& origin) const = 0;
};

}  // namespace fedtrail
