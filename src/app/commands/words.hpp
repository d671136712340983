/// Words that several commands print.

#pragma once

#include <string>

#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::app {

/// "profile post_text"
[[nodiscard]] inline std::string kinds_of(fediverse::CategorySet set) {
    std::string out;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (set.has(category)) {
            out += (out.empty() ? "" : " ") + std::string{name};
        }
    }
    return out;
}

}  // namespace fedtrail::app
