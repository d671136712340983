/// The why of a look in the person's report: never empty, and never as if somebody had stated it.

#include "reports/access_words.hpp"

#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/example_reports.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"
#include "reports/words.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

TransferReport looked_at(std::string what, AccessRole by, std::string why) {
    auto report = report_of(small_ledger());
    report.accesses = {{at("2026-11-20T09:00:00Z"), std::move(what), by, std::move(why)}};
    return report;
}

std::string accesses_csv_of(const TransferReport& report, const ReportTexts& texts) {
    std::ostringstream out;
    render_accesses_csv(report, texts, out);
    return std::move(out).str();
}

nlohmann::json look_in_json(const TransferReport& report, const ReportTexts& texts) {
    std::ostringstream out;
    render_json(report, texts, out);
    return nlohmann::json::parse(out.str())["accesses"][0];
}

}  // namespace

TEST_CASE("Every look has a why in every language, and a purpose is told from what was stated",
          "[reports][purpose]") {
    for (const auto language : fedtrail::testing::kLanguages) {
        const auto& texts = texts_in(language);
        std::set<std::string> met;
        for (const auto what : kLooked) {
            CAPTURE(language, what);
            const ReportedAccess look{{}, std::string{what}, AccessRole::Operator, ""};
            const auto purpose = why_of(look, texts);
            CHECK(met.insert(purpose).second);
            const auto shown = why_on_page(look, texts);
            CHECK(shown != purpose);
            CHECK(contains(shown, purpose));
            CHECK(contains(shown, texts.at("page.no_reason")));
            const auto json = look_in_json(looked_at(std::string{what}, AccessRole::Program, ""), texts);
            CHECK(json["why"] == purpose);
            CHECK(json["stated"] == false);
        }
    }
}

TEST_CASE("What was stated is shown as it was", "[reports][purpose]") {
    const auto report = looked_at("report", AccessRole::Operator, "complaint of 3 May");
    CHECK(contains(html_of(report), "<td>complaint of 3 May</td>"));
    CHECK(look_in_json(report, english())["stated"] == true);
    CHECK(contains(accesses_csv_of(report, english()), "complaint of 3 May,yes,transfer_report\r\n"));
}

TEST_CASE("One's own look and one of another release have a why as well", "[reports][purpose]") {
    const auto own = looked_at("consents", AccessRole::Self, "");
    CHECK(contains(html_of(own), "<td>you looked at your own data (Art. 15 GDPR)</td>"));
    CHECK(contains(accesses_csv_of(own, english()), ",no,own_access\r\n"));
    const auto later = looked_at("something later", AccessRole::Operator, "");
    CHECK(look_in_json(later, english())["purpose"] == "other");
    CHECK_FALSE(look_in_json(later, english())["why"].get<std::string>().empty());
}

}  // namespace fedtrail::reports::test
