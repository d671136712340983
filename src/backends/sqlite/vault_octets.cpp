#include "backends/sqlite/vault_octets.hpp"

namespace fedtrail::sqlite {

void put_text(Bytes& out, std::string_view text) {
    const auto size = static_cast<std::uint16_t>(text.size());
    out.push_back(static_cast<std::byte>(size & 0xFFU));
    out.push_back(static_cast<std::byte>(size >> 8U));
    const auto bytes = bytes_of(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::optional<std::string_view> take_text(ByteView& rest) {
    if (rest.size() < 2) {
        return std::nullopt;
    }
    const auto size = std::to_integer<std::size_t>(rest[0]) | (std::to_integer<std::size_t>(rest[1]) << 8U);
    if (rest.size() - 2 < size) {
        return std::nullopt;
    }
    const auto text = text_of(rest.subspan(2, size));
    rest = rest.subspan(2 + size);
    return text;
}

}  // namespace fedtrail::sqlite
