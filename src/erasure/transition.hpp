/// One event on a request: through the state machine into the book.

#pragma once

#include <cstddef>
#include <functional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/request_book.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// Octets.
inline constexpr std::size_t kLongestReason = 2'000;

/// What the event changes on the request besides its state. Refuse by returning a failure.
using RequestChange = std::function<Result<void>(records::ErasureRequest&)>;

/// Reads the request, asks privacy::next(), lets `change` work on it and records both; `event.state` is
/// filled in. Where somebody else was faster, all of it is done again, at most five times. Errors: NotFound,
/// Denied (not in this state), Conflict, Unavailable, Corrupt; Invalid (`event.reason` above
/// longest_reason()).
[[nodiscard]] Result<records::ErasureRequest> record_event(RequestBook& book,
                                                           records::RequestNumber number,
                                                           const records::RequestEvent& event,
                                                           const RequestChange& change = {});

}  // namespace fedtrail::erasure
