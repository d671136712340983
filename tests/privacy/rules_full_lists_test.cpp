/// A list that names all there is asks for nothing.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fedtrail/privacy/transfer_rules.hpp"

using namespace fedtrail::privacy;

namespace {

TransferRule named_rule(const std::string& name, RuleEffect effect) {
    TransferRule rule;
    rule.name = name;
    rule.effect = effect;
    return rule;
}

std::vector<BasisKind> all_bases() {
    return {BasisKind::NoneNeeded,
            BasisKind::Adequacy,
            BasisKind::AdequacyUnverified,
            BasisKind::StandardClauses,
            BasisKind::ExplicitConsent,
            BasisKind::Declared,
            BasisKind::Undocumented};
}

}  // namespace

TEST_CASE("Behind a list of all bases nothing is reached", "[privacy][rules][check]") {
    auto first = named_rule("first", RuleEffect::Flag);
    first.bases = all_bases();
    const auto second = named_rule("second", RuleEffect::Flag);
    const auto found = check_rules(std::vector{first, second});
    REQUIRE(found.size() == 1);
    CHECK(found[0].fault == RuleFault::Unreachable);
    CHECK(found[0].rule == 1);
    for (std::size_t without = 0; without < first.bases.size(); ++without) {
        auto some = first;
        some.bases.erase(some.bases.begin() + static_cast<std::ptrdiff_t>(without));
        some.bases.push_back(some.bases.front());
        CHECK(check_rules(std::vector{some, second}).empty());
    }
}

TEST_CASE("Behind a list of all visibilities only what is not read is reached", "[privacy][rules][check]") {
    auto first = named_rule("first", RuleEffect::Block);
    first.visibilities = kAllVisibilities;
    const auto block = named_rule("second", RuleEffect::Block);
    const auto allow = named_rule("second", RuleEffect::Allow);
    auto found = check_rules(std::vector{first, block});
    REQUIRE(found.size() == 1);
    CHECK(found[0].fault == RuleFault::Unreachable);
    found = check_rules(std::vector{first, allow});
    REQUIRE(found.size() == 1);
    CHECK(found[0].left == RuleLeft::Deletions);

    first.effect = RuleEffect::Flag;
    found = check_rules(std::vector{first, block});
    REQUIRE(found.size() == 1);
    CHECK(found[0].fault == RuleFault::Conflict);
    CHECK(found[0].left == RuleLeft::Unread);
    CHECK(check_rules(std::vector{first, allow}).empty());  // it lets pass what is not read
    auto posts = allow;
    posts.categories = 1;
    found = check_rules(std::vector{first, posts});
    REQUIRE(found.size() == 1);
    CHECK(found[0].fault == RuleFault::Conflict);
    CHECK(found[0].left == RuleLeft::Nothing);
    first.visibilities = 0x1E;
    CHECK(check_rules(std::vector{first, block}).empty());
    CHECK(check_rules(std::vector{first, posts}).empty());
}

TEST_CASE("A list of all categories does not hold for what has none", "[privacy][rules][check]") {
    auto first = named_rule("first", RuleEffect::Flag);
    first.categories = 0x7FFF;
    const auto second = named_rule("second", RuleEffect::Block);
    CHECK(check_rules(std::vector{first, second}).empty());
    const auto rules = TransferRules::compile({first, second});
    REQUIRE(rules);
    RuleFacts facts;
    facts.recipient = *fedtrail::Host::parse("a.example");
    CHECK(decide(*rules, facts).rule == 1U);
}
