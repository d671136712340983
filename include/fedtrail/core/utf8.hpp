/// UTF-8 (RFC 3629), strictly: nothing overlong, no surrogates, nothing above U+10FFFF.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fedtrail {

/// How many octets the sequence at the front takes; 0 if it is none.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

/// The text of a document without the byte order mark that some editors put before it; it says nothing in
/// UTF-8 and may be passed over (RFC 8259 section 8.1).
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view document);

/// For people to read: without the characters that turn the order in which what follows them is shown
/// (Unicode Standard Annex 9: U+202A to U+202E, U+2066 to U+2069), and with a blank for each separator of
/// lines or paragraphs (U+2028, U+2029). The rest stays as it is, also what is not UTF-8.
[[nodiscard]] std::string without_turns(std::string_view text);

}  // namespace fedtrail
