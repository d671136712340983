/// JSON from a stranger, small enough to be read whole.

#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace fedtrail::audit {

inline constexpr unsigned kMaxDepth = 5;           ///< Objects and lists in one another.
inline constexpr std::size_t kMaxMarks = 100'000;  ///< "[", "{" and "," outside strings.

/// Nothing if it is no JSON, goes beyond the limits, or has an object with a key twice. The limits are looked
/// at before a tree is made of it.
[[nodiscard]] std::optional<nlohmann::ordered_json> parse_bounded(std::string_view text);

}  // namespace fedtrail::audit
