#include "reports/processor_safeguards.hpp"

#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/processing_record.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/schema_faults.hpp"

namespace fedtrail::reports::test {

namespace {

using privacy::AdequacyDecision;
using privacy::AdequacyScope;
using privacy::Day;
using std::chrono::year;

const Day kToday{year{2026} / 11 / 22};

AdequacyDecision decision(const char* number, const char* country, Day checked = kToday) {
    AdequacyDecision made;
    made.number = number;
    made.country = *privacy::Country::parse(country);
    made.valid_from = Day{year{2020} / 1 / 1};
    made.efta = privacy::EftaState::AsEu;
    made.checked_at = checked;
    return made;
}

privacy::Adequacy some_decisions() {
    auto adequacy = example_policies().adequacy;
    adequacy.checked_at = kToday;
    adequacy.refuse_after_months = 12;
    adequacy.decisions = {decision("2000/518/EC", "CH"),
                          decision("2011/61/EU", "IL", Day{year{2024} / 1 / 1}),
                          decision("(EU) 2021/1772", "GB"),
                          decision("(EU) 2019/419", "JP"),
                          decision("(EU) 2023/1795", "US")};
    adequacy.decisions[2].valid_to = Day{year{2025} / 6 / 27};
    adequacy.decisions[3].scope = AdequacyScope{"appi_operator", false, false};
    adequacy.decisions[4].scope =
        AdequacyScope{std::string{privacy::kDpfFact}, true, true, 12, {"EU-U.S. DPF"}, {"non-HR"}};
    return adequacy;
}

/// example_facts() with one processor of `country`, whose safeguard is an adequacy decision.
OperatorFacts processing_in(const char* country) {
    auto facts = example_facts();
    facts.processors = {{"Example Host", "hosting", country, "A45-3"}};
    return facts;
}

privacy::ScopeCheck look_in_the_list() {
    privacy::ScopeCheck check{std::string{privacy::kDpfFact}, true, Day{year{2026} / 11 / 1}};
    check.entity = "Example Host, Inc.";
    check.entry = "EU-U.S. DPF";
    check.data_kind = "non-HR";
    return check;
}

OperatorFacts processing_in_the_list(const privacy::ScopeCheck& look = look_in_the_list()) {
    auto facts = processing_in("US");
    facts.processors[0].dpf = look;
    return facts;
}

ProcessorFacts decided(const char* country, const privacy::TransferSwitches& switches = {}) {
    return with_decisions(processing_in(country), some_decisions(), switches, kToday).processors.at(0);
}

struct Made {
    PaperPolicies policies{some_decisions(), {}, example_policies().own};
    RecipientLedger ledger{{}};
    CardRegister recipients;
    privacy::TransferSwitches switches{};

    [[nodiscard]] Result<PrivacyNotice> notice(const OperatorFacts& facts) const {
        return build_privacy_notice(
            {facts, policies, ledger, recipients, at("2026-11-22T10:15:00Z"), switches}, papers_in("en"));
    }
    [[nodiscard]] Result<ProcessingRecord> record(const OperatorFacts& facts) const {
        return build_processing_record(
            {facts, policies, ledger, recipients, at("2026-11-22T10:15:00Z"), switches}, papers_in("en"));
    }
};

}  // namespace

TEST_CASE("A decision is believed of a processor no more than of a recipient", "[reports][processor]") {
    CHECK(safeguard_fault(decided("CH")).empty());
    CHECK(safeguard_code(decided("CH")) == "A45-3");
    CHECK(safeguard_decision(decided("CH")) == "2000/518/EC");
    CHECK(safeguard_fault(decided("JP")).empty());
    CHECK(safeguard_code(decided("JP")) == "A45-3?unverified");
    CHECK(safeguard_code(decided("NL")).empty());
    CHECK(contains(safeguard_fault(decided("CN")), "no adequacy decision for this country"));
    CHECK(contains(safeguard_fault(decided("GB")), "not in force"));
    CHECK(contains(safeguard_fault(decided("IL")), "too long ago"));
    CHECK(contains(safeguard_fault(decided("US", {false})), "you do not rely on"));
}

TEST_CASE("A decision that nobody asked about carries nothing; other safeguards are the operator's word",
          "[reports][processor]") {
    CHECK_FALSE(safeguard_fault({"Example Host", "hosting", "CH", "A45-3"}).empty());
    const ProcessorFacts clauses{"Example Host", "hosting", "CN", "A46-2-c"};
    CHECK(safeguard_fault(clauses).empty());
    CHECK(safeguard_code(clauses) == "A46-2-c");
}

TEST_CASE("A processor in the United States has to be in the list, as a recipient has",
          "[reports][processor]") {
    const auto listed = [](const privacy::ScopeCheck& look) {
        return with_decisions(processing_in_the_list(look), some_decisions(), {}, kToday).processors.at(0);
    };
    CHECK(contains(safeguard_fault(decided("US")), "look it up, and write dpf_checked_at"));
    const auto look = look_in_the_list();
    CHECK(safeguard_fault(listed(look)).empty());
    CHECK(safeguard_code(listed(look)) == "A45-3");
    CHECK(safeguard_decision(listed(look)) == "(EU) 2023/1795");
    auto other = look;
    other.entity.clear();
    CHECK(contains(safeguard_fault(listed(other)), "dpf_entity"));
    other = look;
    other.data_kind = "HR";
    CHECK(contains(safeguard_fault(listed(other)), "another kind of data"));
    for (const auto day : {Day{year{2025} / 11 / 1}, Day{year{2026} / 12 / 1}}) {
        other = look;
        other.checked_at = day;
        CHECK(contains(safeguard_fault(listed(other)), "dpf_checked_at"));
    }
    const Made made;
    CHECK_FALSE(made.notice(processing_in("US")));
    CHECK(made.notice(processing_in_the_list()));
}

TEST_CASE("No paper calls a processor in China adequate", "[reports][processor]") {
    const Made made;
    const auto notice = made.notice(processing_in("CN"));
    REQUIRE_FALSE(notice);
    CHECK(notice.error().kind == ErrorKind::Denied);
    CHECK(
        contains(notice.error().what, "Art. 13(1)(f)  processor.safeguard: on what the transfer to Example"));
    CHECK(contains(notice.error().what, "no adequacy decision for this country"));
    const auto record = made.record(processing_in("CN"));
    REQUIRE_FALSE(record);
    CHECK(contains(record.error().what, "Art. 30(1)(e)  processor.safeguard"));
}

TEST_CASE("A decision that is switched off is none for processors either", "[reports][processor]") {
    Made made;
    CHECK(made.notice(processing_in_the_list()));
    made.switches.dpf_enabled = false;
    CHECK_FALSE(made.notice(processing_in_the_list()));
    CHECK_FALSE(made.record(processing_in_the_list()));
}

TEST_CASE("Which processors a switch concerns is known before it is turned", "[reports][processor]") {
    auto facts = processing_in_the_list();
    facts.processors.push_back({"Swiss Host", "backup", "CH", "A45-3"});
    facts.processors.push_back({"Clauses Inc.", "mail", "US", "A46-2-c"});
    const auto effect = effect_on_processors(facts, some_decisions(), {}, {false}, kToday);
    REQUIRE(effect.size() == 1);
    CHECK(effect[0].name == "Example Host");
    CHECK(effect[0].before.kind == privacy::BasisKind::Adequacy);
    CHECK(effect[0].after.reason == privacy::BasisReason::SwitchedOff);
    CHECK(effect_on_processors(facts, some_decisions(), {}, {}, kToday).empty());
}

TEST_CASE("A decision stands with its number, and as unverified where it is for some only",
          "[reports][processor]") {
    const Made made;
    const auto notice = made.notice(processing_in("CH"));
    REQUIRE(notice);
    std::ostringstream text;
    render_markdown(paper_of(*notice, papers_in("en")), papers_in("en"), text);
    CHECK(contains(text.str(), "Safeguard: adequacy decision, 2000/518/EC"));
    const auto record = made.record(processing_in("JP"));
    REQUIRE(record);
    std::ostringstream table;
    render_csv(record_table(*record, RecordColumns::Ico, papers_in("en")), table);
    CHECK(contains(table.str(), "Japan: adequacy decision, not verified, (EU) 2019/419"));
    std::ostringstream json;
    render_json(*record, papers_in("en"), json);
    CHECK(schema_faults("ropa", json.str()).empty());
    CHECK(contains(json.str(), "\"safeguard\": \"A45-3?unverified\""));
    std::ostringstream of_notice;
    render_json(*notice, papers_in("en"), of_notice);
    CHECK(schema_faults("privacy-notice", of_notice.str()).empty());
    CHECK(contains(of_notice.str(), "\"decision\": \"2000/518/EC\""));
}

}  // namespace fedtrail::reports::test
