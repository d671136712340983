/// Texts inside what the vault seals: a length of two octets, little-endian, then the text.

#pragma once

#include <optional>
#include <string_view>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::sqlite {

/// `text` has at most 65,535 octets.
void put_text(Bytes& out, std::string_view text);
/// The text at the start of `rest`, which moves behind it. Nothing if it ends too early.
[[nodiscard]] std::optional<std::string_view> take_text(ByteView& rest);

}  // namespace fedtrail::sqlite
