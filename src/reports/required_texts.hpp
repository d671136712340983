#pragma once

#include <string>
#include <vector>

#include "language/plural.hpp"

namespace fedtrail::reports {

/// The names of all texts that code asks for in a language with these plural forms; those that a layout asks
/// for come on top.
[[nodiscard]] std::vector<std::string> required_texts(const language::PluralRule& plurals);

}  // namespace fedtrail::reports
