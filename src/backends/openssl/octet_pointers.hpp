/// Octets as OpenSSL takes them: pointers to unsigned char.

#pragma once

#include <cstddef>
#include <span>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::openssl {

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): std::byte and unsigned char are the same octets.
[[nodiscard]] inline const unsigned char* octets(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* room_in(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

}  // namespace fedtrail::openssl
