// Audit bundles over HTTP: who may have which, and what is asked of whoever makes them.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using Catch::Contains;
using fedtrail::testing::ApiHouse;
using Json = nlohmann::json;
using privacy::SubjectNumber;

namespace {

constexpr const char* kExport = "/api/v1/audit/export";
const HttpHeaders kWhy{{"Fedtrail-Reason", "court order 12/2026"}};

/// The one order that was handed on since the last time.
api::BundleOrder order_of(ApiHouse& house) {
    REQUIRE(house.bundle_orders.size() == 1);
    auto one = house.bundle_orders.front();
    house.bundle_orders.clear();
    return one;
}

/// The status, and the order if there is one.
int asked(ApiHouse& house, const std::string& token, const HttpHeaders& headers, const std::string& body) {
    return house.ask("POST", kExport, token, headers, body).status;
}

}  // namespace

TEST_CASE("A full bundle is for who may see names, and for a reason", "[api][bundles]") {
    ApiHouse house;
    const std::string all = R"({"all": true, "level": "full"})";
    for (const auto* token : {"own", "desk", "hook", "audit"}) {
        CHECK(asked(house, token, kWhy, all) == 403);
    }
    for (const auto* scope :
         {R"("all": true)", R"("subject": "alice@origin.example")", R"("since": "2026-01-01")"}) {
        const auto body = std::string{"{"} + scope + R"(, "level": "full"})";
        const auto without = house.ask("POST", kExport, "admin", {}, body);
        CHECK(without.status == 422);
        CHECK_THAT(without.body, Contains("Fedtrail-Reason"));
        CHECK(asked(house, "admin", {{"Fedtrail-Reason", "  "}}, body) == 422);
    }
    CHECK(house.bundle_orders.empty());
    CHECK(asked(house, "admin", kWhy, all) == 200);
    const auto order = order_of(house);
    CHECK(order.level == audit::Level::Full);
    CHECK(order.why == "court order 12/2026");
    CHECK(order.by == "api:admin");
    CHECK(asked(house, "admin", {}, R"({"request": 7, "level": "full"})") == 200);
    CHECK(order_of(house).why == "request 7");
    CHECK(asked(house, "admin", kWhy, R"({"request": 7, "level": "full"})") == 200);
    CHECK(order_of(house).why == "court order 12/2026");
}

TEST_CASE("Whoever may check gets bundles without names, with a reason or without", "[api][bundles]") {
    ApiHouse house;
    for (const auto* level : {"pseudonymised", "minimal"}) {
        const auto body = std::string{R"({"all": true, "level": ")"} + level + "\"}";
        for (const auto* token : {"own", "desk", "hook"}) {
            CHECK(asked(house, token, kWhy, body) == 403);
        }
        CHECK(asked(house, "audit", {}, body) == 200);
        auto order = order_of(house);
        CHECK(audit::name_of(order.level) == level);
        CHECK(order.why.empty());
        CHECK(order.by == "api:audit");
        CHECK(asked(house, "audit", kWhy, body) == 200);
        CHECK(order_of(house).why == "court order 12/2026");
        CHECK(asked(house, "audit", {{"Fedtrail-Reason", "\xff"}}, body) == 422);
    }
    CHECK(house.bundle_orders.empty());
}

TEST_CASE("A bundle is about the one thing that was asked for", "[api][bundles]") {
    ApiHouse house;
    house.shreddings.all = {{SubjectNumber{40}, {}, records::ShredReason::Operator, {}, true}};
    const std::vector<std::pair<std::string, std::string>> scopes{
        {R"("all": true)", "everything"},
        {R"("request": 7)", "request 7"},
        {R"("subject": "alice@origin.example")", "subject 1"},
        {R"("subject": "2")", "subject 2"},
        {R"("subject": "40")", "subject 40"},
        {R"("subject": 2)", "subject 2"},
        {R"("since": "2026-01-01", "until": "2026-02-01T00:00:00Z")",
         "from 2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z"}};
    for (const auto& [members, text] : scopes) {
        CAPTURE(members);
        CHECK(asked(house, "audit", {}, "{" + members + R"(, "level": "minimal"})") == 200);
        CHECK(audit::scope_text(order_of(house).scope) == text);
    }
    CHECK(asked(house, "audit", {}, R"({"subject": "41", "level": "minimal"})") == 404);
    for (const auto* wrong : {"",
                              "[]",
                              "{}",
                              R"({"all": true})",
                              R"({"all": true, "level": "everything"})",
                              R"({"level": "minimal"})",
                              R"({"all": false, "level": "minimal"})",
                              R"({"all": true, "request": 7, "level": "minimal"})",
                              R"({"subject": "1", "since": "2026-01-01", "level": "minimal"})",
                              R"({"request": -7, "level": "minimal"})",
                              R"({"subject": -1, "level": "minimal"})",
                              R"({"subject": 1.5, "level": "minimal"})",
                              R"({"request": "7", "level": "minimal"})",
                              R"({"since": "yesterday", "level": "minimal"})",
                              R"({"since": "", "level": "minimal"})",
                              R"({"since": "2026-01-02", "until": "2026-01-02", "level": "minimal"})",
                              R"({"since": "1969-12-31", "level": "minimal"})",
                              R"({"until": "1969-12-31", "level": "minimal"})",
                              R"({"all": true, "level": "minimal", "reason": "x"})"}) {
        CAPTURE(wrong);
        CHECK(asked(house, "audit", {}, wrong) == 422);
    }
    const auto misspelt = house.ask("POST", kExport, "audit", {}, R"({"al": true, "level": "minimal"})");
    CHECK(Json::parse(misspelt.body)["remedy"] == "Did you mean \"all\"?");
    CHECK(house.bundle_orders.empty());
}

TEST_CASE("A bundle has the language and the checkpoint that were asked for", "[api][bundles]") {
    ApiHouse house;
    const std::string all = R"({"all": true, "level": "minimal"})";
    CHECK(asked(house, "audit", {{"Accept-Language", "de-AT, en;q=0.5"}}, all) == 200);
    CHECK(order_of(house).language == "de");
    const auto dutch = house.ask("POST", std::string{kExport} + "?lang=nl", "audit", {}, all);
    CHECK(header_of(dutch.headers, "Content-Language") == "nl");
    CHECK(order_of(house).language == "nl");
    CHECK(house.ask("POST", std::string{kExport} + "?lang=sv", "audit", {}, all).status == 400);
    const Json kept{
        {"all", true}, {"level", "minimal"}, {"checkpoint", "origin\n1\nroot\n\nsignature\n\nsigned 2026\n"}};
    CHECK(asked(house, "audit", {}, kept.dump()) == 200);
    CHECK(order_of(house).kept == "origin\n1\nroot\n\nsignature\n");
}

TEST_CASE("A bundle is given out in pieces, and its digest goes before it", "[api][bundles]") {
    ApiHouse house;
    const auto answer = house.ask("POST", kExport, "audit", {}, R"({"all": true, "level": "minimal"})");
    REQUIRE(answer.status == 200);
    CHECK(header_of(answer.headers, "Content-Type") == "application/zip");
    CHECK_THAT(std::string{header_of(answer.headers, "Content-Disposition")}, Contains("audit-bundle.zip"));
    // printf zipzip | openssl dgst -sha256 -binary | base64
    CHECK(header_of(answer.headers, "Repr-Digest") ==
          "sha-256=:TvYiw9QGegz5nwnWmxgu/W0/2BA8tlwv8DaVBLB4IUo=:");
    CHECK(answer.body.empty());
    REQUIRE(answer.more);
    std::string whole;
    while (const auto piece = answer.more(std::stop_token{})) {
        whole += *piece;
    }
    CHECK(whole == "zipzip");
}

TEST_CASE("What cannot be made is a problem, and nothing is given out", "[api][bundles]") {
    ApiHouse house;
    const std::vector<std::pair<ErrorKind, int>> kinds{{ErrorKind::Conflict, 409},
                                                       {ErrorKind::NotFound, 404},
                                                       {ErrorKind::Denied, 403},
                                                       {ErrorKind::Unavailable, 503}};
    for (const auto& [kind, status] : kinds) {
        house.bundle_failure = Error{kind, "what", "remedy"};
        const auto answer = house.ask("POST", kExport, "audit", {}, R"({"all": true, "level": "minimal"})");
        CHECK(answer.status == status);
        CHECK(Json::parse(answer.body)["detail"] == "what");
        CHECK_FALSE(answer.more);
    }
}
