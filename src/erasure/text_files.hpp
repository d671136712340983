/// Files of policies/texts, read.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

#include "language/forms.hpp"

namespace fedtrail::erasure {

[[nodiscard]] tl::unexpected<Error> bad_file(const std::string& path, const std::string& why);

/// Errors: Invalid (it cannot be read, or is larger than 64 KiB).
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

/// `policies`/texts/`language`/forms.json. Errors: Invalid, with the file.
[[nodiscard]] Result<language::Forms> read_forms(const std::string& policies, std::string_view language);

/// Whether it is Mustache, with every plural form of the language. Errors: Invalid, with `path`.
[[nodiscard]] Result<void> check_mustache(const std::string& path,
                                          const std::string& text,
                                          const language::Forms& forms);

}  // namespace fedtrail::erasure
