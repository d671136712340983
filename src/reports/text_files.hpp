/// Files of policies/texts and policies/layouts, read and checked.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

#include "language/flat_texts.hpp"
#include "language/forms.hpp"

namespace fedtrail::reports {

/// A file of the release that is not as it should be.
[[nodiscard]] tl::unexpected<Error> bad_file(const std::string& path, const std::string& why);

/// At most 1 MiB. Errors: Invalid (cannot be read, larger).
[[nodiscard]] Result<std::string> read_file(const std::string& path);

/// policies/texts/<language>/forms.json. Errors: Invalid.
[[nodiscard]] Result<language::Forms> read_forms(const std::string& path, std::string_view language);

/// A JSON object of texts, each a template that parses, has all forms of the language and names no part.
/// Errors: Invalid.
[[nodiscard]] Result<language::Texts> read_texts(const std::string& path, const language::Forms& forms);

}  // namespace fedtrail::reports
