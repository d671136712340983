#include "recipients/register.hpp"

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"
#include "recipients/declare.hpp"
#include "recipients/joined_entries.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using fedtrail::testing::FakeDeclarationBook;
using fedtrail::testing::FakeFindings;
using fedtrail::testing::FakeRecipientDirectory;
using fedtrail::testing::host;
using fedtrail::testing::policy_file;
using fedtrail::testing::StoppedClock;

namespace {

std::shared_ptr<const RegisterPolicies> shipped_policies() {
    return std::make_shared<const RegisterPolicies>(
        RegisterPolicies{*parse_adequacy(policy_file("adequacy.json")), *Country::parse("NL"), {}, {}, {}});
}

struct Room {
    FakeRecipientDirectory directory;
    FakeDeclarationBook declarations;
    FakeFindings findings;
    StoppedClock clock;
    Register cards{{directory, declarations, findings, findings, clock}, shipped_policies()};
    std::vector<std::string> facts{scope_facts(shipped_policies()->adequacy.adequacy)};

    void say(std::string_view name, std::vector<WantedWord> words) {
        const std::vector<DeclareOrder> orders{{host(name), std::move(words), "cli", "seen"}};
        REQUIRE(declare(declarations, orders, facts, clock.at));
    }
    /// As the commands and the API do, a second later each time.
    std::size_t say_of_recipient(std::string_view name, std::vector<WantedWord> words) {
        clock.at += std::chrono::seconds{1};
        const std::vector<DeclareOrder> orders{{host(name), std::move(words), "cli", "seen"}};
        REQUIRE(rehearse(declarations, directory, orders, facts, clock.at));
        const auto done = declare(declarations, directory, orders, facts, clock.at);
        INFO((done ? "" : done.error().what));
        REQUIRE(done);
        return *done;
    }
    std::vector<std::string> keys(std::string_view name) const {
        std::vector<std::string> found;
        const auto words = declarations.declared(std::vector{host(name)}).value();
        for (const auto& word : words.front()) {
            found.push_back(word.key);
        }
        return found;
    }
    records::RecipientCard card(std::string_view name) const {
        const std::vector hosts{host(name)};
        return cards.cards(hosts, Day{std::chrono::year{2026} / 11 / 22}).value().at(0);
    }
};

}  // namespace

TEST_CASE("Of a host that nothing is known of, the card says so", "[recipients][register]") {
    const Room room;
    const auto card = room.card("a.example");
    CHECK(card.host == host("a.example"));
    CHECK_FALSE(card.country.country);
    CHECK(card.country.source == records::CountrySource::Unknown);
    CHECK(card.basis.kind == BasisKind::Undocumented);
    CHECK(card.basis.reason == BasisReason::CountryNotKnown);
}

TEST_CASE("The basis follows from where the controller placed the operator", "[recipients][register]") {
    Room room;
    room.say("a.example", {{"country", "DE"}, {"operator", "Example e. V."}});
    room.say("b.example", {{"country", "US"}});
    room.say("c.example", {{"country", "GB"}});
    CHECK(room.card("a.example").basis.kind == BasisKind::NoneNeeded);
    CHECK(room.card("a.example").operator_name.reveal() == "Example e. V.");
    CHECK(room.card("b.example").basis.kind == BasisKind::Undocumented);
    CHECK(room.card("c.example").basis.kind == BasisKind::Adequacy);
}

TEST_CASE("A card says on what a transfer would rest if the person consented", "[recipients][register]") {
    Room room;
    room.say("de.example", {{"country", "DE"}});
    room.say("gb.example", {{"country", "GB"}});
    room.say("us.example", {{"country", "US"}});
    room.say("clauses.example",
             {{"country", "US"}, {"clauses.signed_on", "2026-01-01"}, {"clauses.assessed", "yes"}});
    room.say("declared.example", {{"country", "US"}, {"basis", "49(1)(c)"}, {"basis.from", "2026-01-01"}});
    for (const auto* without : {"de.example", "gb.example", "clauses.example", "unknown.example"}) {
        CAPTURE(without);
        CHECK_FALSE(room.card(without).if_consented);
    }
    for (const auto* with : {"us.example", "declared.example"}) {
        CAPTURE(with);
        const auto then = room.card(with).if_consented;
        REQUIRE(then);
        CHECK(then->country.code() == "US");
        CHECK(then->basis.kind == BasisKind::ExplicitConsent);
    }
    CHECK(room.card("us.example").basis.kind == BasisKind::Undocumented);
    CHECK(room.card("declared.example").basis.kind == BasisKind::Declared);
}

TEST_CASE("A basis says where its assessment is written down", "[recipients][register]") {
    Room room;
    room.say("a.example",
             {{"country", "US"},
              {"basis", "49(1)"},
              {"basis.from", "2026-01-01"},
              {"basis.document", "folder 7"}});
    CHECK(room.card("a.example").basis.article == "49(1)");
    CHECK(room.card("a.example").basis.document == "folder 7");
}

TEST_CASE("An entry in the Data Privacy Framework List is a check, not a country", "[recipients][register]") {
    Room room;
    room.say("b.example",
             {{"dpf_list", "yes"},
              {"dpf_list.entity", "Example Inc."},
              {"dpf_list.entry", "EU-U.S. DPF"},
              {"dpf_list.data_kind", "non-HR"}});
    const auto card = room.card("b.example");
    CHECK(card.country.source == records::CountrySource::DpfList);
    CHECK(card.basis.kind == BasisKind::Adequacy);
}

TEST_CASE("Cards come in the order of the hosts, with what the directory knows", "[recipients][register]") {
    Room room;
    REQUIRE(room.directory.update(host("b.example"), [](RecipientEntry& entry) {
        entry.software = "mastodon";
        entry.version = "4.5.0";
        entry.relay = true;
        entry.told = 7;
        entry.gone = 5;
    }));
    const std::vector hosts{host("c.example"), host("b.example"), host("c.example")};
    const auto cards = room.cards.cards(hosts, Day{std::chrono::year{2026} / 11 / 22});
    REQUIRE(cards);
    REQUIRE(cards->size() == 3);
    CHECK((*cards)[0].host == hosts[0]);
    CHECK((*cards)[1].software == "mastodon");
    CHECK((*cards)[1].version == "4.5.0");
    CHECK((*cards)[1].marks.relay);
    CHECK((*cards)[1].told == 7);
    CHECK((*cards)[2].host == hosts[2]);
}

TEST_CASE("A card says that its very host fails, and for how long it wants to be left alone",
          "[recipients][register]") {
    Room room;
    room.directory.join_to(host("a.example"), host("www.a.example"));
    REQUIRE(room.directory.update(host("a.example"), [&](RecipientEntry& entry) {
        note_failure(entry, "no connection", room.clock.at);
        note_rest(entry, room.clock.at + std::chrono::hours{1});
    }));
    CHECK(room.card("a.example").failing_since == room.clock.at);
    CHECK(room.card("a.example").failing_how == "no connection");
    CHECK(room.card("a.example").rest_until == room.clock.at + std::chrono::hours{1});
    CHECK_FALSE(room.card("www.a.example").failing_since);
    room.clock.at += std::chrono::hours{1};
    CHECK_FALSE(room.card("a.example").rest_until);
}

TEST_CASE("How well a recipient honours erasures was measured at all its hosts",
          "[recipients][register][joined]") {
    Room room;
    room.directory.join_to(host("a.example"), host("www.a.example"));
    for (const auto* name : {"a.example", "www.a.example"}) {
        REQUIRE(room.directory.update(host(name), [](RecipientEntry& entry) {
            entry.told = 10;
            entry.gone = 4;
            entry.present = 5;
            entry.not_visible = 1;
        }));
    }
    for (const auto* name : {"a.example", "www.a.example"}) {
        CAPTURE(name);
        const auto card = room.card(name);
        CHECK(card.told == 20);
        CHECK(card.gone == 8);
        CHECK(card.present == 10);
        CHECK(card.not_visible == 2);
        CHECK(records::judged(card) == 18);
    }
}

TEST_CASE("A hint of low confidence gives no basis", "[recipients][register]") {
    records::CountryFinding hint;
    hint.country = *Country::parse("DE");
    hint.source = records::CountrySource::HostingAddress;
    hint.confidence = records::Confidence::Low;
    CHECK_FALSE(facts_of(host("a.example"), hint, {}, Day{std::chrono::year{2026} / 11 / 22}).country);
    hint.confidence = records::Confidence::Medium;
    CHECK(facts_of(host("a.example"), hint, {}, Day{std::chrono::year{2026} / 11 / 22}).country);
}

TEST_CASE("An old registration carries no basis, and the basis says why", "[recipients][register]") {
    const Day today{std::chrono::year{2026} / 11 / 22};
    records::CountryFinding found;
    found.country = *Country::parse("NZ");
    found.source = records::CountrySource::WhoisFile;
    found.confidence = records::Confidence::Low;
    found.found_at = Instant{std::chrono::sys_days{std::chrono::year{2001} / 1 / 1}};
    const auto facts = facts_of(host("a.example"), found, {}, today);
    CHECK_FALSE(facts.country);
    CHECK(facts.country_dated);
    const auto basis = privacy::basis(facts, {today, today, *Country::parse("NL")}, {}, {});
    CHECK(basis.kind == privacy::BasisKind::Undocumented);
    CHECK(basis.reason == privacy::BasisReason::CountryDated);
    found.found_at = Instant{std::chrono::sys_days{today}};
    CHECK_FALSE(facts_of(host("a.example"), found, {}, today).country_dated);
}

TEST_CASE("Who runs a server is known with its source, and is never what an account calls itself",
          "[recipients][register]") {
    Room room;
    REQUIRE(room.directory.update(host("a.example"), [](RecipientEntry& entry) {
        entry.contact_name = Personal<std::string>{"Jane Doe"};
    }));
    auto card = room.card("a.example");
    CHECK(card.operator_name.reveal().empty());
    CHECK(card.operator_source.empty());
    CHECK(card.contact_name.reveal() == "Jane Doe");
    REQUIRE(room.directory.update(host("a.example"), [](RecipientEntry& entry) {
        entry.operator_name = Personal<std::string>{"Verein A"};
    }));
    CHECK(room.card("a.example").operator_source == "declared");
    room.say("a.example", {{"operator", "Example e. V."}});
    card = room.card("a.example");
    CHECK(card.operator_name.reveal() == "Example e. V.");
    CHECK(card.operator_source == "admin");
}

TEST_CASE("What was read anew decides from then on", "[recipients][register]") {
    Room room;
    room.say("b.example",
             {{"dpf_list", "yes"},
              {"dpf_list.entity", "Example Inc."},
              {"dpf_list.entry", "EU-U.S. DPF"},
              {"dpf_list.data_kind", "non-HR"}});
    auto without = *shipped_policies();
    without.adequacy.switches.dpf_enabled = false;
    room.cards.use(std::make_shared<const RegisterPolicies>(without));
    CHECK(room.card("b.example").basis.reason == BasisReason::SwitchedOff);
}

TEST_CASE("A store that cannot be read is a failure and no unknown country", "[recipients][register]") {
    Room room;
    room.declarations.down = true;
    const std::vector hosts{host("a.example")};
    const auto cards = room.cards.cards(hosts, Day{std::chrono::year{2026} / 11 / 22});
    REQUIRE_FALSE(cards);
    CHECK(cards.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("What was found out places a recipient, and the controller's word stands before it",
          "[recipients][register]") {
    Room room;
    records::CountryFinding imprint;
    imprint.country = *Country::parse("DE");
    imprint.source = records::CountrySource::Imprint;
    imprint.confidence = records::Confidence::Medium;
    imprint.why = "10115 Berlin, Germany";
    room.findings.countries[host("a.example")][imprint.source] = imprint;
    CHECK(room.card("a.example").country == imprint);
    CHECK(room.card("a.example").basis.kind == BasisKind::NoneNeeded);
    room.say("a.example", {{"country", "US"}});
    CHECK(room.card("a.example").country.source == records::CountrySource::Admin);
    CHECK(room.card("a.example").basis.kind == BasisKind::Undocumented);
}

TEST_CASE("A recipient has one declaration, whichever of its hosts it was said of",
          "[recipients][register][joined]") {
    Room room;
    room.directory.join_to(host("org.test"), host("social.org.test"));
    room.say_of_recipient("social.org.test", {{"country", "NL"}});
    CHECK(room.card("org.test").country.country->code() == "NL");
    CHECK(room.card("org.test").basis.kind == BasisKind::NoneNeeded);
    room.say_of_recipient("org.test", {{"country", "US"}});
    for (const auto* name : {"org.test", "social.org.test"}) {
        CAPTURE(name);
        CHECK(room.card(name).country.country->code() == "US");
        CHECK(room.card(name).basis.kind == BasisKind::Undocumented);
    }
    CHECK(room.keys("social.org.test").empty());
    room.say_of_recipient("social.org.test", {{"country", "NL"}});
    CHECK(room.card("org.test").country.country->code() == "NL");
    CHECK(room.say_of_recipient("org.test", {{"country", ""}}) == 1);
    CHECK_FALSE(room.card("social.org.test").country.country);
    CHECK(room.declarations.history(host("social.org.test"))->back().changes.at(0).key == "country");
}

TEST_CASE("Of two hosts of one recipient in one import, the later line finds what the earlier one said",
          "[recipients][register][joined]") {
    Room room;
    room.directory.join_to(host("org.test"), host("social.org.test"));
    const auto import = [&](const std::vector<DeclareOrder>& orders) {
        REQUIRE(rehearse(room.declarations, room.directory, orders, room.facts, room.clock.at));
        REQUIRE(declare(room.declarations, room.directory, orders, room.facts, room.clock.at));
    };
    SECTION("another word of the same kind replaces it") {
        import({{host("org.test"),
                 {{ "country",
                    "NL" }},
                 "cli",
                 "seen"},
                { host("social.org.test"),
                  {{ "country",
                     "us" }},
                  "cli",
                  "seen" }});
        CHECK(room.keys("org.test").empty());
        CHECK(room.keys("social.org.test") == std::vector<std::string>{"country"});
        CHECK(room.card("org.test").country.country->code() == "US");
    }
    SECTION("a part of it finds what it hangs on") {
        import({{host("org.test"),
                 {{ "dpf_list",
                    "yes" }},
                 "cli",
                 "seen"},
                { host("social.org.test"),
                  {{ "dpf_list.entity",
                     "Org Inc." }},
                  "cli",
                  "seen" }});
        CHECK(room.keys("org.test").empty());
        CHECK(room.keys("social.org.test") ==
              std::vector<std::string>{"dpf_list", "dpf_list.checked_at", "dpf_list.entity"});
    }
    SECTION("and can be taken back") {
        import({{host("org.test"),
                 {{ "country",
                    "NL" }},
                 "cli",
                 "seen"},
                { host("social.org.test"),
                  {{ "country",
                     "" }},
                  "cli",
                  "not so" }});
        CHECK(room.keys("org.test").empty());
        CHECK(room.keys("social.org.test").empty());
    }
}

TEST_CASE("Inboxes are declared of each host by itself, and all stay", "[recipients][register][joined]") {
    Room room;
    room.directory.join_to(host("org.test"), host("social.org.test"));
    room.say_of_recipient("org.test", {{"inbox", "https://org.test/inbox"}, {"country", "NL"}});
    room.say_of_recipient("social.org.test", {{"inbox", "https://social.org.test/inbox"}});
    CHECK(room.keys("org.test") == std::vector<std::string>{"country", "inbox"});
    CHECK(room.keys("social.org.test") == std::vector<std::string>{"inbox"});
    room.say_of_recipient("social.org.test", {{"inbox", ""}, {"country", "US"}});
    CHECK(room.keys("org.test") == std::vector<std::string>{"inbox"});
    CHECK(room.keys("social.org.test") == std::vector<std::string>{"country"});
    const auto declared = room.declarations.declared(std::vector{host("org.test"), host("social.org.test")});
    const auto whole = whole_declaration(*declared);
    REQUIRE(whole.size() == 1);
    CHECK(whole.front().key == "country");
}

TEST_CASE("Of what was said of two hosts before they were one, the latest counts, with what hangs on it",
          "[recipients][register][joined]") {
    Room room;
    room.say("org.test",
             {{"country", "US"},
              {"operator", "Org"},
              {"basis", "49(1)(c)"},
              {"basis.from", "2026-01-01"},
              {"basis.until", "2026-06-30"}});
    room.clock.at += std::chrono::seconds{1};
    room.say("social.org.test", {{"country", "IN"}, {"basis", "46(2)(b)"}, {"basis.from", "2026-02-01"}});
    room.directory.join_to(host("org.test"), host("social.org.test"));
    for (const auto* name : {"org.test", "social.org.test"}) {
        CAPTURE(name);
        const auto card = room.card(name);
        CHECK(card.country.country->code() == "IN");
        CHECK(card.operator_name.reveal() == "Org");
        CHECK(card.basis.article == "46(2)(b)");  // the other one's last day is none of it
    }
    SECTION("and what is said next finds it whole") {
        room.say_of_recipient("org.test", {{"basis.until", "2027-01-31"}});
        CHECK(room.card("social.org.test").basis.article == "46(2)(b)");
        CHECK(room.keys("org.test") ==
              std::vector<std::string>{"basis", "basis.from", "basis.until", "country", "operator"});
        CHECK(room.keys("social.org.test") == std::vector<std::string>{"country"});
    }
    SECTION("a basis that is said anew is of today") {
        room.say_of_recipient("org.test", {{"basis", "47"}});
        const auto words = room.declarations.declared(std::vector{host("org.test")})->front();
        REQUIRE(room.keys("org.test") ==
                std::vector<std::string>{"basis", "basis.from", "country", "operator"});
        CHECK(words.at(1).value.reveal() ==
              format_day(Day{std::chrono::floor<std::chrono::days>(room.clock.at)}));
    }
    SECTION("what is taken back is taken back of both") {
        room.say_of_recipient("org.test", {{"basis", ""}});
        CHECK(room.card("social.org.test").basis.kind == BasisKind::Undocumented);
        CHECK(room.keys("org.test") == std::vector<std::string>{"country", "operator"});
        CHECK(room.keys("social.org.test") == std::vector<std::string>{"country"});
    }
}
