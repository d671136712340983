// What a person consented to, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "house.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using Json = nlohmann::json;

namespace {

constexpr const char* kPath = "/api/v1/subjects/alice%40origin.example/consents";
constexpr const char* kWithdrawal = "/api/v1/subjects/alice%40origin.example/consents/withdrawal";

Json checked(const HttpResponse& answer) {
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/cli/consents.schema.json"};
    const std::string schema{std::istreambuf_iterator<char>{in}, {}};
    const auto kept = app::check_schema(answer.body, schema, "consents");
    INFO((kept ? std::string{} : kept.error().what));
    CHECK(kept);
    return Json::parse(answer.body)["consents"];
}

}  // namespace

TEST_CASE("The controller writes a consent down, and the person can take it back", "[api]") {
    ApiHouse house;
    const std::string given =
        R"({"country": "us", "recipient": "a.example", "given": "2020-11-01", "evidence": "form 17"})";
    for (const auto* token : {"own", "audit", "desk", "hook"}) {
        CHECK(house.ask("POST", kPath, token, {}, given).status == 403);
    }
    const auto list = checked(house.ask("POST", kPath, "admin", {}, given));
    REQUIRE(list.size() == 1);
    CHECK(list[0]["country"] == "US");
    CHECK(list[0]["recipient"] == "a.example");
    CHECK(list[0]["evidence"] == "form 17");
    CHECK(list[0]["withdrawn"].is_null());
    for (const auto* token : {"own", "audit", "admin"}) {
        CHECK(checked(house.ask("GET", kPath, token)) == list);
    }
    CHECK(house.ask("GET", "/api/v1/subjects/2/consents", "own").status == 403);
    CHECK(house.ask("POST", "/api/v1/subjects/2/consents/withdrawal", "own", {}, R"({"country": "US"})")
              .status == 403);
    CHECK(house.ask("POST", kWithdrawal, "own", {}, R"({"country": "US"})").status == 404);
    CHECK(house.ask("POST", kWithdrawal, "audit", {}, "{}").status == 403);
    const auto taken_back =
        checked(house.ask("POST", kWithdrawal, "own", {}, R"({"country": "US", "recipient": "a.example"})"));
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
                              R"({"country": "US", "evidence": "x", "recipient": "not a host"})",
                              R"({"country": "US", "evidence": "x", "given": "1 November"})",
                              R"({"country": "US", "evidence": 3})",
                              R"({"country": "US", "evidence": "x", "withdrawn": "2020-11-01"})"}) {
        CAPTURE(wrong);
        CHECK(house.ask("POST", kPath, "admin", {}, wrong).status == 422);
    }
    CHECK(house.consents.consents()->empty());
}
