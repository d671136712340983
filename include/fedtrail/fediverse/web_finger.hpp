/// WebFinger (RFC 7033): under which handle a server knows an actor. Pure.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

/// Octets of an answer that are looked at.
inline constexpr std::size_t kMaxWebFinger = std::size_t{64} * 1024;

/// Where `host` is asked about `resource` (RFC 7033 section 4.1): "acct:alice@origin.example", or an actor's
/// URI. Errors: Invalid.
[[nodiscard]] Result<Uri> web_finger_url(const Host& host, std::string_view resource);

/// The handle ("alice@example.org") that an answer names (RFC 7033 section 4.4): its subject, or, where that
/// is no handle, the only alias that is one. Nothing if there is none, or if the answer does not link to
/// `actor` as the account itself ("self"; where it links to none: as an alias): it may be about somebody
/// else.
[[nodiscard]] std::optional<std::string> handle_in_web_finger(std::string_view body, const Uri& actor);

/// The accounts that an answer links to as "self", at most four.
[[nodiscard]] std::vector<Uri> actors_in_web_finger(std::string_view body);

/// `preferredUsername` of an actor's own document (ActivityPub section 4.1); nothing if there is none, if it
/// is longer than kMaxWebFinger, or another one's.
[[nodiscard]] std::optional<std::string> username_in_actor(std::string_view body, const Uri& actor);

}  // namespace fedtrail::fediverse
