/// How many files and connections the system lets this process have open at once.

#pragma once

#include <cstddef>
#include <cstdint>

namespace fedtrail::app {

/// What the proxy may hold `wanted` connections with, each of them with one to a recipient, beside
/// everything else.
[[nodiscard]] std::uint64_t descriptors_for(std::uint64_t wanted);

/// How many connections the proxy may hold with so many descriptors: `wanted`, or fewer, so that stores, API
/// and erasures always find some.
[[nodiscard]] std::uint64_t connections_with(std::uint64_t descriptors, std::uint64_t wanted);

/// Whether an operator should know that the proxy holds `held` connections where `wanted` were meant: of a
/// number of their own always, of the default only where hardly any are left.
[[nodiscard]] bool is_too_few(std::uint64_t held, std::uint64_t wanted, bool asked);

/// Raises the soft limit towards `wanted`, as far as the hard one allows. How many may be open then.
[[nodiscard]] std::uint64_t allow_descriptors(std::uint64_t wanted);

}  // namespace fedtrail::app
