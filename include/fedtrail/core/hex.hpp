/// Reads what hex() of bytes.hpp writes.

#pragma once

#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// Two hexadecimal digits a byte, of either case. Errors: Invalid.
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

}  // namespace fedtrail
