/// Who did something, as the books have it: the texts called `by`. "fedtrail" is the program by itself,
/// "api:" and the id of a token whoever has that token, "cli:" and a name an operator at the command line;
/// "cli" alone stands in older books.
///
/// An operator's name is personal data of theirs: it is for other operators and whoever checks them, not for
/// the people whose data it is (CJEU C-579/21, Pankki S).

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::records {

inline constexpr std::size_t kMaxOperatorName = 64;  ///< Octets.

/// The name of an operator. Errors: Invalid (anything but 1 to kMaxOperatorName printable ASCII characters
/// without blanks and "/").
[[nodiscard]] Result<std::string> parse_operator(std::string_view name);

/// "cli:anna" of who uses the login anna; "cli:anna/ops" of who uses the login ops and says that they are
/// anna. `said` may be empty. Both as parse_operator() gives them.
[[nodiscard]] std::string by_operator(const std::string& login, const std::string& said);
/// Whether it is written so.
[[nodiscard]] bool is_by_operator(std::string_view by);

/// Whether it names an operator, in whatever form.
[[nodiscard]] bool names_operator(std::string_view by);
/// Without the name: "cli". Anything else as it is.
[[nodiscard]] std::string_view without_operator(std::string_view by);

}  // namespace fedtrail::records
