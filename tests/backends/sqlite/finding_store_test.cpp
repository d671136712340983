/// Where operators are, which servers are blocked and what was turned off: kept, against damage.

#include "backends/sqlite/finding_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/directory_book.hpp"
#include "recipients/here_and_now.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::testing::host;
using fedtrail::testing::kNow;
using fedtrail::testing::TempDir;
using records::BlockSeverity;
using records::Confidence;
using records::CountryFinding;
using records::CountrySource;
using sqlite::OpenMode;
using sqlite::SqliteDirectory;
using sqlite::SqliteFindings;

namespace {

HostCountry found(std::string_view name, CountrySource source, const char* code) {
    CountryFinding finding;
    finding.source = source;
    finding.confidence = Confidence::Medium;
    finding.found_at = kNow;
    finding.why = "seen";
    if (*code != '\0') {
        finding.country = *privacy::Country::parse(code);
    }
    return {host(name), finding};
}

std::unique_ptr<SqliteFindings> findings_in(const TempDir& folder) {
    auto book = SqliteFindings::open_file(folder / "directory.db", OpenMode::ReadWrite);
    REQUIRE(book);
    return std::move(*book);
}

std::vector<CountryFinding> findings(const SqliteFindings& book, std::string_view name) {
    const std::vector hosts{host(name)};
    return book.findings(hosts).value().at(0);
}

std::string block(const SqliteFindings& book, std::string_view name) {
    const std::vector hosts{host(name)};
    const auto one = book.blocks(hosts).value().at(0);
    if (!one) {
        return "-";
    }
    const auto words = [](const records::RecipientBlock& said) {
        return std::string{records::name_of(said.severity)} + " " + said.list + " " + said.reason;
    };
    auto all = words(*one);
    for (const auto& other : one->others) {
        all += "; " + words(other);
    }
    return all;
}

}  // namespace

TEST_CASE("What a source said of a host stands until it says otherwise", "[findings]") {
    const TempDir folder;
    const std::vector first{found("a.example", CountrySource::Imprint, "DE"),
                            found("a.example", CountrySource::WhoisFile, "US"),
                            found("b.example", CountrySource::Imprint, "")};
    REQUIRE(findings_in(folder)->keep(first));
    const auto book = findings_in(folder);
    REQUIRE(findings(*book, "a.example").size() == 2);
    CHECK(findings(*book, "a.example")[0] == first[1].finding);
    CHECK(findings(*book, "a.example")[1] == first[0].finding);
    CHECK_FALSE(findings(*book, "b.example").at(0).country);
    CHECK(findings(*book, "c.example").empty());
    REQUIRE(book->keep(std::vector{found("a.example", CountrySource::Imprint, "AT")}));
    CHECK(findings(*book, "a.example")[1].country == *privacy::Country::parse("AT"));
}

TEST_CASE("A registration places the hosts below its domain, an imprint does not", "[findings]") {
    const TempDir folder;
    const auto book = findings_in(folder);
    REQUIRE(book->keep(std::vector{found("example.org", CountrySource::WhoisFile, "DE"),
                                   found("example.org", CountrySource::Imprint, "DE"),
                                   found("near.social.example.org", CountrySource::WhoisFile, "FR")}));
    REQUIRE(findings(*book, "social.example.org").size() == 1);
    CHECK(findings(*book, "social.example.org")[0].source == CountrySource::WhoisFile);
    CHECK(findings(*book, "a.near.social.example.org").at(0).country == *privacy::Country::parse("FR"));
    CHECK(findings(*book, "xexample.org").empty());
}

TEST_CASE("A block holds for all below, the strongest counts, and a list is replaced whole", "[findings]") {
    const TempDir folder;
    const auto book = findings_in(folder);
    const std::vector<DomainBlock> first{{host("bad.example"), BlockSeverity::Limited, "loud"},
                                         {host("old.example"), BlockSeverity::Suspended, ""}};
    const std::vector<DomainBlock> second{{host("bad.example"), BlockSeverity::Suspended, "spam"},
                                          {host("bad.example"), BlockSeverity::Suspended, "twice"}};
    REQUIRE(book->replace_list("ours", kNow, first));
    CHECK(block(*book, "deep.bad.example") == "limited ours loud");
    REQUIRE(book->replace_list("shared", kNow, second));
    CHECK(block(*book, "bad.example") == "suspended shared twice; limited ours loud");
    REQUIRE(book->replace_list(
        "again",
        kNow,
        std::vector<DomainBlock>{{host("deep.bad.example"), BlockSeverity::Suspended, "deep"}}));
    CHECK(block(*book, "deep.bad.example") ==
          "suspended again deep; limited ours loud; suspended shared twice");
    REQUIRE(book->replace_list("again", kNow, {}));
    CHECK(block(*book, "old.example") == "suspended ours ");
    CHECK(block(*book, "notbad.example") == "-");
    REQUIRE(book->replace_list("ours", kNow, {}));
    CHECK(block(*book, "old.example") == "-");
    CHECK(block(*book, "bad.example") == "suspended shared twice");
}

TEST_CASE("A switch remembers who turned it, and why", "[findings]") {
    const TempDir folder;
    CHECK(findings_in(folder)->turns("dpf")->empty());
    REQUIRE(findings_in(folder)->turn({"dpf", false, kNow, "cli", "the court"}));
    REQUIRE(findings_in(folder)->turn({"dpf", true, kNow, "api:1", "repaired"}));
    const auto turns = findings_in(folder)->turns("dpf");
    REQUIRE(turns);
    REQUIRE(turns->size() == 2);
    CHECK_FALSE((*turns)[0].on);
    CHECK((*turns)[0].reason == "the court");
    CHECK((*turns)[1].on);
    CHECK((*turns)[1].by == "api:1");
    CHECK(findings_in(folder)->turns("other")->empty());
}

TEST_CASE("Findings that were changed by hand are found", "[findings][doctor]") {
    const TempDir folder;
    {
        const auto book = findings_in(folder);
        REQUIRE(book->keep(std::vector{found("a.example", CountrySource::Imprint, "DE")}));
        const std::vector<DomainBlock> blocks{{host("bad.example"), BlockSeverity::Limited, "loud"}};
        REQUIRE(book->replace_list("ours", kNow, blocks));
        REQUIRE(book->turn({"dpf", false, kNow, "cli", "the court"}));
    }
    const auto faults = [&] {
        return (*SqliteDirectory::open_file(folder / "directory.db", OpenMode::ReadWrite))
            ->check()
            ->faults.size();
    };
    REQUIRE(faults() == 0);
    const char* const harm = GENERATE("UPDATE country_finding SET host = 'b.example'",
                                      "UPDATE country_finding SET source = 4",
                                      "UPDATE country_finding SET content = x'0102'",
                                      "UPDATE domain_block SET host = 'good.example'",
                                      "UPDATE domain_block SET list = 'theirs'",
                                      "UPDATE switch_turn SET name = 'fpd'",
                                      "UPDATE switch_turn SET number = 7",
                                      "UPDATE switch_turn SET content = x''");
    CAPTURE(harm);
    SQLite::Database{(folder / "directory.db").string(), SQLite::OPEN_READWRITE}.exec(harm);
    CHECK(faults() == 1);
}
