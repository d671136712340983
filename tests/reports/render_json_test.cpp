#include <ctime>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "reports/approve.hpp"
#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"
#include "reports/report_items.hpp"

namespace fedtrail::reports::test {

namespace {

std::string json_of(const TransferReport& report) {
    std::ostringstream out;
    render_json(report, english(), out);
    return std::move(out).str();
}

/// What the schema has against `document`; empty if nothing.
std::string faults(const nlohmann::json& document, const char* name = "transfer-report") {
    std::ifstream file{FEDTRAIL_SOURCE_DIR "/schemas/" + std::string{name} + ".schema.json"};
    const auto schema_document = nlohmann::json::parse(file);
    valijson::Schema schema;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter{schema_document}, schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    validator.validate(schema, valijson::adapters::NlohmannJsonAdapter{document}, &results);
    std::string text;
    for (const auto& error : results) {
        for (const auto& step : error.context) {
            text += step;
        }
        text += ": " + error.description + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("A report as JSON keeps to its schema", "[reports][json]") {
    const auto ledger = made_up_ledger(GENERATE(0U, 1U, 40U, 300U));
    const auto wrong = faults(nlohmann::json::parse(json_of(report_of(ledger))));
    INFO(wrong);
    CHECK(wrong.empty());
    auto bare = report_of(ledger, {at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00.5Z")});
    bare.controller = {};
    const auto wrong_if_bare = faults(nlohmann::json::parse(json_of(bare)));
    INFO(wrong_if_bare);
    CHECK(wrong_if_bare.empty());
}

TEST_CASE("A report of everything that can be known keeps to its schema", "[reports][json]") {
    Surroundings around;
    make_up_surroundings(around, 300);
    const auto report = full_report_of(around);
    const auto document = nlohmann::json::parse(json_of(report));
    const auto wrong = faults(document);
    INFO(wrong);
    CHECK(wrong.empty());
    CHECK(document.at("request").at("number") == 7);
    // Of the hundred that were asked, ten are about to be told and nine could not be reached.
    CHECK(document.at("totals").at("told") == 81);
    CHECK(document.at("rights").back().at("eli") == "https://eur-lex.europa.eu/eli/reg/2016/679/art_79/oj");
    std::uint64_t servers = 0;
    for (const auto& count : document.at("countries")) {
        servers += count.at("servers").get<std::uint64_t>();
    }
    CHECK(servers == 300);
}

TEST_CASE("Items as JSON keep to their schema, and name each server by its place", "[reports][json][items]") {
    Surroundings around;
    make_up_surroundings(around, 40);
    const auto report = full_report_of(around);
    std::ostringstream out;
    REQUIRE(render_items_json(report, {around.held, kAlice}, out));
    const auto document = nlohmann::json::parse(out.str());
    const auto wrong = faults(document, "transfer-report-items");
    INFO(wrong);
    CHECK(wrong.empty());
    REQUIRE(document.at("items").size() == around.held.rows.size());
    for (std::size_t i = 0; i < around.held.rows.size(); ++i) {
        std::set<std::string> named;
        for (const auto& range : document.at("items")[i].at("at")) {
            for (auto at = range[0].get<std::size_t>(); at <= range[1].get<std::size_t>(); ++at) {
                named.insert(document.at("servers")[at].get<std::string>());
            }
        }
        std::set<std::string> held;
        for (const auto& one : around.held.rows[i].at) {
            held.insert(one.text());
        }
        CHECK(named == held);
        CHECK(document.at("items")[i].at("servers") == held.size());
    }
}

TEST_CASE("What others passed on is told apart in JSON and JSON-LD, and is nobody's export",
          "[reports][json]") {
    Surroundings around;
    small_surroundings(around);
    auto& b = around.ledger.pairs[0];  // in the US, by a decision
    b.channels = {};
    b.channels.add(privacy::Channel::Forward);
    const auto report = full_report_of(around);
    const auto document = nlohmann::json::parse(json_of(report));
    CHECK(faults(document).empty());
    CHECK(document.at("totals").at("from_others") == 1);
    CHECK(document.at("recipients")[0].at("received_from") == "us");
    CHECK(document.at("recipients")[1].at("received_from") == "others");
    std::ostringstream out;
    render_jsonld(report, out);
    const auto linked = nlohmann::json::parse(out.str());
    const auto& ours = linked.at("dct:hasPart")[0];
    CHECK(ours.at("dpv:hasDataExporter").at("@id") == "_:controller");
    CHECK(ours.at("dpv:hasProcessing")[0].at("@id") == "dpv:DiscloseByTransmission");
    const auto& theirs = linked.at("dct:hasPart")[1];
    CHECK(theirs.at("@type") == nlohmann::json::array({"dpv:Process"}));
    CHECK(theirs.at("dpv:hasProcessing").dump() == R"([{"@id":"dpv:Disseminate"}])");
    CHECK(theirs.at("ft:receivedFrom") == "others");
    for (const auto* none : {"dpv:hasDataExporter", "dpv:hasDataImporter", "dpv:hasLegalBasis"}) {
        CHECK_FALSE(theirs.contains(none));
    }
}

TEST_CASE("A server that was never reached was not told, in every form of the report", "[reports][json]") {
    Surroundings around;
    small_surroundings(around);
    const auto& recipient = around.ledger.pairs[0].recipient;
    const auto state = GENERATE(fediverse::NoticeState::Unreachable, fediverse::NoticeState::Planned);
    ask_for(around, records::ScopeKind::Account, {{recipient, state}});
    const auto report = full_report_of(around);
    CHECK(report.totals.told == 0);
    const auto document = nlohmann::json::parse(json_of(report));
    CHECK(document.at("totals").at("told") == 0);
    CHECK(document.at("recipients")[1].at("deletion").at("told") == false);
    std::ostringstream out;
    render_jsonld(report, out);
    CHECK(nlohmann::json::parse(out.str()).at("dct:hasPart")[1].at("dpv:hasStatus").at("@id") ==
          "dpv:RecipientUninformed");
}

TEST_CASE("A server that refused was told all the same", "[reports][json]") {
    Surroundings around;
    small_surroundings(around);
    ask_for(around,
            records::ScopeKind::Account,
            {{around.ledger.pairs[0].recipient, fediverse::NoticeState::Refused}});
    auto report = full_report_of(around);
    CHECK(report.totals.told == 1);
    const auto status = [&] {
        std::ostringstream out;
        render_jsonld(report, out);
        return nlohmann::json::parse(out.str())
            .at("dct:hasPart")[1]
            .at("dpv:hasStatus")
            .at("@id")
            .get<std::string>();
    };
    CHECK(status() == "dpv:RecipientInformed");
    report.recipients[1].deletion.told = false;
    CHECK(status() == "dpv:RecipientUninformed");
    report.recipients[1].deletion.state = fediverse::NoticeState::Escalated;  // a letter informs as well
    CHECK(status() == "dpv:RecipientInformed");
}

TEST_CASE("In JSON-LD only posts that everybody may read are publicly available", "[reports][json][items]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    const auto available = [&] {
        const auto posts = public_posts_at(report, {around.held, kAlice});
        REQUIRE(posts);
        std::ostringstream out;
        render_jsonld(report, out, &*posts);
        const auto linked = nlohmann::json::parse(out.str());
        const auto data = linked.at("dct:hasPart")[1].at("dpv:hasPersonalData").dump();
        return data.find("\"pd:PubliclyAvailableSocialMedia\"") != std::string::npos;
    };
    auto& visibility = around.held.rows[0].held.visibility;
    REQUIRE(visibility == fediverse::Visibility::Public);
    CHECK(available());
    visibility = fediverse::Visibility::Unlisted;
    CHECK(available());
    for (const auto hidden :
         {fediverse::Visibility::Followers, fediverse::Visibility::Direct, fediverse::Visibility::Unknown}) {
        visibility = hidden;
        CHECK_FALSE(available());
    }
}

TEST_CASE("In JSON-LD a request has the status that the vocabulary knows, or none", "[reports][json]") {
    Surroundings around;
    small_surroundings(around);
    auto report = full_report_of(around);
    const auto request = [&] {
        std::ostringstream out;
        render_jsonld(report, out);
        return nlohmann::json::parse(out.str()).at("dct:isReferencedBy");
    };
    CHECK(request().at("dpv:hasRequestStatus").at("@id") == "dpv:RequestAccepted");
    report.cover->state = privacy::RequestState::Fulfilled;
    CHECK(request().at("dpv:hasRequestStatus").at("@id") == "dpv:RequestFulfilled");
    report.cover->state = privacy::RequestState::PartlyFulfilled;  // neither fulfilled nor unfulfilled
    CHECK_FALSE(request().contains("dpv:hasRequestStatus"));
    CHECK(request().at("ft:requestState") == "partly_fulfilled");
    report.cover->state.reset();
    CHECK_FALSE(request().contains("ft:requestState"));
}

TEST_CASE("The schema refuses what is not a report", "[reports][json]") {
    const auto good = nlohmann::json::parse(json_of(report_of(small_ledger())));
    for (const auto* patch : {R"([{"op": "remove", "path": "/recipients/0/host"}])",
                              R"([{"op": "replace", "path": "/recipients/0/evidence", "value": "maybe"}])",
                              R"([{"op": "replace", "path": "/recipients/0/disclosures", "value": 0}])",
                              R"([{"op": "replace", "path": "/format", "value": "other/1"}])",
                              R"([{"op": "replace", "path": "/generated_at", "value": "yesterday"}])",
                              R"([{"op": "add", "path": "/extra", "value": 1}])"}) {
        INFO(patch);
        CHECK_FALSE(faults(good.patch(nlohmann::json::parse(patch))).empty());
    }
}

TEST_CASE("A report as JSON is the approved one", "[reports][json][approval]") {
    const auto text = json_of(report_of(small_ledger()));
    CHECK(text == approved("small.json", text));
}

TEST_CASE("A full report in JSON, JSON-LD and lists of items are the approved ones",
          "[reports][json][items][approval]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    CHECK(json_of(report) == approved("full.json", json_of(report)));
    const auto posts = public_posts_at(report, {around.held, kAlice});
    REQUIRE(posts);
    std::ostringstream linked;
    render_jsonld(report, linked, &*posts);
    CHECK(linked.str() == approved("full.jsonld", linked.str()));
    std::ostringstream items;
    REQUIRE(render_items_json(report, {around.held, kAlice}, items));
    CHECK(items.str() == approved("items.json", items.str()));
}

TEST_CASE("A handle cannot break out of its JSON string", "[reports][json]") {
    auto report = report_of(small_ledger());
    const std::string handle = "\"},\n{\"<script>alert(1)</script>\\\xFF@origin.example";
    report.subject = Personal<std::string>{handle};
    const auto document = nlohmann::json::parse(json_of(report));
    CHECK(document.at("subject").get<std::string>() ==
          "\"},\n{\"<script>alert(1)</script>\\\xEF\xBF\xBD@origin.example");
    CHECK(faults(document).empty());
}

TEST_CASE("Rendering thirty thousand recipients takes less than 100 ms of processor time",
          "[.][reports][speed]") {
    const auto report = report_of(made_up_ledger(30000));
    std::ofstream nowhere{"/dev/null"};
    const auto start = std::clock();
    render_json(report, english(), nowhere);
    const auto milliseconds = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    WARN("render_json of 30,000 recipients: " << milliseconds << " ms of processor time");
    CHECK(milliseconds < 100.0);
}

}  // namespace fedtrail::reports::test
