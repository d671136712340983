#include "erasure/legal_calendar.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/easter.hpp"
#include "erasure/office.hpp"
#include "erasure/schema.hpp"
#include "privacy/day.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::expand_holidays;
using erasure::legal_calendar;
using erasure::local_day;
using privacy::Day;
using privacy::Holidays;

namespace {

std::string holiday_file(const std::string& country) {
    return policy_text("holidays/" + country + ".json");
}

Holidays of(const std::string& country, const std::string& region = {}) {
    const auto expanded = expand_holidays(holiday_file(country), region, 2024, 2028);
    REQUIRE(expanded);
    return *expanded;
}

/// The holidays of a year that are no Saturday or Sunday.
std::vector<std::string> workdays_of(const Holidays& holidays, int year) {
    std::vector<std::string> found;
    for (const auto& one : holidays.days) {
        const std::chrono::weekday on{std::chrono::sys_days{one}};
        if (static_cast<int>(one.year()) == year && on != std::chrono::Saturday &&
            on != std::chrono::Sunday) {
            found.push_back(privacy::format_day(one).substr(5));
        }
    }
    return found;
}

std::string rules(const std::string& list, const std::string& more = {}) {
    return R"({"format": "fedtrail/holidays/1", "country": "XX",
               "clock": {"utc_offset_minutes": 60, "summer_time": true},
               "known": {"first_year": 2020, "last_year": 2030},)" +
           more + R"("rules": [)" + list + "]}";
}

using Days = std::vector<std::string>;

}  // namespace

TEST_CASE("Easter falls on the days that the churches published", "[erasure][holidays]") {
    struct Row {
        int year;
        const char* western;
        const char* orthodox;
    };
    const auto row = GENERATE(Row{1954, "1954-04-18", "1954-04-25"},
                              Row{1981, "1981-04-19", "1981-04-26"},
                              Row{2000, "2000-04-23", "2000-04-30"},
                              Row{2008, "2008-03-23", "2008-04-27"},
                              Row{2010, "2010-04-04", "2010-04-04"},
                              Row{2011, "2011-04-24", "2011-04-24"},
                              Row{2019, "2019-04-21", "2019-04-28"},
                              Row{2020, "2020-04-12", "2020-04-19"},
                              Row{2021, "2021-04-04", "2021-05-02"},
                              Row{2022, "2022-04-17", "2022-04-24"},
                              Row{2023, "2023-04-09", "2023-04-16"},
                              Row{2024, "2024-03-31", "2024-05-05"},
                              Row{2025, "2025-04-20", "2025-04-20"},
                              Row{2026, "2026-04-05", "2026-04-12"},
                              Row{2027, "2027-03-28", "2027-05-02"},
                              Row{2028, "2028-04-16", "2028-04-16"},
                              Row{2029, "2029-04-01", "2029-04-08"},
                              Row{2030, "2030-04-21", "2030-04-28"},
                              Row{2038, "2038-04-25", "2038-04-25"},
                              Row{2049, "2049-04-18", "2049-04-25"});
    CAPTURE(row.year);
    CHECK(privacy::format_day(Day{erasure::western_easter(row.year)}) == row.western);
    CHECK(privacy::format_day(Day{erasure::orthodox_easter(row.year)}) == row.orthodox);
}

TEST_CASE("Easter is a Sunday in its span of days, always", "[erasure][holidays]") {
    for (int year = 1970; year <= 2200; ++year) {
        CAPTURE(year);
        const auto western = erasure::western_easter(year);
        const auto orthodox = erasure::orthodox_easter(year);
        CHECK(std::chrono::weekday{western} == std::chrono::Sunday);
        CHECK(std::chrono::weekday{orthodox} == std::chrono::Sunday);
        const auto spring = std::chrono::sys_days{std::chrono::year{year} / 3 / 22};
        CHECK(western >= spring);
        CHECK(western <= spring + std::chrono::days{34});
        CHECK(orthodox >= western);
    }
}

TEST_CASE("Every state of the EEA has its file, and the file is what the schema asks for",
          "[erasure][holidays]") {
    const std::set<std::string> states{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI",
                                       "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
                                       "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"};
    std::set<std::string> found;
    for (const auto& file : std::filesystem::directory_iterator{std::filesystem::path{FEDTRAIL_SOURCE_DIR} /
                                                                "policies/holidays"}) {
        const auto country = file.path().stem().string();
        CAPTURE(country);
        found.insert(country);
        CHECK(schema_faults("holidays.schema.json", holiday_file(country)).empty());
        const auto holidays = of(country);
        CHECK(holidays.country == country);
        CHECK(holidays.days.count(day("2026-01-01")) == 1);
        CHECK(holidays.days.count(day("2026-12-25")) == 1);
        CHECK(workdays_of(holidays, 2026).size() >= 5);
        CHECK(workdays_of(holidays, 2026).size() <= 16);
        for (const auto& doubt : holidays.doubtful) {
            CHECK(holidays.days.count(doubt) == 0);
        }
        const bool known = holidays.first_year <= holidays.last_year;
        CHECK(known == (country != "ES"));  // its municipalities add two days each
    }
    CHECK(found == states);
}

TEST_CASE("A file that is no calendar is seen by its schema", "[erasure][holidays]") {
    CHECK_FALSE(schema_faults("holidays.schema.json", rules("")).empty());
    auto text = holiday_file("NL");
    const std::string fixed = R"("fixed": "01-01")";
    text.replace(text.find(fixed), fixed.size(), R"("fixed": "01-01", "easter": 3)");
    CHECK_FALSE(schema_faults("holidays.schema.json", text).empty());
}

TEST_CASE("Working days of 2026 that are holidays are those that were published", "[erasure][holidays]") {
    struct Row {
        const char* country;
        const char* region;
        Days days;
    };
    const auto row = GENERATE(
        Row{"NL", "", {"01-01", "04-06", "04-27", "05-05", "05-14", "05-25", "12-25"}},
        Row{"DE", "BE", {"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "12-25"}},
        Row{"DE", "BY", {"01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "12-25"}},
        Row{"DE", "SN", {"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "11-18", "12-25"}},
        Row{"AT",
            "9",
            {"01-01", "01-06", "04-06", "05-01", "05-14", "05-25", "06-04", "10-26", "12-08", "12-25"}},
        Row{"IT", "25", {"01-01", "01-06", "04-06", "05-01", "06-02", "12-08", "12-25"}},
        Row{"FR", "", {"01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "11-11", "12-25"}},
        Row{"PL", "", {"01-01", "01-06", "04-06", "05-01", "06-04", "11-11", "12-24", "12-25"}},
        Row{"DK", "", {"01-01", "04-02", "04-03", "04-06", "05-14", "05-25", "12-25"}},
        Row{"BG",
            "",
            {"01-01",
             "03-03",
             "04-10",
             "04-13",
             "05-01",
             "05-06",
             "05-25",
             "09-07",
             "09-22",
             "12-24",
             "12-25",
             "12-28"}},
        Row{"IE", "", {"01-01", "02-02", "03-17", "04-06", "05-04", "06-01", "08-03", "10-26", "12-25"}});
    CAPTURE(row.country, row.region);
    CHECK(workdays_of(of(row.country, row.region), 2026) == row.days);
}

TEST_CASE("Holidays on moving weekdays are found", "[erasure][holidays]") {
    CHECK(of("SE").days.count(day("2026-06-20")) == 1);  // Midsummer
    CHECK(of("FI").days.count(day("2027-11-06")) == 1);  // All Saints, at its latest
    CHECK(of("FI").days.count(day("2026-10-31")) == 1);  // and at its earliest
    CHECK(of("IS").days.count(day("2024-04-25")) == 1);  // First Day of Summer
    CHECK(of("IS").days.count(day("2026-08-03")) == 1);
    CHECK(of("DE", "SN").days.count(day("2027-11-17")) == 1);
}

TEST_CASE("A holiday on a weekend moves where the law moves it", "[erasure][holidays]") {
    CHECK(of("BG").days.count(day("2024-09-23")) == 1);
    CHECK(of("BG").days.count(day("2028-12-27")) == 1);  // Sunday the 24th, behind the 25th and 26th
    CHECK(of("LV").days.count(day("2024-05-06")) == 1);
    CHECK(of("LV").days.count(day("2024-11-18")) == 1);
    CHECK(of("NL").days.count(day("2027-12-27")) == 0);
    // Both days of Christmas 2027 are a weekend: whether Ireland is free on the 27th and 28th is doubtful.
    CHECK(of("IE").doubtful.count(day("2027-12-27")) == 1);
    CHECK(of("IE").doubtful.count(day("2027-12-28")) == 1);
}

TEST_CASE("A holiday that came or went counts in its years", "[erasure][holidays]") {
    CHECK(of("PL").days.count(day("2024-12-24")) == 0);
    CHECK(of("PL").days.count(day("2025-12-24")) == 1);
    CHECK(of("IT").days.count(day("2025-10-04")) == 0);
    CHECK(of("IT").days.count(day("2027-10-04")) == 1);
    CHECK(of("DE", "BE").days.count(day("2025-05-08")) == 1);
    CHECK(of("DE", "BE").days.count(day("2026-05-08")) == 0);
    const auto denmark = *expand_holidays(holiday_file("DK"), "", 2023, 2024);
    CHECK(denmark.days.count(day("2023-05-05")) == 1);
    CHECK(denmark.days.count(day("2024-04-26")) == 0);
}

TEST_CASE("Where the region is not named, its holidays are a doubt", "[erasure][holidays]") {
    const auto germany = of("DE");
    CHECK(germany.days.count(day("2026-06-04")) == 0);
    CHECK(germany.doubtful.count(day("2026-06-04")) == 1);  // Corpus Christi, in six Länder
    CHECK(germany.first_year == 2024);
    const auto on_it = privacy::request_clock(day("2026-05-04"), {}, germany);
    CHECK_FALSE(on_it->response.holidays_known);
    CHECK(privacy::request_clock(day("2026-05-05"), {}, germany)->response.holidays_known);
    CHECK(privacy::request_clock(day("2026-05-04"), {}, of("DE", "BE"))->response.holidays_known);
    const auto bavaria = privacy::request_clock(day("2026-05-04"), {}, of("DE", "BY"));
    CHECK(privacy::format_day(bavaria->response.due) == "2026-06-05");
}

TEST_CASE("A region or a year that nobody knows is not claimed to be known", "[erasure][holidays]") {
    for (const auto* const country : {"DE", "NL", "ES"}) {
        CAPTURE(country);
        const auto holidays = of(country, "QQ");
        CHECK(holidays.first_year > holidays.last_year);
        CHECK_FALSE(privacy::request_clock(day("2026-09-01"), {}, holidays)->response.holidays_known);
    }
    const auto austria = legal_calendar(holiday_file("AT"), "QQ", 2024, 2028)->regions;
    CHECK(austria == std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8", "9"});
    const auto later = *expand_holidays(holiday_file("NL"), "", 2027, 2050);
    CHECK(later.first_year == 2027);
    CHECK(later.last_year == 2028);
    CHECK_FALSE(privacy::request_clock(day("2031-09-01"), {}, later)->response.holidays_known);
    CHECK(later.days.count(day("2040-12-25")) == 1);  // the best guess all the same
    CHECK_FALSE(privacy::request_clock(day("2026-09-01"), {}, of("ES", "MD"))->response.holidays_known);
}

TEST_CASE("Rules expand as they say", "[erasure][holidays]") {
    const auto expanded = [](const std::string& list) {
        const auto holidays = expand_holidays(rules(list), "", 2026, 2026);
        REQUIRE(holidays);
        Days days;
        for (const auto& one : holidays->days) {
            days.push_back(privacy::format_day(one).substr(5));
        }
        return days;
    };
    CHECK(expanded(R"({"fixed": "02-29"})").empty());
    CHECK(expanded(R"({"easter": -2})") == Days{"04-03"});
    CHECK(expanded(R"({"orthodox_easter": 1})") == Days{"04-13"});
    CHECK(expanded(R"({"weekday": "monday", "nth": 1, "month": 6})") == Days{"06-01"});
    CHECK(expanded(R"({"weekday": "monday", "nth": -1, "month": 10})") == Days{"10-26"});
    CHECK(expanded(R"({"weekday": "thursday", "on_or_after": "04-16"})") == Days{"04-16"});
    CHECK(expanded(R"({"fixed": "05-02", "substitute": "next_working_day"},
                      {"fixed": "05-03", "substitute": "next_working_day"},
                      {"fixed": "05-04"})") == Days{"05-02", "05-03", "05-04", "05-05", "05-06"});
    CHECK(expanded(R"({"fixed": "05-05", "first_year": 2027})").empty());
    CHECK(expanded(R"({"fixed": "05-05", "last_year": 2025})").empty());
    CHECK(expanded(R"({"fixed": "05-05", "doubtful": true})").empty());
}

TEST_CASE("A file that makes no sense is refused with its place", "[erasure][holidays]") {
    for (const auto& text : {std::string{"no JSON"},
                             std::string{"{}"},
                             rules(R"({"fixed": "1-1"})"),
                             rules(R"({"fixed": "aa-bb"})"),
                             rules(R"({"weekday": "someday", "nth": 1, "month": 6})"),
                             rules(R"({"weekday": "monday", "nth": 5, "month": 6})"),
                             rules(R"({"fixed": "05-02", "substitute": "later"})"),
                             rules(R"({"name": "nothing"})")}) {
        CAPTURE(text);
        const auto refused = expand_holidays(text, "", 2026, 2026);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
        CHECK(refused.error().what.find("fedtrail/holidays/1") == 0);
    }
    CHECK_FALSE(expand_holidays(rules(""), "", 2028, 2027));
    CHECK_FALSE(expand_holidays(rules(""), "", 1800, 2027));
}

TEST_CASE("A day begins where the controller is", "[erasure][holidays]") {
    const auto at = [](const char* country, const char* region, const char* when) {
        const auto calendar = legal_calendar(holiday_file(country), region, 2024, 2028);
        REQUIRE(calendar);
        return privacy::format_day(local_day(*parse_rfc3339(when), *calendar));
    };
    CHECK(at("NL", "", "2026-11-22T22:59:59Z") == "2026-11-22");
    CHECK(at("NL", "", "2026-11-22T23:00:00Z") == "2026-11-23");
    // Summer time begins on 29 March and ends on 25 October 2026, at 01:00 UTC.
    CHECK(at("NL", "", "2026-07-01T21:59:59Z") == "2026-07-01");
    CHECK(at("NL", "", "2026-07-01T22:00:00Z") == "2026-07-02");
    CHECK(at("NL", "", "2026-03-28T22:30:00Z") == "2026-03-28");
    CHECK(at("NL", "", "2026-03-29T22:30:00Z") == "2026-03-30");
    CHECK(at("NL", "", "2026-10-24T22:30:00Z") == "2026-10-25");
    CHECK(at("NL", "", "2026-10-25T22:30:00Z") == "2026-10-25");
    CHECK(at("FI", "", "2026-01-01T21:59:00Z") == "2026-01-01");
    CHECK(at("FI", "", "2026-01-01T22:00:00Z") == "2026-01-02");
    CHECK(at("IS", "", "2026-07-01T23:59:00Z") == "2026-07-01");
    CHECK(at("PT", "", "2026-07-01T23:00:00Z") == "2026-07-02");
    CHECK(at("PT", "20", "2026-07-01T23:59:00Z") == "2026-07-01");
    CHECK(at("FR", "971", "2026-07-02T03:59:00Z") == "2026-07-01");
}

TEST_CASE("The first moment of a day is the first that is counted as that day", "[erasure][holidays]") {
    const auto first = [](const char* country, const char* region, const char* when) {
        const auto calendar = legal_calendar(holiday_file(country), region, 2024, 2028);
        REQUIRE(calendar);
        const auto moment = erasure::first_moment(day(when), *calendar);
        CHECK(local_day(moment, *calendar) == day(when));
        CHECK(local_day(moment - std::chrono::milliseconds{1}, *calendar) < day(when));
        return format_rfc3339(moment);
    };
    CHECK(first("NL", "", "2026-11-22") == "2026-11-21T23:00:00Z");
    CHECK(first("NL", "", "2026-07-01") == "2026-06-30T22:00:00Z");
    CHECK(first("IS", "", "2026-07-01") == "2026-07-01T00:00:00Z");
    CHECK(first("FR", "971", "2026-07-01") == "2026-07-01T04:00:00Z");
    CHECK(first("PT", "20", "2026-01-15") == "2026-01-15T01:00:00Z");
    CHECK(first("PT", "20", "2026-07-01") == "2026-07-01T00:00:00Z");
    // Days on which the clock is changed, in the Azores at midnight.
    CHECK(first("PT", "20", "2026-03-29") == "2026-03-29T01:00:00Z");
    CHECK(first("PT", "20", "2026-10-25") == "2026-10-25T00:00:00Z");
    CHECK(first("FI", "", "2026-03-29") == "2026-03-28T22:00:00Z");
    CHECK(first("FI", "", "2026-10-25") == "2026-10-24T21:00:00Z");
}
