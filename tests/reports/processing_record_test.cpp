#include "reports/processing_record.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/approve.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/rendered.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fedtrail::testing::kLanguages;

ProcessingRecord record_of(const OperatorFacts& facts, const PaperTexts& texts) {
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    auto record = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    return std::move(*record);
}

std::string csv_of(const ProcessingRecord& record, RecordColumns columns, const PaperTexts& texts) {
    std::ostringstream out;
    render_csv(record_table(record, columns, texts), out);
    return std::move(out).str();
}

struct Members {
    std::vector<std::string> names;
    std::vector<Packing> packings;
    std::map<std::string, std::string> contents;
    bool finished{};
};

/// Keeps the members as they were written.
class MemberList : public PackageWriter {
public:
    explicit MemberList(Members& kept) : kept_(kept) {}

    [[nodiscard]] Result<void> add(const std::string& name,
                                   const std::function<Result<void>(std::ostream&)>& write,
                                   Packing packing) override {
        std::ostringstream content;
        auto written = write(content);
        kept_.names.push_back(name);
        kept_.packings.push_back(packing);
        kept_.contents[name] = content.str();
        return written;
    }
    [[nodiscard]] Result<void> finish() override {
        kept_.finished = true;
        return {};
    }

private:
    Members& kept_;
};

}  // namespace

TEST_CASE("The record as CSV is the approved one, in the order of each authority",
          "[reports][record][approval]") {
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
        const auto record = record_of(example_facts(), texts);
        const auto cnil = csv_of(record, RecordColumns::Cnil, texts);
        CHECK(cnil == approved("ropa.cnil." + std::string{language} + ".csv", cnil));
        const auto ico = csv_of(record, RecordColumns::Ico, texts);
        CHECK(ico == approved("ropa.ico." + std::string{language} + ".csv", ico));
        CHECK(ico != cnil);
        CHECK(count_of(ico, "\r\n") == 1 + kActivities.size());
    }
}

TEST_CASE("The record as JSON and JSON-LD is the approved one", "[reports][record][approval]") {
    const auto& texts = papers_in("en");
    const auto record = record_of(example_facts(), texts);
    std::ostringstream json;
    render_json(record, texts, json);
    CHECK(json.str() == approved("ropa.json", json.str()));
    CHECK(schema_faults("ropa", json.str()).empty());
    std::ostringstream linked;
    render_jsonld(record, texts, linked);
    CHECK(linked.str() == approved("ropa.jsonld", linked.str()));
}

TEST_CASE("Only terms of the vocabulary are in the JSON-LD", "[reports][record]") {
    // Each was looked up in the CSV release of DPV 2.3 (25 February 2026).
    const std::set<std::string> known{"dpv:DataController",
                                      "dpv:DataProcessingRecord",
                                      "dpv:DataProtectionAuthority",
                                      "dpv:DataProcessor",
                                      "dpv:JointDataControllers",
                                      "dpv:Process",
                                      "dpv:CrossBorderTransfer",
                                      "dpv:StorageDuration",
                                      "dpv:DiscloseByTransmission",
                                      "dpv:MakeAvailable",
                                      "dpv:hasAddress",
                                      "dpv:hasAuthority",
                                      "dpv:hasContact",
                                      "dpv:hasCountry",
                                      "dpv:hasDataController",
                                      "dpv:hasDataImporter",
                                      "dpv:hasDataProtectionOfficer",
                                      "dpv:hasDataSubject",
                                      "dpv:hasLegalBasis",
                                      "dpv:hasName",
                                      "dpv:hasPersonalData",
                                      "dpv:hasProcessing",
                                      "dpv:hasPurpose",
                                      "dpv:hasRecipient",
                                      "dpv:hasRepresentative",
                                      "dpv:hasRight",
                                      "dpv:hasStorageCondition",
                                      "dpv:hasTechnicalOrganisationalMeasure",
                                      "dpv:hasThirdCountry",
                                      "eu-gdpr:A6-1-b",
                                      "eu-gdpr:A6-1-c",
                                      "eu-gdpr:A6-1-f",
                                      "eu-gdpr:A15",
                                      "eu-gdpr:A16",
                                      "eu-gdpr:A17",
                                      "eu-gdpr:A18",
                                      "eu-gdpr:A20",
                                      "eu-gdpr:A21",
                                      "eu-gdpr:A46-2-c",
                                      "eu-gdpr:A77",
                                      "eu-gdpr:A9-2-e",
                                      "loc:NL",
                                      "loc:US",
                                      "pd:Communication",
                                      "pd:CommunicationsMetadata",
                                      "pd:IPAddress",
                                      "pd:Interaction",
                                      "pd:Language",
                                      "pd:Name",
                                      "pd:Opinion",
                                      "pd:Picture",
                                      "pd:Profile",
                                      "pd:PubliclyAvailableSocialMedia",
                                      "pd:SocialMediaCommunication",
                                      "pd:SocialNetwork",
                                      "pd:UID",
                                      "pd:UserAgent",
                                      "pd:Username"};
    const auto& texts = papers_in("en");
    std::ostringstream out;
    render_jsonld(record_of(example_facts(), texts), texts, out);
    const auto text = out.str();
    std::set<std::string> used;
    for (const std::string prefix : {"\"dpv:", "\"eu-gdpr:", "\"loc:", "\"pd:"}) {
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
            used.insert(text.substr(at + 1, text.find('"', at + 1) - at - 1));
        }
    }
    for (const auto& term : used) {
        CAPTURE(term);
        CHECK(known.count(term) == 1);
    }
    CHECK(used.size() > 30);
}

TEST_CASE("Third countries come from the ledger and from the processors", "[reports][record]") {
    const auto record = record_of(example_facts(), papers_in("en"));
    REQUIRE(record.entries.size() == 8);
    const auto& accounts = record.entries[0];
    REQUIRE(accounts.third_countries.size() == 1);
    CHECK(accounts.third_countries[0].to == "Example Mail Inc.");
    CHECK(accounts.third_countries[0].basis == "A46-2-c");
    const auto& federation = record.entries[2];
    CHECK(federation.processors == std::vector<std::string>{"Example Hosting GmbH, Berlin"});
    REQUIRE(federation.third_countries.size() == 2);  // NL and DE need none
    CHECK(federation.third_countries[0].country == "US");
    CHECK(federation.third_countries[0].servers == 1);
    CHECK(federation.third_countries[1].country.empty());
    CHECK(federation.third_countries[1].basis == "undocumented");
}

TEST_CASE("A hint makes no third country of a country", "[reports][record]") {
    const auto& texts = papers_in("en");
    auto hinted = card_of("hint.example", "DE", privacy::BasisKind::Undocumented, "mastodon");
    hinted.country.confidence = records::Confidence::Low;
    const RecipientLedger ledger{{totals_of("hint.example", 1), totals_of("stranger.example", 1)}};
    const CardRegister recipients{{hinted}};
    const auto record = build_processing_record(
        {example_facts(), example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    const auto& went = record->entries[2].third_countries;
    REQUIRE(went.size() == 2);
    CHECK(went[0].country.empty());
    CHECK(went[0].hint == "DE");
    CHECK(went[1].hint.empty());
    CHECK(contains(csv_of(*record, RecordColumns::Ico, texts),
                   "not known (hint: Germany) (1 server); not known (1 server)"));
    std::ostringstream linked;
    render_jsonld(*record, texts, linked);
    CHECK_FALSE(contains(linked.str(), "\"loc:DE\""));
    std::ostringstream json;
    render_json(*record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    CHECK(contains(json.str(), "\"hint\": \"DE\""));
}

TEST_CASE("A transfer outside the EEA is intended before anything went there", "[reports][record]") {
    const auto& texts = papers_in("en");
    const RecipientLedger nothing{{}};
    const auto record = build_processing_record(
        {example_facts(), example_policies(), nothing, CardRegister{}, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    const auto& federation = record->entries[2];
    REQUIRE(federation.third_countries.size() == 1);
    CHECK(federation.third_countries[0].intended);
    CHECK(federation.third_countries[0].country.empty());
    CHECK(federation.third_countries[0].basis == "undocumented");
    const auto csv = csv_of(*record, RecordColumns::Cnil, texts);
    CHECK(count_of(csv, "any country from which somebody follows an account here (none recorded yet)") == 2);
    std::ostringstream json;
    render_json(*record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    CHECK(count_of(json.str(), "\"intended\": true") == 1);
    for (const auto& entry : record_of(example_facts(), texts).entries) {
        for (const auto& country : entry.third_countries) {
            CHECK_FALSE(country.intended);
        }
    }
}

TEST_CASE("The record says where contracts, safeguards, consents and data are", "[reports][record]") {
    auto facts = example_facts();
    facts.processors[0].contract = "folder 12";
    facts.processors[1].contract = "folder 13";
    facts.processors[1].safeguard_document = "folder 14";
    auto& accounts = facts.activities[0];
    accounts.sub_purposes["en"] = "sign-in; recovery";
    accounts.consents = "table consents";
    accounts.location = "Amsterdam";
    accounts.breaches = "breaches.ods";
    const auto& texts = papers_in("en");
    const auto record = record_of(facts, texts);
    const auto cell = [&](RecordColumns columns, const std::string& title) {
        const auto table = record_table(record, columns, texts);
        const auto found = std::find(table.titles.begin(), table.titles.end(), title);
        REQUIRE(found != table.titles.end());
        return table.rows[0][static_cast<std::size_t>(found - table.titles.begin())];
    };
    CHECK(cell(RecordColumns::Ico, "Contracts with processors") ==
          "Example Hosting GmbH, Berlin: folder 12; Example Mail Inc.: folder 13");
    CHECK(cell(RecordColumns::Ico, "Where consents are recorded") == "table consents");
    CHECK(cell(RecordColumns::Ico, "Location of the data") == "Amsterdam");
    CHECK(cell(RecordColumns::Ico, "Where breaches are recorded") == "breaches.ods");
    CHECK(cell(RecordColumns::Cnil, "Sub-purposes") == "sign-in; recovery");
    for (const auto columns : {RecordColumns::Cnil, RecordColumns::Ico}) {
        CHECK(cell(columns, "Where the safeguards are documented") == "Example Mail Inc.: folder 14");
    }
    std::ostringstream json;
    render_json(record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    const auto document = nlohmann::json::parse(json.str());
    CHECK(document["processors"][1]["contract"] == "folder 13");
    CHECK(document["activities"][0]["location"] == "Amsterdam");
    CHECK(document["activities"][1]["location"].is_null());
    // Said in another language only: not left out in silence.
    const auto missing = missing_items(facts, PaperKind::Record, "de", example_policies().adequacy, true);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "processing.accounts.sub_purposes.de");
}

TEST_CASE("The record says of a retention policy what the controller said, and nothing else",
          "[reports][record]") {
    auto facts = example_facts();
    auto& accounts = facts.activities[0];
    accounts.special_condition = "paragraph 6";
    accounts.retention_policy = "folder 15";
    accounts.retention_followed = "no";
    accounts.retention_reason["en"] = "a strike";
    const auto& texts = papers_in("en");
    const auto record = record_of(facts, texts);
    const auto table = record_table(record, RecordColumns::Ico, texts);
    const auto last_cells = [&](std::size_t row) {
        return std::vector<std::string>{table.rows[row].end() - 4, table.rows[row].end()};
    };
    CHECK(std::vector<std::string>{table.titles.end() - 4, table.titles.end()} ==
          std::vector<std::string>{"Condition of Schedule 1 (Data Protection Act 2018)",
                                   "Policy of retention and erasure",
                                   "Whether that policy is followed",
                                   "Why it is not followed"});
    CHECK(last_cells(0) == std::vector<std::string>{"paragraph 6", "folder 15", "no", "a strike"});
    CHECK(last_cells(1) == std::vector<std::string>(4));
    REQUIRE(record.entries.back().activity.code == "ledger");
    CHECK(last_cells(record.entries.size() - 1) ==
          std::vector<std::string>{"", "policies/retention.json", "", ""});
    std::ostringstream json;
    render_json(record, texts, json);
    CHECK(schema_faults("ropa", json.str()).empty());
    const auto document = nlohmann::json::parse(json.str());
    CHECK(document["activities"][0]["special_condition"] == "paragraph 6");
    CHECK(document["activities"][0]["retention_followed"] == false);
    CHECK(document["activities"][0]["retention_reason"] == "a strike");
    CHECK(document["activities"][1]["retention_followed"].is_null());
    // Said in another language only: not left out in silence.
    const auto missing = missing_items(facts, PaperKind::Record, "de", example_policies().adequacy, true);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "processing.accounts.retention_reason.de");
}

TEST_CASE("None is said as the column's noun asks for it, and to nobody in particular", "[reports][record]") {
    const std::map<std::string, std::vector<std::string>> none{
        {"fr", {"aucune", "aucun"}}, {"es", {"ninguna", "ninguno"}}, {"it", {"nessuna", "nessuno"}}};
    for (const auto& [language, words] : none) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        CHECK(texts.at("record.none.sensitive") == words[0]);
        CHECK(texts.at("record.none.automated") == words[0]);
        CHECK(texts.at("record.none.third_countries") == words[1]);
        CHECK(texts.at("record.none.transfer_recipients") == words[1]);
    }
    const auto csv = csv_of(record_of(example_facts(), papers_in("en")), RecordColumns::Ico, papers_in("en"));
    CHECK(count_of(csv, " you ") == 0);
    CHECK(count_of(csv, " you,") == 0);
}

TEST_CASE("Art. 30(1) asks for less than a notice, and for measures", "[reports][record]") {
    auto facts = example_facts();
    facts.required.clear();
    facts.automated.clear();
    facts.controller.authority.clear();
    for (auto& each : facts.activities) {
        each.legal_basis.clear();
        each.legitimate_interest.clear();
    }
    CHECK(missing_items(facts, PaperKind::Record, "en", example_policies().adequacy, true).empty());
    facts.measures.clear();
    CHECK(missing_items(facts, PaperKind::Record, "en", example_policies().adequacy, true).empty());
    facts.own_measures.clear();
    const auto missing = missing_items(facts, PaperKind::Record, "en", example_policies().adequacy, true);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "ropa.measures");
    CHECK(missing[0].article == "30(1)(g)");
}

TEST_CASE("What was said in another language is not left out in silence", "[reports][record]") {
    auto facts = example_facts();
    facts.activities[5].legitimate_interest = {{"de", "Sicherheit"}};
    const auto missing = missing_items(facts, PaperKind::Record, "en", example_policies().adequacy, true);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "processing.logs.legitimate_interest.en");
    facts = example_facts();
    facts.own_measures = {{"", "The server room is locked."}};
    CHECK(missing_items(facts, PaperKind::Record, "en", example_policies().adequacy, true).empty());
    const auto foreign = missing_items(facts, PaperKind::Record, "de", example_policies().adequacy, true);
    CHECK(std::any_of(foreign.begin(), foreign.end(), [](const auto& each) {
        return each.key == "ropa.own_measures.de" && each.article == "30(1)(g)";
    }));
}

TEST_CASE("A cell that a spreadsheet would calculate does not", "[reports][record]") {
    auto facts = example_facts();
    facts.controller.name = "=HYPERLINK(\"https://evil.example\")";
    facts.measures.clear();
    facts.own_measures = {{"en", "+cmd|x\r\na \"b\", c"}};
    const auto& texts = papers_in("en");
    const auto csv = csv_of(record_of(facts, texts), RecordColumns::Ico, texts);
    CHECK(count_of(csv, ",=") == 0);
    CHECK(count_of(csv, "\"'=HYPERLINK") == kActivities.size());
    CHECK(count_of(csv, "\r\n") == 1 + kActivities.size());
}

TEST_CASE("The spreadsheet's members are those of an OpenDocument package", "[reports][record][approval]") {
    auto facts = example_facts();
    facts.address = "<&\"> \x01 Street";
    const auto& texts = papers_in("en");
    const auto record = record_of(facts, texts);
    Members archive;
    const PackageMaker package = [&archive](std::ostream&, Instant) {
        return std::make_unique<MemberList>(archive);
    };
    std::ostringstream out;
    REQUIRE(render_ods(record, record_table(record, RecordColumns::Cnil, texts), texts, package, out));
    CHECK(archive.finished);
    CHECK(archive.names ==
          std::vector<std::string>{"mimetype", "content.xml", "meta.xml", "META-INF/manifest.xml"});
    CHECK(archive.packings.front() == Packing::Stored);
    CHECK(std::count(archive.packings.begin(), archive.packings.end(), Packing::Deflated) == 3);
    CHECK(archive.contents["mimetype"] == "application/vnd.oasis.opendocument.spreadsheet");
    const auto& content = archive.contents["content.xml"];
    CHECK(content.find("&lt;&amp;&quot;&gt;   Street") != std::string::npos);
    CHECK(count_of(content, "<table:table ") == 2 + kActivities.size());
    CHECK(content == approved("ropa.content.xml", content));
}

TEST_CASE("Column orders are known by name", "[reports][record]") {
    CHECK(record_columns_named("cnil") == RecordColumns::Cnil);
    CHECK(record_columns_named("ico") == RecordColumns::Ico);
    CHECK_FALSE(record_columns_named("dpc"));
}

}  // namespace fedtrail::reports::test
