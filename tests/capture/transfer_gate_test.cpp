// Objections, what was not read, and tunnels: what may leave, and what is written down before.

#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::RuleEffect;

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
