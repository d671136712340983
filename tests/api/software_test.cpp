/// How each software honours deletions, by REST.

#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

TEST_CASE("How each software honours deletions", "[api]") {
    RequestHouse house;
    for (const auto* host : {"a.example", "b.example"}) {
        REQUIRE(house.directory.update(*Host::parse(host), [](RecipientEntry& entry) {
            entry.software = "mastodon";
            entry.told = 4;
            entry.gone = 1;
            entry.present = 1;
            entry.not_visible = 1;
            entry.scheme = SignatureScheme::Rfc9421;
        }));
    }
    REQUIRE(house.directory.update(*Host::parse("c.example"), [](RecipientEntry& entry) { entry.told = 3; }));
    for (const auto& [host, software] : {std::pair{"d.example", "mastodon"}, {"e.example", "peertube"}}) {
        REQUIRE(house.directory.update(*Host::parse(host), [&](RecipientEntry& entry) {
            entry.software = software;  // asked about, and nothing ever went there
        }));
    }
    REQUIRE(house.directory.update(*Host::parse("f.example"), [](RecipientEntry& entry) {
        entry.software = "pixelfed";  // told all the same
        entry.told = 1;
    }));
    const auto honour = house.get("/api/v1/software", "audit");
    keeps(honour, "honour.schema.json");
    REQUIRE(honour["software"].size() == 3);
    CHECK(honour["software"][0]["software"].is_null());
    CHECK(honour["software"][0]["recipients"] == 1);
    CHECK(honour["software"][0]["told"] == 3);
    CHECK(honour["software"][0]["honour_percent"].is_null());
    CHECK(honour["software"][1] == Json{{"software", "mastodon"},
                                        {"recipients", 2},
                                        {"told", 8},
                                        {"gone", 2},
                                        {"present", 2},
                                        {"not_visible", 2},
                                        {"honour_percent", 50},
                                        {"signatures", {{"cavage", 0}, {"rfc9421", 2}}}});
    CHECK(honour["software"][2]["software"] == "pixelfed");
    CHECK(honour["software"][2]["recipients"] == 0);
    house.get("/api/v1/software", "own", 403);
}
