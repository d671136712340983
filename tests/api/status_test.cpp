// How the instance fares, over HTTP.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace {

constexpr const char* kStatus = "/api/v1/status";
constexpr const char* kStatusSchema = "cli/status.schema.json";

api::StatusView full_view() {
    api::StatusView view;
    view.running =
        api::StatusView::Instance{4711, "2026-11-22T10:00:00Z", "127.0.0.1:7117", "127.0.0.1:7118", true};
    view.flow = api::StatusView::Flow{1, 2, 3};
    view.ingress = api::StatusView::Ingress{4, 5, 6, 7, 8, 9};
    view.untrusted = api::StatusView::Untrusted{10, 11, 12, {{"a.example", 13}}};
    view.ledger.subjects = 14;
    view.ledger.first = *parse_rfc3339("2026-11-01T00:00:00Z");
    view.rules = api::StatusView::Rules{15, true, 16, 17, 18};
    view.erasures = api::StatusView::Erasures{19, 20, 21, 22, {}};
    view.erasures->next =
        api::StatusView::NextDue{records::RequestNumber{7}, *privacy::parse_day("2026-12-22"), false};
    view.log = api::StatusView::Log{23, {}};
    view.policies = api::StatusView::Policies{std::chrono::days{30}, 24, 25};
    view.wrong = {{ErrorKind::Unavailable, "something", "mend it"}};
    return view;
}

}  // namespace

TEST_CASE("How the instance fares is told to whoever may check it", "[api][status]") {
    ApiHouse house;
    for (const auto* token : {"own", "desk", "hook"}) {
        CHECK(house.ask("GET", kStatus, token).status == 403);
    }
    CHECK(house.ask("GET", kStatus).status == 401);
    house.status = full_view();
    for (const auto* token : {"audit", "admin"}) {
        const auto told = checked(house.ask("GET", kStatus, token), kStatusSchema);
        CHECK(told["running"] == Json{{"pid", 4711},
                                      {"since", "2026-11-22T10:00:00Z"},
                                      {"proxy", "127.0.0.1:7117"},
                                      {"api", "127.0.0.1:7118"},
                                      {"ready", true},
                                      {"answered", true}});
        CHECK(told["flow"] == Json{{"last_hour", 1}, {"last_day", 2}, {"waiting", 3}});
        CHECK(told["ingress"] == Json{{"lines", 4},
                                      {"rejected", 5},
                                      {"signed", 6},
                                      {"named", 7},
                                      {"unnamed", 8},
                                      {"behind_octets", 9}});
        CHECK(told["untrusted"]["most"] == Json::parse(R"([{"host": "a.example", "connections": 13}])"));
        CHECK(told["ledger"]["subjects"] == 14);
        CHECK(told["ledger"]["first"] == "2026-11-01T00:00:00Z");
        CHECK(told["ledger"]["last"].is_null());
        CHECK(
            told["rules"] ==
            Json{{"in_force", 15}, {"refused", true}, {"prevented", 16}, {"objected", 17}, {"flagged", 18}});
        CHECK(told["erasures"]["waiting_for_you"] == 20);
        CHECK(told["erasures"]["next"] == Json{{"number", 7}, {"due", "2026-12-22"}});
        CHECK(told["log"] == Json::parse(R"({"leaves": 23, "signed": 0, "at": null, "cosignatures": 0})"));
        CHECK(told["policies"] == Json{{"days", 30}, {"changes", 24}, {"servers", 25}});
        CHECK(told["wrong"] == Json::parse(R"([{"what": "something", "remedy": "mend it"}])"));
    }
}

TEST_CASE("What nobody can say of an instance is null", "[api][status]") {
    ApiHouse house;
    const auto told = checked(house.ask("GET", kStatus, "audit"), kStatusSchema);
    for (const auto* part :
         {"running", "flow", "ingress", "untrusted", "rules", "erasures", "log", "policies"}) {
        CHECK(told[part].is_null());
    }
    CHECK(told["wrong"].empty());
    house.status = fail(ErrorKind::Unavailable, "the ledger is down", "wait");
    CHECK(house.ask("GET", kStatus, "audit").status == 503);
}
