#include "erasure/legal_calendar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "erasure/easter.hpp"

namespace fedtrail::erasure {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::weekday;
using Json = nlohmann::json;
using privacy::Day;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2200;
constexpr const char* kFormat = "fedtrail/holidays/1";

/// Ends the reading of a file; becomes an error at its door.
class Fault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

weekday weekday_named(const std::string& name) {
    constexpr std::array kNames{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
        throw Fault{"\"" + name + "\" is no day of the week"};
    }
    return weekday{static_cast<unsigned>(found - kNames.begin())};
}

unsigned number_in(std::string_view text) {
    unsigned number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
        throw Fault{"a day is not written as \"12-25\""};
    }
    return number;
}

/// "12-25" in that year.
Day fixed(const std::string& text, int year) {
    if (text.size() != 5 || text[2] != '-') {
        throw Fault{"a day is not written as \"12-25\""};
    }
    const std::string_view view{text};
    return std::chrono::year{year} / std::chrono::month{number_in(view.substr(0, 2))} /
           std::chrono::day{number_in(view.substr(3))};
}

sys_days nth_weekday(const Json& rule, int year) {
    const auto day = weekday_named(rule.at("weekday").get<std::string>());
    if (rule.contains("on_or_after")) {
        const sys_days start{fixed(rule.at("on_or_after").get<std::string>(), year)};
        return start + (day - weekday{start});
    }
    const auto month = std::chrono::year{year} / std::chrono::month{rule.at("month").get<unsigned>()};
    const int nth = rule.at("nth").get<int>();
    if (nth == -1) {
        return sys_days{month / day[std::chrono::last]};
    }
    if (nth < 1 || nth > 4) {
        throw Fault{"\"nth\" is 1 to 4, or -1 for the last"};
    }
    return sys_days{month / day[static_cast<unsigned>(nth)]};
}

/// The day of a rule in a year; absent where that year does not have it (29 February).
std::optional<Day> day_of(const Json& rule, int year) {
    if (rule.contains("fixed")) {
        const auto day = fixed(rule.at("fixed").get<std::string>(), year);
        return day.ok() ? std::optional{day} : std::nullopt;
    }
    if (rule.contains("easter")) {
        return Day{western_easter(year) + days{rule.at("easter").get<int>()}};
    }
    if (rule.contains("orthodox_easter")) {
        return Day{orthodox_easter(year) + days{rule.at("orthodox_easter").get<int>()}};
    }
    return Day{nth_weekday(rule, year)};
}

/// Collects days; substitutes are found last, when all the rest is known.
class Expansion {
public:
    Expansion(int first_year, int last_year) : first_(first_year), last_(last_year) {}

    void add(const Json& rules, bool all_doubtful) {
        for (const auto& rule : rules) {
            add_rule(rule, all_doubtful || rule.value("doubtful", false));
        }
    }

    [[nodiscard]] privacy::Holidays take() && {
        std::sort(moved_.begin(), moved_.end());
        std::set<Day> taken;  // two holidays on one weekend move to two days
        for (const auto& [day, doubtful] : moved_) {
            auto next = sys_days{day};
            while (is_free(Day{next}) || taken.count(Day{next}) != 0) {
                next += days{1};
            }
            taken.insert(Day{next});
            (doubtful ? found_.doubtful : found_.days).insert(Day{next});
        }
        for (const auto& day : found_.days) {
            found_.doubtful.erase(day);
        }
        return std::move(found_);
    }

private:
    void add_rule(const Json& rule, bool doubtful) {
        const int from = std::max(first_, rule.value("first_year", first_));
        const int until = std::min(last_, rule.value("last_year", last_));
        for (int year = from; year <= until; ++year) {
            if (const auto day = day_of(rule, year)) {
                add_day(*day, rule.value("substitute", std::string{}), doubtful);
            }
        }
    }
    void add_day(const Day& day, const std::string& substitute, bool doubtful) {
        (doubtful ? found_.doubtful : found_.days).insert(day);
        const weekday on{sys_days{day}};
        const bool weekend = on == std::chrono::Saturday || on == std::chrono::Sunday;
        if (substitute.empty() || !weekend) {
            return;
        }
        if (substitute == "next_working_day") {
            moved_.emplace_back(day, doubtful);
        } else if (substitute == "perhaps_next_working_day") {
            moved_.emplace_back(day, true);
        } else {
            throw Fault{"\"substitute\" cannot be \"" + substitute + "\""};
        }
    }
    [[nodiscard]] bool is_free(const Day& day) const {
        const weekday on{sys_days{day}};
        return on == std::chrono::Saturday || on == std::chrono::Sunday || found_.days.count(day) != 0;
    }

    int first_;
    int last_;
    privacy::Holidays found_;
    std::vector<std::pair<Day, bool>> moved_;  ///< On a weekend, and whether the substitute is doubtful.
};

void read_clock(const Json& place, LegalCalendar& calendar) {
    const auto clock = place.find("clock");
    if (clock != place.end()) {
        calendar.utc_offset_minutes = clock->at("utc_offset_minutes").get<int>();
        calendar.summer_time = clock->at("summer_time").get<bool>();
    }
}

/// What of first_year … last_year is known; an empty span if nothing is.
std::pair<int, int> known_years(const Json& place, int first_year, int last_year) {
    const auto known = place.find("known");
    if (known == place.end() || known->is_null()) {
        return {1, 0};
    }
    const std::pair years{std::max(first_year, known->at("first_year").get<int>()),
                          std::min(last_year, known->at("last_year").get<int>())};
    return years.first <= years.second ? years : std::pair{1, 0};
}

LegalCalendar read(const Json& document, std::string_view region, int first_year, int last_year) {
    if (document.at("format").get<std::string>() != kFormat) {
        throw Fault{std::string{"\"format\" is not \""} + kFormat + "\""};
    }
    LegalCalendar calendar;
    read_clock(document, calendar);
    Expansion expansion{first_year, last_year};
    expansion.add(document.at("rules"), false);
    auto years = known_years(document, first_year, last_year);
    calendar.never_known = document.at("known").is_null();
    const auto regions = document.value("regions", Json::object());
    for (const auto& [name, place] : regions.items()) {
        calendar.regions.push_back(name);
    }
    const auto here = regions.find(std::string{region});
    if (here != regions.end()) {
        read_clock(*here, calendar);
        expansion.add(here->at("rules"), false);
        if (const auto known = here->find("known"); known != here->end()) {
            years = known_years(*here, first_year, last_year);
            calendar.never_known = known->is_null();
        }
    } else {
        // Without a region a holiday of any of them is a doubt.
        for (const auto& [name, place] : regions.items()) {
            expansion.add(place.at("rules"), true);
        }
        years = region.empty() ? years : std::pair{1, 0};
    }
    calendar.holidays = std::move(expansion).take();
    calendar.holidays.country = document.at("country").get<std::string>();
    calendar.holidays.region = std::string{region};
    calendar.holidays.first_year = years.first;
    calendar.holidays.last_year = years.second;
    return calendar;
}

/// Directive 2000/84/EC: from the last Sunday of March to that of October, at 01:00 UTC.
bool is_summer(Instant at) {
    const auto year = Day{std::chrono::floor<days>(at)}.year();
    const auto turn = [&](std::chrono::month month) {
        return sys_days{year / month / std::chrono::Sunday[std::chrono::last]} + std::chrono::hours{1};
    };
    return at >= turn(std::chrono::March) && at < turn(std::chrono::October);
}

}  // namespace

Result<LegalCalendar> legal_calendar(std::string_view json,
                                     std::string_view region,
                                     int first_year,
                                     int last_year) {
    if (first_year < kFirstYear || last_year > kLastYear || first_year > last_year) {
        return fail(ErrorKind::Invalid, "the years of a calendar must lie between 1970 and 2200");
    }
    try {
        return read(Json::parse(json), region, first_year, last_year);
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{kFormat} + ": " + error.what(),
                    "correct the file, or restore that of this release");
    }
}

Result<privacy::Holidays> expand_holidays(std::string_view json,
                                          std::string_view region,
                                          int first_year,
                                          int last_year) {
    auto calendar = legal_calendar(json, region, first_year, last_year);
    if (!calendar) {
        return fail(calendar);
    }
    return std::move(calendar->holidays);
}

privacy::Day local_day(Instant at, const LegalCalendar& calendar) {
    const bool summer = calendar.summer_time && is_summer(at);
    const auto offset =
        std::chrono::minutes{calendar.utc_offset_minutes} + std::chrono::hours{summer ? 1 : 0};
    return Day{std::chrono::floor<days>(at + offset)};
}

Instant first_moment(const privacy::Day& day, const LegalCalendar& calendar) {
    const Instant in_winter = sys_days{day} - std::chrono::minutes{calendar.utc_offset_minutes};
    const Instant in_summer = in_winter - std::chrono::hours{1};
    return calendar.summer_time && local_day(in_summer, calendar) == day ? in_summer : in_winter;
}

}  // namespace fedtrail::erasure
