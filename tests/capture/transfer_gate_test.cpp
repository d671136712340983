#include "capture/transfer_gate.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/case_books.hpp"
#include "fakes/consents.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/recipient_register.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_facts.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using capture::TransferGate;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::RuleEffect;
using privacy::TransferRule;

namespace {

constexpr const char* kAlice = "https://origin.example/users/alice";
constexpr const char* kBob = "https://origin.example/users/bob";
constexpr const char* kFar = "https://far.example/users/carol";

const CategorySet kText{DataCategory::Handle, DataCategory::PostText};
const CategorySet kMessage{DataCategory::Handle, DataCategory::DirectMessage};
const CategorySet kNamed{DataCategory::Handle};

records::Observation delivery(const std::string& to,
                              const std::string& type,
                              const std::vector<std::pair<std::string, CategorySet>>& people) {
    records::Observation seen;
    seen.recipient = *Host::parse(to);
    seen.activity.type = type;
    for (const auto& [actor, categories] : people) {
        seen.activity.shares.push_back({Personal<std::string>{actor}, {}, categories});
    }
    return seen;
}

TransferRule rule(const std::string& name, RuleEffect effect) {
    TransferRule made;
    made.name = name;
    made.effect = effect;
    return made;
}

/// A gate between fakes, with Alice's objection to hated.example.
struct Gate {
    FakeDeliverySink sink;
    FakeDeliverySink ledger;
    FakeObjectionBook book;
    FakeSubjectFacts facts;
    FakeSubjectVault vault;
    FakeRecipientRegister recipients;
    FakeRecipientDirectory directory;
    FakeConsents consents;
    StoppedClock clock;
    capture::RulesInForce rules;
    int woken = 0;
    TransferGate gate{{sink, ledger, book, facts, vault, recipients, directory, clock, &consents},
                      rules,
                      {{{*Host::parse("origin.example"), {}}}},
                      [this] { ++woken; }};
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    privacy::SubjectNumber bob = *vault.enrol(*Uri::parse(kBob), "bob");

    Gate() { object(alice, "hated.example"); }

    void object(privacy::SubjectNumber subject, const std::string& host) {
        REQUIRE(book.object(records::Objection{subject, *Host::parse(host), clock.at, {}}));
    }
    void use(std::vector<TransferRule> list) {
        rules.use(*privacy::TransferRules::compile(std::move(list)), clock.at);
    }
    std::optional<Result<IntentId>> ask(const records::Observation& observation) {
        std::optional<Result<IntentId>> answer;
        gate.intend(observation, [&](Result<IntentId> done) { answer = std::move(done); });
        return answer;
    }
    std::optional<Result<void>> open_tunnel(const std::string& host, TunnelReason why) {
        std::optional<Result<void>> answer;
        gate.open_tunnel(
            {clock.at, *Host::parse(host)}, why, [&](Result<void> done) { answer = std::move(done); });
        return answer;
    }
    Result<IntentId> intend(const records::Observation& observation) {
        const auto answer = ask(observation);
        REQUIRE(answer);
        return *answer;
    }
    bool leaves(const records::Observation& observation) { return intend(observation).has_value(); }
};

}  // namespace

TEST_CASE("nothing of a person goes to a recipient they object to", "[gate]") {
    Gate g;
    const auto denied = g.intend(delivery("hated.example", "Create", {{kAlice, kText}}));
    REQUIRE(!denied);
    CHECK(denied.error().kind == ErrorKind::Denied);
    CHECK(denied.error().what.find("Art. 21") != std::string::npos);
    CHECK(denied.error().what.find("alice") == std::string::npos);
    CHECK(denied.error().what.find("hated") == std::string::npos);
    CHECK(g.sink.intents.empty());
    CHECK(g.leaves(delivery("liked.example", "Create", {{kAlice, kText}})));
    CHECK(g.leaves(delivery("hated.example", "Create", {{kBob, kText}})));
    CHECK(g.sink.intents.size() == 2);
}

TEST_CASE("an author inside another's activity is heard, somebody who is only named is not", "[gate]") {
    Gate g;
    CHECK(!g.leaves(delivery("hated.example", "Announce", {{kBob, kNamed}, {kAlice, kText}})));
    CHECK(g.leaves(delivery("hated.example", "Create", {{kBob, kText}, {kAlice, kNamed}})));
    CHECK(!g.leaves(delivery("hated.example", "Accept", {{kAlice, kNamed}})));
}

TEST_CASE("what was not read is held to every rule and objection that could concern it", "[gate]") {
    Gate g;
    auto messages = rule("no messages", RuleEffect::Block);
    messages.hosts = {*privacy::HostPattern::parse("some.example")};
    messages.categories = CategorySet{DataCategory::DirectMessage}.bits();
    g.use({messages});
    const CategorySet unread{DataCategory::Unread};
    const auto denied = g.intend(delivery("some.example", "", {{kBob, unread}}));
    REQUIRE(!denied);
    CHECK(denied.error().what.find("\"no messages\"") != std::string::npos);
    CHECK(!g.leaves(delivery("some.example", "", {})));
    CHECK(!g.leaves(delivery("some.example", "Create", {})));  // names nobody
    CHECK(g.rules.now()->decided(0) == 3);
    CHECK(g.leaves(delivery("other.example", "", {{kBob, unread}})));
    CHECK(g.leaves(delivery("other.example", "", {})));
    // Who signed is heard alone; without a signature, or with another's, it may be anybody's.
    CHECK(!g.leaves(delivery("hated.example", "", {{kAlice, unread}})));
    CHECK(g.leaves(delivery("hated.example", "", {{kBob, unread}})));
    CHECK(!g.leaves(delivery("hated.example", "", {{kFar, unread}})));
    CHECK(!g.leaves(delivery("hated.example", "", {})));
    CHECK(g.gate.figures().by_objection == 3);
    CHECK(g.leaves(delivery("hated.example", "Delete", {})));
}

TEST_CASE("what was not read is a child's where the signer is one, or nobody is known", "[gate]") {
    Gate g;
    auto minors = rule("children", RuleEffect::Block);
    minors.minor = true;
    g.use({minors});
    const CategorySet unread{DataCategory::Unread};
    CHECK(g.leaves(delivery("far.example", "", {})));
    REQUIRE(g.facts.set_minor(g.bob, true));
    CHECK(!g.leaves(delivery("far.example", "", {})));
    CHECK(!g.leaves(delivery("far.example", "", {{kBob, unread}})));
    CHECK(g.leaves(delivery("far.example", "", {{kAlice, unread}})));
}

TEST_CASE("a rule for one host reaches what is not read to all hosts of its recipient", "[gate][joined]") {
    Gate g;
    auto one = rule("one", RuleEffect::Block);
    one.hosts = {*privacy::HostPattern::parse("far.example")};
    g.use({one});
    g.directory.join_to(*Host::parse("far.example"), *Host::parse("social.far.example"));
    g.clock.at += 60s;
    REQUIRE(g.gate.step());
    CHECK(!g.leaves(delivery("social.far.example", "", {})));
    const auto tunnel = g.open_tunnel("social.far.example", TunnelReason::Untrusting);
    REQUIRE(tunnel);
    CHECK(!*tunnel);
}

TEST_CASE("what takes data back is held up by no objection, and by a rule that names it", "[gate]") {
    Gate g;
    CHECK(g.leaves(delivery("hated.example", "Delete", {{kAlice, kText}})));
    CHECK(g.leaves(delivery("hated.example", "Undo", {{kAlice, kText}})));
    g.use({rule("nothing", RuleEffect::Block)});
    const CategorySet deletion{DataCategory::Deletion};
    CHECK(g.leaves(delivery("hated.example", "Delete", {{kAlice, deletion}})));
    auto all = rule("not-even-deletions", RuleEffect::Block);
    all.categories = privacy::kDeletionBit;
    g.use({all});
    CHECK(!g.leaves(delivery("hated.example", "Delete", {{kAlice, deletion}})));
}

TEST_CASE("an objection counts from the next delivery on, and its lifting too", "[gate]") {
    Gate g;
    CHECK(g.leaves(delivery("later.example", "Create", {{kAlice, kText}})));
    g.object(g.alice, "later.example");
    CHECK(!g.leaves(delivery("later.example", "Create", {{kAlice, kText}})));
    REQUIRE(g.book.lift(g.alice, *Host::parse("later.example")));
    CHECK(g.leaves(delivery("later.example", "Create", {{kAlice, kText}})));
}

TEST_CASE("a rule blocks by recipient and by what is inside, and the answer names the rule", "[gate]") {
    Gate g;
    auto messages = rule("no-messages", RuleEffect::Block);
    messages.hosts = {*privacy::HostPattern::parse("far.example")};
    messages.categories = kMessage.bits() & ~kNamed.bits();
    g.use({messages});
    CHECK(g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
    CHECK(g.leaves(delivery("near.example", "Create", {{kBob, kMessage}})));
    const auto denied = g.intend(delivery("far.example", "Create", {{kBob, kMessage}, {kFar, kNamed}}));
    REQUIRE(!denied);
    CHECK(denied.error().kind == ErrorKind::Denied);
    CHECK(denied.error().what.find("\"no-messages\"") != std::string::npos);
    CHECK(denied.error().what.find("far.example") == std::string::npos);
    CHECK(g.rules.now()->decided(0) == 1);
    CHECK(g.gate.figures().by_rule == 1);
    CHECK(g.recipients.questions == 0);  // hosts are enough
}

TEST_CASE("one part that may not leave keeps all of it, parts of strangers do not", "[gate]") {
    Gate g;
    auto posts = rule("no-posts", RuleEffect::Block);
    posts.categories = CategorySet{DataCategory::PostText}.bits();
    g.use({posts});
    CHECK(!g.leaves(delivery("far.example", "Announce", {{kBob, kNamed}, {kAlice, kText}})));
    CHECK(g.leaves(delivery("far.example", "Announce", {{kBob, kNamed}, {kFar, kText}})));
    CHECK(!g.leaves(delivery("far.example", "Create", {{kFar, kText}})));
    auto unread = rule("nothing-unread", RuleEffect::Block);
    unread.categories = CategorySet{DataCategory::Unread}.bits();
    g.use({unread});
    CHECK(!g.leaves(delivery("far.example", "", {})));
    CHECK(g.leaves(delivery("origin.example", "", {})));  // our own house
}

TEST_CASE("a rule for children knows who is one", "[gate]") {
    Gate g;
    auto minors = rule("children", RuleEffect::Block);
    minors.minor = true;
    g.use({minors});
    CHECK(g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
    REQUIRE(g.facts.set_minor(g.bob, true));
    CHECK(!g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
    CHECK(!g.leaves(delivery("far.example", "Create", {{kAlice, kText}, {kBob, kNamed}})));
    REQUIRE(g.facts.set_minor(g.bob, false));
    CHECK(g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
}

TEST_CASE("what is flagged leaves, and is counted", "[gate]") {
    Gate g;
    g.use({rule("look", RuleEffect::Flag)});
    CHECK(g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
    CHECK(g.gate.figures().flagged == 1);
    CHECK(g.rules.now()->decided(0) == 1);
    g.use({rule("other", RuleEffect::Flag), rule("look", RuleEffect::Flag)});
    CHECK(g.rules.now()->decided(0) == 0);
    CHECK(g.rules.now()->decided(1) == 1);
}

TEST_CASE("what must be known of a recipient is read before it is decided, not by the delivery", "[gate]") {
    Gate g;
    auto american = rule("no-basis", RuleEffect::Block);
    american.countries = {*privacy::Country::parse("US")};
    g.use({american});
    auto card = FakeRecipientRegister::unknown();
    card.country.country = privacy::Country::parse("US").value();
    card.country.confidence = records::Confidence::Medium;
    g.recipients.known["us.example"] = card;

    std::vector<std::string> answers;
    const auto send = [&](const std::string& to) {
        g.gate.intend(delivery(to, "Create", {{kBob, kText}}), [&answers, to](const Result<IntentId>& done) {
            answers.push_back(to + (done ? " leaves" : " stays"));
        });
    };
    send("us.example");
    send("nl.example");
    send("us.example");
    CHECK(answers.empty());
    CHECK(g.woken == 3);
    CHECK(g.gate.figures().waiting == 3);
    REQUIRE(g.gate.step());
    CHECK(answers == std::vector<std::string>{"us.example stays", "nl.example leaves", "us.example stays"});
    CHECK(g.recipients.questions == 1);
    send("us.example");
    CHECK(answers.back() == "us.example stays");
    CHECK(answers.size() == 4);

    // What is not fresh any more is read again, and counts until then.
    g.recipients.known.clear();
    g.clock.at += 6min;
    send("us.example");
    CHECK(answers.size() == 5);
    REQUIRE(g.gate.step());
    send("us.example");
    CHECK(answers.back() == "us.example leaves");

    // On another day a basis may have ended.
    g.clock.at += 24h;
    send("us.example");
    CHECK(answers.size() == 6);
    REQUIRE(g.gate.step());
    CHECK(answers.size() == 7);
}

TEST_CASE("a rule on countries takes a hint for not known", "[gate]") {
    Gate g;
    auto american = rule("american", RuleEffect::Block);
    american.countries = {*privacy::Country::parse("US")};
    auto card = FakeRecipientRegister::unknown();
    card.country.country = privacy::Country::parse("US").value();
    card.country.confidence = records::Confidence::Low;
    g.recipients.known["hint.example"] = card;
    const auto leaves = [&g] {
        std::optional<bool> left;
        g.gate.intend(delivery("hint.example", "Create", {{kBob, kText}}),
                      [&](const Result<IntentId>& done) { left = done.has_value(); });
        if (!left) {
            REQUIRE(g.gate.step());
        }
        return left.value();
    };
    g.use({american});
    CHECK(leaves());
    auto unknown = rule("unknown", RuleEffect::Block);
    unknown.country_unknown = true;
    g.use({unknown});
    CHECK_FALSE(leaves());
}

TEST_CASE("what one person consented to rests on that, and another's does not", "[gate]") {
    Gate g;
    auto no_basis = rule("no-basis", RuleEffect::Block);
    no_basis.bases = {privacy::BasisKind::Undocumented};
    g.use({no_basis});
    const auto us = *privacy::Country::parse("US");
    auto card = FakeRecipientRegister::unknown();
    card.country.country = us;
    card.country.confidence = records::Confidence::Medium;
    card.if_consented =
        records::IfConsented{us, {privacy::BasisKind::ExplicitConsent, privacy::BasisReason::ConsentOnFile}};
    g.recipients.known["us.example"] = card;
    const privacy::Day today{std::chrono::floor<std::chrono::days>(g.clock.at)};
    const auto leaves = [&](const std::string& to, const char* who) {
        std::optional<bool> left;
        g.gate.intend(delivery(to, "Create", {{who, kText}}),
                      [&](const Result<IntentId>& done) { left = done.has_value(); });
        REQUIRE(g.gate.step());
        return left.value();
    };
    CHECK_FALSE(leaves("us.example", kAlice));
    REQUIRE(g.consents.give({g.alice, 0, us, {}, today, {}, "form 17"}, g.clock.at));
    g.object(g.bob, "elsewhere.example");  // in the real book the same counter tells of both
    CHECK(leaves("us.example", kAlice));
    CHECK_FALSE(leaves("us.example", kBob));
    CHECK_FALSE(leaves("unknown.example", kAlice));
    REQUIRE(g.consents.withdraw(g.alice, us, {}, today, g.clock.at));
    g.object(g.bob, "elsewhere-too.example");
    CHECK_FALSE(leaves("us.example", kAlice));
}

TEST_CASE("a register that cannot be read holds deliveries up for a while, and no longer", "[gate]") {
    Gate g;
    auto unknown = rule("unknown", RuleEffect::Block);
    unknown.country_unknown = true;
    g.use({unknown});
    g.recipients.failure = ErrorKind::Unavailable;
    std::optional<Result<IntentId>> answer;
    g.gate.intend(delivery("far.example", "Create", {{kBob, kText}}),
                  [&](Result<IntentId> done) { answer = std::move(done); });
    CHECK(!g.gate.step());
    CHECK(!answer);
    g.clock.at += 5s;
    CHECK(!g.gate.step());
    REQUIRE(answer);
    REQUIRE(!*answer);
    CHECK(answer->error().kind == ErrorKind::Conflict);
    CHECK(g.sink.intents.empty());
    CHECK(g.gate.figures().undecided == 1);
}

TEST_CASE("a gate that closes refuses what waits", "[gate]") {
    std::optional<Result<IntentId>> answer;
    {
        Gate g;
        auto unknown = rule("unknown", RuleEffect::Block);
        unknown.country_unknown = true;
        g.use({unknown});
        g.gate.intend(delivery("far.example", "Create", {{kBob, kText}}),
                      [&](Result<IntentId> done) { answer = std::move(done); });
        CHECK(!answer);
    }
    REQUIRE(answer);
    CHECK(!*answer);
}

TEST_CASE("what was prevented is written down before anybody is told", "[gate]") {
    Gate g;
    CHECK(!g.leaves(delivery("hated.example", "Create", {{kAlice, kText}})));
    REQUIRE(g.ledger.intents.size() == 1);
    CHECK(g.ledger.intents[0].outcome.kind == privacy::OutcomeKind::Prevented);
    CHECK(g.gate.figures().by_objection == 1);
    g.ledger.failure = ErrorKind::Unavailable;
    const auto held = g.intend(delivery("hated.example", "Create", {{kAlice, kText}}));
    REQUIRE(!held);
    CHECK(held.error().kind == ErrorKind::Conflict);  // not Unavailable: `pass` must not open it
    CHECK(g.sink.intents.empty());
    CHECK(g.gate.figures().unwritten == 1);
}

TEST_CASE("a list of objections that cannot be read holds deliveries up", "[gate]") {
    Gate g;
    g.vault.failure = ErrorKind::Unavailable;
    const auto held = g.intend(delivery("liked.example", "Create", {{kBob, kText}}));
    REQUIRE(!held);
    CHECK(held.error().kind == ErrorKind::Conflict);
    g.vault.failure.reset();
    CHECK(g.leaves(delivery("liked.example", "Create", {{kBob, kText}})));
}

TEST_CASE("an objection of somebody who was shredded stands in nobody's way", "[gate]") {
    Gate g;
    g.vault.shred(g.alice);
    CHECK(g.leaves(delivery("hated.example", "Create", {{kBob, kText}})));
}

TEST_CASE("a tunnel that nobody declared is denied where it could carry what is blocked", "[gate]") {
    Gate g;
    auto told = rule("blocks", RuleEffect::Block);
    told.hosts = {*privacy::HostPattern::parse("bad.example")};
    auto messages = rule("no messages", RuleEffect::Block);
    messages.hosts = {*privacy::HostPattern::parse("some.example")};
    messages.categories = CategorySet{DataCategory::DirectMessage}.bits();
    g.use({told, messages});
    for (const auto why : {TunnelReason::Untrusting, TunnelReason::Unreadable}) {
        for (const auto* blocked : {"bad.example", "some.example", "hated.example"}) {
            const auto answer = g.open_tunnel(blocked, why);
            REQUIRE(answer);
            REQUIRE(!*answer);
            CHECK(answer->error().kind == ErrorKind::Denied);
        }
        CHECK(g.open_tunnel("good.example", why)->has_value());
        CHECK(g.open_tunnel("origin.example", why)->has_value());
    }
    CHECK(g.gate.figures().tunnels == 6);
    CHECK(g.open_tunnel("bad.example", TunnelReason::Declared)->has_value());
    CHECK(g.sink.opened.size() == 5);
    CHECK(g.ledger.intents.empty());  // nobody is known to be concerned
}

TEST_CASE("a tunnel waits for what rules ask of its recipient", "[gate]") {
    Gate g;
    auto strangers = rule("strangers", RuleEffect::Block);
    strangers.country_unknown = true;
    g.use({strangers});
    std::optional<Result<void>> answer;
    g.gate.open_tunnel({g.clock.at, *Host::parse("far.example")},
                       TunnelReason::Untrusting,
                       [&](Result<void> done) { answer = std::move(done); });
    CHECK(!answer);
    REQUIRE(g.gate.step());
    REQUIRE(answer);
    REQUIRE(!*answer);
    CHECK(answer->error().kind == ErrorKind::Denied);
}

TEST_CASE("no tunnel begins while the list of objections cannot be read", "[gate]") {
    Gate g;
    g.vault.failure = ErrorKind::Unavailable;
    const auto held = g.open_tunnel("liked.example", TunnelReason::Untrusting);
    REQUIRE(held);
    REQUIRE(!*held);
    CHECK(held->error().kind == ErrorKind::Conflict);
}

TEST_CASE("the gate passes everything else on", "[gate]") {
    Gate g;
    g.gate.settle(IntentId{7}, {privacy::OutcomeKind::Accepted, 202});
    g.gate.tunnel({});
    g.gate.gap({});
    const std::vector<records::Observation> seen(2);
    CHECK(g.gate.observe(seen)->fresh == 2);
    CHECK(g.sink.settled.size() == 1);
    CHECK(g.sink.tunnels == 1);
    CHECK(g.sink.gaps == 1);
}

TEST_CASE("recipients at hand are bounded, and those in use stay", "[gate]") {
    FakeRecipientRegister reg;
    StoppedClock clock;
    capture::KnownRecipients known{reg, clock, {10, 5min, 4}};
    const auto host = [](int i) { return *Host::parse("h" + std::to_string(i) + ".example"); };
    for (int i = 0; i < 10; ++i) {
        REQUIRE(known.read(std::vector{host(i)}));
    }
    CHECK(known.find(host(3)) != nullptr);
    REQUIRE(known.read(std::vector{host(10)}));
    CHECK(known.size() == 2);
    CHECK(known.find(host(3)) != nullptr);
    for (int i = 20; i < 28; ++i) {
        REQUIRE(known.read(std::vector{host(i)}));
    }
    clock.at += 5min;
    CHECK(*known.refresh());
    CHECK(*known.refresh());
    CHECK(!*known.refresh());
    CHECK(!*known.refresh());
}

TEST_CASE("an objection to one host reaches all hosts of its recipient, and all ports", "[gate][joined]") {
    Gate g;
    g.directory.join_to(*Host::parse("hated.example"), *Host::parse("www.hated.example"));
    g.clock.at += 60s;
    REQUIRE(g.gate.step());
    CHECK(!g.leaves(delivery("hated.example", "Create", {{kAlice, kText}})));
    CHECK(!g.leaves(delivery("hated.example:8443", "Create", {{kAlice, kText}})));
    CHECK(!g.leaves(delivery("www.hated.example", "Create", {{kAlice, kText}})));
    CHECK(!g.leaves(delivery("www.hated.example:8443", "Create", {{kAlice, kText}})));
    CHECK(g.leaves(delivery("www.hated.example", "Create", {{kBob, kText}})));
    CHECK(g.leaves(delivery("www.hated.example", "Delete", {{kAlice, kText}})));
    CHECK(g.leaves(delivery("hated.example.liked.example", "Create", {{kAlice, kText}})));
    // The other way round, and with the port in the objection.
    g.object(g.bob, "www.hated.example:444");
    CHECK(!g.leaves(delivery("hated.example", "Create", {{kBob, kText}})));
    REQUIRE(g.book.lift(g.bob, *Host::parse("www.hated.example:444")));
    CHECK(g.leaves(delivery("hated.example", "Create", {{kBob, kText}})));
}

TEST_CASE("a rule for one host reaches all hosts of its recipient", "[gate][joined]") {
    Gate g;
    auto one = rule("one", RuleEffect::Block);
    one.hosts = {*privacy::HostPattern::parse("far.example")};
    g.use({one});
    CHECK(!g.leaves(delivery("far.example", "Create", {{kBob, kText}})));
    CHECK(g.leaves(delivery("social.far.example", "Create", {{kBob, kText}})));
    const auto since = g.rules.now()->since();
    g.directory.join_to(*Host::parse("far.example"), *Host::parse("social.far.example"));
    g.clock.at += 60s;
    REQUIRE(g.gate.step());
    CHECK(!g.leaves(delivery("social.far.example", "Create", {{kBob, kText}})));
    // The rules are the same ones: their counts and their beginning stay.
    CHECK(g.rules.now()->decided(0) == 2);
    CHECK(g.rules.now()->since() == since);
    // Rules that come later know it at once.
    auto other = rule("other", RuleEffect::Block);
    other.hosts = {*privacy::HostPattern::parse("social.far.example")};
    g.use({other});
    CHECK(!g.leaves(delivery("far.example:8443", "Create", {{kBob, kText}})));
}

TEST_CASE("hosts that become one later, or two again, are noticed within a minute", "[gate][joined]") {
    Gate g;
    const auto to_alias = delivery("alias.example", "Create", {{kAlice, kText}});
    CHECK(g.leaves(to_alias));
    g.directory.join_to(*Host::parse("hated.example"), *Host::parse("alias.example"));
    g.clock.at += 59s;
    const auto next = g.gate.step();
    REQUIRE(next);
    REQUIRE(*next);
    CHECK(**next == g.clock.at + 1s);
    CHECK(g.directory.joins_read == 1);  // not by every step, and never by a delivery
    g.clock.at += 1s;
    REQUIRE(g.gate.step());
    CHECK(!g.leaves(to_alias));
    for (const auto* const name : {"hated.example", "alias.example"}) {
        REQUIRE(g.directory.update(*Host::parse(name), [](RecipientEntry& entry) {
            entry.main = Host{};
            entry.aliases.clear();
        }));
    }
    g.clock.at += 60s;
    REQUIRE(g.gate.step());
    CHECK(g.leaves(to_alias));
    CHECK(g.directory.joins_read == 3);
}

TEST_CASE("a directory that cannot be read lets nothing past a rule or an objection", "[gate][joined]") {
    Gate g;
    g.directory.join_to(*Host::parse("hated.example"), *Host::parse("alias.example"));
    g.directory.fails = true;
    TransferGate gate{{g.sink, g.ledger, g.book, g.facts, g.vault, g.recipients, g.directory, g.clock},
                      g.rules,
                      {{{*Host::parse("origin.example"), {}}}},
                      [] {}};
    std::vector<bool> left;
    const auto send = [&](const std::string& to) {
        gate.intend(delivery(to, "Create", {{kAlice, kText}}),
                    [&](const Result<IntentId>& done) { left.push_back(done.has_value()); });
    };
    send("alias.example");
    CHECK(!gate.step());
    CHECK(left.empty());
    g.clock.at += 5s;
    CHECK(!gate.step());
    CHECK(left == std::vector{false});  // held: to be tried again
    CHECK(g.ledger.intents.empty());
    send("alias.example");
    g.directory.fails = false;
    REQUIRE(gate.step());
    CHECK(left == std::vector{false, false});
    CHECK(g.ledger.intents.size() == 1);  // prevented
    // What was known stays in force when it fails later.
    g.directory.fails = true;
    g.clock.at += 60s;
    CHECK(!gate.step());
    send("alias.example");
    send("liked.example");
    CHECK(left == std::vector{false, false, false, true});
}

TEST_CASE("where nobody objects and no rule stands, no delivery waits for the directory", "[gate][joined]") {
    Gate g;
    REQUIRE(g.book.lift(g.alice, *Host::parse("hated.example")));
    g.directory.fails = true;
    TransferGate gate{
        {g.sink, g.ledger, g.book, g.facts, g.vault, g.recipients, g.directory, g.clock}, g.rules, {}, [] {}};
    std::optional<Result<IntentId>> answer;
    gate.intend(delivery("far.example", "Create", {{kAlice, kText}}),
                [&](Result<IntentId> done) { answer = std::move(done); });
    REQUIRE(answer);
    CHECK(answer->has_value());
}
