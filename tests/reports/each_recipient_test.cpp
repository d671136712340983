#include "reports/each_recipient.hpp"

#include <sstream>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/federation_figures.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"
#include "reports/schema_faults.hpp"

namespace fedtrail::reports::test {

namespace {

using fediverse::DataCategory;
using fediverse::NoticeState;
using privacy::BasisKind;
using privacy::Channel;
using privacy::Evidence;

PairAggregate pair(std::string_view recipient, std::string_view first, std::uint64_t disclosures) {
    PairAggregate made;
    made.recipient = host(recipient);
    made.first = at(first);
    made.last = made.first;
    made.objects = 1;
    made.disclosures = disclosures;
    made.channels.add(Channel::Push);
    made.categories.add(DataCategory::PostText);
    made.strongest = Evidence::Accepted;
    return made;
}

/// peer.example with a www and a port, and another one.
void several_hosts(Surroundings& around) {
    around.ledger.whole.first = at("2026-11-18T00:00:00Z");
    around.ledger.pairs = {pair("other.example", "2026-11-21T00:00:00Z", 1),
                           pair("peer.example", "2026-11-20T00:00:00Z", 2),
                           pair("alias.example", "2026-11-19T00:00:00Z", 4),
                           pair("peer.example:8443", "2026-11-22T00:00:00Z", 8)};
    around.ledger.pairs[2].strongest = Evidence::Inferred;
    around.ledger.pairs[2].categories = {DataCategory::Media};
    records::RecipientCard card{host("peer.example")};
    card.aliases = {{host("alias.example"), "nodeinfo"}, {host("idle.example"), "www"}};
    card.country.country = *privacy::Country::parse("US");
    card.country.source = records::CountrySource::Admin;
    card.country.confidence = records::Confidence::High;
    card.basis.kind = BasisKind::StandardClauses;
    card.basis.reason = privacy::BasisReason::ClausesOnFile;
    around.known.known[card.host] = card;
    card.host = host("alias.example");
    card.aliases = {{host("idle.example"), "www"}, {host("peer.example"), "main"}};
    around.known.known[card.host] = card;
    records::RecipientCard other{host("other.example")};
    around.known.known[other.host] = other;
}

const ReportedRecipient& row_of(const TransferReport& report, std::string_view name) {
    for (const auto& row : report.recipients) {
        if (row.pair.recipient.text() == name) {
            return row;
        }
    }
    FAIL("no row of " << name);
    return report.recipients.front();
}

}  // namespace

TEST_CASE("A recipient with several hosts is counted once, and has a row for each", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    const auto report = full_report_of(around);
    REQUIRE(report.recipients.size() == 4);
    CHECK(row_of(report, "peer.example").joined_to.empty());
    CHECK(row_of(report, "other.example").joined_to.empty());
    CHECK(row_of(report, "alias.example").joined_to == host("peer.example"));
    CHECK(row_of(report, "peer.example:8443").joined_to == host("peer.example"));
    const auto& totals = report.totals;
    CHECK(totals.recipients == 2);
    CHECK(totals.hosts == 4);
    CHECK(totals.disclosures == 15);
    // Of the port nothing is known, so the recipient rests on nothing that is on record.
    CHECK(totals.undocumented == 2);
    CHECK(totals.country_unknown == 2);
    REQUIRE(report.countries.size() == 1);
    CHECK(report.countries[0].servers == 2);
}

TEST_CASE("The figures of a recipient are those of all its hosts", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    auto report = full_report_of(around);
    const EachRecipient recipients{report.recipients};
    REQUIRE(recipients.list().size() == 2);
    const ReportedRecipient& peer = recipients.list()[1];
    CHECK(peer.pair.recipient == host("peer.example"));
    CHECK(peer.pair.disclosures == 14);
    CHECK(format_rfc3339(peer.pair.first) == "2026-11-19T00:00:00Z");
    CHECK(format_rfc3339(peer.pair.last) == "2026-11-22T00:00:00Z");
    CHECK(peer.pair.categories.has(DataCategory::Media));
    CHECK(peer.pair.categories.has(DataCategory::PostText));
    CHECK(peer.pair.strongest == Evidence::Accepted);
    CHECK(peer.card.basis.kind == BasisKind::Undocumented);
}

TEST_CASE("A recipient is gone only where all its hosts are", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    around.ledger.pairs.pop_back();
    const std::pair peer{host("peer.example"), NoticeState::VerifiedGone};
    SECTION("one was not asked") {
        ask_for(around, records::ScopeKind::Account, {peer});
        const auto report = full_report_of(around);
        CHECK(report.totals.told == 0);
        CHECK(report.totals.verified_gone == 0);
    }
    SECTION("one keeps its copy") {
        ask_for(
            around, records::ScopeKind::Account, {peer, {host("alias.example"), NoticeState::StillPresent}});
        const auto report = full_report_of(around);
        CHECK(report.totals.told == 1);
        CHECK(report.totals.verified_gone == 0);
    }
    SECTION("all are gone") {
        ask_for(
            around, records::ScopeKind::Account, {peer, {host("alias.example"), NoticeState::VerifiedGone}});
        const auto report = full_report_of(around);
        CHECK(report.totals.told == 1);
        CHECK(report.totals.verified_gone == 1);
    }
}

TEST_CASE("Where its main host got nothing, the first row stands for a recipient", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    around.ledger.pairs.erase(around.ledger.pairs.begin() + 1);  // peer.example
    around.ledger.pairs.pop_back();
    around.ledger.pairs.push_back(pair("idle.example", "2026-11-22T00:00:00Z", 1));
    around.known.known[host("idle.example")] = around.known.known[host("alias.example")];
    around.known.known[host("idle.example")].host = host("idle.example");
    const auto report = full_report_of(around);
    CHECK(report.totals.recipients == 2);
    CHECK(row_of(report, "alias.example").joined_to.empty());
    CHECK(row_of(report, "idle.example").joined_to == host("alias.example"));
}

TEST_CASE("Every form of a report says which hosts are one recipient", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    const auto report = full_report_of(around);

    const auto page = html_of(report);
    CHECK(page.find("2 servers received data") != std::string::npos);
    CHECK(count_of(page, "the same recipient as peer.example") == 2);
    CHECK(page.find(english().at("sentence.several_hosts")) != std::string::npos);

    std::ostringstream csv;
    render_csv(report, csv);
    CHECK(csv.str().find(",number,joined_to,") != std::string::npos);
    CHECK(count_of(csv.str(), ",peer.example,,,us\r\n") == 2);

    std::ostringstream json;
    render_json(report, english(), json);
    CHECK(schema_faults("transfer-report", json.str()).empty());
    const auto document = nlohmann::json::parse(json.str());
    CHECK(document["totals"]["recipients"] == 2);
    CHECK(document["totals"]["hosts"] == 4);
    CHECK(document["recipients"][0]["joined_to"] == "peer.example");
    CHECK(document["recipients"][1]["joined_to"].is_null());

    std::ostringstream linked;
    render_jsonld(report, linked);
    // Each of the three points at its importer, and describes it.
    CHECK(count_of(linked.str(), R"("@id": "https://peer.example/")") +
              count_of(linked.str(), R"("@id":"https://peer.example/")") ==
          6);
}

TEST_CASE("In every language a page says which hosts are one recipient", "[reports][joined]") {
    Surroundings around;
    several_hosts(around);
    for (const auto* const language : {"de", "en", "es", "fr", "it", "nl", "pl"}) {
        INFO(language);
        const auto& texts = texts_in(language);
        const auto page = html_of(full_report_of(around, texts), texts);
        const auto same = texts.fill("sentence.joined_to", {{"host", "peer.example"}});
        CHECK(count_of(page, same) == 2);
        CHECK(page.find(texts.at("sentence.several_hosts")) != std::string::npos);
    }
}

TEST_CASE("A page of recipients with one host each says nothing of hosts", "[reports][joined]") {
    Surroundings around;
    small_surroundings(around);
    const auto page = html_of(full_report_of(around));
    CHECK(page.find("the same recipient as") == std::string::npos);
    CHECK(page.find(english().at("sentence.several_hosts")) == std::string::npos);
}

TEST_CASE("An item at two hosts of a recipient is held by one server", "[reports][items][joined]") {
    Surroundings around;
    several_hosts(around);
    around.held.add("https://origin.example/a/1",
                    "https://origin.example/1",
                    {},
                    {"peer.example", "alias.example", "other.example"},
                    "2026-11-20T00:00:00Z");
    const auto report = full_report_of(around);
    const auto items = items_of(around, report);
    REQUIRE(items.latest.size() == 1);
    CHECK(items.latest[0].servers == 2);
    std::ostringstream csv;
    REQUIRE(render_items_csv(report, {around.held, kAlice}, csv));
    CHECK(csv.str().find(",2,0-2\r\n") != std::string::npos);
    std::ostringstream json;
    REQUIRE(render_items_json(report, {around.held, kAlice}, json));
    CHECK(schema_faults("transfer-report-items", json.str()).empty());
    const auto document = nlohmann::json::parse(json.str());
    CHECK(document["items"][0]["servers"] == 2);
    CHECK(document["joined_to"] ==
          nlohmann::json{{"alias.example", "peer.example"}, {"peer.example:8443", "peer.example"}});
}

TEST_CASE("Papers count recipients, not hosts or ports", "[reports][notice][joined]") {
    auto peer = card_of("peer.example", "US", BasisKind::Undocumented, "mastodon");
    auto alias = peer;
    alias.host = host("www.peer.example");
    alias.aliases = {{host("peer.example"), "main"}};
    auto port = peer;
    port.host = host("peer.example:8443");
    const RecipientLedger ledger{{totals_of("peer.example", 1),
                                  totals_of("peer.example:8443", 2),
                                  totals_of("www.peer.example", 3),
                                  totals_of("z.example", 4)}};
    const auto figures = federation_figures(ledger, CardRegister{{peer, alias, port}}, privacy::Day{}, 9);
    REQUIRE(figures);
    CHECK(figures->recipients == 2);
    CHECK(figures->undocumented == 2);
    CHECK(figures->disclosures == 10);
}

TEST_CASE("Papers count a recipient under the weakest basis of its hosts", "[reports][notice][joined]") {
    const auto peer = card_of("peer.example", "NL", BasisKind::NoneNeeded, "mastodon");
    const auto port = card_of("peer.example:8443", "", BasisKind::Undocumented, "");
    const RecipientLedger ledger{{totals_of("peer.example", 1), totals_of("peer.example:8443", 2)}};
    const auto figures = federation_figures(ledger, CardRegister{{peer, port}}, privacy::Day{}, 9);
    REQUIRE(figures);
    CHECK(figures->recipients == 1);
    CHECK(figures->undocumented == 1);
    REQUIRE(figures->places.size() == 1);
    CHECK(figures->places[0].basis == BasisKind::Undocumented);
    CHECK_FALSE(figures->places[0].country);
    REQUIRE(figures->software.size() == 1);
    CHECK(figures->software[0].software == "mastodon");
}

}  // namespace fedtrail::reports::test
