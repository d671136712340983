// To whom nothing of a person goes any more, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

constexpr const char* kObjections = "/api/v1/subjects/alice%40origin.example/objections";
constexpr const char* kLifting = "/api/v1/subjects/alice%40origin.example/objections/lifting";
constexpr const char* kServer = R"({"recipient": "a.example"})";

Json objections_in(const HttpResponse& answer) {
    return checked(answer, "cli/objections.schema.json")["objections"];
}

}  // namespace

TEST_CASE("A person objects to a server and takes it back, and so does the controller for them", "[api]") {
    ApiHouse house;
    for (const auto* token : {"audit", "desk", "hook"}) {
        CHECK(house.ask("POST", kObjections, token, {}, kServer).status == 403);
        CHECK(house.ask("POST", kLifting, token, {}, kServer).status == 403);
    }
    for (const auto* token : {"own", "admin"}) {
        CAPTURE(token);
        const auto list = objections_in(house.ask("POST", kObjections, token, {}, kServer));
        REQUIRE(list.size() == 1);
        CHECK(list[0]["recipient"] == "a.example");
        CHECK(list[0]["request"].is_null());
        for (const auto* reader : {"own", "audit", "admin"}) {
            CHECK(objections_in(house.ask("GET", kObjections, reader)) == list);
        }
        CHECK(objections_in(house.ask("POST", kLifting, token, {}, kServer)).empty());
        CHECK(house.ask("POST", kLifting, token, {}, kServer).status == 404);
    }
    const auto* reasoned = R"({"recipient": "a.example", "reason": "they mock me there"})";
    CHECK(objections_in(house.ask("POST", kObjections, "own", {}, reasoned))[0]["reason"] ==
          "they mock me there");
    CHECK(objections_in(house.ask("GET", kObjections, "audit"))[0]["reason"] == "they mock me there");
    CHECK(house.ask("POST", kLifting, "own", {}, reasoned).status == 422);
    CHECK(objections_in(house.ask("POST", kLifting, "own", {}, kServer)).empty());
    CHECK(house.ask("GET", "/api/v1/subjects/2/objections", "own").status == 403);
    CHECK(house.ask("POST", "/api/v1/subjects/2/objections", "own", {}, kServer).status == 403);
}

TEST_CASE("An objection that cannot be read is refused, and says why", "[api]") {
    ApiHouse house;
    for (const auto* wrong : {"",
                              "[]",
                              "{}",
                              R"({"recipient": 3})",
                              R"({"recipient": "not a host"})",
                              R"({"recipient": "a.example", "reason": 3})",
                              R"({"recipient": "a.example", "why": "x"})"}) {
        CAPTURE(wrong);
        CHECK(house.ask("POST", kObjections, "own", {}, wrong).status == 422);
    }
    CHECK(objections_in(house.ask("GET", kObjections, "own")).empty());
}
