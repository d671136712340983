#pragma once

#include <string>
#include <string_view>

namespace fedtrail::reports::test {

/// What schemas/`name`.schema.json has against `json`; "" if nothing.
[[nodiscard]] std::string schema_faults(std::string_view name, const std::string& json);

}  // namespace fedtrail::reports::test
