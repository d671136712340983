/// The header fields of an HTTP message, as they came.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedtrail {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// The first header of that name, without regard to case; "" if there is none.
[[nodiscard]] inline std::string_view header_of(const HttpHeaders& headers, std::string_view name) {
    const auto same = [](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return lower(a) == lower(b);
    };
    for (const auto& header : headers) {
        if (std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(), same)) {
            return header.second;
        }
    }
    return {};
}

}  // namespace fedtrail
