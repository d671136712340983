/// The time a controller has for a request: GDPR Art. 12(3) counted as Regulation (EEC, Euratom) 1182/71
/// says.

#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "fedtrail/core/result.hpp"

namespace fedtrail::privacy {

/// A day where the controller is, without a time.
using Day = std::chrono::year_month_day;

/// The public holidays of one member state (and region), for the years they are known for (Reg. 1182/71
/// Art. 2(1)).
struct Holidays {
    std::string country;  ///< ISO 3166-1 alpha-2.
    std::string region;   ///< ISO 3166-2 without the country, or "".
    int first_year{};     ///< What lies outside first_year … last_year is not known.
    int last_year{};
    std::set<Day> days;
    std::set<Day> doubtful{};  ///< Holidays in a part of it only, or by a rule that is not sure: not counted.
};

/// A time in which the clock stood still: further information was asked for (Art. 12(6), or about the scope).
struct Pause {
    Day asked;
    std::optional<Day> answered;  ///< Absent: still waiting.
};

struct Deadline {
    Day due;                ///< The last day; an act on it is in time.
    Day raw;                ///< Before weekends and holidays moved it.
    bool holidays_known{};  ///< False: `due` may be too early, for a holiday that nobody told us.
};

/// Both readings of a request's clock.
struct RequestClock {
    Deadline response;   ///< Art. 12(3), first sentence, pauses not counted.
    Deadline extension;  ///< Two months more (second sentence); the notice of it is due at `response`.
    std::optional<Deadline> paused;  ///< `response` moved by the pauses; absent while one is open.
    std::optional<Deadline> paused_extension;
    bool running{true};  ///< False while a pause is open.
};

/// Errors: Invalid (a day that does not exist, pauses that overlap or lie before `received`, years outside
/// 1970 to 2200).
[[nodiscard]] Result<RequestClock> request_clock(const Day& received,
                                                 std::span<const Pause> pauses,
                                                 const Holidays& holidays);

/// `day`, or the next working day after it (Reg. 1182/71 Art. 3(4)).
[[nodiscard]] Day working_day_from(const Day& day, const Holidays& holidays);

/// "2026-11-22"
[[nodiscard]] std::string format_day(const Day& day);
/// Errors: Invalid.
[[nodiscard]] Result<Day> parse_day(std::string_view text);

}  // namespace fedtrail::privacy
