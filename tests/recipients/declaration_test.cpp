#include "recipients/declaration.hpp"

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "recipients/declare.hpp"
#include "recipients/here_and_now.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::FakeDeclarationBook;
using fedtrail::testing::kHost;
using fedtrail::testing::kNow;

namespace {

const std::vector<std::string> kFacts{"dpf_list", "lgpd"};

struct Desk {
    FakeDeclarationBook book;

    Result<std::size_t> say(std::vector<WantedWord> words, const std::string& reason = "imprint seen") {
        const std::vector<DeclareOrder> orders{{kHost, std::move(words), "cli", reason}};
        return declare(book, orders, kFacts, kNow);
    }
    std::string stands(const std::string& key) {
        const auto stands = *book.declared(std::vector{kHost});
        for (const auto& word : stands[0]) {
            if (word.key == key) {
                return word.value.reveal();
            }
        }
        return "-";
    }
    Declaration read() { return read_declaration((*book.declared(std::vector{kHost}))[0]); }
};

}  // namespace

TEST_CASE("What is declared gets its canonical form, and is kept with its reason", "[recipients][declare]") {
    Desk desk;
    REQUIRE(desk.say({{"country", "de"}, {"operator", "Example e. V."}}) == 1U);
    CHECK(desk.stands("country") == "DE");
    const auto read = desk.read();
    REQUIRE(read.country);
    CHECK(read.country->country == *privacy::Country::parse("DE"));
    CHECK(read.country->source == records::CountrySource::Admin);
    CHECK(read.country->confidence == records::Confidence::High);
    CHECK(read.country->why == "imprint seen");
    CHECK(read.country->found_at == kNow);
    CHECK(read.operator_name.reveal() == "Example e. V.");
}

TEST_CASE("An inbox is declared of the server it belongs to alone", "[recipients][declare]") {
    Desk desk;
    const auto host = kHost.text();
    REQUIRE(desk.say({{"inbox", "HTTPS://" + host + "/u/../inbox"}}) == 1U);
    CHECK(desk.read().inbox == "https://" + host + "/inbox");
    REQUIRE(desk.say({{"inbox", "https://ap." + host + "/inbox"}}));
    for (const auto& bad : {std::string{"https://other.example/inbox"},
                            "http://" + host + "/inbox",
                            host + "/inbox",
                            std::string{"yes"}}) {
        CAPTURE(bad);
        const auto refused = desk.say({{"inbox", bad}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
        CHECK_FALSE(refused.error().remedy.empty());
    }
    CHECK(desk.read().inbox == "https://ap." + host + "/inbox");
    REQUIRE(desk.say({{"inbox", ""}}));
    CHECK(desk.read().inbox.empty());
}

TEST_CASE("A check is of the day on which it is said, unless another one is named", "[recipients][declare]") {
    Desk desk;
    REQUIRE(desk.say({{"dpf_list", "yes"}, {"dpf_list.entity", "Example Inc."}}));
    CHECK(desk.stands("dpf_list.checked_at") == "2026-11-22");
    REQUIRE(desk.say({{"dpf_list", "yes"}, {"dpf_list.checked_at", "2026-11-01"}}));
    CHECK(desk.stands("dpf_list.checked_at") == "2026-11-01");
    CHECK(desk.stands("dpf_list.entity") == "Example Inc.");

    const auto read = desk.read();
    REQUIRE(read.checks.size() == 1);
    CHECK(read.checks[0].met);
    CHECK(read.checks[0].entity == "Example Inc.");
    REQUIRE(read.country);
    CHECK(read.country->country == *privacy::Country::parse("US"));
    CHECK(read.country->source == records::CountrySource::DpfList);
}

TEST_CASE("Who is not in the list is placed nowhere by that", "[recipients][declare]") {
    Desk desk;
    REQUIRE(desk.say({{"dpf_list", "no"}, {"dpf_list.entity", "Example Inc."}}));
    CHECK_FALSE(desk.read().country);
    CHECK_FALSE(desk.read().checks.at(0).met);
}

TEST_CASE("What depends on a word goes with it", "[recipients][declare]") {
    Desk desk;
    REQUIRE(desk.say({{"dpf_list", "yes"},
                      {"dpf_list.entity", "Example Inc."},
                      {"clauses.signed_on", "2026-01-01"},
                      {"clauses.assessed", "yes"}}));
    REQUIRE(desk.say({{"dpf_list", ""}}) == 1U);
    CHECK(desk.stands("dpf_list.entity") == "-");
    CHECK(desk.read().clauses);
    REQUIRE(desk.say({{"clauses.signed_on", ""}}) == 1U);
    CHECK_FALSE(desk.read().clauses);
    CHECK(desk.stands("clauses.assessed") == "-");
}

TEST_CASE("Clauses are not assessed until somebody says so", "[recipients][declare]") {
    Desk desk;
    REQUIRE(desk.say({{"clauses.signed_on", "2026-01-01"}}));
    REQUIRE(desk.read().clauses);
    CHECK_FALSE(desk.read().clauses->assessed);
}

TEST_CASE("What cannot be meant is refused, and nothing of it is written", "[recipients][declare]") {
    const std::vector<std::vector<WantedWord>> wrong{
        {{"country", "Germany"}},
        {{"contry", "DE"}},
        {{"dpf_list", "perhaps"}},
        {{"dpf_list.entity", "Example Inc."}},
        {{"dpf_list.size", "7"}, {"dpf_list", "yes"}},
        {{"pipeda", "yes"}},
        {{"basis.until", "2027-01-01"}},
        {{"basis.document", "folder 7"}},
        {{"basis", "<b>"}},
        {{"basis", "banana"}},
        {{"basis", "6(1)(f)"}},
        {{"basis", "45(3)"}},
        {{"basis", "46(2)(c)"}},
        {{"basis", "48"}},
        {{"clauses.signed_on", "2026-13-01"}},
        {{"clauses.signed_on", "2026-02-01"}, {"clauses.until", "2026-01-01"}},
        {{"operator", std::string(501, 'x')}},
        {{"operator", "two\nlines"}},
        {{"nothing", ""}},
        {}};
    for (auto words : wrong) {
        CAPTURE(words.empty() ? "" : words.front().key);
        words.insert(words.begin(), words.empty() ? 0 : 1, WantedWord{"country", "FR"});
        Desk desk;
        const auto said = desk.say(words);
        REQUIRE_FALSE(said);
        CHECK(said.error().kind == ErrorKind::Invalid);
        CHECK_FALSE(said.error().remedy.empty());
        CHECK(desk.stands("country") == "-");
    }
    Desk desk;
    CHECK_FALSE(desk.say({{"country", "DE"}}, "  "));
    CHECK_FALSE(desk.say({{"country", "DE"}}, std::string(2001, 'x')));
}

TEST_CASE("Each article that can be declared is, and the others are told what to say instead",
          "[recipients][declare]") {
    for (const auto* article : {"46(2)(a)",
                                "46(2)(b)",
                                "46(2)(d)",
                                "46(2)(e)",
                                "46(2)(f)",
                                "46(3)(a)",
                                "46(3)(b)",
                                "47",
                                "49(1)(a)",
                                "49(1)(b)",
                                "49(1)(c)",
                                "49(1)(d)",
                                "49(1)(e)",
                                "49(1)(f)",
                                "49(1)(g)",
                                "49(1)"}) {
        CAPTURE(article);
        Desk desk;
        REQUIRE(desk.say({{"basis", article}}));
        REQUIRE(desk.read().basis);
        CHECK(desk.read().basis->article == article);
        CHECK(refusal_of(desk.read()).empty());
    }
    Desk desk;
    CHECK(desk.say({{"basis", "45(3)"}}).error().remedy.find("policies/adequacy.json") != std::string::npos);
    CHECK(desk.say({{"basis", "46(2)(c)"}}).error().remedy.find("clauses.signed_on") != std::string::npos);
}

TEST_CASE("A basis that stands and cannot be declared counts as not declared, and says why",
          "[recipients][declare]") {
    for (const auto* word : {"banana", "45(3)", "46(2)(c)", "6(1)(f)"}) {
        CAPTURE(word);
        Desk desk;
        desk.book.words[kHost]["basis"] = {"basis", Personal<std::string>{word}, kNow, "cli", "?"};
        desk.book.words[kHost]["basis.from"] = {
            "basis.from", Personal<std::string>{"2026-01-01"}, kNow, "cli", "?"};
        CHECK_FALSE(desk.read().basis);
        CHECK(refusal_of(desk.read()).find(word) != std::string::npos);
        REQUIRE(desk.say({{"basis", "49(1)(c)"}}));
        CHECK(desk.read().basis);
        CHECK(refusal_of(desk.read()).empty());
    }
}

TEST_CASE("A word that a later release wrote is passed over, and can be taken back",
          "[recipients][declare]") {
    Desk desk;
    desk.book.words[kHost]["shoe_size"] = {"shoe_size", Personal<std::string>{"44"}, kNow, "cli", "?"};
    CHECK(desk.read().checks.empty());
    REQUIRE(desk.say({{"country", "DE"}}));
    REQUIRE(desk.say({{"shoe_size", ""}}) == 1U);
    CHECK(desk.stands("shoe_size") == "-");
}

TEST_CASE("Words are read at their first equals sign", "[recipients][declare]") {
    const auto word = wanted_word("operator=A = B");
    REQUIRE(word);
    CHECK(word->key == "operator");
    CHECK(word->value == "A = B");
    CHECK_FALSE(wanted_word("country"));
    CHECK_FALSE(wanted_word("=DE"));
}
