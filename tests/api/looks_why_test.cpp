// The why of a look is never empty to the person, whichever address was asked and whatever was stated.

#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "fedtrail/records/access_purpose.hpp"

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

constexpr const char* kStated = "complaint 12";

/// A house with a request of alice's about one of her posts, and every way to look at what is hers.
struct WhyHouse : ApiHouse {
    std::set<std::string> met;  ///< What was looked at, by others than herself.

    WhyHouse() {
        const auto post = fediverse::CategorySet{fediverse::DataCategory::PostText};
        holdings.add("https://origin.example/a/1", "https://origin.example/alice/1", post, {"a.example"});
        const Json body{{"subject", "1"},
                        {"identity_verified", true},
                        {"objects", Json::array({"https://origin.example/alice/1"})}};
        REQUIRE(ask("POST", "/api/v1/requests", "desk", {}, body.dump()).status == 201);
    }

    /// Asks, and reads as alice what was written down of it.
    void look(const std::string& method,
              const std::string& path,
              const std::string& token,
              const std::string& reason,
              const std::string& body = {}) {
        CAPTURE(method, path, token, reason);
        accesses.all.clear();
        const auto headers = reason.empty() ? HttpHeaders{} : HttpHeaders{{"Fedtrail-Reason", reason}};
        (void)ask(method, path, token, headers, body);
        const auto written = accesses.all;
        const auto told =
            checked(ask("GET", "/api/v1/subjects/1/accesses", "own"), "cli/accesses.schema.json")["accesses"];
        REQUIRE(told.size() == written.size());
        if (written.empty()) {
            return;
        }
        REQUIRE(written.size() == 1);
        read(told[0], written[0], reason);
        const auto report = checked(ask("GET", "/api/v1/subjects/1/report?lang=de", "own"),
                                    "transfer-report.schema.json")["accesses"];
        REQUIRE(report.size() == 2);  // the newer one is hers, just now
        CHECK_FALSE(report[1]["why"].get<std::string>().empty());
        CHECK(report[1]["stated"] == told[0]["stated"]);
        CHECK(report[1]["purpose"] == told[0]["purpose"]);
    }

private:
    void read(const Json& told, const records::Access& access, const std::string& reason) {
        CHECK(told["purpose"] == std::string{records::name_of(records::purpose_of(access))});
        CHECK(told["purpose"] != "other");
        CHECK_FALSE(told["why"].get<std::string>().empty());
        CHECK(told["stated"] == !access.why.empty());
        if (!reason.empty()) {
            CHECK(told["why"] == kStated);
        }
        if (access.by != "self") {
            CHECK((!access.revealed || told["stated"] == true));
            met.insert(access.what);
        }
    }
};

}  // namespace

TEST_CASE("Whichever address is asked, the person reads why", "[api][looks][purpose]") {
    WhyHouse house;
    const Json dry{{"subject", "1"}, {"dry_run", true}};
    for (const auto* token : {"own", "desk", "audit", "admin", "beside"}) {
        for (const auto* reason : {"", kStated}) {
            for (const auto& route : api::Api::routes()) {
                std::string path{route.pattern};
                for (const std::string name : {"{id}", "{number}", "{notice}"}) {
                    if (const auto at = path.find(name); at != std::string::npos) {
                        path.replace(at, name.size(), "1");
                    }
                }
                if (route.method == "GET" && path.find('{') == std::string::npos) {
                    house.look("GET", path, token, reason);
                }
            }
            house.look("GET", "/api/v1/subjects/1/report?request=1", token, reason);
            house.look("POST", "/api/v1/requests", token, reason, dry.dump());
        }
    }
    // A bundle is written by the program: its test is there.
    CHECK(house.met == std::set<std::string>{"report",
                                             "name",
                                             "objects",
                                             "answer",
                                             "disclosures",
                                             "objections",
                                             "consents",
                                             "request",
                                             "plan"});
}

TEST_CASE("What nobody stated is not shown as if they had", "[api][looks][purpose]") {
    WhyHouse house;
    REQUIRE(house.ask("GET", "/api/v1/subjects/1/consents", "audit").status == 200);
    const auto look = Json::parse(house.ask("GET", "/api/v1/subjects/1/accesses", "own").body)["accesses"][0];
    CHECK(look["why"] == "to check a consent that a transfer rests on (Art. 7(1), 49(1)(a) GDPR)");
    CHECK(look["stated"] == false);
    CHECK(look["purpose"] == "consents");
}
