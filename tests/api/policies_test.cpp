// What recipients promise, and who is in the ledger, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

records::PolicyVersion version(const ApiHouse& house, std::uint32_t number) {
    records::PolicyVersion made;
    made.host = *Host::parse("a.example");
    made.number = number;
    made.url = "https://a.example/privacy";
    made.language = "en";
    made.first_seen = house.clock.now();
    made.last_seen = made.first_seen;
    return made;
}

}  // namespace

TEST_CASE("A recipient's policies are told with their changes", "[api]") {
    ApiHouse house;
    const std::string path = "/api/v1/recipients/a.example/policies";
    CHECK(house.ask("GET", path, "audit").status == 404);
    auto& history = house.policies.histories["a.example"];
    history.versions = {version(house, 1), version(house, 2)};
    records::PolicyChange change;
    change.from = history.versions[0];
    change.to = history.versions[1];
    change.pieces = {{records::DifferencePiece::Side::New, Personal<std::string>{"We sell nothing."}}};
    history.changes = {change};
    for (const auto topic : records::kPolicyTopics) {
        records::PolicyStatement statement;
        statement.topic = topic;
        if (topic == records::PolicyTopic::Sharing) {
            statement.sentence = Personal<std::string>{"We sell nothing to third parties."};
            statement.version = 2;
            statement.denied = true;
        }
        history.summary.statements.push_back(statement);
    }
    const auto told = checked(house.ask("GET", path, "audit"), "cli/recipient-policies.schema.json");
    CHECK(told["versions"].size() == 2);
    CHECK(told["changes"][0]["pieces"][0]["text"] == "We sell nothing.");
    CHECK(told["summary"]["statements"][3]["denied"] == true);
    CHECK_FALSE(told["summary"]["statements"][4].contains("denied"));
    CHECK(house.ask("GET", path, "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/recipients/%20/policies", "audit").status == 404);
}

TEST_CASE("Changes of policies are told of all recipients, from a time on", "[api]") {
    ApiHouse house;
    house.replacements = {{1, version(house, 2)}};
    const auto all =
        checked(house.ask("GET", "/api/v1/policy-changes", "audit"), "cli/policy-changes.schema.json");
    CHECK(all["changes"][0]["host"] == "a.example");
    CHECK(all["since"].is_null());
    CHECK(house.replaced_since == Instant::min());
    const auto some = checked(house.ask("GET", "/api/v1/policy-changes?since=2026-11-22T10:00:00Z", "audit"),
                              "cli/policy-changes.schema.json");
    CHECK(some["since"] == "2026-11-22T10:00:00Z");
    CHECK(house.replaced_since == *parse_rfc3339("2026-11-22T10:00:00Z"));
    CHECK(house.ask("GET", "/api/v1/policy-changes?since=yesterday", "audit").status == 400);
}

TEST_CASE("People are listed by number, without names", "[api]") {
    ApiHouse house;
    const auto all = checked(house.ask("GET", "/api/v1/subjects", "audit"), "cli/subjects.schema.json");
    REQUIRE(all["subjects"].size() == 2);
    CHECK(all["subjects"][0] == Json{{"number", 1}, {"origin", "origin.example"}});
    CHECK(all["next"].is_null());
    const auto first = house.ask("GET", "/api/v1/subjects?limit=1", "audit");
    CHECK(checked(first, "cli/subjects.schema.json")["next"] == 1);
    CHECK(first.body.find("alice") == std::string::npos);
    const auto second =
        checked(house.ask("GET", "/api/v1/subjects?limit=1&after=1", "audit"), "cli/subjects.schema.json");
    CHECK(second["subjects"][0]["number"] == 2);
    CHECK(house.ask("GET", "/api/v1/subjects", "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/subjects?limit=0", "audit").status == 400);
    const auto misspelt = house.ask("GET", "/api/v1/subjects?limti=1", "audit");
    CHECK(misspelt.status == 400);
    CHECK_THAT(misspelt.body, Catch::Contains("Did you mean \\\"limit\\\"?"));
    CHECK(house.ask("GET", "/api/v1/subjects?limit=1&limit=2", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/shreddings?limit=1", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/subjects?limti=1", "nobody").status == 401);
    CHECK(house.ask("GET", "/healthz?now", "").status == 200);
}
