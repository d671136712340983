#pragma once

#include <string>
#include <string_view>

#include "golden.hpp"

namespace fedtrail::reports::test {

/// The approved text tests/reports/golden/`name`.
[[nodiscard]] inline std::string approved(std::string_view name, const std::string& text) {
    return fedtrail::testing::approved("reports/golden/" + std::string{name}, text);
}

}  // namespace fedtrail::reports::test
