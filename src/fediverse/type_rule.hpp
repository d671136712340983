/// What each ActivityStreams type means for the people in it: the code's half of docs/activities.md.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fedtrail/fediverse/category.hpp"

namespace fedtrail::fediverse {

/// How a type is read.
enum class Nature : std::uint8_t {
    Unknown,  ///< No rule: an activity if it has an actor and an object, else a thing.
    Plain,    ///< An activity without anything special.
    Publish,  ///< Create, Update: the object is the message.
    Announce,
    Answer,    ///< Is about another activity: Undo, Accept, Reject.
    ToPerson,  ///< Its objects are people: Follow, Block, Flag, Invite.
    Curate,    ///< Add, Remove.
    Move,
    Delete,
    Actor,  ///< A person, group or service.
    Thing,  ///< Something somebody made.
    Bare,   ///< Carries no personal data of its own: collections, tombstones, caches.
};

struct TypeRule {
    std::string_view name;
    Nature nature{Nature::Unknown};
    CategorySet
        of_actor;  ///< For an activity: its actor's share besides `handle`. For a thing: its authors'.
    CategorySet of_object;  ///< For ToPerson: the share of the people in its object besides `handle`.
    bool reason{};          ///< Its own `content` or `summary` is text a person wrote.
};

/// The rule of a type; one of Nature::Unknown if there is none. `name` may carry the prefix "as:" or the
/// namespace of ActivityStreams.
[[nodiscard]] const TypeRule& rule_of(std::string_view name);

/// All rules, by name.
[[nodiscard]] std::span<const TypeRule> all_type_rules();

[[nodiscard]] constexpr bool is_activity(Nature nature) {
    return nature >= Nature::Plain && nature <= Nature::Delete;
}

}  // namespace fedtrail::fediverse
