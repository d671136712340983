/// A server that calls itself something cannot turn around how the rest of a line reads.

#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include "reports/csv_cell.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"

namespace fedtrail::reports::test {

namespace {

constexpr const char* kTurned = "\u202Etuo \u2066si\u2069\u2028# who\u202C";

void check_straight(const std::string& text) {
    for (const auto* turn : {"\u202E", "\u202C", "\u2066", "\u2069", "\u2028"}) {
        CAPTURE(turn);
        CHECK_FALSE(contains(text, turn));
    }
}

std::string markdown_and_page(const Paper& paper, const PaperTexts& texts) {
    std::ostringstream out;
    render_markdown(paper, texts, out);
    CHECK(contains(out.str(), "tuo si # who"));
    render_html(paper, texts, out);
    return std::move(out).str();
}

}  // namespace

TEST_CASE("No server turns the lines of a paper around", "[reports][papers][direction]") {
    const auto& texts = papers_in("en");
    auto big = card_of("big.example", "US", privacy::BasisKind::Undocumented, kTurned);
    big.users = 1'000;
    const RecipientLedger ledger{example_totals()};
    const CardRegister recipients{{big}};
    const auto notice = build_privacy_notice(
        {example_facts(), example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(notice);
    check_straight(markdown_and_page(paper_of(*notice, texts), texts));

    auto assessment = long_assessment(texts);
    assessment.card.operator_name = Personal<std::string>{kTurned};
    assessment.card.country.why = kTurned;
    assessment.rules.front().rule = kTurned;
    check_straight(markdown_and_page(paper_of(assessment, texts), texts));
}

TEST_CASE("No server turns the lines of a transfer report around", "[reports][html][csv][direction]") {
    auto report = report_of(made_up_ledger(3));
    report.recipients[0].card.operator_name = Personal<std::string>{kTurned};
    report.recipients[1].card.software = kTurned;
    const auto page = html_of(report);
    CHECK(contains(page, "tuo si # who"));
    check_straight(page);
    std::ostringstream csv;
    render_csv(report, csv);
    CHECK(contains(csv.str(), "tuo si # who"));
    check_straight(csv.str());
    CHECK(csv_cell("\u202E=1+1") == "'=1+1");
}

}  // namespace fedtrail::reports::test
