#pragma once

#include <string>
#include <string_view>

namespace fedtrail::testing {

/// The approved text tests/`path`. With FEDTRAIL_APPROVE=1 in the environment (tools/approve) `text` becomes
/// the approved one first.
[[nodiscard]] std::string approved(std::string_view path, const std::string& text);

}  // namespace fedtrail::testing
