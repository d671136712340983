/// What a controller says of a record that is not opened. docs/formats/bundle.md.

#pragma once

#include <string_view>

#include "fedtrail/records/leaf.hpp"

namespace fedtrail::audit {

/// Whether `text` is what may be said of a record of this kind: the facts of an activity or of a look at a
/// person's data, without what names somebody, or of a record whose host or operator is withheld; of other
/// kinds nothing is said. No hash of the log binds it, so it is read as what anybody may have written.
[[nodiscard]] bool is_claim(records::LeafKind kind, std::string_view text);

}  // namespace fedtrail::audit
