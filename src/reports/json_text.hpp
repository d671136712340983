/// JSON as text, piece by piece, for documents that stream.

#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fedtrail/core/time.hpp"

namespace fedtrail::reports {

using Json = nlohmann::ordered_json;

/// On one line; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string text_of(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[nodiscard]] inline Json text_or_null(const std::string& text) {
    return text.empty() ? Json{} : Json(text);
}

[[nodiscard]] inline Json moment_or_null(const std::optional<Instant>& at) {
    return at ? Json(format_rfc3339(*at)) : Json{};
}

/// A member of the outermost object that is not its last one.
inline void member(std::ostream& out, std::string_view name, const Json& value) {
    out << " " << text_of(name) << ": " << text_of(value) << ",\n";
}

}  // namespace fedtrail::reports
