#include "fedtrail/core/hex.hpp"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace fedtrail {

Result<Bytes> from_hex(std::string_view text) {
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const auto pair = text.substr(at, 2);
        std::uint8_t value = 0;
        const auto read = std::from_chars(pair.data(), pair.data() + pair.size(), value, 16);
        if (pair.size() != 2 || read.ec != std::errc{} || read.ptr != pair.data() + pair.size()) {
            return fail(ErrorKind::Invalid, "these are not hexadecimal digits, two a byte");
        }
        out.push_back(static_cast<std::byte>(value));
    }
    return out;
}

}  // namespace fedtrail
