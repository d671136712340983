#pragma once

#include <string>
#include <string_view>

namespace fedtrail::fediverse {

/// JSON that the servers' parsers take and ours does not, made readable: numbers of any size become 0, and
/// halves of surrogate pairs (a JavaScript server that cut a text) become U+FFFD. Everything else is
/// unchanged.
[[nodiscard]] std::string repair_json(std::string_view json);

}  // namespace fedtrail::fediverse
