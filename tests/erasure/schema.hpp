/// Checks JSON against one of our schemas.

#pragma once

#include <string>

namespace fedtrail::testing {

/// "" if `json` is what schemas/`name` asks for, else why not.
std::string schema_faults(const std::string& name, const std::string& json);

}  // namespace fedtrail::testing
