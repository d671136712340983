/// The address of a request, taken apart.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail::api {

struct Target {
    std::vector<std::string> segments;                         ///< Decoded; none is empty.
    std::vector<std::pair<std::string, std::string>> queries;  ///< Decoded, in order.

    [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
    /// False if it is left out. Errors: Invalid (neither "true" nor "false").
    [[nodiscard]] Result<bool> flag(std::string_view name) const;
};

/// Errors: Invalid (no path, a broken percent-encoding, an empty segment, a control character).
[[nodiscard]] Result<Target> parse_target(std::string_view target);

/// RFC 3986 section 2.1: everything but unreserved characters.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace fedtrail::api
