#include "fedtrail/privacy/legal_clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace fedtrail::privacy {

namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2200;

bool in_years(const Day& day) {
    const int year = static_cast<int>(day.year());
    return day.ok() && year >= kFirstYear && year <= kLastYear;
}

/// Reg. 1182/71 Art. 3(2)(c): the day of the same number, or the last of a month that lacks it.
Day months_later(const Day& day, int count) {
    const Day later = day + months{count};
    return later.ok() ? later : Day{later.year() / later.month() / std::chrono::last};
}

bool is_free(const Day& day, const Holidays& holidays) {
    const std::chrono::weekday weekday{sys_days{day}};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday ||
           holidays.days.count(day) != 0;
}

bool is_known(const Day& day, const Holidays& holidays) {
    const int year = static_cast<int>(day.year());
    return !holidays.country.empty() && year >= holidays.first_year && year <= holidays.last_year &&
           holidays.doubtful.count(day) == 0;
}

Deadline deadline(const Day& raw, const Holidays& holidays) {
    const Day due = working_day_from(raw, holidays);
    return Deadline{due, raw, is_known(raw, holidays) && is_known(due, holidays)};
}

/// What was left when the question was asked is left when it is answered. Up to the raw end those are days of
/// the period itself; after it, days that Art. 3(4) had given on top, which begin and end with `due`.
Deadline moved_by(const Deadline& before, const Pause& pause, const Holidays& holidays) {
    const days stood = sys_days{*pause.answered} - sys_days{pause.asked};
    if (pause.asked <= before.raw) {
        return deadline(Day{sys_days{before.raw} + stood}, holidays);
    }
    auto after = deadline(Day{sys_days{before.due} + stood}, holidays);
    after.holidays_known = after.holidays_known && before.holidays_known;
    return after;
}

/// A question that is asked when the time has run out already does not bring it back.
Deadline moved(const Deadline& unpaused, std::span<const Pause> pauses, const Holidays& holidays) {
    Deadline now = unpaused;
    for (const auto& pause : pauses) {
        if (pause.asked > now.due) {
            break;
        }
        if (*pause.answered != pause.asked) {
            now = moved_by(now, pause, holidays);
        }
    }
    return now;
}

Result<void> check(const Day& received, std::span<const Pause> pauses) {
    if (!in_years(received)) {
        return fail(ErrorKind::Invalid, "the day of receipt does not exist or lies outside 1970 to 2200");
    }
    Day latest = received;
    for (std::size_t i = 0; i < pauses.size(); ++i) {
        const auto& [asked, answered] = pauses[i];
        if (!in_years(asked) || (answered && !in_years(*answered))) {
            return fail(ErrorKind::Invalid, "a day of a pause does not exist or lies outside 1970 to 2200");
        }
        if (asked < latest || (answered && *answered < asked)) {
            return fail(ErrorKind::Invalid, "the pauses of a request overlap, or lie before its receipt");
        }
        if (!answered && i + 1 != pauses.size()) {
            return fail(ErrorKind::Invalid, "a pause of a request is open, and another comes after it");
        }
        latest = answered.value_or(asked);
    }
    return {};
}

}  // namespace

Day working_day_from(const Day& day, const Holidays& holidays) {
    sys_days working{day};
    while (is_free(Day{working}, holidays)) {
        working += days{1};
    }
    return Day{working};
}

Result<RequestClock> request_clock(const Day& received,
                                   std::span<const Pause> pauses,
                                   const Holidays& holidays) {
    if (const auto right = check(received, pauses); !right) {
        return fail(right);
    }
    RequestClock clock;
    clock.response = deadline(months_later(received, 1), holidays);
    // "Two further months" can be counted from the end of the first or as three from receipt; where a month's
    // end makes them differ, the earlier is safe under both readings.
    const Day from_receipt = months_later(received, 3);
    const Day from_month_end = months_later(clock.response.raw, 2);
    clock.extension = deadline(std::min(from_receipt, from_month_end), holidays);
    clock.running = pauses.empty() || pauses.back().answered.has_value();
    if (clock.running) {
        clock.paused = moved(clock.response, pauses, holidays);
        clock.paused_extension = moved(clock.extension, pauses, holidays);
    }
    return clock;
}

std::string format_day(const Day& day) {
    const auto padded = [](unsigned value, std::size_t width) {
        auto text = std::to_string(value);
        return std::string(width - std::min(width, text.size()), '0') + text;
    };
    return padded(static_cast<unsigned>(static_cast<int>(day.year())), 4) + '-' +
           padded(static_cast<unsigned>(day.month()), 2) + '-' + padded(static_cast<unsigned>(day.day()), 2);
}

Result<Day> parse_day(std::string_view text) {
    const auto wrong = fail(ErrorKind::Invalid, "that is no day of the calendar", "write it as 2026-11-22");
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return wrong;
    }
    std::array<unsigned, 3> parts{};
    const std::array<std::string_view, 3> texts{text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto* const end = texts.at(i).data() + texts.at(i).size();
        const auto read = std::from_chars(texts.at(i).data(), end, parts.at(i));
        if (read.ec != std::errc{} || read.ptr != end) {
            return wrong;
        }
    }
    const Day day{std::chrono::year{static_cast<int>(parts[0])},
                  std::chrono::month{parts[1]},
                  std::chrono::day{parts[2]}};
    if (!in_years(day)) {
        return wrong;
    }
    return day;
}

}  // namespace fedtrail::privacy
