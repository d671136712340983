#include "recipients/rules_trial.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/consents.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_register.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_facts.hpp"
#include "fakes/subject_vault.hpp"
#include "privacy/random_rules.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Channel;
using privacy::RuleEffect;
using recipients::RulesTrial;

namespace {

struct Row {
    std::uint64_t subject{};
    int activity{};
    ReplayedActivity what;
    std::string recipient;
    Channel channel{Channel::Push};
    std::uint64_t disclosures{1};
};

/// A ledger that is a list.
class ListLedger final : public LedgerReader, public LedgerReplay {
public:
    std::vector<Row> rows;
    std::map<std::string, std::uint64_t> tunnels;

    Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber, const Window&) const override {
        return std::vector<PairAggregate>{};
    }
    Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host&) const override {
        return std::vector<privacy::SubjectNumber>{};
    }
    Result<std::vector<Holder>> holders_of(privacy::SubjectNumber, const Uri&) const override {
        return std::vector<Holder>{};
    }
    Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                    std::size_t limit) const override {
        std::map<std::string, RecipientTotals> found;
        std::set<std::pair<std::string, std::uint64_t>> seen;
        for (const auto& row : rows) {
            auto& totals = found[row.recipient];
            totals.recipient = *Host::parse(row.recipient);
            totals.disclosures += row.disclosures;
            totals.channels.add(row.channel);
            totals.subjects += seen.emplace(row.recipient, row.subject).second ? 1 : 0;
        }
        for (const auto& [host, connections] : tunnels) {
            found[host].recipient = *Host::parse(host);
            found[host].tunnels = connections;
        }
        std::vector<RecipientTotals> page;
        for (const auto& [host, totals] : found) {
            if (host > after && page.size() < limit) {
                page.push_back(totals);
            }
        }
        return page;
    }
    Result<LedgerTotals> totals() const override { return LedgerTotals{}; }
    Result<void> visit_disclosed(privacy::SubjectNumber subject,
                                 std::span<const Host> hosts,
                                 const Visitor& visitor) const override {
        using Key = std::pair<std::uint32_t, Channel>;
        std::map<int, std::pair<ReplayedActivity, std::map<Key, std::uint64_t>>> activities;
        for (const auto& row : rows) {
            const auto host = std::find(hosts.begin(), hosts.end(), *Host::parse(row.recipient));
            if (row.subject == subject.get() && host != hosts.end()) {
                auto& activity = activities[row.activity];
                activity.first = row.what;
                const auto place = static_cast<std::uint32_t>(host - hosts.begin());
                activity.second[{place, row.channel}] += row.disclosures;
            }
        }
        for (const auto& [number, activity] : activities) {
            std::vector<ReplayedDisclosures> to;
            for (const auto& [key, disclosures] : activity.second) {
                to.push_back({key.first, key.second, disclosures});
            }
            if (!visitor(activity.first, to)) {
                return {};
            }
        }
        return {};
    }
    Result<std::uint64_t> prevented(privacy::SubjectNumber) const override { return std::uint64_t{0}; }
};

struct World {
    ListLedger ledger;
    FakeSubjectVault vault;
    FakeRecipientRegister reg;
    FakeObjectionBook objections;
    FakeSubjectFacts facts;
    FakeConsents consents;
    StoppedClock clock;

    explicit World(int people) {
        for (int i = 1; i <= people; ++i) {
            const auto name = "u" + std::to_string(i);
            REQUIRE(vault.enrol(*Uri::parse("https://origin.example/users/" + name), name));
        }
    }
    RulesTrial tried(const std::vector<privacy::TransferRule>& rules, recipients::TrialOptions options = {}) {
        const auto compiled = privacy::TransferRules::compile(rules);
        REQUIRE(compiled);
        auto trial = recipients::try_rules(
            {ledger, ledger, vault, reg, objections, facts, clock, &consents}, *compiled, options);
        REQUIRE(trial);
        return *std::move(trial);
    }
};

ReplayedActivity post() {
    return {{DataCategory::Handle, DataCategory::PostText}, fediverse::Visibility::Public, false};
}

privacy::TransferRule block(const std::string& host) {
    privacy::TransferRule rule;
    rule.name = "no-" + host;
    rule.effect = RuleEffect::Block;
    rule.hosts = {*privacy::HostPattern::parse(host)};
    return rule;
}

}  // namespace

TEST_CASE("A trial knows who consented to a transfer", "[rules][trial]") {
    World world{2};
    const auto us = *privacy::Country::parse("US");
    auto card = FakeRecipientRegister::unknown();
    card.country.country = us;
    card.country.confidence = records::Confidence::Medium;
    card.if_consented =
        records::IfConsented{us, {privacy::BasisKind::ExplicitConsent, privacy::BasisReason::ConsentOnFile}};
    world.reg.known["us.example"] = card;
    world.ledger.rows = {
        {1, 1, post(), "us.example"}, {2, 1, post(), "us.example"}, {1, 2, post(), "x.example"}};
    privacy::TransferRule rule;
    rule.name = "no-basis";
    rule.effect = RuleEffect::Block;
    rule.bases = {privacy::BasisKind::Undocumented};
    CHECK(world.tried({rule}).blocked.disclosures == 3);
    const privacy::Day today{std::chrono::floor<std::chrono::days>(world.clock.at)};
    REQUIRE(
        world.consents.give({privacy::SubjectNumber{1}, 0, us, {}, today, {}, "form 17"}, world.clock.at));
    const auto trial = world.tried({rule});
    CHECK(trial.blocked.disclosures == 2);
    CHECK(trial.allowed == 1);
}

TEST_CASE("A trial decides on what was not read as the proxy does", "[rules][trial]") {
    World world{2};
    const ReplayedActivity unread{{DataCategory::Unread}, fediverse::Visibility::Unknown, false};
    world.ledger.rows = {
        {1, 1, unread, "some.example"}, {1, 2, unread, "hated.example"}, {2, 3, unread, "hated.example"}};
    REQUIRE(world.objections.object(
        records::Objection{privacy::SubjectNumber{1}, *Host::parse("hated.example"), world.clock.at, {}}));
    auto messages = block("some.example");
    messages.categories = CategorySet{DataCategory::DirectMessage}.bits();
    const auto trial = world.tried({messages});
    CHECK(trial.rules == std::vector{recipients::RuleTrial{0, {1, 1, 1}, 1}});
    CHECK(trial.by_objection.disclosures == 1);
    CHECK(trial.allowed == 1);
}

TEST_CASE("A trial names the servers that no tunnel would go to, as the proxy decides", "[rules][trial]") {
    World world{2};
    world.ledger.rows = {{1, 1, post(), "some.example"}};
    world.ledger.tunnels = {
        {"some.example", 2}, {"hated.example", 7}, {"open.example", 9}, {"young.example", 7}};
    REQUIRE(world.objections.object(
        records::Objection{privacy::SubjectNumber{1}, *Host::parse("hated.example"), world.clock.at, {}}));
    auto messages = block("some.example");
    messages.categories = CategorySet{DataCategory::DirectMessage}.bits();
    auto minors = block("young.example");
    minors.minor = true;
    using Tunnels = std::vector<recipients::RefusedTunnels>;
    const auto refused = [](const std::string& host, std::uint64_t connections) {
        return recipients::RefusedTunnels{*Host::parse(host), connections};
    };
    const auto before = world.tried({messages, minors});
    CHECK(before.tunnels == Tunnels{refused("hated.example", 7), refused("some.example", 2)});
    CHECK(before.blocked.disclosures == 0);  // a public post is no direct message
    CHECK(before.recipients.empty());
    REQUIRE(world.facts.set_minor(privacy::SubjectNumber{2}, true));
    CHECK(world.tried({messages, minors}).tunnels ==
          Tunnels{refused("hated.example", 7), refused("young.example", 7), refused("some.example", 2)});
}

TEST_CASE("A trial tells what would have stayed, and the roads that are left", "[rules][trial]") {
    World world{2};
    auto relay = FakeRecipientRegister::unknown();
    relay.marks.relay = true;
    world.reg.known["relay.example"] = relay;
    auto community = FakeRecipientRegister::unknown();
    community.marks.community = true;
    world.reg.known["groups.example"] = community;
    world.ledger.rows = {{1, 1, post(), "bad.example", Channel::Push, 2},
                         {1, 1, post(), "relay.example"},
                         {1, 1, post(), "groups.example"},
                         {1, 2, post(), "bad.example"},
                         {1, 3, post(), "bad.example", Channel::SignedPull},
                         {2, 1, post(), "bad.example"},
                         {2, 1, post(), "bad.example", Channel::SignedPull},
                         {2, 2, post(), "bad.example"},
                         {2, 2, post(), "bad.example", Channel::Forward},
                         {2, 2, post(), "good.example"}};
    const auto trial = world.tried({block("bad.example")});
    CHECK(trial.blocked == recipients::TrialTally{5, 4, 2});
    CHECK(trial.allowed == 3);
    CHECK(trial.not_asked == 3);
    CHECK(trial.rules == std::vector{recipients::RuleTrial{0, {5, 4, 2}, 1}});
    REQUIRE(trial.recipients.size() == 1);
    const auto& bad = trial.recipients[0];
    CHECK(bad.there == recipients::TrialTally{8, 0, 2});
    CHECK(bad.subjects == std::vector{privacy::SubjectNumber{1}, privacy::SubjectNumber{2}});
    CHECK(bad.still_arriving == 3);  // one over relay and group, one fetched, one passed on
    CHECK(bad.fetched == 1);
    CHECK(bad.passed_on == 1);
    CHECK(bad.roads == std::vector{recipients::TrialRoad{*Host::parse("groups.example"), "community", 1},
                                   recipients::TrialRoad{*Host::parse("relay.example"), "relay", 1}});
    // A relay that is kept out as well passes nothing on.
    const auto both = world.tried({block("bad.example"), block("relay.example")});
    CHECK(both.recipients[0].roads.size() == 1);
}

TEST_CASE("A trial stops what is sent to a bridge, and knows it for a road by that", "[rules][trial]") {
    World world{1};
    world.ledger.rows = {{1, 1, post(), "bridge.example", Channel::Bridge, 2}, {1, 1, post(), "bad.example"}};
    const auto stopped = world.tried({block("bridge.example")});
    CHECK(stopped.blocked.disclosures == 2);
    CHECK(stopped.allowed == 1);
    CHECK(stopped.not_asked == 0);
    const auto past = world.tried({block("bad.example")});
    REQUIRE(past.recipients.size() == 1);
    CHECK(past.recipients[0].roads ==
          std::vector{recipients::TrialRoad{*Host::parse("bridge.example"), "bridge", 1}});
}

TEST_CASE("An objection counts for what its subject sent, as it does in the proxy", "[rules][trial]") {
    World world{1};
    const auto sent = [&world](DataCategory category, bool takes_back) {
        const auto number = static_cast<int>(world.ledger.rows.size());
        world.ledger.rows.push_back(
            {1,
             number,
             {{category, DataCategory::Handle}, fediverse::Visibility::Unknown, takes_back},
             "a.example"});
    };
    sent(DataCategory::FollowRelation, false);
    sent(DataCategory::Block, false);
    sent(DataCategory::Report, false);
    sent(DataCategory::FollowRelation, true);
    sent(DataCategory::Deletion, true);
    REQUIRE(world.objections.object({privacy::SubjectNumber{1}, *Host::parse("a.example"), {}, {}}));
    CHECK(world.tried({}).by_objection == recipients::TrialTally{3, 3, 1});
    auto taken_back = block("a.example");
    taken_back.objection = true;
    taken_back.categories = CategorySet{DataCategory::Deletion, DataCategory::FollowRelation}.bits();
    const auto trial = world.tried({taken_back});
    CHECK(trial.rules == std::vector{recipients::RuleTrial{0, {3, 3, 1}, 1}});
    CHECK(trial.by_objection.disclosures == 2);
    CHECK(trial.allowed == 0);
}

TEST_CASE("A trial knows objections and children of today", "[rules][trial]") {
    World world{2};
    world.ledger.rows = {{1, 1, post(), "a.example"},
                         {1, 2, {{DataCategory::Handle}, fediverse::Visibility::Public, false}, "a.example"},
                         {1, 3, {{DataCategory::PostText}, fediverse::Visibility::Public, true}, "a.example"},
                         {2, 1, post(), "a.example"},
                         {2, 1, post(), "b.example"}};
    REQUIRE(world.objections.object({privacy::SubjectNumber{1}, *Host::parse("a.example"), {}, {}}));
    CHECK(world.tried({}).by_objection == recipients::TrialTally{1, 1, 1});
    REQUIRE(world.facts.set_minor(privacy::SubjectNumber{2}, true));
    privacy::TransferRule children;
    children.name = "children";
    children.effect = RuleEffect::Flag;
    children.minor = true;
    CHECK(world.tried({children}).flagged == recipients::TrialTally{2, 2, 1});
}

TEST_CASE("A trial says how far it is, and stops when asked", "[rules][trial]") {
    World world{3};
    for (std::uint64_t subject = 1; subject <= 3; ++subject) {
        world.ledger.rows.push_back({subject, 1, post(), "a.example"});
    }
    std::vector<std::uint64_t> seen;
    recipients::TrialOptions options;
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
        CHECK(all == 3);
        seen.push_back(done);
        return done < 2;
    };
    const auto trial = world.tried({}, options);
    CHECK(trial.stopped);
    CHECK(trial.allowed == 2);
    CHECK(seen == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("Too many roads are not kept, and that is said", "[rules][trial]") {
    World world{1};
    auto relay = FakeRecipientRegister::unknown();
    relay.marks.relay = true;
    for (int i = 0; i < 3; ++i) {
        const auto name = "relay" + std::to_string(i) + ".example";
        world.reg.known[name] = relay;
        world.ledger.rows.push_back({1, 1, post(), name});
    }
    world.ledger.rows.push_back({1, 1, post(), "bad.example"});
    recipients::TrialOptions options;
    options.most_roads = 2;
    const auto trial = world.tried({block("bad.example")}, options);
    CHECK_FALSE(trial.roads_complete);
    CHECK(trial.recipients[0].roads.size() == 2);
    CHECK(trial.recipients[0].still_arriving == 1);
}

TEST_CASE("A trial takes a hint of a country for not known", "[rules][trial]") {
    World world{1};
    auto card = FakeRecipientRegister::unknown();
    card.country.country = *privacy::Country::parse("US");
    card.country.confidence = records::Confidence::Low;
    world.reg.known["hint.example"] = card;
    world.ledger.rows = {{1, 1, post(), "hint.example"}};
    privacy::TransferRule rule;
    rule.name = "country";
    rule.effect = RuleEffect::Block;
    rule.countries = {*privacy::Country::parse("US")};
    CHECK(world.tried({rule}).blocked.disclosures == 0);
    rule.countries.clear();
    rule.country_unknown = true;
    CHECK(world.tried({rule}).blocked.disclosures == 1);
}

TEST_CASE("A trial adds up as a plain list does", "[rules][trial]") {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        std::mt19937 random{seed};
        const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
        RandomRules made{seed};
        const auto rules = made.rules(30);
        const auto compiled = privacy::TransferRules::compile(rules);
        REQUIRE(compiled);
        World world{4};
        std::map<std::string, privacy::RuleFacts> known;
        for (int i = 0; i < 12; ++i) {
            const auto facts = made.facts();
            records::RecipientCard card;
            card.country.country = facts.country;
            card.country.confidence = records::Confidence::Medium;
            card.basis.kind = facts.basis;
            card.software = facts.software;
            card.present = facts.judged - facts.gone;
            card.gone = facts.gone;
            card.marks.relay = pick(4) == 0;
            world.reg.known[facts.recipient.text()] = card;
            known[facts.recipient.text()] = facts;
        }
        std::vector<std::string> hosts;
        for (const auto& entry : known) {
            hosts.push_back(entry.first);
        }
        std::map<std::pair<std::uint64_t, int>, ReplayedActivity> activities;
        for (int i = 0; i < 300; ++i) {
            Row row;
            row.subject = 1 + pick(4);
            row.activity = static_cast<int>(pick(20));
            row.what = activities
                           .try_emplace({row.subject, row.activity},
                                        ReplayedActivity{CategorySet{static_cast<std::uint16_t>(pick(16))},
                                                         static_cast<fediverse::Visibility>(pick(4)),
                                                         pick(5) == 0})
                           .first->second;
            row.recipient = hosts[pick(static_cast<unsigned>(hosts.size()))];
            row.channel = static_cast<Channel>(pick(6));
            row.disclosures = 1 + pick(3);
            world.ledger.rows.push_back(row);
        }

        // The list, row by row.
        std::uint64_t allowed = 0;
        std::uint64_t not_asked = 0;
        std::map<RuleEffect, std::uint64_t> by_effect;
        using Where = std::tuple<std::uint64_t, int, std::string>;
        std::map<std::size_t, std::uint64_t> by_rule;
        std::map<std::string, std::uint64_t> by_host;
        std::map<std::string, std::set<std::uint64_t>> people;
        std::set<Where> stopped;
        for (const auto& row : world.ledger.rows) {
            if (privacy::doing_of(row.channel) != privacy::Doing::Sent) {
                not_asked += row.disclosures;
                continue;
            }
            auto facts = known.at(row.recipient);
            facts.objection = false;
            facts.minor = false;
            facts.categories = row.what.categories.bits();
            facts.visibility = static_cast<std::uint8_t>(row.what.visibility);
            facts.takes_back = row.what.takes_back;
            const auto decision = decide(*compiled, facts);
            if (decision.rule) {
                by_rule[*decision.rule] += row.disclosures;
            }
            by_effect[decision.effect] += row.disclosures;
            if (decision.effect == RuleEffect::Block) {
                by_host[row.recipient] += row.disclosures;
                people[row.recipient].insert(row.subject);
                stopped.emplace(row.subject, row.activity, row.recipient);
            }
        }
        allowed = by_effect[RuleEffect::Allow];

        const auto trial = world.tried(rules);
        CHECK(trial.allowed == allowed);
        CHECK(trial.not_asked == not_asked);
        CHECK(trial.flagged.disclosures == by_effect[RuleEffect::Flag]);
        CHECK(trial.blocked.disclosures == by_effect[RuleEffect::Block]);
        CHECK(trial.blocked.activities == stopped.size());
        CHECK(trial.rules.size() == by_rule.size());
        for (const auto& rule : trial.rules) {
            CHECK(rule.tally.disclosures == by_rule[rule.rule]);
        }
        CHECK(trial.recipients.size() == by_host.size());
        for (const auto& recipient : trial.recipients) {
            const auto& host = recipient.host.text();
            CHECK(recipient.blocked.disclosures == by_host[host]);
            CHECK(recipient.blocked.subjects == people[host].size());
            CHECK(recipient.subjects.size() == people[host].size());
        }
    }
}

TEST_CASE("A trial takes all hosts of a recipient as one, as the gate does", "[rules][trial]") {
    World world{2};
    for (const auto* const name : {"www.peer.example:8443", "other.example"}) {
        world.reg.known[name] = FakeRecipientRegister::unknown();
    }
    world.reg.known["www.peer.example:8443"].aliases = {{*Host::parse("peer.example"), "main"}};
    for (const auto* const name : {"www.peer.example:8443", "other.example", "other.example:444"}) {
        world.ledger.rows.push_back({1, 1, post(), name, Channel::Push, 1});
    }
    const auto blocked = [](const RulesTrial& trial) {
        std::vector<std::string> hosts;
        for (const auto& one : trial.recipients) {
            hosts.push_back(one.host.text());
        }
        return hosts;
    };
    using Hosts = std::vector<std::string>;
    CHECK(blocked(world.tried({block("peer.example")})) == Hosts{"www.peer.example:8443"});
    // Whoever objects to a host that got nothing means the recipient all the same.
    REQUIRE(world.objections.object(
        {privacy::SubjectNumber{1}, *Host::parse("peer.example"), world.clock.at, {}}));
    CHECK(blocked(world.tried({})) == Hosts{"www.peer.example:8443"});
    REQUIRE(world.objections.object(
        {privacy::SubjectNumber{1}, *Host::parse("other.example:1"), world.clock.at, {}}));
    const auto trial = world.tried({});
    CHECK(trial.by_objection.disclosures == 3);
    CHECK(trial.allowed == 0);
}
