#include "reports/report_items.hpp"

#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/approve.hpp"
#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::reports::test {

namespace {

std::string csv_of(const Surroundings& around, const TransferReport& report) {
    std::ostringstream out;
    REQUIRE(render_items_csv(report, {around.held, kAlice}, out));
    return out.str();
}

}  // namespace

TEST_CASE("Items as CSV are the approved ones", "[reports][items][approval]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    const auto text = csv_of(around, report);
    CHECK(text == approved("items.csv", text));
}

TEST_CASE("The number of a server is its place in the report's CSV", "[reports][items]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    std::ostringstream servers;
    render_csv(report, servers);
    CHECK(servers.str().find("a.example,") < servers.str().find("b.example:8443,"));
    CHECK(servers.str().find(",0,,,,us\r\n") < servers.str().find(",1,,,admin,us\r\n"));
    CHECK(csv_of(around, report).find(",2,0-1\r\n") != std::string::npos);
}

TEST_CASE("Nobody else is named in any form of a report", "[reports][items][gdpr-15-4]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    const auto items = items_of(around, report);
    std::ostringstream all;
    render_html(report, english(), all, &items);
    render_json(report, english(), all);
    render_jsonld(report, all);
    render_csv(report, all);
    REQUIRE(render_items_json(report, {around.held, kAlice}, all));
    REQUIRE(render_items_csv(report, {around.held, kAlice}, all));
    for (const auto* other : {"bob", "Bob", "private.example"}) {
        INFO(other);
        CHECK(all.str().find(other) == std::string::npos);
    }
    CHECK(all.str().find("a.example") != std::string::npos);
}

TEST_CASE("An address loses what names somebody else, and nothing more", "[reports][items][gdpr-15-4]") {
    for (const auto* kept : {"https://origin.example/users/alice/statuses/1",
                             "https://origin.example/users/alice#likes/12",
                             "https://origin.example/notes/a?page=2",
                             "https://origin.example",
                             "urn:uuid:1"}) {
        CHECK(without_others(kept) == kept);
    }
    CHECK(without_others("https://origin.example/?author=1#follow-bob@other.example") ==
          "https://origin.example/");
    CHECK(without_others("https://origin.example/a#follow-other.example/users/bob") ==
          "https://origin.example/a");
    CHECK(without_others("https://origin.example/undo?of=https://other.example/u/bob") ==
          "https://origin.example/undo");
    CHECK(without_others("https://origin.example/a#follow-bob%40other") == "https://origin.example/a");
    CHECK(without_others("https://origin.example/users/gil/follows/bob@other.example") ==
          "https://origin.example/users/gil/follows/");
    CHECK(without_others("https://origin.example/likes/https%3A%2F%2Fother.example%2Fusers%2Fbob") ==
          "https://origin.example/likes/");
    CHECK(without_others("https://origin.example/likes/https://other.example/users/bob") ==
          "https://origin.example/likes/");
    CHECK(without_others("https://origin.example/@bob@other.example/1") == "https://origin.example/");
    CHECK(without_others("https://origin.example/@gil/1") == "https://origin.example/@gil/1");
}

TEST_CASE("Items outside the period of a report are not in it", "[reports][items]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around, english(), {at("2026-11-20T00:00:00Z"), std::nullopt});
    const auto items = items_of(around, report);
    REQUIRE(items.total == 1);
    CHECK(items.latest.front().first == at("2026-11-20T10:00:00Z"));
}

TEST_CASE("A page gets the latest items and how many there are", "[reports][items]") {
    Surroundings around;
    make_up_surroundings(around, 12);
    const auto report = full_report_of(around);
    const auto items = latest_items(report, {around.held, kAlice}, 5);
    REQUIRE(items);
    CHECK(items->total == 60);
    REQUIRE(items->latest.size() == 5);
    CHECK(items->latest[0].first > items->latest[4].first);
    CHECK(items->latest[0].first == around.held.rows.back().held.first);
}

}  // namespace fedtrail::reports::test
