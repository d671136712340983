// Rules: what they ask of a delivery and of its recipient, and how long is waited for the answer.

#include <chrono>

#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::RuleEffect;

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

TEST_CASE("a delivery that waits for what is known of its recipient waits no hours for the clock", "[gate]") {
    Gate g;
    auto unknown = rule("unknown", RuleEffect::Block);
    unknown.country_unknown = true;
    g.use({unknown});
    g.recipients.failure = ErrorKind::Unavailable;
    std::optional<Result<IntentId>> answer;
    g.gate.intend(delivery("far.example", "Create", {{kBob, kText}}),
                  [&](Result<IntentId> done) { answer = std::move(done); });
    g.clock.at -= 5h;
    CHECK(!g.gate.step());
    CHECK(answer);
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
