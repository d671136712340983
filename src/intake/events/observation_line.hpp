/// One observation as one line of JSON, as schemas/observation.schema.json describes it.

#pragma once

#include <cstddef>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/activity.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

namespace fedtrail::intake::events {

/// A line may be as long as the largest activity, and 64 KiB more for what stands around it.
inline constexpr std::size_t kMaxLineBytes = fediverse::kMaxActivityBytes + (64U << 10U);

/// Bytes that must be readable behind a line given to parse_padded_observation().
inline constexpr std::size_t kLinePadding = 64;

/// Reads one line, without its newline. `activity` is the activity as it was sent, or its digest (an object
/// with `categories`); a digest may stand under `digest` as well. Unknown properties are refused, so that a
/// slip in a name is not lost. `is_local` as for digest_activity(). Errors: Invalid; the sentence says what
/// is wrong and never quotes the line.
[[nodiscard]] Result<records::Observation> parse_observation(std::string_view line,
                                                             const fediverse::IsLocal& is_local = {});

/// The same without copying, for a line that has kLinePadding readable bytes behind it.
[[nodiscard]] Result<records::Observation> parse_padded_observation(std::string_view line,
                                                                    const fediverse::IsLocal& is_local = {});

}  // namespace fedtrail::intake::events
