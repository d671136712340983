/// What the templates have in columns of their own: impact assessments and breaches (ICO), how long each
/// category is kept (CNIL).

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/processing_record.hpp"
#include "reports/schema_faults.hpp"

namespace fedtrail::reports::test {

namespace {

/// Of the first activity, in the order of the template.
std::vector<std::string> assessment_and_breach(const RecordTable& table) {
    std::vector<std::string> cells;
    for (const auto* title : {"Whether an impact assessment is required",
                              "Progress of the impact assessment",
                              "Where the impact assessment is written down",
                              "Whether a breach occurred",
                              "Where breaches are recorded"}) {
        const auto found = std::find(table.titles.begin(), table.titles.end(), title);
        REQUIRE(found != table.titles.end());
        cells.push_back(table.rows[0][static_cast<std::size_t>(found - table.titles.begin())]);
    }
    return cells;
}

}  // namespace

TEST_CASE("Assessment and breach stand in the columns that the ICO's template has", "[reports][record]") {
    auto facts = example_facts();
    auto& accounts = facts.activities[0];
    accounts.assessment_required = "yes";
    accounts.assessment_progress = "under_way";
    accounts.assessment = "folder 16";
    accounts.breach_occurred = "no";
    accounts.breaches = "breaches.ods";
    const auto& texts = papers_in("en");
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    const auto record = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    const auto table = record_table(*record, RecordColumns::Ico, texts);
    CHECK(assessment_and_breach(table) ==
          std::vector<std::string>{"yes", "under way", "folder 16", "no", "breaches.ods"});
    std::ostringstream json;
    render_json(*record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    const auto first = nlohmann::json::parse(json.str())["activities"][0];
    CHECK(first["assessment_required"] == true);
    CHECK(first["assessment_progress"] == "under_way");
    CHECK(first["breach_occurred"] == false);
}

TEST_CASE("What nobody said of assessment and breach is an empty cell", "[reports][record]") {
    const auto& texts = papers_in("en");
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    const auto record = build_processing_record(
        {example_facts(), example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    CHECK(assessment_and_breach(record_table(*record, RecordColumns::Ico, texts)) ==
          std::vector<std::string>(5));
    std::ostringstream json;
    render_json(*record, texts, json);
    const auto first = nlohmann::json::parse(json.str())["activities"][0];
    for (const auto* unsaid : {"assessment_required", "assessment_progress", "breach_occurred"}) {
        CAPTURE(unsaid);
        CHECK(first.at(unsaid).is_null());
    }
}

TEST_CASE("How long single categories are kept stands where each template has it", "[reports][record]") {
    auto facts = example_facts();
    facts.activities[0].data_retention["en"] = "sign-ins: 12 months";
    const auto& texts = papers_in("en");
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    const auto record = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    const auto cell = [&](RecordColumns columns, const std::string& title, std::size_t row) {
        const auto table = record_table(*record, columns, texts);
        const auto found = std::find(table.titles.begin(), table.titles.end(), title);
        REQUIRE(found != table.titles.end());
        return table.rows[row][static_cast<std::size_t>(found - table.titles.begin())];
    };
    const std::string whole = "as long as the account exists, then 30 days";
    CHECK(cell(RecordColumns::Cnil, "How long each category is kept", 0) == "sign-ins: 12 months");
    CHECK(cell(RecordColumns::Cnil, "Time limits for erasure", 0) == whole);
    CHECK(cell(RecordColumns::Ico, "Time limits for erasure", 0) == whole + "; sign-ins: 12 months");
    // Where nothing else was said, all are kept alike.
    CHECK(cell(RecordColumns::Cnil, "How long each category is kept", 1) == "until it is deleted");
    std::ostringstream json;
    render_json(*record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    const auto activities = nlohmann::json::parse(json.str())["activities"];
    CHECK(activities[0]["data_retention"] == "sign-ins: 12 months");
    CHECK(activities[1]["data_retention"].is_null());
    std::ostringstream linked;
    render_jsonld(*record, texts, linked);
    const auto storage = nlohmann::json::parse(linked.str())["@graph"][1]["dpv:hasStorageCondition"];
    REQUIRE(storage.size() == 2);
    CHECK(storage[1]["@type"] == "dpv:StorageDuration");
    CHECK(storage[1]["dct:description"] == "sign-ins: 12 months");
    // Said in another language only: not left out in silence.
    const auto missing = missing_items(facts, PaperKind::Record, "de", example_policies().adequacy, true);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "processing.accounts.data_retention.de");
}

}  // namespace fedtrail::reports::test
