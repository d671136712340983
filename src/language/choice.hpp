/// Which of the languages there are is the one asked for.

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fedtrail::language {

/// What is read of an Accept-Language header; what lies beyond is as if it were not there.
inline constexpr std::size_t kLongestHeader = 1024;
inline constexpr std::size_t kMostRanges = 32;

/// The one of `known` that serves `wanted`: itself in any case, else with its last parts left off one by one
/// ("de" serves "de-AT"; RFC 4647 section 3.4).
[[nodiscard]] std::optional<std::string> match(std::span<const std::string> known, std::string_view wanted);

/// The best of `known` for an Accept-Language header (RFC 9110 section 12.5.4); "*" is any, so the `usual`
/// one. Nothing if it accepts none of them.
[[nodiscard]] std::optional<std::string> accepted(std::span<const std::string> known,
                                                  std::string_view usual,
                                                  std::string_view header);

/// "de, en, fr"
[[nodiscard]] std::string listed(std::span<const std::string> languages);

}  // namespace fedtrail::language
