// Deliveries past recipients of which what is known is damaged.

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

TEST_CASE("Entries that joined hosts were read without are counted", "[gate][damage]") {
    Gate g;
    g.directory.damaged = {*Host::parse("a.example")};
    REQUIRE(g.gate.step());
    CHECK(g.gate.figures().damaged == 1);
}
