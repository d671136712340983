/// What the history of a request says of its time and of what the person was told.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fedtrail/records/erasure.hpp"

#include "erasure/legal_calendar.hpp"

namespace fedtrail::erasure {

struct RequestCourse {
    /// The day the month is counted from: that of receipt, or that on which it woke after the person had been
    /// told how it ended. What was owed to them had been given by then.
    privacy::Day counts_from;
    std::vector<privacy::Pause> pauses;  ///< Since then.
    bool extended{};                     ///< Since then.
    std::optional<privacy::Day> extension_told;
    bool told_end{};  ///< Closed, and the person was told how it ended.
};

[[nodiscard]] RequestCourse course_of(std::span<const records::RequestEvent> events,
                                      const privacy::Day& received,
                                      const LegalCalendar& calendar);

}  // namespace fedtrail::erasure
