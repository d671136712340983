// What a person consented to, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

constexpr const char* kConsents = "/api/v1/subjects/alice%40origin.example/consents";
constexpr const char* kWithdrawal = "/api/v1/subjects/alice%40origin.example/consents/withdrawal";

Json consents_in(const HttpResponse& answer) {
    return checked(answer, "cli/consents.schema.json")["consents"];
}

}  // namespace

TEST_CASE("The controller writes a consent down, and the person can take it back", "[api]") {
    ApiHouse house;
    const std::string given =
        R"({"country": "us", "recipient": "a.example", "given": "2020-11-01", "evidence": "form 17"})";
    for (const auto* token : {"own", "audit", "desk", "hook"}) {
        CHECK(house.ask("POST", kConsents, token, {}, given).status == 403);
    }
    const auto list = consents_in(house.ask("POST", kConsents, "admin", {}, given));
    REQUIRE(list.size() == 1);
    CHECK(list[0]["country"] == "US");
    CHECK(list[0]["recipient"] == "a.example");
    CHECK(list[0]["evidence"] == "form 17");
    CHECK(list[0]["withdrawn"].is_null());
    for (const auto* token : {"own", "audit", "admin"}) {
        CHECK(consents_in(house.ask("GET", kConsents, token)) == list);
    }
    CHECK(house.ask("GET", "/api/v1/subjects/2/consents", "own").status == 403);
    CHECK(house.ask("POST", "/api/v1/subjects/2/consents/withdrawal", "own", {}, R"({"country": "US"})")
              .status == 403);
    CHECK(house.ask("POST", kWithdrawal, "own", {}, R"({"country": "US"})").status == 404);
    CHECK(house.ask("POST", kWithdrawal, "audit", {}, "{}").status == 403);
    const auto taken_back = consents_in(
        house.ask("POST", kWithdrawal, "own", {}, R"({"country": "US", "recipient": "a.example"})"));
    CHECK(taken_back[0]["withdrawn"] ==
          privacy::format_day(privacy::Day{std::chrono::floor<std::chrono::days>(house.clock.now())}));
}

TEST_CASE("A consent that cannot be read is refused, and says why", "[api]") {
    ApiHouse house;
    for (const auto* wrong : {"",
                              "[]",
                              R"({"country": "Narnia", "evidence": "x"})",
                              R"({"evidence": "x"})",
                              R"({"country": "US"})",
                              R"({"country": "DE", "evidence": "x"})",
                              R"({"country": "US", "evidence": "x", "recipient": "not a host"})",
                              R"({"country": "US", "evidence": "x", "given": "1 November"})",
                              R"({"country": "US", "evidence": 3})",
                              R"({"country": "US", "evidence": "x", "withdrawn": "2020-11-01"})"}) {
        CAPTURE(wrong);
        CHECK(house.ask("POST", kConsents, "admin", {}, wrong).status == 422);
    }
    const auto misspelt = house.ask("POST", kConsents, "admin", {}, R"({"contry": "US", "evidence": "x"})");
    CHECK(misspelt.status == 422);
    CHECK(Json::parse(misspelt.body)["remedy"] == "Did you mean \"country\"?");
    const auto mistyped = house.ask("POST", kConsents, "admin", {}, R"({"country": 3})");
    CHECK(Json::parse(mistyped.body)["detail"] == "the member \"country\" has the wrong type");
    CHECK(house.consents.consents()->empty());
}
