/// Letters and digits of ASCII; other octets are none and stay as they are.

#pragma once

#include <string>
#include <string_view>

namespace fedtrail::fediverse {

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_ascii(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        c = lower(c);
    }
    return out;
}

}  // namespace fedtrail::fediverse
