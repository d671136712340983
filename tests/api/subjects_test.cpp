// One person, and what is written down of them, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;
using privacy::SubjectNumber;

namespace {

constexpr const char* kAlice = "/api/v1/subjects/alice%40origin.example";

Json facts_in(const HttpResponse& answer) {
    return checked(answer, "cli/subject-facts.schema.json");
}

}  // namespace

TEST_CASE("An administrator writes down whether a person is a child, and takes it back", "[api][subjects]") {
    ApiHouse house;
    for (const auto* token : {"own", "audit", "desk", "hook"}) {
        CHECK(house.ask("PATCH", kAlice, token, {}, R"({"minor": true})").status == 403);
    }
    CHECK(house.facts.generation() == 1);
    CHECK(facts_in(house.ask("PATCH", kAlice, "admin", {}, R"({"minor": true})")) ==
          Json{{"format", "fedtrail/subject-facts/1"}, {"number", 1}, {"minor", true}});
    CHECK(house.facts.minor(SubjectNumber{1}) == std::optional{true});
    const auto told = [&] {
        return checked(house.ask("GET", kAlice, "audit"), "cli/subject.schema.json")["minor"];
    };
    CHECK(told() == true);
    CHECK(facts_in(house.ask("PATCH", kAlice, "admin", {}, R"({"minor": false})"))["minor"] == false);
    CHECK(told() == false);
    CHECK(facts_in(house.ask("PATCH", kAlice, "admin", {}, R"({"minor": null})"))["minor"].is_null());
    CHECK(told().is_null());
    CHECK(house.ask("PATCH", "/api/v1/subjects/99", "admin", {}, R"({"minor": true})").status == 404);
}

TEST_CASE("The same key writes once, and another body with it is refused", "[api][subjects]") {
    ApiHouse house;
    const HttpHeaders key{{"Idempotency-Key", "k-1"}};
    const auto first = house.ask("PATCH", kAlice, "admin", key, R"({"minor": true})");
    CHECK(first.status == 200);
    CHECK(house.ask("PATCH", kAlice, "admin", key, R"({"minor": true})").body == first.body);
    CHECK(house.facts.generation() == 2);
    CHECK(house.ask("PATCH", kAlice, "admin", key, R"({"minor": false})").status == 422);
    CHECK(house.facts.generation() == 2);
}

TEST_CASE("Facts that cannot be read are refused, and it is said why", "[api][subjects]") {
    ApiHouse house;
    for (const auto* wrong :
         {"", "[]", "{}", R"({"minor": "true"})", R"({"minor": 1})", R"({"minor": true, "age": 9})"}) {
        CAPTURE(wrong);
        CHECK(house.ask("PATCH", kAlice, "admin", {}, wrong).status == 422);
    }
    const auto misspelt = house.ask("PATCH", kAlice, "admin", {}, R"({"mino": true})");
    CHECK(Json::parse(misspelt.body)["remedy"] == "Did you mean \"minor\"?");
    CHECK(house.facts.generation() == 1);
}

TEST_CASE("A person is told as `subjects show` tells them", "[api][subjects]") {
    ApiHouse house;
    REQUIRE(house
                .ask("POST",
                     std::string{kAlice} + "/objections",
                     "own",
                     {},
                     R"({"recipient": "b.example", "reason": "they mock me"})")
                .status == 200);
    const auto one = checked(house.ask("GET", "/api/v1/subjects/1", "audit"), "cli/subject.schema.json");
    CHECK(one["number"] == 1);
    CHECK(one["origin"] == "origin.example");
    CHECK(one["objections"] == Json::array({"b.example"}));
    CHECK(one["prevented"] == 3);
    REQUIRE(one["recipients"].size() == 1);
    CHECK(one["recipients"][0]["host"] == "a.example");
    CHECK(one["recipients"][0]["disclosures"] == 2);
    house.ledger.down = true;
    house.accesses.all.clear();
    CHECK(house.ask("GET", "/api/v1/subjects/1", "audit").status == 503);
    CHECK(house.accesses.all.empty());
}
