/// What the values of a parsed document say, in each of the forms that JSON-LD allows.

#pragma once

#include <initializer_list>
#include <string_view>

#include <simdjson.h>

#include "fedtrail/fediverse/activity.hpp"

namespace fedtrail::fediverse {

inline constexpr std::size_t kMaxTypeBytes = 128;
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxUriBytes = 2'048;

// The caller has looked at the type; else empty.
[[nodiscard]] std::string_view string_of(const simdjson::dom::element& value);
[[nodiscard]] simdjson::dom::array array_of(const simdjson::dom::element& value);
[[nodiscard]] simdjson::dom::object object_of(const simdjson::dom::element& value);

/// The string of a value, or of a list the first; "" if there is none or it is longer than `limit`.
[[nodiscard]] std::string_view text_in(const simdjson::dom::element& value, std::size_t limit);

/// The same of a member of an object.
[[nodiscard]] std::string_view member_text(const simdjson::dom::element& value,
                                           std::string_view name,
                                           std::size_t limit);
/// The same under the first of several names.
[[nodiscard]] std::string_view member_text(const simdjson::dom::element& value,
                                           std::initializer_list<std::string_view> names,
                                           std::size_t limit);

/// The first type of an object.
[[nodiscard]] std::string_view type_in(const simdjson::dom::element& value);

/// Calls `visit` with the value, or with each of the first entries if it is a list, until it says stop
/// (true).
template <typename Visit>
bool any_of_list(const simdjson::dom::element& value, Visit visit) {
    if (!value.is_array()) {
        return visit(value);
    }
    std::size_t seen = 0;
    for (const auto entry : array_of(value)) {
        if (visit(entry)) {
            return true;
        }
        if (++seen >= kMaxListed) {
            break;
        }
    }
    return false;
}

}  // namespace fedtrail::fediverse
