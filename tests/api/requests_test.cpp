/// Erasure requests by REST.

#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

TEST_CASE("A verified request opens, starts and says where it is", "[api][requests]") {
    RequestHouse house;
    const auto answer = house.ask("POST",
                                  "/api/v1/requests",
                                  "desk",
                                  {},
                                  R"({"subject":"alice@origin.example","identity_verified":true})");
    REQUIRE(answer.status == 201);
    CHECK(header_of(answer.headers, "Location") == "/api/v1/requests/1");
    const auto opened = Json::parse(answer.body);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["state"] == "in_progress");
    CHECK(opened["plan"]["recipients"] == 2);
    CHECK(house.changes == 1);

    const auto one = house.get("/api/v1/requests/1", "desk");
    keeps(one, "erasure-request.schema.json");
    CHECK(one["progress"]["notices"] == 2);
    CHECK(one["clock"]["due"] == "2026-12-22");
    CHECK(one["history"].at(0)["by"] == "api:desk");
    keeps(house.get("/api/v1/requests/1/plan", "audit"), "erasure-plan.schema.json");
    keeps(house.get("/api/v1/requests/1/history", "audit"), "erasure-history.schema.json");
    keeps(house.get("/api/v1/requests/1/answer", "audit"), "erasure-answer.schema.json");
    const auto letter = house.ask("GET", "/api/v1/requests/1/answer?format=md", "audit");
    CHECK(letter.status == 200);
    CHECK(header_of(letter.headers, "Content-Type") == "text/markdown; charset=utf-8");
    CHECK(house.ask("GET", "/api/v1/requests/1/answer?format=md&lang=xx", "audit").status == 400);
    CHECK(header_of(letter.headers, "Content-Language") == "en");
    CHECK_THAT(letter.body, Catch::Contains("Answer to your request"));
    const auto polish = house.ask(
        "GET", "/api/v1/requests/1/answer?format=md", "audit", {{"Accept-Language", "pl, en;q=0.5"}});
    CHECK(header_of(polish.headers, "Content-Language") == "pl");
    CHECK_THAT(polish.body, Catch::Contains("22 grudnia 2026"));
    CHECK(house.ask("GET", "/api/v1/requests/1/answer?format=pdf", "audit").status == 400);
}

TEST_CASE("A request that is open and could not be started says why", "[api][requests]") {
    RequestHouse house;
    house.notices.before_write = []() -> Result<void> {
        return fail(ErrorKind::Unavailable, "the disk is full", "Make room.");
    };
    const auto opened =
        house.post("/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}}, "desk", 201);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["state"] == "received");
    CHECK(opened["plan"].is_null());
    CHECK(opened["not_started"]["status"] == 503);
    CHECK(opened["not_started"]["detail"] == "the disk is full");
    CHECK(opened["not_started"]["remedy"] == "Make room.");
    house.notices.before_write = []() -> Result<void> { return {}; };
    const auto started = house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    CHECK(started["not_started"].is_null());
}

TEST_CASE("A day begins where the controller is, and a moment is that moment", "[api][requests]") {
    RequestHouse house;
    house.calendar.utc_offset_minutes = -240;  // Guadeloupe
    const bool is_day = GENERATE(true, false);
    house.post("/api/v1/requests",
               {{"subject", "1"},
                {"before", is_day ? "2026-11-01" : "2026-11-01T04:00:00Z"},
                {"received_at", is_day ? "2026-11-20" : "2026-11-20T04:00:00Z"}},
               "desk",
               201);
    const auto one = house.get("/api/v1/requests/1", "desk");
    CHECK(one["received_at"] == "2026-11-20T04:00:00Z");
    CHECK(one["clock"]["received"] == "2026-11-20");
    CHECK(one["clock"]["due"] == "2026-12-21");  // the 20th is a Sunday
    CHECK(one["scope"]["before"] == "2026-11-01T04:00:00Z");
}

TEST_CASE("A dry run shows the plan and changes nothing", "[api][requests]") {
    RequestHouse house;
    const auto plan = house.post("/api/v1/requests", {{"subject", "1"}, {"dry_run", true}}, "desk", 200);
    keeps(plan, "erasure-plan.schema.json");
    CHECK(plan["recipients"].size() == 2);
    CHECK(house.get("/api/v1/requests", "desk")["requests"].empty());
    CHECK(house.changes == 0);
}

TEST_CASE("The clock of a request that is closed and owes no answer does not run", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.opened();
    CHECK(house.get("/api/v1/requests/2", "desk")["state"] == "duplicate");
    CHECK(house.get("/api/v1/requests/2", "desk")["clock"]["running"] == false);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["running"] == true);
    house.post("/api/v1/requests/1/refuse", {{"reason", "x"}, {"ground", "12(5) excessive"}}, "desk", 200);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["running"] == true);  // the person is to be told
}

TEST_CASE("A person may be named by the number as every answer gives it", "[api][requests]") {
    RequestHouse house;
    house.post("/api/v1/requests", {{"subject", 1}}, "desk", 201);
    CHECK(house.get("/api/v1/requests/1", "desk")["subject"] == 1);
    house.post("/api/v1/requests", {{"subject", -1}}, "desk", 422);
    house.post("/api/v1/requests", {{"subject", 1.5}}, "desk", 422);
    house.post("/api/v1/requests", {{"subject", true}}, "desk", 422);
}

TEST_CASE("A request may have a rate of its own", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", {{"subject", "1"}, {"max_rate", 5}}, "desk", 201);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["max_rate"] == 5);
    CHECK(house.get("/api/v1/requests/1", "desk")["max_rate"] == 5);
    for (const auto& rate : {Json(0), Json(-1), Json(1'000'001)}) {
        house.post("/api/v1/requests", {{"subject", "1"}, {"max_rate", rate}}, "desk", 422);
    }
}

TEST_CASE("What is wrong with a body is named without repeating it", "[api][requests]") {
    RequestHouse house;
    const auto refused = [&](const std::string& body, int status) {
        const auto answer =
            house.ask("POST", "/api/v1/requests", "desk", {{"Content-Type", "application/json"}}, body);
        INFO(body << " -> " << answer.body);
        CHECK(answer.status == status);
        CHECK_THAT(answer.body, !Catch::Contains("s3cret"));
        return answer.body;
    };
    refused("not json s3cret", 422);
    refused("[1]", 422);
    refused(R"({"subject":1.5})", 422);
    refused(R"({"subject":"1","s3cret":true})", 422);
    CHECK_THAT(refused(R"({"subject":"1","received":"s3cret"})", 422), Catch::Contains("received_at"));
    refused(R"({"subject":"1","objects":["s3cret"]})", 422);
    refused(R"({"subject":"1","objects":["https://o.example/1"],"before":"2026-01-01"})", 422);
    refused(R"({"subject":"1","before":"yesterday"})", 422);
    refused(R"({"subject":"1","recipients":["a b"]})", 422);
    CHECK_THAT(refused(R"({"subject":"1","categories":["posts"]})", 422), Catch::Contains("post_text"));
    refused(R"({"subject":"nobody"})", 404);
    CHECK(house.ask("POST", "/api/v1/requests", "desk", {{"Content-Type", "text/plain"}}, "{}").status ==
          415);
    CHECK(house.changes == 0);
}

TEST_CASE("The same key opens one request, and another address is another thing", "[api][requests]") {
    RequestHouse house;
    const std::string body = R"({"subject":"1","identity_verified":true})";
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const auto first = house.ask("POST", "/api/v1/requests", "desk", key, body);
    const auto again = house.ask("POST", "/api/v1/requests", "desk", key, body);
    CHECK(first.status == 201);
    CHECK(again.body == first.body);
    CHECK(house.get("/api/v1/requests", "desk")["requests"].size() == 1);
    CHECK(house.ask("POST", "/api/v1/requests", "desk", key, R"({"subject":"2"})").status == 422);
    CHECK(house.ask("POST", "/api/v1/requests/1/stop", "desk", key, "{}").status == 200);
}

TEST_CASE("Lists come in pages with a cursor", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests", {{"subject", "2"}}, "desk", 201);
    const auto answer = house.ask("GET", "/api/v1/requests?limit=1", "desk");
    const auto page = Json::parse(answer.body);
    keeps(page, "erasure-requests.schema.json");
    CHECK(page["requests"].size() == 1);
    CHECK(page["next"] == "1");
    CHECK(header_of(answer.headers, "Link") == "</api/v1/requests?limit=1&after=1>; rel=\"next\"");
    const auto open = house.ask("GET", "/api/v1/requests?limit=1&open=true", "desk");
    CHECK(header_of(open.headers, "Link") == "</api/v1/requests?limit=1&after=1&open=true>; rel=\"next\"");
    const auto rest = house.get("/api/v1/requests?limit=1&after=1", "desk");
    CHECK(rest["requests"].at(0)["number"] == 2);
    CHECK(rest["next"].is_null());
    house.get("/api/v1/requests?limit=0", "desk", 400);
    house.get("/api/v1/requests?after=x", "desk", 400);

    const auto planned = house.ask("GET", "/api/v1/requests/1/notices?limit=1&state=planned", "audit");
    CHECK_THAT(std::string{header_of(planned.headers, "Link")}, Catch::Contains("&state=planned>"));
    const auto notices = house.get("/api/v1/requests/1/notices?limit=1", "audit");
    keeps(notices, "erasure-notices.schema.json");
    CHECK(notices["notices"].at(0)["recipient"] == "a.example");
    CHECK(notices["next"] == "1");
    CHECK(house.get("/api/v1/requests/1/notices?state=verified_gone", "audit")["notices"].empty());
    house.get("/api/v1/requests/1/notices?state=fine", "audit", 400);
    const auto one = house.get("/api/v1/requests/1/notices/2", "audit");
    keeps(one, "erasure-notice.schema.json");
    CHECK(one["recipient"] == "b.example");
    house.get("/api/v1/requests/1/notices/3", "audit", 404);
    house.get("/api/v1/requests/2/notices/1", "audit", 404);
}
