#include "reports/risk_points.hpp"

#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/example_papers.hpp"
#include "reports/rendered.hpp"
#include "reports/risk_points_file.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fedtrail::testing::kLanguages;
using privacy::BasisKind;

}  // namespace

TEST_CASE("Every point of the file has its words in every language, and none is left over",
          "[reports][assessment][translations]") {
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
        std::set<std::string> told;
        for (const auto& [key, text] : texts.all()) {
            if (key.starts_with("assess.risk.")) {
                told.insert(key.substr(12, key.find('.', 12) - 12));
            }
        }
        std::set<std::string> points;
        for (const auto& rule : shipped_points()) {
            points.insert(rule.code);
        }
        CHECK(told == points);
        CHECK(check_risk_words(shipped_points(), texts));
    }
}

TEST_CASE("Risk points keep to their schema", "[reports][assessment]") {
    CHECK(schema_faults("risk-points", risk_points_text()).empty());
    auto changed = nlohmann::json::parse(risk_points_text());
    changed["points"][0]["when"]["colour"] = "blue";
    CHECK_FALSE(schema_faults("risk-points", changed.dump()).empty());
    const auto refused = parse_risk_points(changed.dump());
    REQUIRE_FALSE(refused);
    CHECK(contains(refused.error().what, "colour"));
}

TEST_CASE("What is hinted at needs no basis yet, and the point says why it is a hint",
          "[reports][assessment]") {
    records::PolicyHistory policy;
    auto card = card_of("a.example", "DE", BasisKind::Undocumented, "mastodon");
    card.country.confidence = records::Confidence::Low;
    const auto points_of = [&](records::CountrySource source) {
        card.country.source = source;
        std::set<std::string> codes;
        for (const auto& rule : shipped_points()) {
            if (rule.code == "no_basis" || rule.code.starts_with("country_")) {
                if (applies(rule, {card, policy, nullptr})) {
                    codes.insert(rule.code);
                }
            }
        }
        return codes;
    };
    using records::CountrySource;
    CHECK(points_of(CountrySource::HostingAddress) ==
          std::set<std::string>{"country_unknown", "country_hint"});
    CHECK(points_of(CountrySource::WhoisFile) == std::set<std::string>{"country_unknown", "country_dated"});
    CHECK(points_of(CountrySource::Declared) == std::set<std::string>{"country_unknown", "country_disputed"});
    CHECK(points_of(CountrySource::Imprint) == std::set<std::string>{"country_unknown", "country_disputed"});
    card.country.confidence = records::Confidence::Medium;
    CHECK(points_of(CountrySource::Imprint) == std::set<std::string>{"no_basis"});
}

TEST_CASE("A point holds only if all of its conditions do", "[reports][assessment]") {
    const auto rule_of = [](const std::string& when) {
        const auto rules = parse_risk_points(
            R"({"points": [{"code": "x", "weight": "low", "source": ["s"], "checked_at": "d", "why": "w", "when": )" +
            when + "}]}");
        INFO((rules ? "" : rules.error().what));
        REQUIRE(rules);
        return rules->front();
    };
    auto card = card_of("a.example", "US", BasisKind::Adequacy, "mastodon");
    records::PolicyHistory policy;
    auto totals = totals_of("a.example", 5);
    const auto holds = [&](const std::string& when, bool disclosed = true) {
        return applies(rule_of(when), {card, policy, disclosed ? &totals : nullptr});
    };
    CHECK(holds(R"({"country": "known", "countries": ["US"]})"));
    CHECK_FALSE(holds(R"({"countries": ["NL"]})"));
    CHECK_FALSE(holds(R"({"country": "unknown"})"));
    CHECK(holds(R"({"bases": ["A45-3", "undocumented"]})"));
    CHECK_FALSE(holds(R"({"confidence_at_most": "low"})"));
    CHECK(holds(R"({"country_sources": ["admin", "imprint"]})"));
    CHECK_FALSE(holds(R"({"country_sources": ["admin"]})"));
    CHECK(holds(R"({"confidence_at_most": "medium"})"));
    CHECK_FALSE(holds(R"({"users_at_least": 10})"));
    card.users = 10;
    CHECK(holds(R"({"users_at_least": 10})"));
    CHECK_FALSE(holds(R"({"registrations": "open"})"));
    CHECK(holds(R"({"operator": "unknown", "contact": "unknown"})"));
    CHECK_FALSE(holds(R"({"software": "unknown"})"));
    CHECK(holds(R"({"policy": "none"})"));
    CHECK_FALSE(holds(R"({"policy_silent": ["rights"]})"));
    CHECK(holds(R"({"never_told": true, "disclosed": true})"));
    CHECK_FALSE(holds(R"({"disclosed": true})", false));
    CHECK(holds(R"({"disclosed": false})", false));
    CHECK(holds(R"({"categories": ["post_text", "location"]})"));
    CHECK_FALSE(holds(R"({"categories": ["location"]})"));
    CHECK_FALSE(holds(R"({"categories": ["post_text"]})", false));
    card.told = 10;
    CHECK_FALSE(holds(R"({"honour_below_percent": 50})"));  // nobody saw a copy
    card.not_visible = 10;
    CHECK_FALSE(holds(R"({"honour_below_percent": 50})"));
    card.gone = 5;
    card.present = 5;
    CHECK_FALSE(holds(R"({"honour_below_percent": 50, "honour_least_told": 10})"));
    card.gone = 4;
    card.present = 6;
    CHECK(holds(R"({"honour_below_percent": 50, "honour_least_told": 10})"));
    CHECK_FALSE(holds(R"({"honour_below_percent": 50, "honour_least_told": 11})"));
    CHECK_FALSE(holds(R"({"marks": ["relay"]})"));
    card.marks.relay = true;
    CHECK(holds(R"({"marks": ["relay", "bridge"]})"));
    const auto own = rule_of(R"({"disclosed": true})");
    const auto refused = check_risk_words({own}, papers_in("de"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Invalid);
    CHECK(contains(refused.error().what, "\"x\""));
    CHECK(contains(refused.error().remedy, "texts/de/assessment.json"));
    CHECK_FALSE(contains(words_of(own, papers_in("de")).todo, "w"));  // its English reason
    CHECK_FALSE(parse_risk_points("{"));
    CHECK_FALSE(parse_risk_points(R"({"points": [{"code": "x"}]})"));
}

}  // namespace fedtrail::reports::test
