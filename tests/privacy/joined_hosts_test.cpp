#include "fedtrail/privacy/joined_hosts.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fedtrail/privacy/transfer_rules.hpp"

using namespace fedtrail;
using privacy::JoinedHosts;
using privacy::RuleEffect;
using privacy::TransferRule;
using privacy::TransferRules;
using Names = std::vector<std::string>;

namespace {

Host host(const std::string& text) {
    return *Host::parse(text);
}

TransferRule rule(const std::string& name, RuleEffect effect, const std::string& pattern) {
    TransferRule made;
    made.name = name;
    made.effect = effect;
    made.hosts = {*privacy::HostPattern::parse(pattern)};
    return made;
}

std::string rule_for(const TransferRules& rules, const std::string& recipient) {
    privacy::RuleFacts facts;
    facts.recipient = host(recipient);
    const auto decision = decide(rules, facts);
    return decision.rule ? rules.rules()[*decision.rule].name : "";
}

}  // namespace

TEST_CASE("hosts that are joined are one, over others as well, and ports do not matter", "[joined]") {
    JoinedHosts joined;
    CHECK(joined.empty());
    CHECK(joined.are_one(host("a.example"), host("a.example:8443")));
    CHECK(!joined.are_one(host("a.example"), host("b.example")));
    joined.join(host("a.example"), host("www.a.example:8443"));
    joined.join(host("c.example"), host("d.example"));
    CHECK(joined.recipients().size() == 2);
    CHECK(!joined.are_one(host("a.example"), host("d.example")));
    joined.join(host("d.example"), host("a.example:444"));
    CHECK(joined.are_one(host("www.a.example"), host("c.example:1")));
    CHECK(joined.recipients().size() == 1);
    CHECK(joined.names_of(host("d.example:8443")) ==
          Names{"a.example", "c.example", "d.example", "www.a.example"});
    CHECK(joined.names_of(host("e.example:8443")) == Names{"e.example"});
    CHECK(joined.names("e.example").empty());
}

TEST_CASE("a host that is joined to itself, or to none, is joined to nothing", "[joined]") {
    JoinedHosts joined;
    joined.join(host("a.example"), host("a.example:8443"));
    joined.join(host("a.example"), Host{});
    joined.join(host("[::1]:443"), host("[::1]"));
    CHECK(joined.empty());
}

TEST_CASE("what is joined is equal in whatever order it was learned", "[joined]") {
    JoinedHosts one;
    one.join(host("a.example"), host("b.example"));
    one.join(host("b.example"), host("c.example"));
    JoinedHosts other;
    other.join(host("c.example"), host("a.example"));
    CHECK(!(one == other));
    other.join(host("b.example"), host("a.example"));
    CHECK(one == other);
    other.join(host("d.example"), host("e.example"));
    CHECK(!(one == other));
}

TEST_CASE("a host in a rule stands for all hosts of its recipient", "[joined]") {
    const auto rules = TransferRules::compile(
        {rule("first", RuleEffect::Block, "peer.example"), rule("zone", RuleEffect::Flag, "*.zone.example")});
    REQUIRE(rules);
    CHECK(rule_for(*rules, "www.peer.example").empty());
    JoinedHosts joined;
    joined.join(host("peer.example"), host("www.peer.example"));
    joined.join(host("social.zone.example"), host("elsewhere.example"));
    joined.join(host("some.example"), host("other.example"));
    const auto wide = rules->joined(joined);
    CHECK(rule_for(wide, "peer.example") == "first");
    CHECK(rule_for(wide, "www.peer.example") == "first");
    CHECK(rule_for(wide, "www.peer.example:8443") == "first");
    CHECK(rule_for(wide, "elsewhere.example") == "zone");
    CHECK(rule_for(wide, "social.zone.example") == "zone");
    CHECK(rule_for(wide, "third.zone.example") == "zone");
    CHECK(rule_for(wide, "some.example").empty());
    CHECK(rule_for(wide, "below.www.peer.example").empty());
    // Where they are two again, so are they for the rules.
    CHECK(rule_for(wide.joined(JoinedHosts{}), "www.peer.example").empty());
}

TEST_CASE("of the rules for any host of a recipient the first one decides, and no other is lost",
          "[joined]") {
    std::vector<TransferRule> list;
    for (int i = 0; i < 200; ++i) {
        list.push_back(
            rule("of-" + std::to_string(i), RuleEffect::Block, "h" + std::to_string(i) + ".example"));
    }
    list[150].enabled = false;
    const auto rules = TransferRules::compile(list);
    REQUIRE(rules);
    JoinedHosts joined;
    joined.join(host("h190.example"), host("h70.example"));
    joined.join(host("h3.example"), host("h190.example"));
    joined.join(host("h150.example"), host("h151.example"));
    const auto wide = rules->joined(joined);
    CHECK(rule_for(wide, "h190.example") == "of-3");
    CHECK(rule_for(wide, "h70.example") == "of-3");
    CHECK(rule_for(wide, "h150.example") == "of-151");
    CHECK(rule_for(wide, "h71.example") == "of-71");
}
