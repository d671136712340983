#pragma once

#include <string_view>

#include "fedtrail/fediverse/category.hpp"

#include "fediverse/wire.hpp"

namespace fedtrail::fediverse {

/// What one entry of `to` or `cc` stands for.
enum class Addressee : std::uint8_t { Nobody, Everybody, Followers, Person };

/// Reads an addressee from its form alone. Everybody is as:Public in its three spellings. Followers is the
/// actor's `followers` property, a URI whose last or last but one segment says followers
/// ("/users/a/followers", Friendica's "/followers/a"), or another collection known by its last segment
/// (members, subscribers, following, friends, …): not everybody, and more than those who are named. Anything
/// else is a person: a collection with an unusual name is taken for one, so a post may be called direct that
/// went to a group.
[[nodiscard]] Addressee addressee_of(const Reference& reference, std::string_view followers);

/// Visibility by the addressees of one node; Unknown if it has none.
[[nodiscard]] Visibility visibility_of(const Node& node, std::string_view followers);

}  // namespace fedtrail::fediverse
