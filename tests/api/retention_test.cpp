// Forgetting people over HTTP, and who looked at their data.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::keeps;
using fedtrail::testing::keeps_schema;
using Json = nlohmann::json;
using privacy::SubjectNumber;

TEST_CASE("Only an administrator shreds, with a reason, and is told what stands against it", "[api]") {
    ApiHouse house;
    const std::string path = "/api/v1/subjects/alice%40origin.example/shredding";
    const std::string body = R"({"reason": "asked for by letter"})";
    for (const auto* token : {"own", "audit", "desk", "hook"}) {
        CHECK(house.ask("POST", path, token, {}, body).status == 403);
    }
    CHECK(house.ask("POST", path, "admin", {}, "{}").status == 422);
    CHECK(house.ask("POST", path, "admin", {}, R"({"why": "x"})").status == 422);
    CHECK(house.shred_orders.empty());
    keeps(house.ask("POST", path, "admin", {}, body), "cli/shredded.schema.json");
    REQUIRE(house.shred_orders.size() == 1);
    CHECK(house.shred_orders.front().subject == SubjectNumber{1});
    CHECK(house.shred_orders.front().why == "asked for by letter");
    CHECK(house.shred_orders.front().by == "api:admin");
    house.shred_answer = retention::Shredded{Error{ErrorKind::Unavailable, "vault.db is read", "Wait."}};
    const auto waits = house.ask("POST", path, "admin", {}, body);
    CHECK(waits.status == 202);
    keeps_schema(waits.body, "cli/shredded.schema.json");
    CHECK(Json::parse(waits.body)["complete"] == false);
    CHECK(Json::parse(waits.body)["left"]["what"] == "vault.db is read");
    house.shred_answer = fail(ErrorKind::Denied, "request 7 of subject 1 is open", "End it first.");
    const auto refused = house.ask("POST", path, "admin", {}, body);
    CHECK(refused.status == 403);
    CHECK(Json::parse(refused.body)["detail"] == "request 7 of subject 1 is open");
    CHECK(house.ask("POST", "/api/v1/subjects/99/shredding", "admin", {}, body).status == 404);
}

TEST_CASE("Shreddings are listed, and retention is run or only counted", "[api]") {
    ApiHouse house;
    house.shreddings.all = {{SubjectNumber{4}, house.clock.now(), records::ShredReason::Retention, {}, true},
                            {SubjectNumber{5},
                             house.clock.now(),
                             records::ShredReason::Operator,
                             records::RequestNumber{7},
                             false}};
    const auto list = house.ask("GET", "/api/v1/shreddings", "audit");
    keeps(list, "cli/shreddings.schema.json");
    CHECK(Json::parse(list.body)["shreddings"][1]["request"] == 7);
    const auto rules = house.ask("GET", "/api/v1/retention", "audit");
    keeps(rules, "cli/retention-rules.schema.json");
    CHECK(Json::parse(rules.body)["rules"].size() == house.retention_policy->rules().size());
    CHECK(house.ask("GET", "/api/v1/retention", "hook").status == 403);
    house.retention_summary.removed = {{"case", 3}};
    house.retention_summary.held = {{"case", 1}};
    house.retention_summary.shredded = {SubjectNumber{4}};
    CHECK(house.ask("POST", "/api/v1/retention", "audit").status == 403);
    keeps(house.ask("POST", "/api/v1/retention", "admin", {}, R"({"dry_run": true})"),
          "cli/retention-run.schema.json");
    CHECK(house.only_counted);
    const auto run = house.ask("POST", "/api/v1/retention", "admin");
    keeps(run, "cli/retention-run.schema.json");
    CHECK_FALSE(house.only_counted);
    CHECK(Json::parse(run.body)["removed"][0]["count"] == 3);
}

TEST_CASE("The ledger is folded for one person or for all", "[api]") {
    ApiHouse house;
    const std::string path = "/api/v1/ledger/fold";
    CHECK(house.ask("POST", path, "audit").status == 403);
    const auto all = house.ask("POST", path, "admin");
    REQUIRE(all.status == 200);
    CHECK(nlohmann::json::parse(all.body) ==
          nlohmann::json{{"format", "fedtrail/fold/1"}, {"activities", 2}, {"observations", 5}});
    CHECK(house.ask("POST", path, "admin", {}, R"({"subject": 4})").status == 200);
    REQUIRE(house.folder.asked.size() == 2);
    CHECK_FALSE(house.folder.asked.front());
    CHECK(house.folder.asked.back() == SubjectNumber{4});
    for (const auto* bad : {"[]", "{", R"({"subject": "4"})", R"({"subject": 4, "all": true})"}) {
        CHECK(house.ask("POST", path, "admin", {}, bad).status == 422);
    }
    house.folder.answer = fail(ErrorKind::Unavailable, "the disk is full", "Make room.");
    CHECK(house.ask("POST", path, "admin").status == 503);
}
