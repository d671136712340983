// What a kept answer says of people: it must not be told again once they are forgotten, nor without a look.

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;

namespace {

const HttpHeaders kKey{{"Idempotency-Key", "k1"}};

}  // namespace

TEST_CASE("A plan that is asked for twice with one Idempotency-Key is two looks", "[api][looks]") {
    ApiHouse house;
    const std::string plan = R"({"subject": "1", "dry_run": true})";
    for (std::size_t looks = 1; looks <= 2; ++looks) {
        CHECK(house.ask("POST", "/api/v1/requests", "desk", kKey, plan).status == 200);
        CHECK(house.accesses.all.size() == looks);
    }
    house.accesses.down = true;
    CHECK(house.ask("POST", "/api/v1/requests", "desk", kKey, plan).status == 503);
}

TEST_CASE("Once somebody was forgotten no answer from before is given again", "[api]") {
    using fedtrail::api::Repeats;
    Repeats repeats;
    const Instant now{};
    const auto saying = [](const std::string& words) {
        return [words] {
            HttpResponse answer;
            answer.body = words;
            return answer;
        };
    };
    repeats.forget_after(0);
    CHECK(repeats.once("who", "k", "x", now, saying("box 7")).body == "box 7");
    repeats.forget_after(0);
    CHECK(repeats.once("who", "k", "x", now, saying("gone")).body == "box 7");
    repeats.forget_after(1);
    CHECK(repeats.once("who", "k", "x", now, saying("gone")).body == "gone");
    const auto meanwhile = [&] {
        repeats.forget_after(2);
        return saying("box 8")();
    };
    CHECK(repeats.once("who", "l", "x", now, meanwhile).body == "box 8");
    CHECK(repeats.once("who", "l", "x", now, saying("gone")).body == "gone");
}
