/// Base64 (RFC 4648 section 4), with padding.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

[[nodiscard]] std::string base64(ByteView bytes);

/// Strict: padding is there, unused bits are zero, nothing else stands between. Errors: Invalid.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace fedtrail
