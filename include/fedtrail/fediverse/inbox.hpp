/// Where a server takes messages: which inboxes can be its own, and how one is found that nobody has seen.
/// From bytes that anybody may have made up. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

/// Whether that can be an inbox of `host`: https, on the host itself (with or without "www.", at the same
/// port) or on one below it. A message that names a person goes nowhere else because somebody says so.
[[nodiscard]] bool is_inbox_of(const Uri& inbox, const Host& host);

/// The actor that stands for a whole server, as the document at /.well-known/nodeinfo links to it (FEP-2677).
/// Only https, and only as is_inbox_of() has it; nothing if there is none.
[[nodiscard]] std::optional<Uri> application_link(std::string_view well_known, const Host& host);

/// The actor that a WebFinger answer (RFC 7033) links to as the account itself ("self"). As above.
[[nodiscard]] std::optional<Uri> self_link(std::string_view web_finger, const Host& host);

struct ActorInboxes {
    std::string shared;  ///< URI; "" is not told, as below.
    std::string own;

    friend bool operator==(const ActorInboxes&, const ActorInboxes&) = default;
};

/// `endpoints.sharedInbox` and `inbox` of an actor's document (ActivityPub section 4.1) that is_inbox_of().
[[nodiscard]] ActorInboxes inboxes_in_actor(std::string_view actor, const Host& host);

}  // namespace fedtrail::fediverse
