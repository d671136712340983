/// The days on which the basis of a transfer may change, held against the basis of each day.

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "recipients/adequacy_policy.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using fedtrail::testing::policy_file;

namespace {

Day day_at(std::string_view text) {
    return *parse_day(text);
}

RecipientFacts established_in_country(std::string_view code) {
    RecipientFacts facts;
    facts.country = *Country::parse(code);
    return facts;
}

/// Everything about a recipient that begins or ends, in a country with a list.
RecipientFacts with_everything() {
    auto facts = established_in_country("US");
    const auto check = [](bool met, std::string_view at, std::optional<Day> since) {
        return ScopeCheck{
            std::string{kDpfFact}, met, day_at(at), since, "Example Inc.", "EU-U.S. DPF", "non-HR"};
    };
    facts.checks = {check(true, "2024-02-29", day_at("2023-09-01")),
                    check(false, "2025-06-01", {}),
                    check(true, "2026-03-31", {})};
    facts.clauses = Clauses{day_at("2021-10-01"), day_at("2022-02-28"), true};
    facts.declared = DeclaredBasis{"49(1)(c)", day_at("2022-06-01"), day_at("2022-12-31")};
    return facts;
}

/// The Framework was turned off and on again within a check's time.
TransferSwitches off_for_a_while() {
    return {true, {{day_at("2026-04-10"), day_at("2026-05-09")}}};
}

}  // namespace

TEST_CASE("On no other day than a turning day does a basis change", "[recipients][adequacy][span]") {
    const auto policy = *parse_adequacy(policy_file("adequacy.json"));
    auto facts = GENERATE(as<RecipientFacts>{},
                          with_everything(),
                          established_in_country("GB"),
                          established_in_country("CA"),
                          established_in_country("KR"),
                          established_in_country("CH"),
                          established_in_country("KE"),
                          established_in_country("DE"),
                          RecipientFacts{});
    const auto switches = off_for_a_while();
    const auto on = [&](const std::chrono::sys_days& transfer) {
        return basis(
            facts, {Day{transfer}, day_at("2026-11-22"), *Country::parse("NL")}, policy.adequacy, switches);
    };
    std::set<Day> changed;
    const std::chrono::sys_days end = day_at("2033-01-01");
    for (std::chrono::sys_days at = day_at("2000-01-01"); at < end; at += std::chrono::days{1}) {
        if (on(at) != on(at - std::chrono::days{1})) {
            changed.insert(Day{at});
        }
    }
    const auto turns = turning_days(facts, policy.adequacy, switches);
    CHECK(std::is_sorted(turns.begin(), turns.end()));
    CHECK(std::adjacent_find(turns.begin(), turns.end()) == turns.end());
    CHECK(std::includes(turns.begin(), turns.end(), changed.begin(), changed.end()));
}

TEST_CASE("A recipient in the EEA, or in a country without a decision, has no turning day",
          "[recipients][adequacy][span]") {
    const auto adequacy = parse_adequacy(policy_file("adequacy.json"))->adequacy;
    CHECK(turning_days(established_in_country("DE"), adequacy, off_for_a_while()).empty());
    CHECK(turning_days(established_in_country("KE"), adequacy, off_for_a_while()).empty());
    CHECK(turning_days(RecipientFacts{}, adequacy, off_for_a_while()).empty());
    const auto turns = turning_days(with_everything(), adequacy, off_for_a_while());
    for (const auto* each : {"2021-10-01",
                             "2022-03-01",
                             "2022-06-01",
                             "2023-01-01",
                             "2023-07-10",
                             "2023-09-01",
                             "2025-06-01",
                             "2026-04-10",
                             "2026-05-10"}) {
        CAPTURE(each);
        CHECK(std::count(turns.begin(), turns.end(), day_at(each)) == 1);
    }
}
