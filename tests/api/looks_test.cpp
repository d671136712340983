// Who sees whom by REST, and what is written down of it: each cell of the table in docs/looks.md.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using Catch::Contains;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::keeps;
using Json = nlohmann::json;
using privacy::SubjectNumber;

namespace {

const HttpHeaders kReason{{"Fedtrail-Reason", "complaint 12"}};
constexpr const char* kReport = "/api/v1/subjects/1/report";

/// A house with a request of alice's about one of her posts.
struct LookHouse : ApiHouse {
    LookHouse() {
        const auto post = fediverse::CategorySet{fediverse::DataCategory::PostText};
        holdings.add("https://origin.example/a/1", "https://origin.example/alice/1", post, {"a.example"});
        const Json body{{"subject", "1"},
                        {"identity_verified", true},
                        {"objects", Json::array({"https://origin.example/alice/1"})}};
        const auto opened = ask("POST", "/api/v1/requests", "desk", {}, body.dump());
        INFO(opened.body);
        REQUIRE(opened.status == 201);
    }
    /// The one look that was written down since the last time.
    records::Access look() {
        REQUIRE(accesses.all.size() == 1);
        auto one = accesses.all.front();
        accesses.all.clear();
        return one;
    }
};

}  // namespace

TEST_CASE("A named report needs a reason, and the look is written down with it", "[api][looks]") {
    LookHouse house;
    const auto without = house.ask("GET", kReport, "admin");
    CHECK(without.status == 422);
    CHECK_THAT(without.body, Contains("Fedtrail-Reason: complaint") && !Contains("alice"));
    CHECK(house.ask("GET", kReport, "admin", {{"Fedtrail-Reason", "  "}}).status == 422);
    CHECK(house.ask("GET", kReport, "admin", {{"Fedtrail-Reason", std::string(1001, 'x')}}).status == 422);
    CHECK(house.ask("GET", kReport, "admin", {{"Fedtrail-Reason", "\xff"}}).status == 422);
    CHECK(house.accesses.all.empty());
    const auto whole = house.ask("GET", kReport, "admin", kReason);
    keeps(whole, "transfer-report.schema.json");
    CHECK(Json::parse(whole.body)["subject"] == "alice@origin.example");
    const records::Access expected{
        SubjectNumber{1}, house.clock.now(), "report", "api:admin", "complaint 12", true};
    CHECK(house.look() == expected);
    CHECK(house.ask("GET", std::string{kReport} + "?request=1", "admin").status == 200);
    CHECK(house.look().why == "request 1");
    CHECK(house.ask("GET", std::string{kReport} + "?request=2", "admin").status == 404);
    CHECK(house.accesses.all.empty());
}

TEST_CASE("What cannot be written down is not shown", "[api][looks]") {
    LookHouse house;
    house.accesses.down = true;
    for (const auto* token : {"own", "audit", "admin"}) {
        const auto answer = house.ask("GET", kReport, token, kReason);
        CHECK(answer.status == 503);
        CHECK_THAT(answer.body, !Contains("alice") && !Contains("a.example"));
    }
    for (const auto* path : {"/api/v1/requests/1", "/api/v1/requests/1/answer"}) {
        const auto answer = house.ask("GET", path, "desk", kReason);
        CHECK(answer.status == 503);
        CHECK_THAT(answer.body, !Contains("alice"));
    }
    for (const auto* token : {"own", "audit", "admin"}) {
        const auto answer = house.ask("GET", "/api/v1/subjects/1", token, kReason);
        CHECK(answer.status == 503);
        CHECK_THAT(answer.body, !Contains("alice") && !Contains("a.example"));
    }
}

TEST_CASE("An auditor reads a report by number, without its items", "[api][looks]") {
    LookHouse house;
    for (const auto* form : {"json", "jsonld", "csv", "html"}) {
        for (const auto& headers : {HttpHeaders{}, kReason}) {
            const auto answer = house.ask("GET", std::string{kReport} + "?format=" + form, "audit", headers);
            CHECK(answer.status == 200);
            CHECK_THAT(answer.body, !Contains("alice"));
            CHECK_FALSE(house.look().revealed);
        }
    }
    const auto json = house.ask("GET", kReport, "audit");
    keeps(json, "transfer-report.schema.json");
    CHECK(Json::parse(json.body)["subject"] == "#1");
    (void)house.look();
    CHECK(house.ask("GET", std::string{kReport} + "?part=items&format=json", "audit", kReason).status == 403);
    CHECK(house.accesses.all.empty());
}

TEST_CASE("A person's own look needs no reason, is written down as theirs, and names nobody else",
          "[api][looks]") {
    LookHouse house;
    const auto own = house.ask("GET", kReport, "own");
    CHECK(own.status == 200);
    CHECK_THAT(own.body, Contains("alice@origin.example"));
    const auto look = house.look();
    CHECK(look.by == "self");
    CHECK(look.what == "report");
    CHECK(house.ask("GET", "/api/v1/subjects/2/report", "own").status == 403);
    for (const auto* token : {"hook", "desk"}) {
        CHECK(house.ask("GET", kReport, token, kReason).status == 403);
    }
    CHECK(house.accesses.all.empty());
}

TEST_CASE("A person is shown by number, and by name for a reason; each look is written down",
          "[api][looks]") {
    LookHouse house;
    const std::string path = "/api/v1/subjects/1";
    const auto shown = [&](const std::string& token, const HttpHeaders& headers) {
        const auto answer = house.ask("GET", path, token, headers);
        keeps(answer, "cli/subject.schema.json");
        const bool named = Json::parse(answer.body).contains("handle");
        CHECK(named == (answer.body.find("alice") != std::string::npos));
        const auto look = house.look();
        CHECK(look.revealed == named);
        CHECK(look.what == (named ? "name" : "disclosures"));
        return named;
    };
    CHECK_FALSE(shown("audit", {}));
    CHECK_FALSE(shown("audit", kReason));
    CHECK_FALSE(shown("admin", {}));
    CHECK(shown("admin", kReason));
    CHECK(shown("own", {}));
    for (const auto* token : {"desk", "hook"}) {
        CHECK(house.ask("GET", path, token, kReason).status == 403);
    }
    CHECK(house.ask("GET", "/api/v1/subjects/2", "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/subjects/99", "admin", kReason).status == 404);
    CHECK(house.ask("GET", path, "admin", {{"Fedtrail-Reason", "\xff"}}).status == 422);
    CHECK(house.accesses.all.empty());
}

TEST_CASE("The addresses of a request's objects are shown to whom they may be, and then written down",
          "[api][looks]") {
    LookHouse house;
    const std::string path = "/api/v1/requests/1";
    const auto shown = [&](const std::string& token, const HttpHeaders& headers) {
        const auto answer = house.ask("GET", path, token, headers);
        keeps(answer, "erasure-request.schema.json");
        const auto uris = Json::parse(answer.body)["scope"]["object_uris"];
        CHECK(uris.is_null() == (answer.body.find("alice") == std::string::npos));
        return !uris.is_null();
    };
    for (const auto* token : {"desk", "audit", "admin"}) {
        CHECK_FALSE(shown(token, {}));
        CHECK_FALSE(house.look().revealed);
    }
    CHECK_FALSE(shown("audit", kReason));
    CHECK(house.look().what == "request");
    for (const auto* token : {"desk", "admin"}) {
        CHECK(shown(token, kReason));
        const auto look = house.look();
        CHECK(look.what == "objects");
        CHECK(look.why == "complaint 12");
        CHECK(look.by == std::string{"api:"} + token);
    }
    CHECK(shown("own", {}));
    CHECK(house.look().by == "self");
    const auto list = house.ask("GET", "/api/v1/requests", "admin", kReason);
    CHECK_THAT(list.body, !Contains("alice"));
    CHECK(house.accesses.all.empty());
}

TEST_CASE("The answer to a request names the person to whoever works on it", "[api][looks]") {
    LookHouse house;
    for (const auto* format : {"json", "md"}) {
        const auto path = std::string{"/api/v1/requests/1/answer?format="} + format;
        for (const auto* token : {"desk", "admin"}) {
            CHECK_THAT(house.ask("GET", path, token).body, Contains("alice@origin.example"));
            const auto look = house.look();
            CHECK(look.what == "answer");
            CHECK(look.why == "request 1");
            CHECK(look.revealed);
        }
        const auto audited = house.ask("GET", path, "audit", kReason);
        CHECK(audited.status == 200);
        CHECK_THAT(audited.body, !Contains("alice"));
        CHECK_FALSE(house.look().revealed);
        CHECK_THAT(house.ask("GET", path, "own").body, Contains("alice@origin.example"));
        CHECK(house.look().by == "self");
    }
}

TEST_CASE("A person learns who looked at their data by role; their report says so too", "[api][looks]") {
    LookHouse house;
    REQUIRE(house.ask("GET", kReport, "admin", kReason).status == 200);
    const auto own = house.ask("GET", "/api/v1/subjects/1/accesses", "own");
    keeps(own, "cli/accesses.schema.json");
    const auto mine = Json::parse(own.body)["accesses"];
    REQUIRE(mine.size() == 1);
    CHECK(mine[0]["by"] == "program");
    CHECK(mine[0]["why"] == "complaint 12");
    const auto audited = house.ask("GET", "/api/v1/subjects/1/accesses", "audit");
    CHECK(Json::parse(audited.body)["accesses"][0]["by"] == "api:admin");
    CHECK(house.ask("GET", "/api/v1/subjects/2/accesses", "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/subjects/1/accesses", "desk").status == 403);
    const auto report = Json::parse(house.ask("GET", kReport, "own").body);
    REQUIRE(report["accesses"].size() == 2);  // this one too, the newest first
    CHECK(report["accesses"][0]["by"] == "self");
    CHECK(report["accesses"][0]["why"] == "you looked at your own data (Art. 15 GDPR)");
    CHECK(report["accesses"][1]["by"] == "program");
    CHECK(report["accesses"][1]["why"] == "complaint 12");
    CHECK(report["accesses_more"] == 0);
}

TEST_CASE("A command beside the sidecar says who runs it; no other token can", "[api][looks]") {
    LookHouse house;
    const auto by = [&house](const std::string& token, const std::string& said) {
        auto headers = kReason;
        headers.emplace_back("Fedtrail-By", said);
        REQUIRE(house.ask("GET", kReport, token, headers).status == 200);
        return house.look().by;
    };
    CHECK(by("beside", "cli:anna/ops") == "cli:anna/ops");
    CHECK(by("admin", "cli:anna/ops") == "api:admin");
    CHECK(by("own", "cli:anna/ops") == "self");
    for (const auto* other : {"", "anna", "cli:", "fedtrail", "api:admin", "cli:anna muster"}) {
        CHECK(by("beside", other) == "api:local");
    }
    const HttpHeaders anna{{"Fedtrail-By", "cli:anna"}};
    const auto shredding = Json{{"reason", "asked for by letter"}}.dump();
    REQUIRE(house.ask("POST", "/api/v1/subjects/1/shredding", "beside", anna, shredding).status == 200);
    CHECK(house.shred_orders.back().by == "cli:anna");
    const auto body = Json{{"subject", "1"}, {"identity_verified", true}}.dump();
    REQUIRE(house.ask("POST", "/api/v1/requests", "beside", anna, body).status == 201);
    for (const auto* path : {"/api/v1/requests/2", "/api/v1/requests/2/history"}) {
        const auto by_whom = [&](const std::string& token) {
            return Json::parse(house.ask("GET", path, token).body)["history"][0]["by"];
        };
        CHECK(by_whom("own") == "cli");
        for (const auto* token : {"desk", "audit", "admin"}) {
            CHECK(by_whom(token) == "cli:anna");
        }
    }
}

TEST_CASE("No address of the API shows who somebody is without a look that is written down", "[api][looks]") {
    LookHouse house;
    std::size_t named = 0;
    for (const auto& route : api::Api::routes()) {
        if (route.method != "GET") {
            continue;
        }
        std::string path{route.pattern};
        for (const auto* name : {"{id}", "{number}", "{notice}"}) {
            if (const auto at = path.find(name); at != std::string::npos) {
                path.replace(at, std::string_view{name}.size(), "1");
            }
        }
        if (const auto at = path.find("{host}"); at != std::string::npos) {
            path.replace(at, 6, "a.example");
        }
        for (const auto* token : {"own", "desk", "audit", "admin", "hook"}) {
            for (const auto& headers : {HttpHeaders{}, kReason}) {
                INFO(token << " " << path);
                house.accesses.all.clear();
                const auto answer = house.ask("GET", path, token, headers);
                if (answer.body.find("alice") != std::string::npos) {
                    ++named;
                    CHECK(house.look().revealed);
                }
            }
        }
    }
    // Person, report, request and answer: own; person, report and request: named for a reason; answer: the
    // request is one.
    CHECK(named == 8 + 2 + 2 + 4);
}
