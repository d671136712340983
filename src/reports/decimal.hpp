#pragma once

#include <array>
#include <charconv>
#include <string>

namespace fedtrail::reports {

/// `value` with `digits` behind the point, whatever the locale. `value` is a coordinate: below 10^15.
[[nodiscard]] inline std::string decimal(double value, int digits) {
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
    return {text.data(), end.ptr};
}

}  // namespace fedtrail::reports
