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
        CHECK(repeats.once("who", "l", "x", now, saying("twice")).status == 409);
        return saying("box 8")();
    };
    CHECK(repeats.once("who", "l", "x", now, meanwhile).body == "box 8");
    CHECK(repeats.once("who", "l", "x", now, saying("gone")).body == "gone");
}

TEST_CASE("Long answers push out the oldest, short ones do not", "[api][repeats]") {
    fedtrail::api::Repeats repeats;
    int made = 0;
    const auto ask = [&](const std::string& key, std::size_t octets) {
        return repeats.once("POST /x", key, "body", Instant{}, [&] {
            ++made;
            return HttpResponse{200, {}, std::string(octets, 'x')};
        });
    };
    static_cast<void>(ask("first", 1));
    for (int i = 0; i < 18; ++i) {
        static_cast<void>(ask("short" + std::to_string(i), 1000));
    }
    CHECK(ask("first", 1).body == "x");
    CHECK(made == 19);
    for (int i = 0; i < 18; ++i) {
        static_cast<void>(ask("long" + std::to_string(i), std::size_t{1} << 20U));
    }
    made = 0;
    static_cast<void>(ask("long17", 0));
    CHECK(made == 0);
    static_cast<void>(ask("first", 1));
    CHECK(made == 1);
}

TEST_CASE("What runs while somebody is forgotten does not run beside its repetition", "[api][repeats]") {
    fedtrail::api::Repeats repeats;
    int made = 0;
    const auto once = [&](std::uint64_t forgotten, const fedtrail::api::Repeats::Act& act) {
        repeats.forget_after(forgotten);
        return repeats.once("POST /x", "key", "body", Instant{}, act).status;
    };
    const auto quick = [&] {
        ++made;
        return HttpResponse{200, {}, "done"};
    };
    const auto slow = [&] {
        CHECK(once(1, quick) == 409);
        return quick();
    };
    CHECK(once(0, slow) == 200);
    CHECK(made == 1);
}

TEST_CASE("What runs is not pushed out by long answers", "[api][repeats]") {
    fedtrail::api::Repeats repeats;
    const auto ask = [&](const std::string& key, const fedtrail::api::Repeats::Act& act) {
        return repeats.once("POST /x", key, "body", Instant{}, act).status;
    };
    const auto at_once = [] { return HttpResponse{200, {}, std::string(std::size_t{1} << 20U, 'x')}; };
    const auto slow = [&] {
        for (int i = 0; i < 18; ++i) {
            CHECK(ask("long" + std::to_string(i), at_once) == 200);
        }
        CHECK(ask("slow", at_once) == 409);
        return HttpResponse{};
    };
    CHECK(ask("slow", slow) == 200);
}
