/// From when to when, as somebody wrote it.

#pragma once

#include <optional>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

namespace fedtrail::api {

/// Each is RFC 3339, or a day (its first moment in UTC). Errors: Invalid.
[[nodiscard]] Result<Window> period_of(const std::optional<std::string>& since,
                                       const std::optional<std::string>& until);

}  // namespace fedtrail::api
