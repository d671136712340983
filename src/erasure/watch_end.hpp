/// How long a request that was closed is watched: until then a copy that is seen wakes it, and the keys of
/// its person are kept to tell that server anew. One length for all, so that nothing wakes that nobody can
/// sign.

#pragma once

#include <algorithm>
#include <chrono>

#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// Of looks after an hour, a day, a week and a month, and a day.
inline constexpr std::chrono::seconds kWatchedFor{std::chrono::hours{24 * 39}};

/// `span` after its closing, or after its origin was seen gone if that was later: looks begin then. Of a
/// closed request only.
[[nodiscard]] inline Instant watched_until(const records::ErasureRequest& request,
                                           std::chrono::seconds span) {
    const auto closed = request.closed_at.value_or(Instant{});
    return std::max(closed, request.origin_gone_at.value_or(closed)) + span;
}

/// Open requests always are.
[[nodiscard]] inline bool is_watched_at(const records::ErasureRequest& request,
                                        std::chrono::seconds span,
                                        Instant now) {
    return !request.closed_at || now < watched_until(request, span);
}

}  // namespace fedtrail::erasure
