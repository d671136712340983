/// Parts: texts that stand in other texts, where these say `{{>name}}` (a Mustache partial).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "language/flat_texts.hpp"

namespace fedtrail::language {

/// The parts that `text` names, each as often as it does.
[[nodiscard]] std::vector<std::string> parts_named(std::string_view text);

/// What is wrong with the parts that `text` and other parts name: there is none of that name, or one stands
/// in itself and would never end. A sentence without its subject, `text`; "" if nothing is wrong.
[[nodiscard]] std::string parts_fault(std::string_view text, const Texts& parts);

}  // namespace fedtrail::language
