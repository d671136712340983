/// The octets that vectors write in hexadecimal digits.

#pragma once

#include <string_view>

#include "fedtrail/core/hex.hpp"

namespace fedtrail::testing {

inline Bytes octets(std::string_view digits) {
    return from_hex(digits).value();
}

}  // namespace fedtrail::testing
