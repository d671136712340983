#pragma once

#include <string>
#include <string_view>

namespace fedtrail::reports {

/// One field (RFC 4180 section 2, rules 5 to 7). A first character that makes a spreadsheet calculate gets an
/// apostrophe before it; what without_turns() takes out is left out.
[[nodiscard]] std::string csv_cell(std::string_view text);

}  // namespace fedtrail::reports
