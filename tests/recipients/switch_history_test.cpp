/// A switch that was off for some days and is on again: those days rest on nothing it is for.

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"
#include "recipients/declare.hpp"
#include "recipients/policy_file.hpp"
#include "recipients/register.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using namespace fedtrail::testing;

namespace {

/// A recipient on the list of the Framework since September 2026, and one in the United Kingdom.
struct SwitchedRoom {
    FakeRecipientDirectory directory;
    FakeDeclarationBook declarations;
    FakeFindings findings;
    StoppedClock clock;
    Register cards{{directory, declarations, findings, findings, clock},
                   std::make_shared<const RegisterPolicies>(RegisterPolicies{
                       *parse_adequacy(policy_file("adequacy.json")), *Country::parse("NL"), {}, {}, {}})};
    std::vector<Host> hosts{host("us.example"), host("uk.example")};

    SwitchedRoom() {
        say(hosts[0],
            {{"dpf_list", "yes"},
             {"dpf_list.since", "2026-09-01"},
             {"dpf_list.entity", "Example Inc."},
             {"dpf_list.entry", "EU-U.S. DPF"},
             {"dpf_list.data_kind", "non-HR"}});
        say(hosts[1], {{"country", "GB"}});
    }
    void say(const Host& name, std::vector<WantedWord> words) {
        const std::vector<DeclareOrder> orders{{name, std::move(words), "cli", "seen"}};
        REQUIRE(declare(declarations, orders, scope_facts(cards.policies()->adequacy.adequacy), clock.at));
    }
    void turn(bool on, std::string_view at) {
        findings.turned.push_back({std::string{kDpfSwitch}, on, *parse_rfc3339(at), "cli", "the court"});
    }
    [[nodiscard]] std::vector<records::RecipientCard> on(std::string_view day) const {
        return cards.cards(hosts, *parse_day(day)).value();
    }
    [[nodiscard]] BasisReason reason_on(std::string_view day) const { return on(day).front().basis.reason; }
    /// Whether a report looks at that day, of either.
    [[nodiscard]] std::vector<bool> turns_on(std::string_view day) const {
        std::vector<bool> turns;
        for (const auto& card : on("2026-11-22")) {
            const auto& days = card.basis_turns;
            turns.push_back(std::find(days.begin(), days.end(), *parse_day(day)) != days.end());
        }
        return turns;
    }
};

}  // namespace

TEST_CASE("Days on which a switch was off stay so when it is on again", "[recipients][transfers][span]") {
    SwitchedRoom room;
    room.turn(false, "2026-10-05T09:00:00Z");
    room.turn(true, "2026-10-07T18:00:00Z");
    CHECK(room.reason_on("2026-10-04") == BasisReason::DecisionHolds);
    CHECK(room.reason_on("2026-10-05") == BasisReason::SwitchedOff);
    CHECK(room.reason_on("2026-10-06") == BasisReason::SwitchedOff);
    CHECK(room.reason_on("2026-10-07") == BasisReason::DecisionHolds);
    CHECK(room.turns_on("2026-10-05") == std::vector{true, false});
    CHECK(room.turns_on("2026-10-07") == std::vector{true, false});
    CHECK(room.turns_on("2026-10-06") == std::vector{false, false});
}

TEST_CASE("A switch that is off is off for every day", "[recipients][transfers][span]") {
    SwitchedRoom room;
    room.turn(false, "2026-10-05T09:00:00Z");
    CHECK(room.reason_on("2026-10-04") == BasisReason::SwitchedOff);
    CHECK(room.reason_on("2026-11-22") == BasisReason::SwitchedOff);
}

TEST_CASE("A switch taken back on the same day was never off", "[recipients][transfers][span]") {
    SwitchedRoom room;
    room.turn(false, "2026-10-05T09:00:00Z");
    room.turn(true, "2026-10-05T09:01:00Z");
    CHECK(room.reason_on("2026-10-05") == BasisReason::DecisionHolds);
    CHECK(room.turns_on("2026-10-05") == std::vector{false, false});
}
