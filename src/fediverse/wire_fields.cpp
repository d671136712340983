#include "fediverse/wire_fields.hpp"

#include <utility>

#include "fedtrail/fediverse/activity.hpp"

#include "fediverse/wire_values.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::array<std::pair<std::string_view, Key>, 36> kKeys{{
    {"id", Key::Id},
    {"@id", Key::Id},
    {"type", Key::Type},
    {"@type", Key::Type},
    {"actor", Key::Actor},
    {"attributedTo", Key::AttributedTo},
    {"object", Key::Object},
    {"target", Key::Target},
    {"instrument", Key::Instrument},
    {"result", Key::Result},
    {"to", Key::To},
    {"cc", Key::Cc},
    {"bto", Key::Bto},
    {"bcc", Key::Bcc},
    {"oneOf", Key::OneOf},
    {"anyOf", Key::AnyOf},
    {"tag", Key::Tag},
    {"attachment", Key::Attachment},
    {"image", Key::Image},
    {"icon", Key::Icon},
    {"name", Key::Name},
    {"nameMap", Key::NameMap},
    {"content", Key::Content},
    {"contentMap", Key::ContentMap},
    {"source", Key::Source},
    {"summary", Key::Summary},
    {"summaryMap", Key::SummaryMap},
    {"location", Key::Location},
    {"vcard:Address", Key::Address},
    {"vcard:hasAddress", Key::Address},
    {"inReplyTo", Key::InReplyTo},
    {"preferredUsername", Key::Username},
    {"followers", Key::Followers},
    {"href", Key::Href},
    {"movedTo", Key::MovedTo},
    {"participationMessage", Key::Content},
}};
constexpr std::size_t kLongestKey = 20;
constexpr std::string_view kNamespace = "https://www.w3.org/ns/activitystreams#";

constexpr auto kKeysByLength = [] {
    std::array<std::array<std::uint8_t, 8>, kLongestKey + 1> table{};  // index into kKeys plus 1
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
        auto& row = table.at(kKeys.at(i).first.size());
        std::size_t free = 0;
        while (row.at(free) != 0) {
            ++free;
        }
        row.at(free) = static_cast<std::uint8_t>(i + 1);
    }
    return table;
}();

Key key_named(std::string_view name) {
    for (const auto prefix : {std::string_view{"as:"}, kNamespace}) {
        if (name.starts_with(prefix)) {
            name.remove_prefix(prefix.size());
            break;
        }
    }
    if (name.size() > kLongestKey) {
        return Key::Count;
    }
    for (const auto index : kKeysByLength[name.size()]) {
        if (index == 0) {
            break;
        }
        const auto& [text, key] = kKeys[index - 1U];
        if (text == name) {
            return key;
        }
    }
    return Key::Count;
}

}  // namespace

Fields::Fields(const simdjson::dom::object& object) {
    for (const auto field : object) {
        const auto key = key_named(field.key);
        if (key != Key::Count && !field.value.is_null()) {
            values_[static_cast<std::size_t>(key)] = field.value;
            present_ |= bit(key);
        } else if (key != Key::Count) {
            present_ &= ~bit(key);
        }
    }
}

std::string_view Fields::text(Key key, std::size_t limit) const {
    const auto* const value = find(key);
    return value != nullptr ? text_in(*value, limit) : std::string_view{};
}

bool says_something(const Fields& fields, Key key) {
    const auto* const value = fields.find(key);
    if (value == nullptr) {
        return false;
    }
    switch (value->type()) {
        case simdjson::dom::element_type::STRING:
            return !string_of(*value).empty();
        case simdjson::dom::element_type::ARRAY: {
            const auto list = array_of(*value);
            return list.begin() != list.end();
        }
        case simdjson::dom::element_type::OBJECT: {
            const auto object = object_of(*value);
            return object.begin() != object.end();
        }
        case simdjson::dom::element_type::INT64:
        case simdjson::dom::element_type::UINT64:
        case simdjson::dom::element_type::DOUBLE:
            return true;
        case simdjson::dom::element_type::BOOL:
        case simdjson::dom::element_type::NULL_VALUE:
            return false;
    }
    return false;
}

bool map_says_something(const Fields& fields, Key key) {
    const auto* const value = fields.find(key);
    if (value == nullptr || !value->is_object()) {
        return false;
    }
    std::size_t seen = 0;
    for (const auto field : object_of(*value)) {
        if (field.value.is_string() && !string_of(field.value).empty()) {
            return true;
        }
        if (++seen >= kMaxListed) {
            break;
        }
    }
    return false;
}

}  // namespace fedtrail::fediverse
