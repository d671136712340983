/// Fields of JSON documents that anybody may have written.

#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace fedtrail::fediverse {

/// A text; "" if there is none.
[[nodiscard]] inline std::string text_at(const nlohmann::json& object, const char* field) {
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace fedtrail::fediverse
