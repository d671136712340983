#include "recipients/transfer_rules_file.hpp"

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/category.hpp"

#include "erasure/schema.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;

namespace {

std::string document(const std::string& rules) {
    return R"({"format": "fedtrail/transfer-rules/1",)"
           "\n\"rules\": [\n" +
           rules + "\n]}";
}

std::string rule(const std::string& conditions, const std::string& effect = "block") {
    return R"({"name": "one", "effect": ")" + effect + R"(", "why": "so", )" + conditions + "}";
}

std::vector<TransferRule> read(const std::string& rules) {
    auto read = parse_transfer_rules(document(rules));
    REQUIRE(read);
    return *std::move(read);
}

RuleFacts to(const char* host) {
    RuleFacts facts;
    facts.recipient = *Host::parse(host);
    return facts;
}

}  // namespace

TEST_CASE("The rules that are shipped allow everything and have no fault", "[recipients][rules]") {
    const auto text = policy_file("transfer-rules.json");
    CHECK(schema_faults("transfer-rules.schema.json", text).empty());
    auto rules = parse_transfer_rules(text);
    REQUIRE(rules);
    CHECK(rules->size() == 5);
    CHECK(rules->front().line == 4);
    for (const auto& one : *rules) {
        CHECK_FALSE(one.enabled);
    }
    CHECK(check_rules(*rules).empty());
    const auto compiled = TransferRules::compile(*rules);
    REQUIRE(compiled);
    CHECK(decide(*compiled, to("video.example.org")) == RuleDecision{});
}

TEST_CASE("The examples do what they say once they are enabled", "[recipients][rules]") {
    auto rules = parse_transfer_rules(policy_file("transfer-rules.json"));
    REQUIRE(rules);
    for (auto& one : *rules) {
        one.enabled = true;
    }
    CHECK(check_rules(*rules).empty());
    const auto compiled = TransferRules::compile(*rules);
    REQUIRE(compiled);
    auto facts = to("peer.example");
    facts.country = *Country::parse("KE");
    CHECK(decide(*compiled, facts) == RuleDecision{});
    facts.minor = true;
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Block, 0});
    facts.minor = false;
    facts.categories = fediverse::CategorySet{fediverse::DataCategory::DirectMessage}.bits();
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Block, 3});
    facts.recipient = *Host::parse("a.staging.example.org");
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Allow, 1});
    facts = to("peer.example");
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Flag, 4});
    facts.judged = 20;
    facts.gone = 9;
    facts.visibility = static_cast<std::uint8_t>(fediverse::Visibility::Followers);
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Block, 2});
    facts.gone = 10;
    CHECK(decide(*compiled, facts) == RuleDecision{RuleEffect::Flag, 4});
}

TEST_CASE("Every condition is read", "[recipients][rules]") {
    const auto rules = read(rule(R"(
        "recipient": {"hosts": ["Example.ORG", "*.b\u00fccher.example"], "countries": ["us", "unknown"],
                      "bases": ["undocumented", "A45-3?unverified"], "software": ["Mastodon", "unknown"],
                      "honour_below_percent": 40},
        "subject": {"objection": true, "minor": false},
        "object": {"categories": ["profile", "media"], "visibilities": ["public", "direct"]})"));
    REQUIRE(rules.size() == 1);
    const auto& one = rules[0];
    CHECK(one.line == 3);
    CHECK(one.effect == RuleEffect::Block);
    REQUIRE(one.hosts.size() == 2);
    CHECK(one.hosts[0].text() == "example.org");
    CHECK(one.hosts[1].text() == "*.xn--bcher-kva.example");
    CHECK(one.countries == std::vector{*Country::parse("US")});
    CHECK(one.country_unknown);
    CHECK(one.bases == std::vector{BasisKind::Undocumented, BasisKind::AdequacyUnverified});
    CHECK(one.software == std::vector<std::string>{"mastodon", ""});
    CHECK(one.honour == HonourBelow{40, 10});
    CHECK(one.objection == true);
    CHECK(one.minor == false);
    CHECK(one.categories == 0b1001);
    CHECK(one.visibilities == 0b1001);
    CHECK(one.unknown.empty());
}

TEST_CASE("A file that is no JSON is told of in words", "[recipients][rules]") {
    const auto read = parse_transfer_rules("{\"rules\": [\n");
    REQUIRE_FALSE(read);
    CHECK(read.error().what.find("parse error at line 2") != std::string::npos);
    CHECK(read.error().what.find("json.exception") == std::string::npos);
}

TEST_CASE("What is missing in a file is named in words", "[recipients][rules]") {
    CHECK(parse_transfer_rules(R"({"rules": []})").error().what ==
          "fedtrail/transfer-rules/1, the document: \"format\": \"fedtrail/transfer-rules/1\" is missing");
    CHECK(parse_transfer_rules(R"({"format": "fedtrail/transfer-rules/1"})").error().what ==
          "fedtrail/transfer-rules/1, the document: \"rules\" is missing");
}

TEST_CASE("Words that mean nothing are found with their line, and such rules are not applied",
          "[recipients][rules]") {
    const auto rules = read(rule(R"("recipient": {"hosts": ["a.example"]})") + ",\n\n" + R"({
        "name": "two", "effect": "block", "why": "a brace { and a \" in a text",
        "recipient": {"hosts": ["https://b.example/", "*", "c.example:8443"], "countries": ["QQ"], "bases": ["adequate"]},
        "object": {"categories": ["text"], "visibilities": ["secret"]}})");
    const auto found = check_rules(rules);
    std::vector<std::string> words;
    for (const auto& finding : found) {
        CHECK(finding.fault == RuleFault::UnknownWord);
        CHECK(finding.rule == 1);
        CHECK(finding.line == 5);
        words.push_back(finding.detail);
    }
    CHECK(words == std::vector<std::string>{"hosts: https://b.example/",
                                            "hosts: *",
                                            "hosts: c.example:8443",
                                            "countries: QQ",
                                            "bases: adequate",
                                            "categories: text",
                                            "visibilities: secret"});
    const auto refused = TransferRules::compile(rules);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("\"two\" (line 5)") != std::string::npos);
    auto disabled = rules;
    disabled[1].enabled = false;
    CHECK(TransferRules::compile(disabled));
}

TEST_CASE("A file that would leave out a condition is refused", "[recipients][rules]") {
    const auto text = GENERATE(values<std::string>({
        rule(R"("recipients": {"hosts": ["a.example"]})"),
        rule(R"("recipient": {"country": ["US"]})"),
        rule(R"("recipient": {"hosts": []})"),
        rule(R"("recipient": {"hosts": "a.example"})"),
        rule(R"("recipient": {"hosts": [1]})"),
        rule(R"("recipient": ["a.example"])"),
        rule(R"("subject": {"minor": "yes"})"),
        rule(R"("subject": {"child": true})"),
        rule(R"("object": {"visibility": ["public"]})"),
        rule(R"("recipient": {"honour_below_percent": 0})"),
        rule(R"("recipient": {"honour_below_percent": 101})"),
        rule(R"("recipient": {"honour_least_told": 5})"),
        rule(R"("subject": {"minor": true})", "deny"),
    }));
    CAPTURE(text);
    const auto refused = parse_transfer_rules(document(text));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Invalid);
    CHECK(refused.error().what.find("fedtrail/transfer-rules/1, rule 1 (line 3): ") == 0);
    CHECK_FALSE(schema_faults("transfer-rules.schema.json", document(text)).empty());
}

TEST_CASE("What is no file of rules is refused", "[recipients][rules]") {
    for (const auto* const text : {"",
                                   "{",
                                   "[]",
                                   "{}",
                                   R"({"format": "fedtrail/transfer-rules/2", "rules": []})",
                                   R"({"rules": 3})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_transfer_rules(text));
    }
    CHECK_FALSE(parse_transfer_rules(R"({"format": "fedtrail/transfer-rules/1", "rules": {}})"));
    std::string many;
    for (int rules = 0; rules < 20'001; ++rules) {
        many += (rules == 0 ? "" : ",") + rule(R"("subject": {"minor": true})");
    }
    CHECK_FALSE(parse_transfer_rules(document(many)));
    CHECK(read("").empty());
}
