/// An activity as it lies on the wire: nodes and the references between them, text still in the parser's
/// buffer.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "fediverse/type_rule.hpp"

namespace fedtrail::fediverse {

enum class Role : std::uint8_t { Actor, Author, Object, Target, Instrument, To, Cc, Mention };

inline constexpr std::int32_t kNoNode = -1;

/// One value of a property: a URI, an embedded object, or both.
struct Reference {
    Role role{Role::Object};
    bool collection{};  ///< Embedded, and its type is one of the collections.
    std::int32_t node{kNoNode};
    std::string_view uri;
};

/// One JSON object of the document that matters.
struct Node {
    std::string_view type;
    const TypeRule* rule{};
    std::string_view id;
    std::string_view username;
    std::string_view followers;
    std::vector<Reference> references;
    bool has_name{};
    bool has_content{};  ///< `content`, its map, or `source`.
    bool has_summary{};
    bool has_summary_key{};  ///< `summary` stands there, be it "", and is not null.
    bool has_media{};
    bool has_location{};
    bool is_reply{};
    bool has_result{};
    bool has_moved{};
};

/// A document; node 0 is the outermost. Its views live until the thread reads the next document.
struct Wire {
    std::vector<Node> nodes;
    [[nodiscard]] const Node* at(const Reference& reference) const {
        return reference.node == kNoNode ? nullptr : &nodes[static_cast<std::size_t>(reference.node)];
    }
};

/// Reads `json` into `wire`. Errors as digest_activity().
[[nodiscard]] Result<void> read_wire(std::string_view json, Wire& wire);

}  // namespace fedtrail::fediverse
