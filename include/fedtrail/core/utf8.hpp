/// UTF-8 (RFC 3629), strictly: nothing overlong, no surrogates, nothing above U+10FFFF.

#pragma once

#include <cstddef>
#include <string_view>

namespace fedtrail {

/// How many octets the sequence at the front takes; 0 if it is none.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

/// The text of a document without the byte order mark that some editors put before it; it says nothing in
/// UTF-8 and may be passed over (RFC 8259 section 8.1).
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view document);

}  // namespace fedtrail
