#include <chrono>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "capture/transfer_gate.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/recipient_register.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_facts.hpp"
#include "fakes/subject_vault.hpp"
#include "host.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

/// A gate with one rule, that nothing goes to the United States, which comes and goes.
struct ChangingGate {
    FakeDeliverySink sink;
    FakeDeliverySink ledger;
    FakeObjectionBook book;
    FakeSubjectFacts facts;
    FakeSubjectVault vault;
    FakeRecipientRegister recipients;
    FakeRecipientDirectory directory;
    StoppedClock clock;
    capture::RulesInForce rules;
    capture::TransferGate gate{{sink, ledger, book, facts, vault, recipients, directory, clock},
                               rules,
                               {{{host("origin.example"), {}}}},
                               [] {}};

    void add_rule() {
        privacy::TransferRule rule;
        rule.name = "not-there";
        rule.effect = privacy::RuleEffect::Block;
        rule.countries = {*privacy::Country::parse("US")};
        rules.use(*privacy::TransferRules::compile({rule}), clock.at);
    }
    void take_rule_away() { rules.use(*privacy::TransferRules::compile({}), clock.at); }
    void is_in(const std::string& country) {
        auto card = FakeRecipientRegister::unknown();
        card.country.country = privacy::Country::parse(country).value();
        card.country.confidence = records::Confidence::Medium;
        recipients.known["far.example"] = card;
    }
    /// Whether a delivery leaves, once the gate has read what it has to.
    bool leaves() {
        records::Observation seen;
        seen.recipient = host("far.example");
        seen.activity.type = "Create";
        seen.activity.shares.push_back({Personal<std::string>{"https://origin.example/users/bob"},
                                        {},
                                        fediverse::CategorySet{fediverse::DataCategory::PostText}});
        std::optional<bool> left;
        gate.intend(std::move(seen), [&left](const Result<IntentId>& done) { left = done.has_value(); });
        if (!left) {
            REQUIRE(gate.step());
        }
        REQUIRE(left);
        return *left;
    }
};

}  // namespace

TEST_CASE("a rule that is added decides by what is known then, not by what was known once", "[gate]") {
    ChangingGate g;
    g.is_in("DE");
    g.add_rule();
    REQUIRE(g.gate.step());
    CHECK(g.leaves());

    g.take_rule_away();
    g.clock.at += 1min;
    REQUIRE(g.gate.step());
    g.is_in("US");
    g.clock.at += 1h;
    g.add_rule();  // and nobody called the gate since
    CHECK_FALSE(g.leaves());
}
