/// The Public Suffix List, as the system's libpsl knows it.

#pragma once

#include "fedtrail/core/uri.hpp"

namespace fedtrail::libpsl {

/// Whether anybody may have a host right below that one ("co.uk", "github.io"). Thread-safe.
[[nodiscard]] bool is_public_suffix(const Host& host);

}  // namespace fedtrail::libpsl
