/// Headers that stand in a request more than once.

#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "fedtrail/core/http_headers.hpp"

namespace fedtrail::api {

/// Every header of that name, without regard to case, in their order.
[[nodiscard]] inline std::vector<std::string_view> headers_of(const HttpHeaders& headers,
                                                              std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto same = [&lower](char a, char b) { return lower(a) == lower(b); };
    std::vector<std::string_view> found;
    for (const auto& [said, value] : headers) {
        if (std::equal(said.begin(), said.end(), name.begin(), name.end(), same)) {
            found.emplace_back(value);
        }
    }
    return found;
}

}  // namespace fedtrail::api
