// What is shown of one person without their name is looked at as well.

#include <array>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;

namespace {

struct Kind {
    const char* what;
    const char* schema;
};

constexpr std::array kKinds{Kind{"objections", "cli/objections.schema.json"},
                            Kind{"consents", "cli/consents.schema.json"}};

std::string path_of(const Kind& kind) {
    return std::string{"/api/v1/subjects/1/"} + kind.what;
}

}  // namespace

TEST_CASE("Who reads a person's objections or consents is written down, and shows nobody's name",
          "[api][looks]") {
    ApiHouse house;
    for (const auto& kind : kKinds) {
        for (const auto* token : {"own", "audit", "admin"}) {
            CAPTURE(kind.what, token);
            const auto answer = house.ask("GET", path_of(kind), token, {{"Fedtrail-Reason", "complaint 12"}});
            CHECK(checked(answer, kind.schema)["subject"] == 1);
            CHECK(answer.body.find("alice") == std::string::npos);
            const std::string by = token == std::string{"own"} ? "self" : std::string{"api:"} + token;
            const records::Access expected{
                privacy::SubjectNumber{1}, house.clock.now(), kind.what, by, "complaint 12", false};
            REQUIRE(house.accesses.all.size() == 1);
            CHECK(house.accesses.all.front() == expected);
            house.accesses.all.clear();
        }
        CHECK(house.ask("GET", path_of(kind), "audit").status == 200);  // a reason may be left out
        REQUIRE(house.accesses.all.size() == 1);
        CHECK(house.accesses.all.front().why.empty());
        house.accesses.all.clear();
        CHECK(house.ask("GET", path_of(kind), "audit", {{"Fedtrail-Reason", "\xff"}}).status == 422);
        CHECK(house.ask("GET", path_of(kind), "desk").status == 403);
        CHECK(house.accesses.all.empty());
    }
}

TEST_CASE("A change of objections is no look, and a look that cannot be written down shows nothing",
          "[api][looks]") {
    ApiHouse house;
    house.accesses.down = true;
    const auto changed = house.ask("POST",
                                   "/api/v1/subjects/1/objections",
                                   "admin",
                                   {},
                                   R"({"recipient": "a.example", "reason": "they mock me there"})");
    CHECK(changed.status == 200);
    for (const auto& kind : kKinds) {
        const auto answer = house.ask("GET", path_of(kind), "admin");
        CHECK(answer.status == 503);
        CHECK(answer.body.find("mock") == std::string::npos);
    }
    CHECK(house.accesses.all.empty());
}
