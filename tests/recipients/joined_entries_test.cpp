#include "recipients/joined_entries.hpp"

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "recipients/register.hpp"
#include "recipients/town.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::testing;

namespace {

/// org.test has the accounts, social.org.test is their server; what was learned of both makes the cards.
struct SplitTown {
    Town town;
    FakeDeclarationBook declarations;
    FakeFindings findings;
    Register cards{
        {town.directory, declarations, findings, findings, town.clock},
        std::make_shared<const RegisterPolicies>(RegisterPolicies{
            *parse_adequacy(policy_file("adequacy.json")), *privacy::Country::parse("NL"), {}, {}, {}})};

    void visit(int users = 300) {
        town.serve("social.org.test", "mastodon", users);
        town.pages["https://social.org.test/api/v2/instance"] =
            json(R"({"domain":"org.test","contact":{"email":"admin@org.test"},
                     "configuration":{"urls":{"privacy_policy":"https://social.org.test/privacy-policy"}}})");
        town.pages["https://org.test/.well-known/webfinger?resource=acct:org.test@org.test"] =
            from("https://social.org.test/.well-known/webfinger", answered(404));
        town.know("social.org.test");
        town.work();
        REQUIRE(town.entry("social.org.test").main == named("org.test"));
        REQUIRE(town.entry("org.test").software.empty());
    }
    /// As it is kept of an address in the policy of social.org.test.
    void place() {
        records::CountryFinding imprint;
        imprint.country = *privacy::Country::parse("NL");
        imprint.source = records::CountrySource::Imprint;
        imprint.confidence = records::Confidence::Medium;
        const std::vector<HostCountry> found{{named("social.org.test"), imprint}};
        REQUIRE(findings.keep(found));
    }
    records::RecipientCard card(const std::string& name) const {
        const std::vector hosts{named(name)};
        return cards.cards(hosts, privacy::Day{std::chrono::year{2026} / 11 / 22}).value().at(0);
    }
};

}  // namespace

TEST_CASE("What a server says of itself holds for the host that its accounts are named by",
          "[recipients][joined]") {
    SplitTown split;
    split.visit();
    split.place();
    for (const auto* name : {"social.org.test", "org.test"}) {
        CAPTURE(name);
        const auto card = split.card(name);
        CHECK(card.host == named(name));
        CHECK(card.software == "mastodon");
        CHECK(card.version == "1.0");
        CHECK(card.users == 300);
        CHECK(card.contact.reveal() == "admin@org.test");
        CHECK(card.privacy_policy == "https://social.org.test/privacy-policy");
        CHECK(card.known_at);
        REQUIRE(card.country.country);
        CHECK(card.country.country->code() == "NL");
        CHECK(card.basis.kind == privacy::BasisKind::NoneNeeded);
    }
    CHECK(records::main_host(split.card("social.org.test")) == named("org.test"));
    CHECK(split.card("org.test").aliases ==
          std::vector{records::HostAlias{named("social.org.test"), "webfinger"}});
}

TEST_CASE("Both hosts of one person's server are that person's", "[recipients][joined]") {
    SplitTown split;
    split.visit(1);
    CHECK(split.card("org.test").marks.single_person);
    CHECK(split.card("social.org.test").marks.single_person);
}

TEST_CASE("Findings of two hosts that contradict each other place nobody", "[recipients][joined]") {
    SplitTown split;
    split.visit();
    split.place();
    auto other = split.findings.countries.at(named("social.org.test")).at(records::CountrySource::Imprint);
    other.country = *privacy::Country::parse("US");
    split.findings.countries[named("org.test")][other.source] = other;
    CHECK(split.card("org.test").country.confidence == records::Confidence::Low);
    CHECK(split.card("org.test").country == split.card("social.org.test").country);
}

TEST_CASE("What the main host says stands, and the others complete it", "[recipients][joined]") {
    FakeRecipientDirectory directory;
    directory.join_to(named("a.test"), named("www.a.test"));
    REQUIRE(directory.update(named("a.test"), [](RecipientEntry& entry) {
        entry.software = "mastodon";
        entry.users = 1;
        entry.single_person = true;
    }));
    REQUIRE(directory.update(named("www.a.test"), [](RecipientEntry& entry) {
        entry.software = "relay";
        entry.version = "9";
        entry.terms = "https://www.a.test/terms";
        entry.relay = true;
    }));
    const std::vector hosts{named("www.a.test")};
    const auto entries = entries_with_joined(directory, hosts);
    REQUIRE(entries);
    const auto of_one = entries_of_one(*entries, hosts.front());
    REQUIRE(of_one.size() == 2);
    const auto whole = whole_entry(of_one);
    CHECK(whole.host == named("a.test"));
    CHECK(whole.software == "mastodon");
    CHECK(whole.version.empty());
    CHECK(whole.users == 1);
    CHECK(whole.terms == "https://www.a.test/terms");
    CHECK(whole.relay);
    CHECK_FALSE(whole.single_person);  // no relay is one person's, and one of its hosts is a relay
}

TEST_CASE("Who joins very many hosts to one makes no question about it dear", "[recipients][joined]") {
    FakeRecipientDirectory directory;
    for (int number = 0; number < 200; ++number) {
        directory.join_to(named("a.test"), named("h" + std::to_string(number) + ".a.test"));
    }
    const std::vector hosts{named("a.test")};
    const auto entries = entries_with_joined(directory, hosts);
    REQUIRE(entries);
    CHECK(entries->size() == 64);
    CHECK(entries_of_one(*entries, hosts.front()).size() == 64);
}
