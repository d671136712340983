#include "fedtrail/privacy/legal_clock.hpp"

#include <catch2/catch.hpp>

#include "privacy/day.hpp"

using namespace fedtrail::privacy;
using fedtrail::ErrorKind;
using fedtrail::testing::day;

namespace {

/// 1 January, Good Friday, Easter, 1 May and both days of Christmas, for 2026 to 2028.
Holidays holidays() {
    Holidays known{"NL", "", 2026, 2028, {}, {}};
    for (const auto* const year : {"2026", "2027", "2028"}) {
        for (const auto* const fixed : {"-01-01", "-05-01", "-12-25", "-12-26"}) {
            known.days.insert(day(std::string{year} + fixed));
        }
    }
    for (const auto* const easter : {"2026-04-03",
                                     "2026-04-05",
                                     "2026-04-06",
                                     "2027-03-26",
                                     "2027-03-28",
                                     "2027-03-29",
                                     "2028-04-14",
                                     "2028-04-16",
                                     "2028-04-17"}) {
        known.days.insert(day(easter));
    }
    return known;
}

RequestClock clock_of(std::string_view received, const std::vector<Pause>& pauses = {}) {
    return *request_clock(day(received), pauses, holidays());
}

}  // namespace

TEST_CASE("A month is counted as Regulation 1182/71 counts it", "[privacy][clock]") {
    struct Row {
        std::string_view received;
        std::string_view raw;
        std::string_view due;
        std::string_view from_receipt;    // three months from receipt, moved to a working day
        std::string_view from_month_end;  // the raw month end and two months, moved likewise
    };
    const auto row = GENERATE(
        Row{"2026-03-05", "2026-04-05", "2026-04-07", "2026-06-05", "2026-06-05"},  // Easter Sunday
        Row{"2026-08-31", "2026-09-30", "2026-09-30", "2026-11-30", "2026-11-30"},  // no 31 September
        Row{"2026-11-25", "2026-12-25", "2026-12-28", "2027-02-25", "2027-02-25"},  // Christmas on a Friday
        Row{"2026-12-01", "2027-01-01", "2027-01-04", "2027-03-01", "2027-03-01"},  // across the year
        Row{"2027-01-29", "2027-02-28", "2027-03-01", "2027-04-29", "2027-04-28"},  // clamped: two readings
        Row{"2027-01-31", "2027-02-28", "2027-03-01", "2027-04-30", "2027-04-28"},
        Row{"2028-01-31", "2028-02-29", "2028-02-29", "2028-05-02", "2028-05-02"},  // leap year, 1 May
        Row{"2026-02-28", "2026-03-28", "2026-03-30", "2026-05-28", "2026-05-28"});
    CAPTURE(row.received);
    const auto clock = clock_of(row.received);
    CHECK(format_day(clock.response.raw) == row.raw);
    CHECK(format_day(clock.response.due) == row.due);
    CHECK(format_day(clock.extension.due) == std::min(row.from_receipt, row.from_month_end));
    CHECK(clock.running);
    CHECK(clock.response.holidays_known);
}

TEST_CASE("The day of receipt itself is not counted", "[privacy][clock]") {
    // Art. 3(1): a request of the 15th is due on the 15th, not on the 14th.
    CHECK(format_day(clock_of("2026-09-15").response.due) == "2026-10-15");
}

TEST_CASE("Weekends and holidays inside the month count", "[privacy][clock]") {
    // Art. 3(3): Easter lies within.
    CHECK(format_day(clock_of("2026-03-24").response.due) == "2026-04-24");
}

TEST_CASE("The month is not moved before it is counted on", "[privacy][clock]") {
    // 5 April 2026 is Easter Sunday: the answer moves to the 7th, the extension still ends on 5 June.
    const auto clock = clock_of("2026-03-05");
    CHECK(format_day(clock.extension.raw) == "2026-06-05");
}

TEST_CASE("The extension's own deadline is the first month's last day", "[privacy][clock]") {
    const auto clock = clock_of("2027-01-31");
    CHECK(format_day(clock.response.due) == "2027-03-01");
    CHECK(format_day(clock.extension.raw) == "2027-04-28");
}

TEST_CASE("An answered pause moves both deadlines by the days it took", "[privacy][clock]") {
    const auto clock = clock_of("2026-09-01", {{day("2026-09-03"), day("2026-09-13")}});
    CHECK(clock.running);
    CHECK(format_day(clock.response.due) == "2026-10-01");
    CHECK(format_day(clock.paused->raw) == "2026-10-11");
    CHECK(format_day(clock.paused->due) == "2026-10-12");  // the 11th is a Sunday
    CHECK(format_day(clock.paused_extension->due) == "2026-12-11");
}

TEST_CASE("Several pauses add up, and one within a day takes nothing", "[privacy][clock]") {
    const auto clock = clock_of("2026-09-01",
                                {{day("2026-09-03"), day("2026-09-05")},
                                 {day("2026-09-07"), day("2026-09-07")},
                                 {day("2026-09-10"), day("2026-09-13")}});
    CHECK(format_day(clock.paused->raw) == "2026-10-06");
}

TEST_CASE("While a question is open the clock stands still", "[privacy][clock]") {
    const auto clock = clock_of("2026-09-01", {{day("2026-09-03"), std::nullopt}});
    CHECK_FALSE(clock.running);
    CHECK_FALSE(clock.paused);
    CHECK_FALSE(clock.paused_extension);
    CHECK(format_day(clock.response.due) == "2026-10-01");  // the strict reading is shown all the same
}

TEST_CASE("A question asked too late brings no time back", "[privacy][clock]") {
    const auto clock = clock_of("2026-09-01", {{day("2026-10-02"), day("2026-10-20")}});
    CHECK(clock.paused->due == clock.response.due);
    // The extended time was still running.
    CHECK(format_day(clock.paused_extension->raw) == "2026-12-19");
}

TEST_CASE("A question after the raw end leaves the days that were left", "[privacy][clock]") {
    struct Row {
        std::string_view received;
        std::string_view asked;
        std::string_view answered;
        std::string_view due;
    };
    const auto row = GENERATE(
        // Raw Saturday 29 August, due Monday the 31st: one day was left on the Sunday.
        Row{"2026-07-29", "2026-08-30", "2026-09-09", "2026-09-10"},
        Row{"2026-07-29", "2026-08-31", "2026-09-09", "2026-09-09"},
        Row{"2026-07-29", "2026-08-30", "2026-09-11", "2026-09-14"},  // the 12th is a Saturday again
        Row{"2026-07-29", "2026-08-30", "2026-08-30", "2026-08-31"},
        // Raw Easter Sunday, due Tuesday 7 April.
        Row{"2026-03-05", "2026-04-06", "2026-04-16", "2026-04-17"},
        // Raw Sunday 28 February, due 1 March.
        Row{"2027-01-28", "2027-03-01", "2027-03-03", "2027-03-03"},
        // On the raw end itself, nothing of the period is left but that day.
        Row{"2026-07-29", "2026-08-29", "2026-09-08", "2026-09-08"});
    CAPTURE(row.received, row.asked, row.answered);
    const auto clock = clock_of(row.received, {{day(row.asked), day(row.answered)}});
    CHECK(format_day(clock.paused->due) == row.due);
}

TEST_CASE("A question inside the month does not keep what a weekend had given on top", "[privacy][clock]") {
    struct Row {
        std::string_view received;
        std::string_view asked;
        std::string_view answered;
        std::string_view due;
    };
    const auto row = GENERATE(
        // Raw Saturday 29 August, due Monday the 31st; the new raw end is a working day.
        Row{"2026-07-29", "2026-08-28", "2026-09-07", "2026-09-08"},
        Row{"2026-07-29", "2026-08-28", "2026-08-28", "2026-08-31"},  // it took no day
        Row{"2026-07-29", "2026-08-28", "2026-09-04", "2026-09-07"},  // a Saturday again
        // Raw Easter Sunday, due Tuesday 7 April.
        Row{"2026-03-05", "2026-04-02", "2026-04-04", "2026-04-07"},
        Row{"2026-03-05", "2026-04-02", "2026-04-06", "2026-04-09"},
        // Raw Christmas Day, due Monday the 28th.
        Row{"2026-11-25", "2026-12-24", "2026-12-28", "2026-12-29"});
    CAPTURE(row.received, row.asked, row.answered);
    const auto clock = clock_of(row.received, {{day(row.asked), day(row.answered)}});
    CHECK(format_day(clock.paused->due) == row.due);
    CHECK(clock.paused->due >= clock.response.due);
}

TEST_CASE("A second question counts on from where the first one moved the end", "[privacy][clock]") {
    // Due Monday 31 August; asked on the Sunday: Saturday 12 September, due the 14th; asked again on the
    // 13th.
    const auto clock = clock_of(
        "2026-07-29", {{day("2026-08-30"), day("2026-09-11")}, {day("2026-09-13"), day("2026-09-15")}});
    CHECK(format_day(clock.paused->raw) == "2026-09-16");
    CHECK(format_day(clock.paused->due) == "2026-09-16");
}

TEST_CASE("Who asked in time is not late when the answer comes", "[privacy][clock]") {
    using std::chrono::days;
    using std::chrono::sys_days;
    for (sys_days at{day("2026-01-01")}; at < sys_days{day("2027-07-01")}; at += days{1}) {
        const auto due = sys_days{clock_of(format_day(Day{at})).response.due};
        for (auto asked = due - days{6}; asked <= due; asked += days{1}) {
            for (const auto stood : {days{0}, days{1}, days{9}, days{10}}) {
                const auto answered = asked + stood;
                const auto clock = clock_of(format_day(Day{at}), {{Day{asked}, Day{answered}}});
                CAPTURE(format_day(Day{at}), format_day(Day{asked}), stood.count());
                REQUIRE(sys_days{clock.paused->due} >= answered);
                REQUIRE(sys_days{clock.paused->due} >= due);
                REQUIRE(working_day_from(clock.paused->due, holidays()) == clock.paused->due);
            }
        }
    }
}

TEST_CASE("Where no holidays are known, that is said", "[privacy][clock]") {
    SECTION("of the country") {
        const auto clock = request_clock(day("2026-09-01"), {}, Holidays{});
        CHECK_FALSE(clock->response.holidays_known);
        CHECK(format_day(clock->response.due) == "2026-10-01");
    }
    SECTION("of the year") {
        CHECK(clock_of("2028-11-15").response.holidays_known);
        CHECK_FALSE(clock_of("2028-12-15").response.holidays_known);
        CHECK_FALSE(clock_of("2028-11-15").extension.holidays_known);
        CHECK_FALSE(clock_of("2025-11-15").response.holidays_known);
    }
    SECTION("of the day") {
        auto doubting = holidays();
        doubting.doubtful = {day("2026-10-06")};
        CHECK_FALSE(request_clock(day("2026-09-06"), {}, doubting)->response.holidays_known);
        CHECK(format_day(request_clock(day("2026-09-06"), {}, doubting)->response.due) == "2026-10-06");
        CHECK(request_clock(day("2026-09-07"), {}, doubting)->response.holidays_known);
    }
    SECTION("of the day that a pause counts from") {
        // Raw 29 August is a Saturday; whether Monday the 31st is free nobody is sure.
        auto doubting = holidays();
        doubting.doubtful = {day("2026-08-31")};
        const std::vector<Pause> pauses{{day("2026-08-30"), day("2026-09-09")}};
        CHECK_FALSE(request_clock(day("2026-07-29"), pauses, doubting)->paused->holidays_known);
    }
    SECTION("of the year that a weekend moves it into") {
        // 31 December 2028 is a Sunday; 1 January 2029 lies outside.
        CHECK_FALSE(clock_of("2028-11-30").extension.holidays_known);
        const auto clock = request_clock(day("2028-12-31"), {}, holidays());
        CHECK_FALSE(clock->response.holidays_known);
        const auto last = clock_of("2028-10-31", {{day("2028-11-01"), day("2028-12-02")}});
        CHECK(format_day(last.paused->raw) == "2028-12-31");
        CHECK_FALSE(last.paused->holidays_known);
    }
}

TEST_CASE("Holidays in a row are all stepped over", "[privacy][clock]") {
    CHECK(format_day(working_day_from(day("2026-04-03"), holidays())) == "2026-04-07");
    CHECK(format_day(working_day_from(day("2026-04-07"), holidays())) == "2026-04-07");
    CHECK(format_day(working_day_from(day("2026-12-25"), holidays())) == "2026-12-28");
}

TEST_CASE("Days that make no sense are refused", "[privacy][clock]") {
    const auto refused = [](const Day& received, const std::vector<Pause>& pauses) {
        const auto clock = request_clock(received, pauses, holidays());
        return !clock && clock.error().kind == ErrorKind::Invalid;
    };
    using std::chrono::year;
    CHECK(refused(year{2026} / 2 / 30, {}));
    CHECK(refused(year{1969} / 12 / 31, {}));
    CHECK(refused(year{2201} / 1 / 1, {}));
    CHECK(refused(day("2026-09-01"), {{day("2026-08-31"), std::nullopt}}));
    CHECK(refused(day("2026-09-01"), {{day("2026-09-05"), day("2026-09-04")}}));
    CHECK(refused(day("2026-09-01"),
                  {{day("2026-09-05"), day("2026-09-09")}, {day("2026-09-08"), day("2026-09-10")}}));
    CHECK(refused(day("2026-09-01"),
                  {{day("2026-09-05"), std::nullopt}, {day("2026-09-08"), day("2026-09-10")}}));
    CHECK(refused(day("2026-09-01"), {{year{2026} / 9 / 31, std::nullopt}}));
    CHECK_FALSE(refused(day("2026-09-01"), {{day("2026-09-01"), day("2026-09-01")}}));
}

TEST_CASE("Every day of a century has a deadline that is a working day and no earlier", "[privacy][clock]") {
    using std::chrono::sys_days;
    const auto known = holidays();
    for (sys_days at{day("2000-01-01")}; at < sys_days{day("2100-01-01")}; at += std::chrono::days{1}) {
        const auto clock = request_clock(Day{at}, {}, known);
        REQUIRE(clock);
        const auto month = sys_days{clock->response.raw} - at;
        REQUIRE(month >= std::chrono::days{28});
        REQUIRE(month <= std::chrono::days{31});
        REQUIRE(clock->response.due >= clock->response.raw);
        REQUIRE(working_day_from(clock->response.due, known) == clock->response.due);
        REQUIRE(clock->extension.due > clock->response.due);
        REQUIRE(clock->paused->due == clock->response.due);
    }
}

TEST_CASE("A day is written as ISO 8601 has it and read back", "[privacy][clock]") {
    CHECK(format_day(day("2026-01-05")) == "2026-01-05");
    for (const auto* const wrong : {"",
                                    "2026-1-05",
                                    "2026-02-30",
                                    "2026-01-05 ",
                                    "2026/01/05",
                                    "20260105",
                                    "2026-13-01",
                                    "+026-01-05",
                                    "1969-12-31",
                                    "2026-01-0x"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_day(wrong));
    }
}
