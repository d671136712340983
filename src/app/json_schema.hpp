/// JSON files against their JSON Schema (draft 7).

#pragma once

#include <filesystem>
#include <string>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

/// The whole file. Errors: NotFound, Invalid (above 4 MiB).
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& file);

/// `place` names the document in errors. Errors: Invalid, with the place inside the document.
[[nodiscard]] Result<void> check_schema(const std::string& document,
                                        const std::string& schema,
                                        const std::string& place);

}  // namespace fedtrail::app
