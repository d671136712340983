/// Words that facts and claims share. docs/formats/bundle.md.

#pragma once

#include <array>
#include <string_view>

namespace fedtrail::audit {

/// How many categories of data a body has room for.
inline constexpr unsigned kCategoryBits = 16;

/// Of records::RequestSource.
inline constexpr std::array<std::string_view, 3> kSources{"admin", "person", "observed"};
/// Of records::ScopeKind.
inline constexpr std::array<std::string_view, 3> kScopes{"account", "objects", "matching"};

/// Of records::AttemptResult.
inline constexpr std::array<std::string_view, 5> kResults{
    "begun", "answered", "unreachable", "sent", "blocked"};

}  // namespace fedtrail::audit
