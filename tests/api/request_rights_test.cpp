/// Who may read and do what with erasure requests.

#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

TEST_CASE("A person asks for themselves, waits for the controller, and may withdraw", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", Json{{"reason", "please"}}, "own", 201);
    CHECK(opened["source"] == "person");
    CHECK(opened["identity_verified"] == true);
    CHECK(opened["state"] == "received");
    house.post("/api/v1/requests", {{"subject", "2"}}, "own", 403);
    house.post("/api/v1/requests", {{"subject", "99"}}, "own", 403);
    house.post("/api/v1/requests", {{"received_at", "1990-01-01"}}, "own", 403);
    house.post("/api/v1/requests/1/start", Json::object(), "own", 403);
    house.post("/api/v1/requests", {{"subject", "2"}}, "desk", 201);
    CHECK(house.get("/api/v1/requests", "own")["requests"].size() == 1);
    CHECK(house.get("/api/v1/requests", "audit")["requests"].size() == 2);
    CHECK(house.ask("GET", "/api/v1/requests/2", "own").body ==
          house.ask("GET", "/api/v1/requests/77", "own").body);
    house.get("/api/v1/requests/2", "own", 403);
    CHECK(house.get("/api/v1/requests?subject=1", "own")["requests"].size() == 1);
    CHECK(house.ask("GET", "/api/v1/requests?subject=2", "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/requests?subject=2", "own").body ==
          house.ask("GET", "/api/v1/requests?subject=77", "own").body);
    CHECK(house.post("/api/v1/requests/1/withdraw", Json::object(), "own", 200)["state"] == "withdrawn");
}

TEST_CASE("A person's token cannot flood the controller, and holds up nobody else", "[api][requests]") {
    RequestHouse house;
    for (int i = 0; i < 20; ++i) {
        const auto thing = std::to_string(i);
        house.holdings.add("https://origin.example/a/" + thing,
                           "https://origin.example/o/" + thing,
                           fediverse::CategorySet{fediverse::DataCategory::PostText},
                           {"a.example"});
    }
    const auto ask = [&](const std::string& token, int number) {
        const auto body = Json{{"objects", {"https://origin.example/o/" + std::to_string(number)}}}.dump();
        const HttpHeaders key{{"Idempotency-Key", "key-" + std::to_string(number)}};
        return house.ask("POST", "/api/v1/requests", token, key, body);
    };
    for (int i = 0; i < 10; ++i) {
        REQUIRE(ask("own", i).status == 201);
    }
    const auto refused = ask("own", 10);
    CHECK(refused.status == 429);
    CHECK(header_of(refused.headers, "Content-Type") == "application/problem+json");
    CHECK(header_of(refused.headers, "Retry-After") == "86400");
    house.post("/api/v1/requests", {{"subject", "1"}}, "desk", 201);
    // To withdraw and ask again makes no room before a day is over.
    house.post("/api/v1/requests/1/withdraw", Json::object(), "own", 200);
    house.clock.at += std::chrono::hours{1};
    const auto soon = ask("own", 10);
    CHECK(soon.status == 429);
    CHECK(Json::parse(soon.body)["detail"] ==
          "9 requests of this person are open, and 1 more was made today");
    CHECK(header_of(soon.headers, "Retry-After") == "82800");
    house.clock.at += std::chrono::hours{23};
    CHECK(ask("own", 10).status == 201);  // the same key: a 429 is no answer to keep
    house.post("/api/v1/requests", {{"max_rate", 5}}, "own", 403);
}

TEST_CASE("To read everything is not to withdraw for everybody", "[api][requests]") {
    RequestHouse house;
    house.gate.grants["both"] = {"both", {Scope::SubjectSelf, Scope::AuditRead}, privacy::SubjectNumber{2}};
    house.opened();
    house.get("/api/v1/requests/1", "both");
    house.post("/api/v1/requests/1/withdraw", Json::object(), "both", 403);
    CHECK(house.get("/api/v1/requests/1", "both")["state"] == "in_progress");
}

TEST_CASE("Scopes of tokens are kept", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests", {{"subject", "1"}}, "audit", 403);
    house.post("/api/v1/requests", {{"subject", "1"}}, "hook", 403);
    house.post("/api/v1/requests/1/stop", Json::object(), "audit", 403);
    house.get("/api/v1/requests/1", "hook", 403);
    house.get("/api/v1/requests/1", "audit");
}

TEST_CASE("What has to be decided is told to whoever may decide or check, not to the person",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.due = std::vector<erasure::DecisionDue>{{records::NoticeNumber{1},
                                                   records::RequestNumber{1},
                                                   *Host::parse("a.example"),
                                                   fediverse::NoticeState::Escalated,
                                                   "decision",
                                                   "Two letters had no effect."}};
    for (const auto* token : {"desk", "audit", "admin"}) {
        const auto told = house.get("/api/v1/requests/1", token);
        keeps(told, "erasure-request.schema.json");
        REQUIRE(told["decisions"].size() == 1);
        CHECK(told["decisions"][0]["recipient"] == "a.example");
        CHECK(told["decisions"][0]["state"] == "escalated");
    }
    CHECK(house.get("/api/v1/requests/1", "own")["decisions"].empty());
}
