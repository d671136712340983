/// JSON as text, piece by piece, for documents that stream.

#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace fedtrail::reports {

using Json = nlohmann::ordered_json;

/// On one line; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string text_of(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fedtrail::reports
