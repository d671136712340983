/// The record of processing activities as JSON-LD: who stands where in the vocabulary.

#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/dpv_terms.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/processing_record.hpp"

namespace fedtrail::reports::test {

namespace {

nlohmann::json linked_record(const OperatorFacts& facts) {
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    const auto& texts = papers_in("en");
    const auto record = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    std::ostringstream out;
    render_jsonld(*record, texts, out);
    return nlohmann::json::parse(std::move(out).str());
}

/// The member of the graph that is called `id`; null: there is none.
nlohmann::json linked_node(const nlohmann::json& document, const std::string& id) {
    for (const auto& each : document.at("@graph")) {
        if (each.at("@id") == id) {
            return each;
        }
    }
    return {};
}

nlohmann::json term_named(const std::string& iri) {
    return {{"@id", iri}};
}

}  // namespace

TEST_CASE("The linked record names the authority", "[reports][record]") {
    auto facts = example_facts();
    facts.controller.authority = "Autoriteit Persoonsgegevens";
    const auto controller = linked_node(linked_record(facts), "#controller");
    CHECK(controller["dpv:hasAuthority"]["@type"] == "dpv:DataProtectionAuthority");
    CHECK(controller["dpv:hasAuthority"]["dct:description"] == "Autoriteit Persoonsgegevens");
    facts.controller.authority.clear();
    CHECK_FALSE(linked_node(linked_record(facts), "#controller").contains("dpv:hasAuthority"));
}

TEST_CASE("The linked record names each of several controllers", "[reports][record]") {
    auto facts = example_facts();
    facts.joint = {"Another Association", "A Third"};
    const auto document = linked_record(facts);
    CHECK(linked_node(document, "#controller")["@type"] == "dpv:DataController");
    const auto group = linked_node(document, "#joint");
    REQUIRE(group.is_object());
    CHECK(group["@type"] == "dpv:JointDataControllers");
    REQUIRE(group["dpv:hasDataController"].size() == 3);
    CHECK(group["dpv:hasDataController"][0] == term_named("#controller"));
    CHECK(group["dpv:hasDataController"][1]["dct:description"] == "Another Association");
    CHECK(group["dpv:hasDataController"][2]["dct:description"] == "A Third");
    CHECK(linked_node(document, "#record")["dpv:hasJointDataControllers"] == term_named("#joint"));
    const auto alone = linked_record(example_facts());
    CHECK(linked_node(alone, "#joint").is_null());
    CHECK_FALSE(linked_node(alone, "#record").contains("dpv:hasJointDataControllers"));
}

TEST_CASE("The linked record says on what special categories of data rest", "[reports][record]") {
    auto facts = example_facts();
    facts.activities[0].special_basis = "a law of ours";
    const auto document = linked_record(facts);
    const auto accounts = linked_node(document, "#accounts")["dpv:hasLegalBasis"];
    REQUIRE(accounts.size() == 2);
    CHECK(accounts[0] == term_named("eu-gdpr:A6-1-b"));
    CHECK(accounts[1]["dct:description"] == "a law of ours");
    CHECK(linked_node(document, "#publishing")["dpv:hasLegalBasis"][1] == term_named("eu-gdpr:A9-2-e"));
    CHECK(dpv_special_basis("9(2)(a)") == "eu-gdpr:A9-2-a");
    CHECK(dpv_special_basis("9(2)(j)") == "eu-gdpr:A9-2-j");
    for (const auto* other : {"9(2)(k)", "9(2)(A)", "9(2)", "9(2)()", "6(1)(a)", "9(2)(aa)", ""}) {
        CAPTURE(other);
        CHECK(dpv_special_basis(other).empty());
    }
}

TEST_CASE("The linked record says which rights each activity leaves", "[reports][record]") {
    auto facts = example_facts();
    facts.activities[0].legal_basis = {"6(1)(a)"};
    const auto document = linked_record(facts);
    auto rights = nlohmann::json::array();
    for (const auto* right : {"15", "16", "17", "18", "20", "7-3", "77"}) {
        rights.push_back(term_named(std::string{"eu-gdpr:A"} + right));
    }
    CHECK(linked_node(document, "#accounts")["dpv:hasRight"] == rights);
    CHECK(linked_node(document, "#logs")["dpv:hasRight"].size() == 6);  // 15 to 18, 21, 77
}

}  // namespace fedtrail::reports::test
