/// What is done to an erasure request by REST.

#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

TEST_CASE("Nobody verified: nothing leaves until somebody does", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", {{"subject", "1"}}, "desk", 201);
    CHECK(opened["state"] == "received");
    CHECK(opened["plan"].is_null());
    house.post("/api/v1/requests/1/start", Json::object(), "desk", 403);
    CHECK(
        house.post("/api/v1/requests/1/verify-identity", Json::object(), "desk", 200)["identity_verified"] ==
        true);
    const auto started = house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    keeps(started, "erasure-act.schema.json");
    CHECK(started["plan"]["messages"].get<int>() > 0);
    const auto stopped = house.post("/api/v1/requests/1/stop", {{"reason", "a mistake"}}, "desk", 200);
    keeps(stopped, "erasure-act.schema.json");
    CHECK(stopped["stopped"] == true);
    CHECK(stopped["sent"] == Json{{"told", 0}, {"under_way", 0}, {"untouched", 2}});
    // Asked something while it is stopped: out of that leads the same word, twice.
    house.post("/api/v1/requests/1/pause", {{"reason", "which posts?"}}, "desk", 200);
    const auto asked = house.post("/api/v1/requests/1/resume", Json::object(), "desk", 200);
    CHECK(asked["state"] == "in_progress");
    CHECK(asked["stopped"] == true);
    CHECK(house.post("/api/v1/requests/1/resume", Json::object(), "desk", 200)["stopped"] == false);
}

TEST_CASE("Acts take what they need and refuse the rest", "[api][requests]") {
    RequestHouse house;
    house.post(
        "/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}, {"start", false}}, "desk", 201);
    const auto act = [&](const std::string& name, const Json& body, int status) {
        return house.post("/api/v1/requests/1/" + name, body, "desk", status);
    };
    act("fly", Json::object(), 404);
    act("extend", Json::object(), 422);  // no reason
    act("refuse", {{"reason", "x"}, {"ground", "17(9)"}}, 422);
    act("hold", Json::object(), 422);
    act("hold", {{"objects", {"https://origin.example/o/1"}}}, 422);  // no reason
    act("hold",
        {{"objects", {"https://origin.example/o/1"}}, {"reason", "x"}, {"ground", "12(5) excessive"}},
        422);
    act("stop", {{"objects", {"https://origin.example/o/1"}}}, 422);
    act("duplicate", Json::object(), 422);
    act("hold",
        {{"objects", {"https://origin.example/o/1"}}, {"reason", "a court asked"}, {"ground", "17(3)(e)"}},
        200);
    CHECK(act("extend", {{"reason", "many servers"}}, 200)["extended"] == true);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["due"] == "2027-02-22");
    CHECK(act("refuse", {{"reason", "asked every day"}, {"ground", "12(5) excessive"}}, 200)["state"] ==
          "refused");
    act("start", Json::object(), 403);
}

TEST_CASE("Whoever may write requests gives a server up, with ground and reason", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    const std::string path = "/api/v1/requests/1/notices/1/give-up";
    const Json body{{"ground", "impossible"}, {"reason", "the company is gone"}};
    house.post(path, body, "audit", 403);
    house.post(path, body, "own", 403);
    house.post("/api/v1/requests/1/notices/9/give-up", body, "desk", 404);
    for (const auto& wrong : {Json::object(),
                              Json{{"ground", "tired"}, {"reason", "x"}},
                              Json{{"ground", "impossible"}},
                              Json{{"ground", "impossible"}, {"reason", ""}},
                              Json{{"ground", "impossible"}, {"reason", "x"}, {"more", 1}}}) {
        house.post(path, wrong, "desk", 422);
    }
    const auto given_up = house.post(path, body, "desk", 200);
    keeps(given_up, "erasure-notice.schema.json");
    CHECK(given_up["state"] == "disproportionate");
}

TEST_CASE("The paper that a person was given is taken with the act, and is in no history",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    std::string paper = "We told";
    for (int server = 0; server < 10'000; ++server) {  // about 300 octets of JSON each
        paper += std::string(300, ' ') + std::to_string(server) + ".example";
    }
    for (const auto& wrong : {Json{{"paper", paper}, {"reason", "x"}},
                              Json{{"paper", std::string(records::kMaxTold + 1, 'x')}}}) {
        house.post("/api/v1/requests/1/answered", wrong, "desk", 422);
    }
    house.post("/api/v1/requests/1/extend", Json{{"paper", paper}, {"reason", "x"}}, "desk", 422);
    house.post("/api/v1/requests/1/extend", Json{{"reason", "many servers"}}, "desk", 200);
    house.post("/api/v1/requests/1/answered", Json{{"paper", paper}}, "desk", 200);
    const auto history = house.ask("GET", "/api/v1/requests/1/history", "audit");
    REQUIRE(history.status == 200);
    CHECK_THAT(
        history.body,
        !Catch::Contains(paper) && Catch::Contains("the paper itself, " + std::to_string(paper.size())));
}
