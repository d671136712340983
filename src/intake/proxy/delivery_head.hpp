/// What the head of a request says of the delivery it may be.

#pragma once

#include "fedtrail/fediverse/digest.hpp"
#include "fedtrail/fediverse/whose.hpp"

#include "intake/proxy/http_head.hpp"

namespace fedtrail::proxy {

/// Whether its type is that of an activity.
[[nodiscard]] bool says_activity(const RequestHead& head);

/// Whether the key that signed it is of one of ours, by the host of its `keyId`.
[[nodiscard]] bool is_signed_by_ours(const RequestHead& head, const fediverse::IsLocal& is_local);

/// Whether its intent is written down before it leaves: a POST or PUT of an activity, or signed by one of
/// ours. Content-Type given twice: no server sends that, so it is not passed by unread either.
[[nodiscard]] bool is_delivery(const RequestHead& head, const fediverse::IsLocal& is_local);

/// What is known of an activity that cannot be read: who signed it.
[[nodiscard]] fediverse::ActivityDigest opaque(const RequestHead& head);

}  // namespace fedtrail::proxy
