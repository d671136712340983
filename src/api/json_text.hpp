/// What JSON documents have in common.

#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::api {

using Json = nlohmann::ordered_json;

/// With a line feed behind it; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string on_one_line(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// The same, with two blanks of indentation.
[[nodiscard]] inline std::string indented(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

[[nodiscard]] inline Json moment_or_null(const std::optional<Instant>& at) {
    return at ? Json(format_rfc3339(*at)) : Json(nullptr);
}

/// An array of them.
[[nodiscard]] inline Json category_names(fediverse::CategorySet set) {
    auto names = Json::array();
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (set.has(category)) {
            names.push_back(std::string{name});
        }
    }
    return names;
}

}  // namespace fedtrail::api
