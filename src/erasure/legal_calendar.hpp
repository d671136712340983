/// The days of a controller: policies/holidays/<CC>.json as values.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/legal_clock.hpp"

namespace fedtrail::erasure {

/// Where and when a controller's days begin, and which of them are no working days.
struct LegalCalendar {
    privacy::Holidays holidays;
    int utc_offset_minutes{};          ///< In winter.
    bool summer_time{};                ///< One hour more as Directive 2000/84/EC says.
    std::vector<std::string> regions;  ///< Those of the file, by code.
    bool never_known{};                ///< The file says that it cannot know all holidays here, in no year.
};

/// `json` is one file of policies/holidays; `region` is an ISO 3166-2 code without the country ("BY"), or "".
/// Without a region the holidays of any of them are doubtful; for one that the file does not have no year
/// counts as known. Errors: Invalid (the file, or years outside 1970 to 2200).
[[nodiscard]] Result<LegalCalendar> legal_calendar(std::string_view json,
                                                   std::string_view region,
                                                   int first_year,
                                                   int last_year);

/// The holidays alone.
[[nodiscard]] Result<privacy::Holidays> expand_holidays(std::string_view json,
                                                        std::string_view region,
                                                        int first_year,
                                                        int last_year);

/// The calendar day of `at` where the controller is.
[[nodiscard]] privacy::Day local_day(Instant at, const LegalCalendar& calendar);

/// The first moment of `day` there. Where the clock skips midnight (the Azores in March) that is 01:00.
[[nodiscard]] Instant first_moment(const privacy::Day& day, const LegalCalendar& calendar);

}  // namespace fedtrail::erasure
