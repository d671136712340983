/// Texts of papers, part by part.

#pragma once

#include <string_view>

#include "reports/paper.hpp"

namespace fedtrail::reports {

/// Calls `plain` for every stretch of words and `article` for every reference, in order.
template <typename Plain, typename Article>
void each_part(std::string_view text, const Plain& plain, const Article& article) {
    while (!text.empty()) {
        const auto begins = text.find(kCiteBegins);
        const auto ends = begins == std::string_view::npos ? begins : text.find(kCiteEnds, begins);
        if (ends == std::string_view::npos) {
            break;
        }
        plain(text.substr(0, begins));
        article(text.substr(begins + 1, ends - begins - 1));
        text.remove_prefix(ends + 1);
    }
    plain(text);
}

}  // namespace fedtrail::reports
