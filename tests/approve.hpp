#pragma once

#include <string>
#include <string_view>

namespace fedtrail::reports::test {

/// The approved text tests/reports/golden/`name`. With FEDTRAIL_APPROVE=1 in the environment (tools/approve)
/// `text` becomes the approved one first.
[[nodiscard]] std::string approved(std::string_view name, const std::string& text);

}  // namespace fedtrail::reports::test
