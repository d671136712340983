/// Where each server software keeps the private keys of its actors: one row a table and way to address it.
/// docs/keys.md names the sources of these facts.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::postgres {

/// What of an actor's URI a row is found by.
enum class FoundBy {
    Uri,      ///< All of it.
    Segment,  ///< The single path segment behind `prefix`.
    Number,   ///< The same, decimal digits.
};

/// One table in which keys may lie. Every server version has some of its software's places.
struct KeyPlace {
    std::string_view where;    ///< "accounts.private_key", for people.
    std::string_view columns;  ///< What the questions below use: "table.column,table.column".
    FoundBy found_by;
    std::string_view prefix;  ///< "/users/".
    /// $1 is the URI, segment or number, $2 the most octets a key may have. At most three rows: the key
    /// (NULL if it is longer), its octets, its id (NULL: the actor's URI and "#main-key").
    std::string_view question;
};

struct Software {
    std::string_view name;
    std::span<const KeyPlace> places;
    /// Where it keeps keys that only itself can open. The question has $1 alone and gives their number.
    std::span<const KeyPlace> locked;
    std::string_view locked_remedy;
};

/// Errors: nothing if the software is not known. Forks have their parent's tables: "glitch", "sharkey", ….
[[nodiscard]] const Software* software_named(std::string_view name);
/// "akkoma, lemmy, …", forks left out.
[[nodiscard]] std::string known_software();

/// What $1 is for this actor; nothing if its URI has another shape.
[[nodiscard]] std::optional<std::string> address_of(const Uri& actor, const KeyPlace& place);

}  // namespace fedtrail::postgres
