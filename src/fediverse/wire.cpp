#include "fediverse/wire.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include <simdjson.h>

#include "fedtrail/core/utf8.hpp"
#include "fedtrail/fediverse/activity.hpp"

#include "fediverse/ascii.hpp"
#include "fediverse/json_repair.hpp"

namespace fedtrail::fediverse {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t kMaxNodes = 512;
constexpr int kMaxNesting = 8;  // of activities in activities
constexpr std::size_t kMaxTypeBytes = 128;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxUriBytes = 2'048;

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

/// The properties of one object that matter; of two with the same name the last one.
class Fields {
public:
    explicit Fields(const simdjson::dom::object& object) {
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

    [[nodiscard]] const element* find(Key key) const {
        return (present_ & bit(key)) != 0 ? &values_[static_cast<std::size_t>(key)] : nullptr;
    }

    /// The string there, or of several the first; "" if there is none or it is longer than `limit`.
    [[nodiscard]] std::string_view text(Key key, std::size_t limit) const;

private:
    static constexpr std::uint64_t bit(Key key) { return 1ULL << static_cast<unsigned>(key); }
    std::array<element, static_cast<std::size_t>(Key::Count)> values_;
    std::uint64_t present_{};
};

// The caller has looked at the type.
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

/// The string of a value, or of what JSON-LD's expanded form wraps one in (JSON-LD 1.1 API, section 5.1).
std::string_view plain_text(const element& value) {
    if (value.is_string()) {
        return string_of(value);
    }
    if (value.is_object()) {
        for (const std::string_view name : {"@value", "@id"}) {
            element found;
            if (object_of(value)[name].get(found) == simdjson::SUCCESS && found.is_string()) {
                return string_of(found);
            }
        }
    }
    return {};
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

std::string_view Fields::text(Key key, std::size_t limit) const {
    const auto* const value = find(key);
    return value != nullptr ? text_in(*value, limit) : std::string_view{};
}

/// Whether a property says anything: not "", {}, [] nor false.
bool says_something(const Fields& fields, Key key) {
    const auto* const value = fields.find(key);
    if (value == nullptr) {
        return false;
    }
    switch (value->type()) {
        case element_type::STRING:
            return !string_of(*value).empty();
        case element_type::ARRAY: {
            const auto list = array_of(*value);
            return list.begin() != list.end();
        }
        case element_type::OBJECT: {
            const auto object = object_of(*value);
            return object.begin() != object.end();
        }
        case element_type::INT64:
        case element_type::UINT64:
        case element_type::DOUBLE:
            return true;
        case element_type::BOOL:
        case element_type::NULL_VALUE:
            return false;
    }
    return false;
}

/// Whether a language map has a text that is not "" ("contentMap": {"en": ""} says nothing).
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

/// Calls `visit` with the value, or with each of the first entries if it is a list, until it says stop
/// (true).
template <typename Visit>
bool any_of_list(const element& value, Visit visit) {
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

std::string_view member_text(const element& value, std::string_view name, std::size_t limit) {
    element found;
    return object_of(value)[name].get(found) == simdjson::SUCCESS ? text_in(found, limit)
                                                                  : std::string_view{};
}

/// The same under the first of several names.
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

/// Whether a choice of a poll has a text.
bool is_named_choice(const element& choice) {
    if (!choice.is_object()) {
        return false;
    }
    const Fields fields{object_of(choice)};
    return says_something(fields, Key::Name) || map_says_something(fields, Key::NameMap);
}

bool has_choices(const Fields& fields, Key key) {
    const auto* const value = fields.find(key);
    return value != nullptr && any_of_list(*value, is_named_choice);
}

/// Whether the path of a URI ends like a file's that is a picture, a sound or a film.
bool ends_like_media(std::string_view uri) {
    constexpr std::array<std::string_view, 19> kEndings{"aac",
                                                        "apng",
                                                        "avif",
                                                        "flac",
                                                        "gif",
                                                        "heic",
                                                        "jpeg",
                                                        "jpg",
                                                        "jxl",
                                                        "m4a",
                                                        "mkv",
                                                        "mov",
                                                        "mp3",
                                                        "mp4",
                                                        "ogg",
                                                        "opus",
                                                        "png",
                                                        "webm",
                                                        "webp"};
    const auto path = uri.substr(0, uri.find_first_of("?#"));
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    const auto ending = path.substr(dot + 1);
    return std::any_of(kEndings.begin(), kEndings.end(), [ending](std::string_view known) {
        return std::equal(ending.begin(), ending.end(), known.begin(), known.end(), [](char a, char b) {
            return lower(a) == b;
        });
    });
}

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

/// Whether an attachment is a file (a picture, a sound), and not the preview of a web page or a table entry.
bool is_file(const element& attachment) {
    if (attachment.is_string()) {
        return true;
    }
    if (!attachment.is_object()) {
        return false;
    }
    const auto media_type = member_text(attachment, "mediaType", kMaxNameBytes);
    if (starts_with(media_type, "image/") || starts_with(media_type, "video/") ||
        starts_with(media_type, "audio/")) {
        return true;
    }
    const auto type = type_in(attachment);
    return rule_of(type).of_actor.has(DataCategory::Media) ||
           (type.empty() && ends_like_media(member_text(attachment, {"url", "href"}, kMaxUriBytes)));
}

class Reading {
public:
    explicit Reading(Wire& wire) : wire_(wire) {}

    std::int32_t node(const simdjson::dom::object& object, int nesting);

private:
    void add_type(Node& node, const element& value);
    void add_texts(Node& node, const Fields& fields);
    void add_references(Node& node, Role role, const element* value, int nesting);
    void add_reference(Node& node, Role role, const element& value, int nesting);
    void add_mentions(Node& node, const element* tags);

    Wire& wire_;
};

void Reading::add_type(Node& node, const element& value) {
    any_of_list(value, [&node](const element& entry) {
        const auto text = text_in(entry, kMaxTypeBytes);
        const auto& rule = rule_of(text);
        if (node.type.empty() || rule.nature != Nature::Unknown) {
            node.type = rule.nature != Nature::Unknown ? rule.name : text;
            node.rule = &rule;
        }
        return rule.nature != Nature::Unknown;
    });
}

void Reading::add_texts(Node& node, const Fields& fields) {
    node.has_name = says_something(fields, Key::Name) || map_says_something(fields, Key::NameMap);
    node.has_content = says_something(fields, Key::Content) || map_says_something(fields, Key::ContentMap);
    if (const auto* const source = fields.find(Key::Source); source != nullptr && source->is_object()) {
        node.has_content = node.has_content || !member_text(*source, "content", kMaxActivityBytes).empty();
    }
    node.has_content = node.has_content || has_choices(fields, Key::OneOf) || has_choices(fields, Key::AnyOf);
    node.has_summary = says_something(fields, Key::Summary) || map_says_something(fields, Key::SummaryMap);
    node.has_location = says_something(fields, Key::Location) || says_something(fields, Key::Address);
    node.is_reply = says_something(fields, Key::InReplyTo);
    node.has_result = says_something(fields, Key::Result);
    node.has_moved = says_something(fields, Key::MovedTo);
    const auto* const attachment = fields.find(Key::Attachment);
    node.has_media = says_something(fields, Key::Image) ||
                     (attachment != nullptr && any_of_list(*attachment, is_file)) ||
                     (node.rule->nature == Nature::Actor && says_something(fields, Key::Icon));
}

void Reading::add_reference(Node& node, Role role, const element& value, int nesting) {
    if (value.is_string()) {
        node.references.push_back({role, false, kNoNode, text_in(value, kMaxUriBytes)});
        return;
    }
    if (!value.is_object()) {
        return;
    }
    const bool whole =
        role == Role::Object || role == Role::Actor || role == Role::Author || role == Role::Instrument;
    if (whole && nesting < kMaxNesting && wire_.nodes.size() < kMaxNodes) {
        const auto index = this->node(object_of(value), nesting + 1);
        node.references.push_back({role, false, index, wire_.nodes[static_cast<std::size_t>(index)].id});
        return;
    }
    const auto type = type_in(value);
    const bool collection = type == "Collection" || type == "OrderedCollection";
    node.references.push_back({role, collection, kNoNode, member_text(value, {"id", "@id"}, kMaxUriBytes)});
}

void Reading::add_references(Node& node, Role role, const element* value, int nesting) {
    if (value != nullptr) {
        any_of_list(*value, [&](const element& entry) {
            add_reference(node, role, entry, nesting);
            return false;
        });
    }
}

void Reading::add_mentions(Node& node, const element* tags) {
    if (tags == nullptr) {
        return;
    }
    any_of_list(*tags, [&node](const element& tag) {
        if (tag.is_object() && rule_of(type_in(tag)).name == "Mention") {
            node.references.push_back(
                {Role::Mention,
                 false,
                 kNoNode,
                 member_text(tag, {"href", "https://www.w3.org/ns/activitystreams#href"}, kMaxUriBytes)});
        }
        return false;
    });
}

std::int32_t Reading::node(const simdjson::dom::object& object, int nesting) {
    const auto index = wire_.nodes.size();
    wire_.nodes.emplace_back();  // holds the place: reading what is inside may move the nodes
    const Fields fields{object};
    Node node;
    node.rule = &rule_of({});
    if (const auto* const type = fields.find(Key::Type)) {
        add_type(node, *type);
    }
    node.id = fields.text(Key::Id, kMaxUriBytes);
    if (node.id.empty() && node.rule->name == "Link") {
        node.id = fields.text(Key::Href, kMaxUriBytes);
    }
    node.username = fields.text(Key::Username, kMaxNameBytes);
    node.followers = fields.text(Key::Followers, kMaxUriBytes);
    add_texts(node, fields);
    add_references(node, Role::Actor, fields.find(Key::Actor), nesting);
    add_references(node, Role::Author, fields.find(Key::AttributedTo), nesting);
    add_references(node, Role::Object, fields.find(Key::Object), nesting);
    add_references(node, Role::Target, fields.find(Key::Target), nesting);
    add_references(node, Role::Instrument, fields.find(Key::Instrument), nesting);
    add_references(node, Role::To, fields.find(Key::To), nesting);
    add_references(node, Role::Cc, fields.find(Key::Cc), nesting);
    add_references(node, Role::To, fields.find(Key::Bto), nesting);
    add_references(node, Role::Cc, fields.find(Key::Bcc), nesting);
    add_mentions(node, fields.find(Key::Tag));
    wire_.nodes[index] = std::move(node);
    return static_cast<std::int32_t>(index);
}

/// The only entry of a list, or of a document's `@graph`; else the document itself.
element only_entry(element root) {
    element graph;
    if (root.is_object() && type_in(root).empty() &&
        object_of(root)["@graph"].get(graph) == simdjson::SUCCESS) {
        root = graph;
    }
    if (root.is_array()) {
        const auto list = array_of(root);
        if (list.size() == 1) {
            return *list.begin();
        }
    }
    return root;
}

simdjson::dom::parser& thread_parser() {
    thread_local simdjson::dom::parser parser;
    if (parser.capacity() == 0) {
        constexpr std::size_t kUsualBytes = 16U << 10U;
        // A failure here shows again at parse().
        static_cast<void>(parser.allocate(kUsualBytes, kMaxActivityDepth) == simdjson::SUCCESS);
    }
    return parser;
}

bool is_repairable(simdjson::error_code error) {
    return error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR ||
           error == simdjson::TAPE_ERROR;
}

simdjson::error_code parse(std::string_view json, element& root) {
    auto& parser = thread_parser();
    const auto error = parser.parse(json.data(), json.size()).get(root);
    if (!is_repairable(error)) {
        return error;
    }
    const auto repaired = repair_json(json);
    return parser.parse(repaired.data(), repaired.size()).get(root);
}

}  // namespace

Result<void> read_wire(std::string_view json, Wire& wire) {
    json = without_byte_order_mark(json);
    if (json.size() > kMaxActivityBytes) {
        return fail(ErrorKind::Invalid, "the activity is larger than 1 MiB", "send a smaller document");
    }
    element root;
    if (const auto error = parse(json, root)) {
        return fail(ErrorKind::Invalid,
                    error == simdjson::DEPTH_ERROR
                        ? std::string{"the activity is nested deeper than 64 levels"}
                        : std::string{"the activity is not JSON: "} + simdjson::error_message(error),
                    "send one JSON object in UTF-8");
    }
    root = only_entry(root);
    if (!root.is_object()) {
        return fail(
            ErrorKind::Invalid, "the activity is not a JSON object", "send one ActivityStreams object");
    }
    wire.nodes.clear();
    wire.nodes.reserve(4);
    Reading{wire}.node(object_of(root), 0);
    if (wire.nodes.front().type.empty()) {
        return fail(ErrorKind::Invalid, "the activity has no type", "send one ActivityStreams object");
    }
    return {};
}

}  // namespace fedtrail::fediverse
