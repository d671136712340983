#include "fedtrail/core/time.hpp"

#include <catch2/catch.hpp>

using fedtrail::format_rfc3339;
using fedtrail::from_unix_seconds;
using fedtrail::parse_rfc3339;

TEST_CASE("A time reads and writes back the same", "[core][time]") {
    for (const auto* text : {"1970-01-01T00:00:00Z", "2026-11-22T10:00:00Z", "2024-02-29T23:59:59.007Z"}) {
        const auto at = parse_rfc3339(text);
        REQUIRE(at);
        CHECK(format_rfc3339(*at) == text);
    }
}

TEST_CASE("Offsets are taken off", "[core][time]") {
    CHECK(format_rfc3339(*parse_rfc3339("2026-11-22T11:00:00+01:00")) == "2026-11-22T10:00:00Z");
    CHECK(format_rfc3339(*parse_rfc3339("2026-11-21t22:30:00.25-11:30")) == "2026-11-22T10:00:00.250Z");
    CHECK(*parse_rfc3339("2001-09-09T01:46:40Z") == from_unix_seconds(1'000'000'000));
}

TEST_CASE("A leap second reads as the second before it", "[core][time]") {
    CHECK(format_rfc3339(*parse_rfc3339("2016-12-31T23:59:60Z")) == "2016-12-31T23:59:59Z");
}

TEST_CASE("What is no time is refused with a remedy", "[core][time]") {
    for (const auto* text : {"",
                             "2026-11-22",
                             "2026-13-01T00:00:00Z",
                             "2026-02-29T00:00:00Z",
                             "2026-11-22T24:00:00Z",
                             "2026-11-22T10:00:00",
                             "2026-11-22T10:00:00.Z",
                             "2026-11-22T10:00:00Z ",
                             "1969-12-31T23:59:59Z",
                             "2026-11-22T10:61:00Z",
                             "20261122T100000Z",
                             "-026-11-22T10:00:00Z"}) {
        const auto at = parse_rfc3339(text);
        CAPTURE(text);
        REQUIRE_FALSE(at);
        CHECK_FALSE(at.error().remedy.empty());
    }
}
