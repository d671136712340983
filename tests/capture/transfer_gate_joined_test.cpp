// Hosts that are one server: rules and objections reach all of them.

#include <chrono>

#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using capture::TransferGate;
using privacy::RuleEffect;

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

TEST_CASE("hosts that become one are noticed by a clock that was set back as well", "[gate][joined]") {
    Gate g;
    g.directory.join_to(*Host::parse("hated.example"), *Host::parse("alias.example"));
    g.clock.at -= 5h;
    REQUIRE(g.gate.step());
    CHECK(!g.leaves(delivery("alias.example", "Create", {{kAlice, kText}})));
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
