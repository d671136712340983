#include "fedtrail/privacy/transfer_rules.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "privacy/random_rules.hpp"

using namespace fedtrail;
using namespace fedtrail::privacy;
using fedtrail::testing::RandomRules;

namespace {

TransferRule rule_for(std::initializer_list<const char*> hosts, RuleEffect effect = RuleEffect::Block) {
    TransferRule rule;
    rule.effect = effect;
    for (const auto* const host : hosts) {
        rule.hosts.push_back(*HostPattern::parse(host));
        rule.name += host;
    }
    return rule;
}

RuleFacts to(const char* host) {
    RuleFacts facts;
    facts.recipient = *Host::parse(host);
    return facts;
}

RuleDecision decided(std::vector<TransferRule> rules, const RuleFacts& facts) {
    const auto compiled = TransferRules::compile(std::move(rules));
    REQUIRE(compiled);
    return decide(*compiled, facts);
}

// The rules as they are described, read one after the other; nothing is shared with what is tested.

bool names_host(const TransferRule& rule, const RuleFacts& facts) {
    auto name = facts.recipient.text();
    name = name.substr(0, name.find(':'));
    for (const auto& host : rule.hosts) {
        const auto pattern = host.text();
        if (pattern == name) {
            return true;
        }
        const auto tail = pattern.substr(1);  // ".example.org"
        if (pattern[0] == '*' && name.size() > tail.size() &&
            name.compare(name.size() - tail.size(), tail.size(), tail) == 0) {
            return true;
        }
    }
    return rule.hosts.empty();
}

bool names_country(const TransferRule& rule, const RuleFacts& facts) {
    if (rule.countries.empty() && !rule.country_unknown) {
        return true;
    }
    if (!facts.country) {
        return rule.country_unknown;
    }
    return std::count(rule.countries.begin(), rule.countries.end(), *facts.country) > 0;
}

bool naively_matches(const TransferRule& rule, const RuleFacts& facts) {
    const auto among = [](const auto& list, const auto& value) {
        return list.empty() || std::count(list.begin(), list.end(), value) > 0;
    };
    bool holds = rule.enabled && names_host(rule, facts) && names_country(rule, facts) &&
                 among(rule.bases, facts.basis) && among(rule.software, facts.software);
    if (rule.honour) {
        const bool known = facts.judged > 0 && facts.judged >= rule.honour->least_told;
        holds = holds && known && 100 * facts.gone < rule.honour->percent * facts.judged;
    }
    if (rule.objection) {
        holds = holds && *rule.objection == facts.objection;
    }
    if (rule.minor) {
        holds = holds && *rule.minor == facts.minor;
    }
    if (rule.categories != 0) {
        holds = holds && (rule.categories & facts.categories) > 0;
    }
    if (rule.visibilities != 0) {
        holds = holds && ((rule.visibilities >> facts.visibility) & 1) == 1;
    }
    if (facts.takes_back && rule.effect == RuleEffect::Block) {
        holds = holds && (rule.categories & kDeletionBit) != 0;
    }
    return holds;
}

RuleDecision naively_decided(const std::vector<TransferRule>& rules, const RuleFacts& facts) {
    const bool objects = facts.objection && !facts.takes_back;
    for (std::size_t at = 0; at < rules.size(); ++at) {
        const bool asked = !objects || rules[at].objection == std::optional{true};
        if (asked && naively_matches(rules[at], facts)) {
            return {rules[at].effect, at, false};
        }
    }
    return objects ? RuleDecision{RuleEffect::Block, std::nullopt, true} : RuleDecision{};
}

}  // namespace

TEST_CASE("A host pattern is one host, or all that lie below it", "[privacy][rules]") {
    const auto block = [](const char* pattern, const char* host) {
        return decided({rule_for({pattern})}, to(host)).effect == RuleEffect::Block;
    };
    CHECK(block("example.org", "example.org"));
    CHECK(block("Example.ORG", "example.org:8443"));
    CHECK_FALSE(block("example.org", "a.example.org"));
    CHECK(block("*.example.org", "a.example.org"));
    CHECK(block("*.example.org", "b.a.example.org:444"));
    CHECK_FALSE(block("*.example.org", "example.org"));
    CHECK_FALSE(block("*.example.org", "notexample.org"));
    CHECK(block("*.org", "a.example.org"));
    CHECK(block("[::1]", "[::1]:8443"));
    CHECK_FALSE(block("[::1]", "[::2]"));
    for (const auto* const wrong :
         {"", "*", "*.", "*.*.org", "a.*.org", "example.org:443", "https://example.org", "a b", "*.[::1]"}) {
        CAPTURE(wrong);
        CHECK_FALSE(HostPattern::parse(wrong));
    }
}

TEST_CASE("The first rule that matches decides, and without one all is allowed", "[privacy][rules]") {
    const std::vector rules{rule_for({"good.example.org"}, RuleEffect::Allow),
                            rule_for({"*.example.org", "example.org"}),
                            rule_for({"*.org"}, RuleEffect::Flag)};
    CHECK(decided(rules, to("good.example.org")) == RuleDecision{RuleEffect::Allow, 0});
    CHECK(decided(rules, to("bad.example.org")) == RuleDecision{RuleEffect::Block, 1});
    CHECK(decided(rules, to("another.org")) == RuleDecision{RuleEffect::Flag, 2});
    CHECK(decided(rules, to("another.net")) == RuleDecision{});
    CHECK(decided({}, to("another.net")) == RuleDecision{});
    auto last = rules;
    last.push_back(rule_for({}));
    CHECK(decided(last, to("another.net")) == RuleDecision{RuleEffect::Block, 3});
    last[0].enabled = false;
    CHECK(decided(last, to("good.example.org")) == RuleDecision{RuleEffect::Block, 1});
}

TEST_CASE("Too little experience with a recipient is no bad experience", "[privacy][rules]") {
    auto rule = rule_for({});
    rule.honour = HonourBelow{50, 10};
    auto facts = to("a.example");
    const auto blocked = [&](std::uint64_t judged, std::uint64_t gone) {
        facts.judged = judged;
        facts.gone = gone;
        return decided({rule}, facts).effect == RuleEffect::Block;
    };
    CHECK_FALSE(blocked(0, 0));
    CHECK_FALSE(blocked(9, 0));
    CHECK(blocked(10, 4));
    CHECK_FALSE(blocked(10, 5));
    CHECK(blocked(1'000'000'000'000, 499'999'999'999));
}

TEST_CASE("What was made ready decides as the list itself does", "[privacy][rules]") {
    const auto seed = GENERATE(range(1U, 401U));
    CAPTURE(seed);
    RandomRules random{seed};
    const auto rules = random.rules(seed % 4 == 0 ? 300 : 40);  // also past the borders of words
    const auto compiled = TransferRules::compile(rules);
    REQUIRE(compiled);
    for (int tries = 0; tries < 50; ++tries) {
        const auto facts = random.facts();
        CAPTURE(facts.recipient.text());
        CHECK(decide(*compiled, facts) == naively_decided(rules, facts));
    }
}

TEST_CASE("An objection blocks, unless a rule for objections says otherwise", "[privacy][rules]") {
    auto facts = to("a.example");
    facts.objection = true;
    CHECK(decided({}, facts) == RuleDecision{RuleEffect::Block, std::nullopt, true});
    auto trusted = rule_for({"a.example"}, RuleEffect::Allow);
    CHECK(decided({trusted}, facts).objection);
    trusted.objection = false;
    CHECK(decided({trusted}, facts).objection);
    trusted.objection = true;
    CHECK(decided({rule_for({}), trusted}, facts) == RuleDecision{RuleEffect::Allow, 1});
    facts.takes_back = true;
    CHECK(decided({}, facts) == RuleDecision{});
}

TEST_CASE("What takes data back is blocked only where a rule names it", "[privacy][rules]") {
    auto facts = to("a.example");
    facts.takes_back = true;
    facts.categories = kDeletionBit | 0b1;
    auto block = rule_for({"a.example"});
    CHECK(decided({block}, facts) == RuleDecision{});
    block.categories = 0b1;
    CHECK(decided({block}, facts) == RuleDecision{});
    block.categories = kDeletionBit;
    CHECK(decided({block}, facts) == RuleDecision{RuleEffect::Block, 0});
    CHECK(decided({rule_for({}), block}, facts) == RuleDecision{RuleEffect::Block, 1});
    CHECK(check_rules(std::vector{rule_for({}), block}).empty());
    CHECK(decided({rule_for({}, RuleEffect::Flag)}, facts) == RuleDecision{RuleEffect::Flag, 0});
}

TEST_CASE("Rules say whether they ask for more than a host", "[privacy][rules]") {
    const auto asks = [](TransferRule rule) { return TransferRules::compile({rule})->asks_recipient(); };
    auto rule = rule_for({"a.example"});
    CHECK_FALSE(asks(rule));
    rule.country_unknown = true;
    CHECK(asks(rule));
    rule.enabled = false;
    CHECK_FALSE(asks(rule));
}

TEST_CASE("A rule that is called unreachable decides nothing", "[privacy][rules]") {
    std::size_t findings = 0;
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        RandomRules random{seed};
        const auto rules = random.rules(30);
        const auto found = check_rules(rules);
        findings += found.size();
        for (int tries = 0; tries < 50; ++tries) {
            auto facts = random.facts();
            facts.takes_back =
                false;  // a rule that allows what is allowed anyway is still not what was meant
            const auto decision = naively_decided(rules, facts);
            for (const auto& finding : found) {
                CHECK((finding.fault == RuleFault::Conflict) ==
                      (rules[finding.rule].effect != rules[*finding.other].effect));
                CHECK(*finding.other < finding.rule);
                if (finding.detail.empty()) {
                    CHECK(decision.rule != finding.rule);
                } else if (decision.rule == finding.rule) {
                    auto without = rules[finding.rule];
                    without.hosts = {*HostPattern::parse(finding.detail)};
                    CHECK_FALSE(naively_matches(without, facts));
                }
            }
        }
    }
    CHECK(findings > 200);
}

TEST_CASE("Rules that never decide are found, with the rule that does", "[privacy][rules]") {
    auto american = rule_for({});
    american.name = "american";
    american.countries = {*Country::parse("US"), *Country::parse("GB")};
    auto messages = american;
    messages.name = "messages";
    messages.line = 17;
    messages.countries = {*Country::parse("US")};
    messages.categories = 0b10;
    const auto one = check_rules(std::vector{american, messages});
    REQUIRE(one.size() == 1);
    CHECK(one[0].fault == RuleFault::Unreachable);
    CHECK(one[0].rule == 1);
    CHECK(one[0].line == 17);
    CHECK(one[0].other == 0);
    CHECK(one[0].detail.empty());

    messages.effect = RuleEffect::Allow;
    CHECK(check_rules(std::vector{american, messages})[0].fault == RuleFault::Conflict);
    CHECK(check_rules(std::vector{messages, american}).empty());
    messages.country_unknown = true;
    CHECK(check_rules(std::vector{american, messages}).empty());
    american.enabled = false;
    messages.country_unknown = false;
    CHECK(check_rules(std::vector{american, messages}).empty());
}

TEST_CASE("Hosts that an earlier rule has already decided are named", "[privacy][rules]") {
    const std::vector rules{rule_for({"*.example.org"}),
                            rule_for({"a.example.org", "b.example.net"}, RuleEffect::Allow),
                            rule_for({"x.example.org", "*.y.example.org"}),
                            rule_for({"example.org", "b.example.net"}, RuleEffect::Allow)};
    const auto found = check_rules(rules);
    REQUIRE(found.size() == 3);
    CHECK(found[0].fault == RuleFault::Conflict);
    CHECK(found[0].rule == 1);
    CHECK(found[0].other == 0);
    CHECK(found[0].detail == "a.example.org");
    CHECK(found[1].fault == RuleFault::Unreachable);
    CHECK(found[1].rule == 2);
    CHECK(found[1].other == 0);
    CHECK(found[1].detail.empty());
    CHECK(found[2].fault == RuleFault::Unreachable);
    CHECK(found[2].rule == 3);
    CHECK(found[2].other == 1);
    CHECK(found[2].detail == "b.example.net");
}

TEST_CASE("After a rule without conditions nothing is reached", "[privacy][rules]") {
    auto all = rule_for({}, RuleEffect::Allow);
    all.name = "all";
    auto bad_rate = rule_for({});
    bad_rate.name = "bad rate";
    bad_rate.honour = HonourBelow{10, 1};
    const auto found = check_rules(std::vector{all, bad_rate, rule_for({"a.example"}, RuleEffect::Allow)});
    REQUIRE(found.size() == 2);
    CHECK(name_of(found[0].fault) == "conflict");
    CHECK(name_of(found[1].fault) == "unreachable");
}

TEST_CASE("A worse rate is found by a rule for a bad one, not the other way round", "[privacy][rules]") {
    const auto finds = [](HonourBelow first, HonourBelow second) {
        auto one = rule_for({});
        one.honour = first;
        auto two = rule_for({"a.example"});
        two.honour = second;
        return check_rules(std::vector{one, two}).size() == 1;
    };
    CHECK(finds({50, 10}, {50, 10}));
    CHECK(finds({50, 10}, {40, 20}));
    CHECK_FALSE(finds({50, 10}, {60, 10}));
    CHECK_FALSE(finds({50, 10}, {50, 9}));
}

TEST_CASE("A name stands for one rule", "[privacy][rules]") {
    const auto found = check_rules(std::vector{
        rule_for({"a.example"}), rule_for({"b.example"}), rule_for({"a.example"}, RuleEffect::Flag)});
    REQUIRE(found.size() == 2);
    CHECK(found[0].fault == RuleFault::NameTwice);
    CHECK(found[0].rule == 2);
    CHECK(found[0].other == 0);
    CHECK(found[1].fault == RuleFault::Conflict);
}

TEST_CASE("A rule with a word that means nothing is not made ready", "[privacy][rules]") {
    auto rule = rule_for({"a.example"});
    rule.unknown.push_back({"countries", "QQ"});
    const auto refused = TransferRules::compile({rule});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Invalid);
    const auto found = check_rules(std::vector{rule});
    REQUIRE(found.size() == 1);
    CHECK(name_of(found[0].fault) == "unknown_word");
    CHECK(found[0].detail == "countries: QQ");
}

TEST_CASE("Of what only the recipient is known, a rule that blocks some of it blocks all") {
    const auto unread = [](std::vector<TransferRule> rules, RuleFacts facts) {
        return decide_unread(*TransferRules::compile(std::move(rules)), facts);
    };
    auto some = rule_for({"a.example"});
    some.categories = 1;
    CHECK(unread({some}, to("a.example")) == RuleDecision{RuleEffect::Block, 0, false});
    CHECK(unread({some}, to("b.example")) == RuleDecision{});

    auto lets_some = rule_for({"a.example"}, RuleEffect::Allow);
    lets_some.visibilities = 1;
    CHECK(unread({lets_some, some}, to("a.example")) == RuleDecision{RuleEffect::Block, 1, false});
    const auto lets_all = rule_for({"a.example"}, RuleEffect::Allow);
    CHECK(unread({lets_all, some}, to("a.example")) == RuleDecision{RuleEffect::Allow, 0, false});

    auto lets_unread = rule_for({"a.example"}, RuleEffect::Allow);
    lets_unread.categories = kUnreadBit;
    CHECK(unread({lets_unread, some}, to("a.example")) == RuleDecision{RuleEffect::Allow, 0, false});

    auto children = rule_for({});
    children.minor = true;
    auto facts = to("a.example");
    CHECK(unread({children}, facts) == RuleDecision{});  // no child is known
    facts.minor = true;
    CHECK(unread({children}, facts) == RuleDecision{RuleEffect::Block, 0, false});

    auto objected = to("a.example");
    objected.objection = true;
    CHECK(unread({}, objected) == RuleDecision{RuleEffect::Block, std::nullopt, true});
    auto overrules = rule_for({"a.example"}, RuleEffect::Allow);
    overrules.objection = true;
    CHECK(unread({overrules}, objected).effect == RuleEffect::Block);
}
