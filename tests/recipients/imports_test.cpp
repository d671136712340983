#include "recipients/imports.hpp"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/csv.hpp"
#include "recipients/here_and_now.hpp"
#include "recipients/transfer_rules_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::kNow;
using fedtrail::testing::schema_faults;
using records::BlockSeverity;

TEST_CASE("A block of everything below a domain is one of the domain", "[recipients][import]") {
    const auto csv = read_domain_blocks("domain,severity\n*.bad.example,suspend\n*.hid*en.example,suspend\n");
    REQUIRE(csv);
    REQUIRE(csv->rows.size() == 1);
    CHECK(csv->rows[0].host.text() == "bad.example");
    CHECK(csv->left_out.size() == 1);
    for (const auto* text : {"*.bad.example\n", R"(["*.bad.example"])"}) {
        const auto list = read_lemmy_blocks(text);
        REQUIRE(list);
        REQUIRE(list->rows.size() == 1);
        CHECK(list->rows[0].host.text() == "bad.example");
    }
}

TEST_CASE("What is exported starts no formula, and comes back as it was", "[recipients][import]") {
    const auto host = *Host::parse("a.example");
    for (const auto* value :
         {"=cmd|x", "=HYPERLINK(\"x\")", "+49 30", "-", "@a", "'=1", "''@x", "'tis", "plain"}) {
        CAPTURE(value);
        const std::vector<DeclaredWord> words{
            {"operator", Personal<std::string>{value}, kNow, "cli", std::string{"="} + value}};
        const auto csv = declarations_csv(host, words);
        const auto rows = read_csv(csv);
        REQUIRE(rows);
        for (const auto& cell : rows->at(0).cells) {
            CAPTURE(cell);
            CHECK(std::string{"=+-@"}.find(cell.front()) == std::string::npos);
        }
        const auto orders = read_declarations(declarations_heading() + csv, "import");
        REQUIRE(orders);
        REQUIRE(orders->size() == 1);
        CHECK((*orders)[0].reason == std::string{"="} + value);
        CHECK((*orders)[0].words.at(0).value == value);
    }
}

TEST_CASE("Tables are read as RFC 4180 says", "[recipients][import]") {
    const auto rows = read_csv(
        "\xef\xbb\xbf"
        "a,b\r\n\"x \"\"y\"\", z\",\"two\nlines\"\r\n\r\nlast,\n,\n");
    REQUIRE(rows);
    REQUIRE(rows->size() == 4);
    CHECK((*rows)[0].cells == std::vector<std::string>{"a", "b"});
    CHECK((*rows)[1].cells == std::vector<std::string>{"x \"y\", z", "two\nlines"});
    CHECK((*rows)[1].line == 2);
    CHECK((*rows)[2].cells == std::vector<std::string>{"last", ""});
    CHECK((*rows)[2].line == 5);
    CHECK((*rows)[3].cells == std::vector<std::string>{"", ""});
    CHECK_FALSE(read_csv("a,\"b"));
    CHECK(read_csv("")->empty());
    CHECK_FALSE(CsvTable::read("\n"));
    CHECK_FALSE(read_csv(std::string(1001, ',')));
}

TEST_CASE("Quoting and reading give the same text", "[recipients][import]") {
    for (const auto* text : {"plain", "a,b", "\"", "two\nlines", "", " blank "}) {
        const auto rows = read_csv(csv_quoted(text) + ",x\n");
        REQUIRE(rows);
        CHECK((*rows)[0].cells[0] == text);
    }
}

TEST_CASE("Mastodon's export and fediblockhole's are one form", "[recipients][import]") {
    for (const auto* csv :
         {"#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
          "bad.example,suspend,true,true,\"spam, and more\",false\nloud.example,silence,false,false,,false\n"
          "fine.example,noop,false,false,,false\nhid*en.example,suspend,false,false,,true\n",
          "domain,severity,private_comment,public_comment,reject_media,reject_reports,obfuscate\n"
          "Bad.Example,suspend,ours,\"spam, and "
          "more\",True,True,False\nloud.example,silence,,,False,False,False\n"
          "fine.example,noop,,,False,False,False\nhid*en.example,suspend,,,False,False,False\n"}) {
        const auto list = read_domain_blocks(csv);
        REQUIRE(list);
        REQUIRE(list->rows.size() == 2);
        CHECK(list->rows[0].host.text() == "bad.example");
        CHECK(list->rows[0].severity == BlockSeverity::Suspended);
        CHECK(list->rows[0].reason == "spam, and more");
        CHECK(list->rows[1].severity == BlockSeverity::Limited);
        REQUIRE(list->left_out.size() == 2);
        CHECK(list->left_out[0].line == 4);
        CHECK(list->left_out[1].line == 5);
    }
    CHECK(read_domain_blocks("domain,public_comment\nbad.example,\"a\n\x1b[2Jb\"\n")->rows[0].reason ==
          "a  [2Jb");
    CHECK_FALSE(read_domain_blocks("host\nbad.example\n"));
    CHECK(read_domain_blocks("domain\nbad.example\n")->rows[0].severity == BlockSeverity::Suspended);
}

TEST_CASE("Lemmy's blocked instances come as an answer, a list or lines", "[recipients][import]") {
    for (
        const auto* text :
        {R"({"federated_instances":{"linked":[{"domain":"ok.example"}],"blocked":[{"id":1,"domain":"bad.example"},{"id":2,"domain":"worse.example"}]}})",
         R"(["bad.example","worse.example"])",
         "bad.example\nworse.example\n",
         "bad.example, worse.example",
         "domain\n\"bad.example\"\r\n\"worse.example\"\r\n"}) {
        CAPTURE(text);
        const auto list = read_lemmy_blocks(text);
        REQUIRE(list);
        REQUIRE(list->rows.size() == 2);
        CHECK(list->rows[1].host.text() == "worse.example");
        CHECK(list->left_out.empty());
    }
    CHECK_FALSE(read_lemmy_blocks("{\"federated_instances\":null}"));
    CHECK_FALSE(read_lemmy_blocks("{"));
    CHECK(read_lemmy_blocks("[1,{\"domain\":3},\"a b\",\"c.example\"]")->left_out.size() == 3);
}

TEST_CASE("What came in place of Lemmy's names empties no list", "[recipients][import]") {
    for (const auto* text : {"",
                             "<html>\n<h1>502 Bad Gateway</h1>\n</html>\n",
                             "{}",
                             R"({"federated_instances":{"blocked":[{"id":1,"name":"a.example"}]}})"}) {
        CAPTURE(text);
        CHECK_FALSE(read_lemmy_blocks(text));
    }
    for (const auto* nobody :
         {"[]", R"({"federated_instances":{"blocked":[],"linked":["a.example"]}})", "# nobody\n", "\n"}) {
        CAPTURE(nobody);
        const auto list = read_lemmy_blocks(nobody);
        REQUIRE(list);
        CHECK(list->rows.empty());
    }
    const auto mixed = read_lemmy_blocks(
        R"([["a.example"],{"x":{"domain":"b.example"}},{"x":[1],"domain":"c.example"},"d.example"])");
    REQUIRE(mixed);
    REQUIRE(mixed->rows.size() == 2);
    CHECK(mixed->rows[0].host.text() == "c.example");
    REQUIRE(mixed->left_out.size() == 2);
    CHECK(mixed->left_out[1].line == 2);
}

TEST_CASE("Lists that nest or swell are refused", "[recipients][import]") {
    const auto times = [](std::string_view piece, std::size_t count) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) {
            all += piece;
        }
        return all;
    };
    CHECK_FALSE(read_lemmy_blocks(times("[", 1'000'000)));
    CHECK_FALSE(read_lemmy_blocks("{\"x\":" + times("[", 17) + times("]", 17) +
                                  ",\"federated_instances\":{\"blocked\":[]}}"));
    for (const auto& text : {"[" + times("[],", 1'100'000) + "1]", times("a.example\n", 1'000'001)}) {
        const auto list = read_lemmy_blocks(text);
        REQUIRE_FALSE(list);
        CHECK(list.error().what == "it names more than 1,000,000 domains");
    }
    const auto cells = read_csv(times(times(",", 999) + "\n", 8'001));
    REQUIRE_FALSE(cells);
    CHECK(cells.error().what == "line 8001: the table is too large");
}

TEST_CASE("No table passes for Lemmy's names", "[recipients][import]") {
    for (const auto* table : {"#domain,#severity,#reject_media\nbad.example,suspend,false\n",
                              "domain,severity\nbad.example,noop\n",
                              "bad.example,suspend\n",
                              "bad.example\nworse.example,\"spam, and more\"\n",
                              "bad.example,rude.people\nworse.example,see rude.example\n"}) {
        CAPTURE(table);
        const auto list = read_lemmy_blocks(table);
        REQUIRE_FALSE(list);
        CHECK_THAT(list.error().what, Catch::Contains("line "));
        CHECK_THAT(list.error().remedy, Catch::Contains("--format mastodon"));
    }
    const auto names = read_lemmy_blocks("# ours, and theirs\nbad.example, *.worse.example,\nlocalhost\n");
    REQUIRE(names);
    CHECK(names->rows.size() == 3);
}

TEST_CASE("A registration places a host unless a service stands in for its owner", "[recipients][import]") {
    const auto list = read_registrations(
        "domain,country,organisation,checked_at\n"
        "a.example,de,Example e. V.,2026-10-01\n"
        "b.example,US,Domains By Proxy LLC,\n"
        "c.example,Germany,,\nd.example,FR,,\ne.example,FR,,soon\n",
        kNow);
    REQUIRE(list);
    REQUIRE(list->rows.size() == 2);
    CHECK(list->rows[0].finding.country == *privacy::Country::parse("DE"));
    CHECK(list->rows[0].finding.source == records::CountrySource::WhoisFile);
    CHECK(list->rows[0].finding.confidence == records::Confidence::Medium);
    CHECK(format_rfc3339(*list->rows[0].finding.found_at) == "2026-10-01T00:00:00Z");
    CHECK(list->rows[1].finding.found_at == kNow);
    CHECK(list->left_out.size() == 3);
    CHECK_FALSE(read_registrations("domain\na.example\n", kNow));
}

TEST_CASE("What was exported can be read in again", "[recipients][import]") {
    const auto host = *Host::parse("a.example");
    const std::vector<DeclaredWord> words{
        {"country", Personal<std::string>{"DE"}, kNow, "cli:anna", "imprint, seen"},
        {"operator", Personal<std::string>{"Example \"e. V.\""}, kNow, "cli", "imprint, seen"},
        {"relay", Personal<std::string>{"yes"}, kNow, "cli", "other"}};
    const auto csv = declarations_csv(host, words);
    CHECK(csv.find("anna") == std::string::npos);  // the file may go to others
    const auto orders = read_declarations(declarations_heading() + csv, "import");
    REQUIRE(orders);
    REQUIRE(orders->size() == 2);
    CHECK((*orders)[0].host == host);
    CHECK((*orders)[0].reason == "imprint, seen");
    CHECK((*orders)[0].by == "import");
    REQUIRE((*orders)[0].words.size() == 2);
    CHECK((*orders)[0].words[1].value == "Example \"e. V.\"");
    CHECK((*orders)[1].words[0].key == "relay");
    const auto wrong =
        read_declarations("host,key,value,reason\na.example,country,DE,x\na b,country,DE,x\n", "cli");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().what.starts_with("line 3:"));
}

TEST_CASE("What was said of one thing for several reasons comes back, each with its own",
          "[recipients][import]") {
    const std::string csv =
        "host,key,value,reason\n"
        "a.example,basis,47,declared\na.example,basis.from,2020-01-01,corrected\n"
        "a.example,basis.until,2021-01-01,declared\n"
        "a.example,clauses.assessed,yes,assessed\na.example,clauses.signed_on,2026-01-01,signed\n"
        "a.example,country,DE,declared\na.example,country,FR,corrected\n";
    const auto orders = read_declarations(csv, "import");
    REQUIRE(orders);
    std::map<std::string, DeclaredWord> stands;
    for (const auto& order : *orders) {
        std::vector<DeclaredWord> before;
        for (const auto& [key, word] : stands) {
            before.push_back(word);
        }
        const auto changes =
            plan_words(before, order.words, {}, privacy::Day{std::chrono::floor<std::chrono::days>(kNow)});
        REQUIRE(changes);
        for (const auto& change : *changes) {
            REQUIRE(change.after);
            stands.insert_or_assign(change.key,
                                    DeclaredWord{change.key, *change.after, kNow, order.by, order.reason});
        }
    }
    std::map<std::string, std::pair<std::string, std::string>> said;
    for (const auto& [key, word] : stands) {
        said.emplace(key, std::pair{word.value.reveal(), word.reason});
    }
    CHECK(said == std::map<std::string, std::pair<std::string, std::string>>{
                      {"basis", {"47", "declared"}},
                      {"basis.from", {"2020-01-01", "corrected"}},
                      {"basis.until", {"2021-01-01", "declared"}},
                      {"clauses.assessed", {"yes", "assessed"}},
                      {"clauses.signed_on", {"2026-01-01", "signed"}},
                      {"country", {"FR", "corrected"}}});
}

TEST_CASE("A list of blocks becomes rules that can be read", "[recipients][import]") {
    const std::vector<DomainBlock> blocks{{*Host::parse("bad.example"), BlockSeverity::Suspended, "spam"},
                                          {*Host::parse("loud.example"), BlockSeverity::Limited, ""}};
    const auto json = blocks_as_rules(blocks, "ours");
    CHECK(schema_faults("transfer-rules.schema.json", json).empty());
    const auto rules = parse_transfer_rules(json);
    REQUIRE(rules);
    REQUIRE(rules->size() == 2);
    CHECK((*rules)[0].effect == privacy::RuleEffect::Block);
    REQUIRE((*rules)[0].hosts.size() == 2);
    CHECK((*rules)[0].hosts[0].text() == "bad.example");
    CHECK((*rules)[0].hosts[1].text() == "*.bad.example");
    CHECK((*rules)[1].effect == privacy::RuleEffect::Flag);
    CHECK(privacy::TransferRules::compile(*rules));
    CHECK(parse_transfer_rules(blocks_as_rules({}, "none"))->empty());
}
