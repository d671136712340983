/// A promise not to, in an assessment: marked in every language, and in JSON.

#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/assessment.hpp"
#include "reports/example_papers.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/risk_points.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

records::PolicyStatement& statement_on_sharing(Assessment& assessment) {
    for (auto& statement : assessment.policy.summary.statements) {
        if (statement.topic == records::PolicyTopic::Sharing) {
            return statement;
        }
    }
    FAIL("nothing is said of sharing");
    return assessment.policy.summary.statements.front();
}

}  // namespace

TEST_CASE("An assessment marks a sentence that says no, in every language", "[reports][assessment][denied]") {
    for (const auto language : fedtrail::testing::kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        auto made = long_assessment(texts);
        auto& statement = statement_on_sharing(made);
        statement.sentence = Personal<std::string>{"We never share your data."};
        const auto written = [&] {
            std::ostringstream out;
            render_markdown(paper_of(made, texts), texts, out);
            return std::move(out).str();
        };
        CHECK(count_of(written(), texts.at("assess.policy.denied")) == 0);
        statement.denied = true;
        CHECK(count_of(written(), texts.at("assess.policy.denied")) == 1);
        CHECK(count_of(written(), "We never share your data.") == 1);
    }
}

TEST_CASE("The document of an assessment says of each sentence whether it says no",
          "[reports][assessment][denied]") {
    const auto& texts = papers_in("en");
    auto made = long_assessment(texts);
    statement_on_sharing(made).denied = true;
    std::ostringstream out;
    render_json(made, texts, out);
    CHECK(schema_faults("assessment", out.str()).empty());
    for (const auto& statement : nlohmann::json::parse(out.str())["policy"]["statements"]) {
        CHECK(statement["denied"] == (statement["topic"] == "sharing"));
    }
}

TEST_CASE("A promise not to is no point to look at, and is not silence either",
          "[reports][assessment][denied]") {
    const auto card = card_of("a.example", "DE", privacy::BasisKind::NoneNeeded, "mastodon");
    records::PolicyHistory policy;
    policy.versions.emplace_back();
    policy.summary.languages = {"en"};
    auto& statement = policy.summary.statements.emplace_back();
    statement.topic = records::PolicyTopic::Sharing;
    statement.sentence = Personal<std::string>{"We never share your data."};
    const auto holds = [&](auto condition) {
        RiskRule rule;
        rule.*condition = {records::PolicyTopic::Sharing};
        return applies(rule, {card, policy, nullptr});
    };
    CHECK(holds(&RiskRule::policy_says));
    CHECK_FALSE(holds(&RiskRule::policy_silent));
    statement.denied = true;
    CHECK_FALSE(holds(&RiskRule::policy_says));
    CHECK_FALSE(holds(&RiskRule::policy_silent));
}

}  // namespace fedtrail::reports::test
