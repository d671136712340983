/// Another program, run once, within bounds.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail::weasyprint {

struct Bounds {
    std::chrono::seconds time{120};
    std::uint64_t memory{std::uint64_t{2} << 30U};  ///< Of its address space, in octets.
    std::uint64_t file{std::uint64_t{64} << 20U};   ///< Of any file it writes, in octets.
    std::stop_token stop{};                         ///< Ends it at once, as the time does.
};

/// Where it lies in the folders of PATH; "" if nowhere.
[[nodiscard]] std::filesystem::path find_program(const std::string& name);

/// Runs `command` in `folder`, which is also its home, with nothing of our environment but PATH; waits for
/// its end. What it says goes to `folder`/said. The whole group is killed when the time is over. The answer
/// is its exit code. Errors: Unavailable (it cannot be started, was killed, or took too long).
[[nodiscard]] Result<int> run_bounded(const std::vector<std::string>& command,
                                      const std::filesystem::path& folder,
                                      const Bounds& bounds);

}  // namespace fedtrail::weasyprint
