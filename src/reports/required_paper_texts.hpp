#pragma once

#include <string>
#include <vector>

#include "language/plural.hpp"

namespace fedtrail::reports {

/// The names of all texts that papers ask for in a language with these plural forms.
[[nodiscard]] std::vector<std::string> required_paper_texts(const language::PluralRule& plurals);

/// Likewise for the assessment of a recipient; the words of risk points come on top.
[[nodiscard]] std::vector<std::string> required_assessment_texts(const language::PluralRule& plurals);

}  // namespace fedtrail::reports
