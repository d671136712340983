/// Reads an ActivityStreams 2 activity as servers really send it and keeps what the ledger needs of it.
///
/// Pure functions, safe from any thread; each thread keeps one parser for itself (up to some 12 MB once it
/// met a document of the greatest size). Which activity gives which category for whom is the table in
/// docs/activities.md.

#pragma once

#include <cstddef>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/digest.hpp"
#include "fedtrail/fediverse/whose.hpp"

namespace fedtrail::fediverse {

inline constexpr std::size_t kMaxActivityBytes = 1U << 20U;
inline constexpr std::size_t kMaxActivityDepth = 64;
/// Of each list (tags, recipients, attachments, …) only so many entries are looked at.
inline constexpr std::size_t kMaxListed = 1'000;
/// People of other servers beyond this number are left out; the outer actor and the authors come first.
inline constexpr std::size_t kMaxShares = 64;
/// The same for people of ours, who are counted by themselves.
inline constexpr std::size_t kMaxLocalShares = 1'000;

/// The digest of one JSON document: an activity, or an object on its own (a fetched Note or actor).
///
/// Types nobody knows are kept by name. URIs that are not http(s) or do not parse are left out. Where a name
/// stands twice in an object the last one counts, as in the servers' own parsers.
/// `is_local` tells who is ours: they do not stand behind strangers when people are left out, and whose post
/// is announced gets a share. The document may be the only entry of a list or of `@graph`.
/// Errors: Invalid (larger or deeper than the limits, not JSON, not one object, no type).
[[nodiscard]] Result<ActivityDigest> digest_activity(std::string_view json, const IsLocal& is_local = {});

/// Whether a body of this `Content-Type` is an activity: application/activity+json or application/ld+json,
/// with any parameters.
///
/// Not application/json: no server is known to deliver activities under it, while calls of other APIs that
/// pass the same proxy carry it.
[[nodiscard]] bool is_activity_type(std::string_view content_type);

}  // namespace fedtrail::fediverse
