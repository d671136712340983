/// Language tags (BCP 47), as far as choosing a text needs them.

#pragma once

#include <string>
#include <string_view>

namespace fedtrail::language {

/// "en", "pt-BR": letters, digits and hyphens, two to 35 of them, so that a language is never a path.
[[nodiscard]] bool is_tag(std::string_view text);
/// ASCII letters in lower case.
[[nodiscard]] std::string lower(std::string_view text);
/// "de" of "de-AT".
[[nodiscard]] std::string_view primary(std::string_view tag);

}  // namespace fedtrail::language
