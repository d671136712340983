#include "fediverse/wire_values.hpp"

namespace fedtrail::fediverse {

namespace {

using simdjson::dom::element;

/// The string of a value, or of what JSON-LD's expanded form wraps one in (JSON-LD 1.1 API, section 5.1).
std::string_view plain_text(const element& value) {
    if (value.is_string()) {
        return string_of(value);
    }
    if (!value.is_object()) {
        return {};
    }
    for (const std::string_view name : {"@value", "@id"}) {
        element found;
        if (object_of(value)[name].get(found) == simdjson::SUCCESS && found.is_string()) {
            return string_of(found);
        }
    }
    return {};
}

}  // namespace

std::string_view string_of(const element& value) {
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

simdjson::dom::array array_of(const element& value) {
    simdjson::dom::array list;
    static_cast<void>(value.get(list) == simdjson::SUCCESS);
    return list;
}

simdjson::dom::object object_of(const element& value) {
    simdjson::dom::object object;
    static_cast<void>(value.get(object) == simdjson::SUCCESS);
    return object;
}

std::string_view text_in(const element& value, std::size_t limit) {
    std::string_view text;
    if (value.is_array()) {
        const auto list = array_of(value);
        const auto first = list.begin();
        text = first != list.end() ? plain_text(*first) : std::string_view{};
    } else {
        text = plain_text(value);
    }
    return text.size() <= limit ? text : std::string_view{};
}

std::string_view member_text(const element& value, std::string_view name, std::size_t limit) {
    element found;
    return object_of(value)[name].get(found) == simdjson::SUCCESS ? text_in(found, limit)
                                                                  : std::string_view{};
}

std::string_view member_text(const element& value,
                             std::initializer_list<std::string_view> names,
                             std::size_t limit) {
    for (const auto name : names) {
        if (const auto text = member_text(value, name, limit); !text.empty()) {
            return text;
        }
    }
    return {};
}

std::string_view type_in(const element& value) {
    return member_text(value, {"type", "@type"}, kMaxTypeBytes);
}

}  // namespace fedtrail::fediverse
