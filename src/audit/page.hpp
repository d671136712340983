/// The page in a bundle: what it shows and how to check it, for people.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/audit/bundle.hpp"
#include "fedtrail/core/result.hpp"

#include "language/flat_texts.hpp"
#include "language/forms.hpp"

namespace fedtrail::audit {

/// The names of the texts that the page asks for.
[[nodiscard]] const std::vector<std::string_view>& page_texts();

/// policies/texts/<language>/audit-bundle.json. Errors: Invalid (a text is missing; the error names it).
[[nodiscard]] Result<language::Texts> read_page_texts(std::string_view json);

/// HTML that needs nothing else. `texts` as read_page_texts() gave them, in the language of `forms`.
[[nodiscard]] std::string render_page(const Manifest& manifest,
                                      const language::Texts& texts,
                                      const language::Forms& forms);

}  // namespace fedtrail::audit
