/// The stream that tells how far a request has come.

#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

TEST_CASE("Progress is told when something changes, and the stream ends with the request",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    const auto answer = house.ask("GET", "/api/v1/requests/1/events", "audit");
    REQUIRE(answer.status == 200);
    CHECK(header_of(answer.headers, "Content-Type") == "text/event-stream");
    REQUIRE(answer.more);
    std::stop_source stop;
    const auto first = answer.more(stop.get_token());
    REQUIRE(first.has_value());
    REQUIRE_THAT(*first, Catch::StartsWith("event: progress\ndata: ") && Catch::EndsWith("\n\n"));
    keeps(Json::parse(first->substr(first->find('{'))), "erasure-progress.schema.json");
    CHECK(answer.more(stop.get_token()) == ":\n\n");  // nothing new: it is alive

    house.post("/api/v1/requests/1/withdraw", Json::object(), "desk", 200);
    auto last = answer.more(stop.get_token());
    REQUIRE(last.has_value());
    CHECK_THAT(*last, Catch::StartsWith("event: closed\n"));
    CHECK_FALSE(answer.more(stop.get_token()).has_value());
}

TEST_CASE("A stream that is stopped ends at once", "[api][requests]") {
    RequestHouse house;
    house.opened();
    const auto answer = house.ask("GET", "/api/v1/requests/1/events", "own");
    REQUIRE(answer.more);
    std::stop_source stop;
    CHECK(answer.more(stop.get_token()).has_value());
    stop.request_stop();
    CHECK_FALSE(answer.more(stop.get_token()).has_value());
    CHECK(house.ask("GET", "/api/v1/requests/9/events", "own").status == 403);
}
