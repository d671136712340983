// Deliveries past recipients of which what is known is damaged.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::RuleEffect;

TEST_CASE("a recipient that is damaged holds its own deliveries, and no others", "[gate][damage]") {
    Gate g;
    auto american = rule("no-basis", RuleEffect::Block);
    american.countries = {*privacy::Country::parse("US")};
    g.use({american});
    g.recipients.damaged = {"a.example"};
    REQUIRE(g.gate.step());
    std::vector<std::pair<std::string, bool>> answers;
    for (const auto* const to : {"a.example", "b.example"}) {
        g.gate.intend(delivery(to, "Create", {{kBob, kText}}), [&answers, to](const Result<IntentId>& done) {
            answers.emplace_back(to, done.has_value());
        });
    }
    CHECK(answers.empty());
    const auto stepped = g.gate.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(answers == std::vector<std::pair<std::string, bool>>{{"a.example", false}, {"b.example", true}});
    CHECK(g.gate.figures().waiting == 0);
}

TEST_CASE("What is known of others is kept fresh past a recipient that is damaged", "[gate][damage]") {
    Gate g;
    auto american = rule("american", RuleEffect::Block);
    american.countries = {*privacy::Country::parse("US")};
    g.use({american});
    const auto to_b = delivery("b.example", "Create", {{kBob, kText}});
    REQUIRE(g.gate.step());
    CHECK_FALSE(g.ask(to_b));  // it has to be read first
    REQUIRE(g.gate.step());
    REQUIRE(g.leaves(to_b));

    auto& card = g.recipients.known["b.example"];
    card.country.country = *privacy::Country::parse("US");
    card.country.confidence = records::Confidence::Medium;
    g.recipients.damaged = {"a.example"};
    g.clock.at += std::chrono::minutes{6};
    CHECK_FALSE(g.ask(delivery("a.example", "Create", {{kBob, kText}})));
    const auto stepped = g.gate.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK_FALSE(g.leaves(to_b));
}

TEST_CASE("Entries that joined hosts were read without are counted", "[gate][damage]") {
    Gate g;
    g.directory.damaged = {*Host::parse("a.example")};
    g.clock.at += std::chrono::minutes{2};  // hosts were looked at when the gate was made
    REQUIRE(g.gate.step());
    CHECK(g.gate.figures().damaged == 1);
}
