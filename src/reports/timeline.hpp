/// Timeline: how many servers were reached for the first time in each day, week, month or year.

#pragma once

#include <cstdint>
#include <vector>

#include "fedtrail/core/time.hpp"

#include "reports/each_recipient.hpp"

namespace fedtrail::reports {

enum class Step { Day, Week, Month, Year };

struct Bucket {
    Instant start{};
    std::uint64_t servers{};  ///< Whose first disclosure lies in [start, start of the next).
};

struct Timeline {
    Step step{Step::Day};
    std::vector<Bucket> buckets;  ///< Without a hole; from the first disclosure to the last.
    Instant first{};              ///< Earliest first disclosure.
    Instant last{};               ///< Latest last disclosure.
};

/// Days up to about two months, ISO weeks (from Monday) up to a year, months up to eight years, else years;
/// in UTC. Empty if there are no recipients.
[[nodiscard]] Timeline timeline_of(const EachRecipient& recipients);

}  // namespace fedtrail::reports
