/// Who signed a request, and what their name is: read from headers and URIs alone, nothing is fetched.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

/// The `keyId` of a `Signature:` header (draft-cavage-http-signatures-12) or the `keyid` of a
/// `Signature-Input:` header (RFC 9421 section 2.3), unescaped. Nothing if there is none, or if the header is
/// longer than 16 KiB or the key id longer than 2,048 octets.
[[nodiscard]] std::optional<std::string> key_id_of_signature(std::string_view header);

/// The actor a key belongs to: the key id without its fragment ("…/users/a#main-key", "…/?author=1#main-key")
/// and without a last segment that names a key ("…/users/a/main-key" of GoToSocial); else the key id itself
/// (PeerTube). Errors: Invalid (not an http or https URI).
[[nodiscard]] Result<Uri> actor_of_key_id(std::string_view key_id);

/// The account name in an actor's URI ("/users/NAME", "/u/", "/@NAME", "/accounts/", "/c/", "/m/",
/// "/profile/", "/author/", "/channel/", "/video-channels/"), or "" if it has another shape.
///
/// Below /users/ many servers have opaque ids (Misskey and its forks, Mastodon's /ap/users/). A name there
/// that is a UUID, 15 or more digits, a ULID, or 10, 16 or 24 lower-case letters and digits with at least one
/// digit is taken for an id and gives "". So a real name of exactly that form is not recognised, and about
/// one in twenty ten-letter Misskey ids, having no digit, is taken for a name: what it says is a hint for
/// people, never an identity.
[[nodiscard]] std::string_view username_of_actor(const Uri& actor);

/// Whether a URI looks like an actor's: one of the shapes above with a name or an id, WordPress' "?author=1",
/// or a single path segment (snac's "/sue", an instance's "/actor").
[[nodiscard]] bool looks_like_actor(const Uri& uri);

}  // namespace fedtrail::fediverse
