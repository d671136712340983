#include <catch2/catch.hpp>

#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::RuleEffect;

TEST_CASE("a gate says whether it could deny anything", "[gate]") {
    Gate g;
    CHECK(g.gate.may_deny());  // Alice objects
    REQUIRE(g.book.lift(g.alice, *Host::parse("hated.example")));
    CHECK_FALSE(g.gate.may_deny());
    auto off = rule("off", RuleEffect::Block);
    off.enabled = false;
    g.use({rule("flag", RuleEffect::Flag), off});
    CHECK_FALSE(g.gate.may_deny());
    g.use({rule("block", RuleEffect::Block)});
    CHECK(g.gate.may_deny());
    g.use({});
    CHECK_FALSE(g.gate.may_deny());
}
