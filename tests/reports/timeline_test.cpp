#include "reports/timeline.hpp"

#include <catch2/catch.hpp>

#include "reports/example_reports.hpp"

namespace fedtrail::reports::test {

namespace {

ReportedRecipient pair(std::string_view first, std::string_view last) {
    ReportedRecipient made;
    made.pair.first = at(first);
    made.pair.last = at(last);
    return made;
}

Timeline timeline_of(const std::vector<ReportedRecipient>& rows) {
    return reports::timeline_of(EachRecipient{rows});
}

}  // namespace

TEST_CASE("A report without recipients has an empty timeline", "[reports][timeline]") {
    CHECK(timeline_of({}).buckets.empty());
}

TEST_CASE("A single moment is a timeline of one day", "[reports][timeline]") {
    const auto timeline = timeline_of({pair("2026-11-22T23:59:59Z", "2026-11-22T23:59:59Z")});
    CHECK(timeline.step == Step::Day);
    REQUIRE(timeline.buckets.size() == 1);
    CHECK(timeline.buckets[0].start == at("2026-11-22T00:00:00Z"));
    CHECK(timeline.buckets[0].servers == 1);
}

TEST_CASE("Days without a new server are in the timeline", "[reports][timeline]") {
    const auto timeline = timeline_of({pair("2026-02-27T10:00:00Z", "2026-02-27T10:00:00Z"),
                                       pair("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")});
    REQUIRE(timeline.buckets.size() == 4);
    CHECK(timeline.buckets[0].servers == 1);
    CHECK(timeline.buckets[1].servers == 0);
    CHECK(timeline.buckets[2].servers == 1);
    CHECK(timeline.buckets[3].servers == 0);
}

TEST_CASE("The step grows with the span", "[reports][timeline]") {
    CHECK(timeline_of({pair("2026-01-01T00:00:00Z", "2026-03-04T00:00:00Z")}).step == Step::Day);
    CHECK(timeline_of({pair("2026-01-01T00:00:00Z", "2026-03-05T00:00:00Z")}).step == Step::Week);
    CHECK(timeline_of({pair("2026-01-01T00:00:00Z", "2027-01-03T00:00:00Z")}).step == Step::Month);
    CHECK(timeline_of({pair("2016-01-01T00:00:00Z", "2026-01-03T00:00:00Z")}).step == Step::Year);
}

TEST_CASE("Weeks start on Monday, months on the first, years in January", "[reports][timeline]") {
    const auto weeks = timeline_of({pair("2026-11-22T12:00:00Z", "2027-02-01T00:00:00Z")});  // a Sunday
    CHECK(weeks.buckets.front().start == at("2026-11-16T00:00:00Z"));
    CHECK(weeks.buckets.back().start == at("2027-02-01T00:00:00Z"));
    const auto months = timeline_of({pair("2026-01-31T00:00:00Z", "2027-03-01T00:00:00Z")});
    REQUIRE(months.buckets.size() == 15);
    CHECK(months.buckets[1].start == at("2026-02-01T00:00:00Z"));
    CHECK(months.buckets[14].start == at("2027-03-01T00:00:00Z"));
    const auto years = timeline_of({pair("2015-06-01T00:00:00Z", "2026-01-01T00:00:00Z")});
    REQUIRE(years.buckets.size() == 12);
    CHECK(years.buckets[11].start == at("2026-01-01T00:00:00Z"));
}

TEST_CASE("Every recipient is in exactly one bucket of the timeline", "[reports][timeline]") {
    const auto ledger = made_up_ledger(777);
    std::uint64_t servers = 0;
    for (const auto& bucket : timeline_of(report_of(ledger).recipients).buckets) {
        servers += bucket.servers;
    }
    CHECK(servers == 777);
}

TEST_CASE("The widest span there can be stays a bounded timeline", "[reports][timeline]") {
    const auto timeline = timeline_of({pair("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z")});
    CHECK(timeline.step == Step::Year);
    CHECK(timeline.buckets.size() == 8030);
}

}  // namespace fedtrail::reports::test
