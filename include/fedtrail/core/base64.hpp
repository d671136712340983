/// Base64 (RFC 4648 section 4), with padding.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

[[nodiscard]] std::string base64(ByteView bytes);
void append_base64(std::string& out, ByteView bytes);

/// Strict: padding is there, unused bits are zero, nothing else stands between. Errors: Invalid.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);
/// The same into room that is used again; false if it is malformed, and `out` is worthless then.
[[nodiscard]] bool from_base64(std::string_view text, Bytes& out);

}  // namespace fedtrail
