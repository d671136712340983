/// The name of an account as people write it.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail {

/// "alice@origin.example".
struct Handle {
    std::string name;  ///< As it was written; no blanks, no "@" or "/", no control characters.
    Host host;

    /// `text` is "alice@origin.example", with "@" or "acct:" before it or without. At most 512 octets.
    /// Errors: Invalid; the text is not repeated, it may be a name.
    [[nodiscard]] static Result<Handle> parse(std::string_view text);
};

}  // namespace fedtrail
