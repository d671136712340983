// Forgetting people over HTTP, and who looked at their data.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "house.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using Json = nlohmann::json;
using privacy::SubjectNumber;

namespace {

std::string schema(const std::string& name) {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/cli/" + name + ".schema.json"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void check_form(const HttpResponse& answer, const std::string& name) {
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto kept = app::check_schema(answer.body, schema(name), name);
    INFO((kept ? std::string{} : kept.error().what));
    CHECK(kept);
}

}  // namespace

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
    check_form(house.ask("POST", path, "admin", {}, body), "shredded");
    REQUIRE(house.shred_orders.size() == 1);
    CHECK(house.shred_orders.front().subject == SubjectNumber{1});
    CHECK(house.shred_orders.front().why == "asked for by letter");
    CHECK(house.shred_orders.front().by == "api:admin");
    house.shred_answer = retention::Shredded{Error{ErrorKind::Unavailable, "vault.db is read", "Wait."}};
    const auto waits = house.ask("POST", path, "admin", {}, body);
    CHECK(waits.status == 202);
    CHECK(app::check_schema(waits.body, schema("shredded"), "shredded"));
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
    check_form(list, "shreddings");
    CHECK(Json::parse(list.body)["shreddings"][1]["request"] == 7);
    const auto rules = house.ask("GET", "/api/v1/retention", "audit");
    check_form(rules, "retention-rules");
    CHECK(Json::parse(rules.body)["rules"].size() == house.retention_policy->rules().size());
    CHECK(house.ask("GET", "/api/v1/retention", "hook").status == 403);
    house.retention_summary.removed = {{"case", 3}};
    house.retention_summary.held = {{"case", 1}};
    house.retention_summary.shredded = {SubjectNumber{4}};
    CHECK(house.ask("POST", "/api/v1/retention", "audit").status == 403);
    check_form(house.ask("POST", "/api/v1/retention", "admin", {}, R"({"dry_run": true})"), "retention-run");
    CHECK(house.only_counted);
    const auto run = house.ask("POST", "/api/v1/retention", "admin");
    check_form(run, "retention-run");
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
