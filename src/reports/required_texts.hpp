#pragma once

#include <string>
#include <vector>

namespace fedtrail::reports {

/// The names of all texts that code asks for; those that a layout asks for come on top.
[[nodiscard]] std::vector<std::string> required_texts();

}  // namespace fedtrail::reports
