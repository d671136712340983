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

TEST_CASE("Who reads what became of a request, or would, is written down with a reason", "[api][looks]") {
    ApiHouse house;
    const auto post = fediverse::CategorySet{fediverse::DataCategory::PostText};
    house.holdings.add("https://origin.example/a/1", "https://origin.example/alice/1", post, {"a.example"});
    const auto look = [&house] {
        REQUIRE(house.accesses.all.size() == 1);
        const auto one = house.accesses.all.front();
        house.accesses.all.clear();
        CHECK(one.subject == privacy::SubjectNumber{1});
        CHECK_FALSE(one.revealed);
        return one.what + " by " + one.by + ": " + one.why;
    };
    const auto ordered = [&house](bool dry) {
        const nlohmann::json order{{"subject", "1"}, {"identity_verified", true}, {"dry_run", dry}};
        return house.ask("POST", "/api/v1/requests", "desk", {}, order.dump()).status;
    };
    CHECK(ordered(true) == 200);
    CHECK(look() == "plan by api:desk: ");
    REQUIRE(ordered(false) == 201);
    CHECK(house.accesses.all.empty());
    const std::string one = "/api/v1/requests/1";
    for (const auto* below : {"/plan", "/history", "/notices", "/notices/1", "/events"}) {
        const auto path = one + below;
        CAPTURE(path);
        CHECK(house.ask("GET", path, "audit").status == 200);
        CHECK(look() == "request by api:audit: request 1");
        CHECK(house.ask("GET", path, "desk", {{"Fedtrail-Reason", "complaint 12"}}).status == 200);
        CHECK(look() == "request by api:desk: complaint 12");
        CHECK(house.ask("GET", path, "own").status == 200);
        CHECK(look() == "request by self: ");
    }
    CHECK(house.ask("GET", one, "audit").status == 200);
    CHECK(look() == "request by api:audit: request 1");
    CHECK(house.ask("GET", one + "/notices/9", "audit").status == 404);
    CHECK(house.ask("GET", "/api/v1/requests", "audit").status == 200);
    CHECK(house.accesses.all.empty());
    house.accesses.down = true;
    for (const auto* below : {"", "/plan", "/history", "/notices", "/notices/1", "/events"}) {
        const auto refused = house.ask("GET", one + below, "audit");
        CHECK(refused.status == 503);
        CHECK(refused.body.find("a.example") == std::string::npos);
    }
    CHECK(ordered(true) == 503);
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
