#include <algorithm>
#include <ctime>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/approve.hpp"
#include "reports/example_reports.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::reports::test {

TEST_CASE("A report as HTML is the approved one", "[reports][html][approval]") {
    const auto text = html_of(report_of(small_ledger()));
    CHECK(text == approved("small.html", text));
}

TEST_CASE("Every recipient has its row, the one with most disclosures first", "[reports][html]") {
    auto ledger = made_up_ledger(120);
    ledger.pairs[77].disclosures = 99'999'999;
    const auto page = html_of(report_of(ledger));
    CHECK(count_of(page, "class=\"e accepted\">") + count_of(page, "class=\"e sent\">") +
              count_of(page, "class=\"e inferred\">") + count_of(page, "class=\"e intended\">") +
              count_of(page, "class=\"e fetched\">") ==
          120 + 5);
    for (const auto& pair : ledger.pairs) {
        REQUIRE(contains(page, "<th scope=\"row\">" + pair.recipient.text() + "<"));
    }
    const auto first_row = page.find("<tbody>", page.find("class=\"servers\""));
    CHECK(page.find(ledger.pairs[77].recipient.text(), first_row) - first_row < 40);
    CHECK(contains(page, "99,999,999"));
}

TEST_CASE("A page is valid without any recipient and says so", "[reports][html]") {
    const auto page = html_of(report_of(made_up_ledger(0)));
    CHECK(contains(page, "No server is recorded as having received data about alice@origin.example."));
    CHECK_FALSE(contains(page, "<tbody>"));
    CHECK_FALSE(contains(page, "id=\"timeline\""));
    CHECK(contains(page, "id=\"gaps\""));
    CHECK(contains(page, "id=\"rights\""));
}

TEST_CASE("A single recipient is spoken of in the singular", "[reports][html]") {
    auto ledger = made_up_ledger(1);
    ledger.pairs[0].disclosures = 1;
    ledger.pairs[0].objects = 1;
    ledger.pairs[0].last = ledger.pairs[0].first;
    const auto page = html_of(report_of(ledger));
    CHECK(contains(page, "1 server received data about"));
    CHECK(contains(page, "Something was disclosed once, on "));
    CHECK_FALSE(contains(page, "1 servers"));
    CHECK_FALSE(contains(page, "1 disclosures"));
}

TEST_CASE("Nothing that a person or a server is called can become markup", "[reports][html]") {
    const auto page = html_of(hostile_report());
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "<img"));
    CHECK(contains(page, "&quot;&gt;&lt;script&gt;alert("));
    CHECK(contains(page, "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert("));
    CHECK(contains(page, "{{style}}"));
    CHECK_FALSE(contains(page, "href=\"javascript"));
    CHECK(count_of(page, "<title>Transfer report: ") == 1);
}

TEST_CASE("A page needs nothing from elsewhere", "[reports][html]") {
    const auto page = html_of(report_of(made_up_ledger(40)));
    CHECK(count_of(page, "https://") ==
          count_of(page, "<a href=\"https://eur-lex.europa.eu/eli/reg/2016/679/"));
    for (const auto* part : {"http://", "src=", "@import", "url(", "<link", "<script", "<iframe"}) {
        INFO(part);
        CHECK_FALSE(contains(page, part));
    }
    CHECK(contains(page, "default-src 'none'"));
}

TEST_CASE("A period is said in words", "[reports][html]") {
    const auto ledger = small_ledger();
    CHECK(contains(html_of(report_of(ledger)), "everything since recording began"));
    CHECK(contains(html_of(report_of(ledger, {at("2026-11-19T00:00:00Z"), std::nullopt})),
                   "from 19 November 2026, 00:00 UTC"));
    CHECK(contains(html_of(report_of(ledger, {std::nullopt, at("2026-12-01T12:30:00Z")})),
                   "up to 1 December 2026, 12:30 UTC, not included"));
    CHECK(contains(html_of(report_of(ledger, {at("2026-11-19T00:00:00Z"), at("2026-12-01T12:30:00Z")})),
                   "from 19 November 2026, 00:00 UTC up to 1 December 2026, 12:30 UTC, not included"));
}

TEST_CASE("A controller that is not configured is said to be missing", "[reports][html]") {
    auto report = report_of(small_ledger());
    report.controller = {};
    CHECK(count_of(html_of(report), "not stated by the operator") == 8);
}

TEST_CASE("The first sentence presumes only where something has to be presumed", "[reports][html]") {
    auto ledger = small_ledger();
    CHECK(contains(html_of(report_of(ledger)), "alice@origin.example or must be presumed to have."));
    ledger.pairs[1].strongest = privacy::Evidence::Fetched;
    const auto certain = html_of(report_of(ledger));
    CHECK(contains(certain, "2 servers received data about alice@origin.example.</p>"));
    CHECK(contains(certain, "certain at all of them"));
    ledger.pairs[0].strongest = privacy::Evidence::Sent;
    CHECK(contains(html_of(report_of(ledger)), "certain at 1 server, which confirmed it"));
    ledger.pairs[1].strongest = privacy::Evidence::Inferred;
    CHECK(contains(html_of(report_of(ledger)), "None of them confirmed"));
}

TEST_CASE("Who has it from others alone stands in a list of its own", "[reports][html]") {
    auto ledger = made_up_ledger(4);
    ledger.pairs[2].channels = {};
    ledger.pairs[2].channels.add(privacy::Channel::Forward);
    ledger.pairs[2].disclosures = 99'999'999;  // the one that received most
    const auto page = html_of(report_of(ledger));
    CHECK(contains(page, "Not from our server, but from others who passed it on: 1 server."));
    const auto ours = page.find(english().at("page.from_us"));
    const auto theirs = page.find(english().at("page.from_others"));
    REQUIRE(theirs != std::string::npos);
    CHECK(ours < theirs);
    const auto row = [&](std::size_t at) {
        return page.find("<th scope=\"row\">" + ledger.pairs[at].recipient.text());
    };
    for (const auto at : {0U, 1U, 3U}) {
        CHECK((ours < row(at) && row(at) < theirs));
    }
    CHECK(theirs < row(2));
    ledger.pairs.erase(ledger.pairs.begin() + 2);
    const auto ours_alone = html_of(report_of(ledger));
    CHECK_FALSE(contains(ours_alone, "class=\"group\""));
    CHECK_FALSE(contains(ours_alone, "Not from our server"));
}

TEST_CASE("A page of five thousand recipients stays small", "[reports][html]") {
    const auto report = report_of(made_up_ledger(5000));
    const auto start = std::clock();
    const auto page = html_of(report);
    const auto seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    INFO("render_html of 5,000 recipients: " << seconds << " s of processor time, " << page.size()
                                             << " bytes");
    CHECK(page.size() < 4'000'000);
    CHECK(seconds < 5.0);
}

TEST_CASE("A full page shows the request, the figures, the map and what was withheld", "[reports][html]") {
    Surroundings around;
    make_up_surroundings(around, 40);
    const auto report = full_report_of(around);
    const auto items = items_of(around, report);
    std::ostringstream out;
    render_html(report, english(), out, &items);
    const auto page = out.str();
    CHECK(contains(page, "<dt>Request</dt><dd>7</dd>"));
    CHECK(contains(page, "<dt>Received</dt><dd>10 November 2026</dd>"));
    CHECK(contains(page, "<dt>To be answered by</dt><dd>10 December 2026</dd>"));
    CHECK(count_of(page, "<dl class=\"figures\">") == 1);
    CHECK(contains(page, "World map. Countries in which servers that received data are run: 8 countries."));
    CHECK(contains(page,
                   "Not on the map: R\u00e9union (2), not known (hint: France) (8), not known (hint: "
                   "United States) (2), not known (1)."));
    CHECK(count_of(page, "<circle ") == 1);
    CHECK(count_of(page, "<svg aria-hidden=\"true\" viewBox=\"0 0 1000 889\"") == 1);
    CHECK(contains(page, "<title>Singapore ("));
    CHECK(contains(page, "id=\"deletions\""));
    CHECK(contains(page, "In all: 60 items."));
    CHECK(count_of(page, "<tr><th scope=\"row\">https://origin.example/") == 40);
    CHECK(contains(page, "id=\"withheld\""));
    CHECK(count_of(page, "class=\"b none\"") == report.totals.undocumented);
}

TEST_CASE("That a request asked for a look is said in the report's language", "[reports][html]") {
    Surroundings around;
    small_surroundings(around);
    const auto page_in = [&](std::string_view language) {
        const auto& texts = texts_in(language);
        std::ostringstream out;
        render_html(full_report_of(around, texts), texts, out);
        return std::move(out).str();
    };
    CHECK(contains(page_in("de"), "<td>Antrag 7</td>"));
    CHECK(contains(page_in("pl"), "<td>żądanie 7</td>"));
    CHECK(contains(page_in("en"), "<td>request 7</td>"));
    CHECK(contains(page_in("de"), "<td>complaint of 3 May</td>"));  // as the operator wrote it
}

TEST_CASE("A page without what nobody asked for has no part about it", "[reports][html]") {
    const auto page = html_of(report_of(made_up_ledger(3)));
    for (const auto* part : {"id=\"deletions\"", "id=\"items\"", "<dt>Request</dt>", "class=\"map\""}) {
        INFO(part);
        CHECK_FALSE(contains(page, part));
    }
}

TEST_CASE("The map takes a file for no map that is none", "[reports][html]") {
    const std::string shades = R"("shades": ["#000000", "#111111", "#222222", "#333333", "#444444"])";
    const auto map_with = [&shades](const std::string& sheet) {
        return "{" + shades + ", \"sheets\": [" + sheet + "]}";
    };
    const auto good =
        map_with(R"({"width": 10, "height": 5, "nameless": "M0 0z", "countries": {"NL": {"at": [1, 2]}}})");
    CHECK(WorldMap::parse(good, "world.json").has_value());
    for (const auto& bad :
         {std::string{},
          std::string{"[]"},
          map_with(""),
          map_with(R"({"width": 10})"),
          map_with(R"({"width": 10, "height": 5, "nameless": "", "countries": {"NL": {}}})"),
          map_with(
              R"({"width": 10, "height": 5, "nameless": "", "countries": {"NL": {"path": "\"><script>"}}})"),
          map_with(R"({"width": 10, "height": 5, "nameless": "<g>", "countries": {}})"),
          std::string{R"({"shades": ["red", "", "", "", ""], "sheets": [{}]})"}}) {
        INFO(bad);
        const auto map = WorldMap::parse(bad, "world.json");
        REQUIRE_FALSE(map.has_value());
        CHECK(contains(map.error().what, "world.json"));
    }
}

}  // namespace fedtrail::reports::test
