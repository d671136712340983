// That our own server is gone for good is the operator's to say, with how they know.

#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::keeps;
using Json = nlohmann::json;

TEST_CASE("An operator says that the server is gone, with a reason and once", "[api][requests]") {
    ApiHouse house;
    const auto post = [&](const std::string& target, const Json& body, const std::string& token) {
        return house.ask("POST", target, token, {{"Content-Type", "application/json"}}, body.dump());
    };
    REQUIRE(
        post("/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}, {"start", false}}, "desk")
            .status == 201);
    const std::string act = "/api/v1/requests/1/origin-gone";
    CHECK(post(act, Json::object(), "desk").status == 422);
    CHECK(post(act, {{"reason", "shut down"}}, "own").status == 403);
    const auto said = post(act, {{"reason", "shut down"}}, "desk");
    INFO(said.body);
    REQUIRE(said.status == 200);
    const auto request = Json::parse(said.body);
    keeps(request, "erasure-act.schema.json");
    CHECK(request["origin_gone_at"].is_string());
    CHECK(post(act, {{"reason", "shut down"}}, "desk").status == 403);
}
