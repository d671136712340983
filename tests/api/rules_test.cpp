#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

constexpr const char* kRules = R"({"format": "fedtrail/transfer-rules/1", "rules": [
    {"name": "no-messages", "effect": "block",
     "recipient": {"hosts": ["*.example.org"], "countries": ["US", "unknown"], "bases": ["undocumented"],
                   "software": ["lemmy", "unknown"], "honour_below_percent": 50},
     "subject": {"minor": true, "objection": false},
     "object": {"categories": ["direct_message"], "visibilities": ["direct", "unknown"]}, "why": "x"}]})";

}  // namespace

TEST_CASE("The rules in force are listed as their file has them", "[api][rules]") {
    ApiHouse house;
    house.rules.rules = recipients::check_rules_file(kRules, {}, nullptr).rules;
    house.rules.decided = {7};
    house.rules.since = *parse_rfc3339("2026-11-22T10:00:00Z");
    house.rules.refused = Error{ErrorKind::Invalid, "what", "remedy"};
    const auto list = checked(house.ask("GET", "/api/v1/rules", "audit"), "rules.schema.json");
    const auto& rule = list["rules"][0];
    auto file = Json::parse(kRules)["rules"][0];
    file["recipient"]["honour_least_told"] = 10;
    for (const auto* part : {"name", "effect", "recipient", "subject", "object"}) {
        CHECK(rule[part] == file[part]);
    }
    CHECK(rule["decided"] == 7);
    CHECK(rule["line"] == 2);
    CHECK(list["refused"]["what"] == "what");
    CHECK(api::conditions_of(house.rules.rules[0]) ==
          "hosts *.example.org; countries US, unknown; bases undocumented; software lemmy, unknown; honour "
          "below 50 % of 10 or more; no objection; minor; categories direct_message; visibilities direct, "
          "unknown");
    CHECK(house.ask("GET", "/api/v1/rules", "own").status == 403);
}

TEST_CASE("Rules are checked and tried as they are handed in", "[api][rules]") {
    ApiHouse house;
    const auto check =
        checked(house.ask("POST", "/api/v1/rules/check", "audit", {}, kRules), "rules-check.schema.json");
    CHECK(check["usable"] == true);
    const auto bad =
        checked(house.ask("POST", "/api/v1/rules/check", "audit", {}, "{"), "rules-check.schema.json");
    CHECK(bad["usable"] == false);

    recipients::RulesTrial trial;
    trial.blocked = {3, 2, 1};
    trial.rules = {{0, {3, 2, 1}, 1}};
    trial.recipients = {{*Host::parse("a.example.org"),
                         {3, 2, 1},
                         {5, 0, 2},
                         {privacy::SubjectNumber{4}},
                         1,
                         0,
                         0,
                         {{*Host::parse("relay.example"), "relay", 1}}}};
    house.trial = trial;
    const auto tried =
        checked(house.ask("POST", "/api/v1/rules/try", "audit", {}, kRules), "rules-trial.schema.json");
    CHECK(tried["rules"][0]["name"] == "no-messages");
    CHECK(tried["recipients"][0]["roads"][0]["through"] == "relay.example");
    CHECK(house.ask("POST", "/api/v1/rules/try", "audit", {}, "{").status == 422);
    house.trial = fail(ErrorKind::Conflict, "another one", "wait");
    CHECK(house.ask("POST", "/api/v1/rules/try", "audit", {}, kRules).status == 409);
    CHECK(house.ask("POST", "/api/v1/rules/try", "own", {}, kRules).status == 403);
}
