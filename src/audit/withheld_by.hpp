/// Records that say who did something, where that names an operator (records::names_operator) and others may
/// not read it: what is said of them then. docs/formats/bundle.md.

#pragma once

#include <string_view>

#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// What stands before the number in an operator's place: no name of theirs has a space in it.
inline constexpr std::string_view kUnnamedOperator = "unnamed operator";

/// Whether records of this kind say who did it.
[[nodiscard]] bool says_by(records::LeafKind kind);
/// Who did it, to be read and replaced; null if the record does not say.
[[nodiscard]] std::string* by_in(records::LeafBody& body);

/// Whether `text` is the facts of such a body with a label in the operator's place, and is of the range that
/// such a body could say; of an access it may be anybody, and why is not said.
[[nodiscard]] bool is_withheld_by(records::LeafKind kind, std::string_view text);

}  // namespace fedtrail::audit
