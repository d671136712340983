#include "fediverse/wire.hpp"

#include <string>

#include <simdjson.h>

#include "fedtrail/core/utf8.hpp"
#include "fedtrail/fediverse/activity.hpp"

#include "fediverse/json_repair.hpp"
#include "fediverse/wire_fields.hpp"
#include "fediverse/wire_file.hpp"
#include "fediverse/wire_values.hpp"

namespace fedtrail::fediverse {

namespace {

using simdjson::dom::element;

constexpr std::size_t kMaxNodes = 512;
constexpr int kMaxNesting = 8;  // of activities in activities

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
    const auto* const summary = fields.find(Key::Summary);
    node.has_summary_key = node.has_summary || (summary != nullptr && !summary->is_null());
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
