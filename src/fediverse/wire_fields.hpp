/// The properties of an ActivityStreams object that matter, by their short names.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <simdjson.h>

namespace fedtrail::fediverse {

enum class Key : std::uint8_t {
    Id,
    Type,
    Actor,
    AttributedTo,
    Object,
    Target,
    Instrument,
    Result,
    To,
    Cc,
    Bto,
    Bcc,
    OneOf,
    AnyOf,
    Tag,
    Attachment,
    Image,
    Icon,
    Name,
    NameMap,
    Content,
    ContentMap,
    Source,
    Summary,
    SummaryMap,
    Location,
    Address,
    InReplyTo,
    Username,
    Followers,
    Href,
    MovedTo,
    Count,  // also: not one of ours
};

/// The properties of one object that matter; of two with the same name the last one.
class Fields {
public:
    explicit Fields(const simdjson::dom::object& object);

    [[nodiscard]] const simdjson::dom::element* find(Key key) const {
        return (present_ & bit(key)) != 0 ? &values_[static_cast<std::size_t>(key)] : nullptr;
    }

    /// The string there, or of several the first; "" if there is none or it is longer than `limit`.
    [[nodiscard]] std::string_view text(Key key, std::size_t limit) const;

private:
    static constexpr std::uint64_t bit(Key key) { return 1ULL << static_cast<unsigned>(key); }
    std::array<simdjson::dom::element, static_cast<std::size_t>(Key::Count)> values_;
    std::uint64_t present_{};
};

/// Whether a property says anything: not "", {}, [] nor false.
[[nodiscard]] bool says_something(const Fields& fields, Key key);

/// Whether a language map has a text that is not "" ("contentMap": {"en": ""} says nothing).
[[nodiscard]] bool map_says_something(const Fields& fields, Key key);

}  // namespace fedtrail::fediverse
