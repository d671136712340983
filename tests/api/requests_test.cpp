/// Erasure requests by REST.

#include <nlohmann/json.hpp>

#include "api/request_json.hpp"
#include "house.hpp"
#include "kept.hpp"

using namespace fedtrail;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::FakeNoticeBook;
using fedtrail::testing::FakeRequestBook;
using fedtrail::testing::keeps;
using Json = nlohmann::json;

namespace {

struct RequestHouse : ApiHouse {
    RequestHouse() {
        const auto post = fediverse::CategorySet{fediverse::DataCategory::PostText};
        holdings.add(
            "https://origin.example/a/1", "https://origin.example/o/1", post, {"a.example", "b.example"});
        holdings.add("https://origin.example/a/2", "https://origin.example/o/2", post, {"b.example"});
    }

    Json post(const std::string& target, const Json& body, const std::string& token, int expected) {
        const auto answer = ask("POST", target, token, {{"Content-Type", "application/json"}}, body.dump());
        INFO(answer.body);
        CHECK(answer.status == expected);
        return Json::parse(answer.body, nullptr, false);
    }
    Json get(const std::string& target, const std::string& token, int expected = 200) {
        const auto answer = ask("GET", target, token);
        INFO(answer.body);
        CHECK(answer.status == expected);
        return Json::parse(answer.body, nullptr, false);
    }
    std::uint64_t opened() {
        return post(
            "/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}}, "desk", 201)["number"];
    }
};

}  // namespace

TEST_CASE("A verified request opens, starts and says where it is", "[api][requests]") {
    RequestHouse house;
    const auto answer = house.ask("POST",
                                  "/api/v1/requests",
                                  "desk",
                                  {},
                                  R"({"subject":"alice@origin.example","identity_verified":true})");
    REQUIRE(answer.status == 201);
    CHECK(header_of(answer.headers, "Location") == "/api/v1/requests/1");
    const auto opened = Json::parse(answer.body);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["state"] == "in_progress");
    CHECK(opened["plan"]["recipients"] == 2);
    CHECK(house.changes == 1);

    const auto one = house.get("/api/v1/requests/1", "desk");
    keeps(one, "erasure-request.schema.json");
    CHECK(one["progress"]["notices"] == 2);
    CHECK(one["clock"]["due"] == "2026-12-22");
    CHECK(one["history"].at(0)["by"] == "api:desk");
    keeps(house.get("/api/v1/requests/1/plan", "audit"), "erasure-plan.schema.json");
    keeps(house.get("/api/v1/requests/1/history", "audit"), "erasure-history.schema.json");
    keeps(house.get("/api/v1/requests/1/answer", "audit"), "erasure-answer.schema.json");
    const auto letter = house.ask("GET", "/api/v1/requests/1/answer?format=md", "audit");
    CHECK(letter.status == 200);
    CHECK(header_of(letter.headers, "Content-Type") == "text/markdown; charset=utf-8");
    CHECK(house.ask("GET", "/api/v1/requests/1/answer?format=md&lang=xx", "audit").status == 400);
    CHECK(header_of(letter.headers, "Content-Language") == "en");
    CHECK_THAT(letter.body, Catch::Contains("Answer to your request"));
    const auto polish = house.ask(
        "GET", "/api/v1/requests/1/answer?format=md", "audit", {{"Accept-Language", "pl, en;q=0.5"}});
    CHECK(header_of(polish.headers, "Content-Language") == "pl");
    CHECK_THAT(polish.body, Catch::Contains("22 grudnia 2026"));
    CHECK(house.ask("GET", "/api/v1/requests/1/answer?format=pdf", "audit").status == 400);
}

TEST_CASE("A request that is open and could not be started says why", "[api][requests]") {
    RequestHouse house;
    house.notices.before_write = []() -> Result<void> {
        return fail(ErrorKind::Unavailable, "the disk is full", "Make room.");
    };
    const auto opened =
        house.post("/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}}, "desk", 201);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["state"] == "received");
    CHECK(opened["plan"].is_null());
    CHECK(opened["not_started"]["status"] == 503);
    CHECK(opened["not_started"]["detail"] == "the disk is full");
    CHECK(opened["not_started"]["remedy"] == "Make room.");
    house.notices.before_write = []() -> Result<void> { return {}; };
    const auto started = house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    CHECK(started["not_started"].is_null());
}

TEST_CASE("A day begins where the controller is, and a moment is that moment", "[api][requests]") {
    RequestHouse house;
    house.calendar.utc_offset_minutes = -240;  // Guadeloupe
    const bool is_day = GENERATE(true, false);
    house.post("/api/v1/requests",
               {{"subject", "1"},
                {"before", is_day ? "2026-11-01" : "2026-11-01T04:00:00Z"},
                {"received_at", is_day ? "2026-11-20" : "2026-11-20T04:00:00Z"}},
               "desk",
               201);
    const auto one = house.get("/api/v1/requests/1", "desk");
    CHECK(one["received_at"] == "2026-11-20T04:00:00Z");
    CHECK(one["clock"]["received"] == "2026-11-20");
    CHECK(one["clock"]["due"] == "2026-12-21");  // the 20th is a Sunday
    CHECK(one["scope"]["before"] == "2026-11-01T04:00:00Z");
}

TEST_CASE("A dry run shows the plan and changes nothing", "[api][requests]") {
    RequestHouse house;
    const auto plan = house.post("/api/v1/requests", {{"subject", "1"}, {"dry_run", true}}, "desk", 200);
    keeps(plan, "erasure-plan.schema.json");
    CHECK(plan["recipients"].size() == 2);
    CHECK(house.get("/api/v1/requests", "desk")["requests"].empty());
    CHECK(house.changes == 0);
}

TEST_CASE("The clock of a request that is closed and owes no answer does not run", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.opened();
    CHECK(house.get("/api/v1/requests/2", "desk")["state"] == "duplicate");
    CHECK(house.get("/api/v1/requests/2", "desk")["clock"]["running"] == false);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["running"] == true);
    house.post("/api/v1/requests/1/refuse", {{"reason", "x"}, {"ground", "12(5) excessive"}}, "desk", 200);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["running"] == true);  // the person is to be told
}

TEST_CASE("A person may be named by the number as every answer gives it", "[api][requests]") {
    RequestHouse house;
    house.post("/api/v1/requests", {{"subject", 1}}, "desk", 201);
    CHECK(house.get("/api/v1/requests/1", "desk")["subject"] == 1);
    house.post("/api/v1/requests", {{"subject", -1}}, "desk", 422);
    house.post("/api/v1/requests", {{"subject", 1.5}}, "desk", 422);
    house.post("/api/v1/requests", {{"subject", true}}, "desk", 422);
}

TEST_CASE("Nobody verified: nothing leaves until somebody does", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", {{"subject", "1"}}, "desk", 201);
    CHECK(opened["state"] == "received");
    CHECK(opened["plan"].is_null());
    house.post("/api/v1/requests/1/start", Json::object(), "desk", 403);
    CHECK(
        house.post("/api/v1/requests/1/verify-identity", Json::object(), "desk", 200)["identity_verified"] ==
        true);
    const auto started = house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    keeps(started, "erasure-act.schema.json");
    CHECK(started["plan"]["messages"].get<int>() > 0);
    const auto stopped = house.post("/api/v1/requests/1/stop", {{"reason", "a mistake"}}, "desk", 200);
    keeps(stopped, "erasure-act.schema.json");
    CHECK(stopped["stopped"] == true);
    CHECK(stopped["sent"] == Json{{"told", 0}, {"under_way", 0}, {"untouched", 2}});
    // Asked something while it is stopped: out of that leads the same word, twice.
    house.post("/api/v1/requests/1/pause", {{"reason", "which posts?"}}, "desk", 200);
    const auto asked = house.post("/api/v1/requests/1/resume", Json::object(), "desk", 200);
    CHECK(asked["state"] == "in_progress");
    CHECK(asked["stopped"] == true);
    CHECK(house.post("/api/v1/requests/1/resume", Json::object(), "desk", 200)["stopped"] == false);
}

TEST_CASE("A person asks for themselves, waits for the controller, and may withdraw", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", Json{{"reason", "please"}}, "own", 201);
    CHECK(opened["source"] == "person");
    CHECK(opened["identity_verified"] == true);
    CHECK(opened["state"] == "received");
    house.post("/api/v1/requests", {{"subject", "2"}}, "own", 403);
    house.post("/api/v1/requests", {{"subject", "99"}}, "own", 403);
    house.post("/api/v1/requests", {{"received_at", "1990-01-01"}}, "own", 403);
    house.post("/api/v1/requests/1/start", Json::object(), "own", 403);
    house.post("/api/v1/requests", {{"subject", "2"}}, "desk", 201);
    CHECK(house.get("/api/v1/requests", "own")["requests"].size() == 1);
    CHECK(house.get("/api/v1/requests", "audit")["requests"].size() == 2);
    CHECK(house.ask("GET", "/api/v1/requests/2", "own").body ==
          house.ask("GET", "/api/v1/requests/77", "own").body);
    house.get("/api/v1/requests/2", "own", 403);
    CHECK(house.get("/api/v1/requests?subject=1", "own")["requests"].size() == 1);
    CHECK(house.ask("GET", "/api/v1/requests?subject=2", "own").status == 403);
    CHECK(house.ask("GET", "/api/v1/requests?subject=2", "own").body ==
          house.ask("GET", "/api/v1/requests?subject=77", "own").body);
    CHECK(house.post("/api/v1/requests/1/withdraw", Json::object(), "own", 200)["state"] == "withdrawn");
}

TEST_CASE("A person's token cannot flood the controller, and holds up nobody else", "[api][requests]") {
    RequestHouse house;
    for (int i = 0; i < 20; ++i) {
        const auto thing = std::to_string(i);
        house.holdings.add("https://origin.example/a/" + thing,
                           "https://origin.example/o/" + thing,
                           fediverse::CategorySet{fediverse::DataCategory::PostText},
                           {"a.example"});
    }
    const auto ask = [&](const std::string& token, int number) {
        const auto body = Json{{"objects", {"https://origin.example/o/" + std::to_string(number)}}}.dump();
        const HttpHeaders key{{"Idempotency-Key", "key-" + std::to_string(number)}};
        return house.ask("POST", "/api/v1/requests", token, key, body);
    };
    for (int i = 0; i < 10; ++i) {
        REQUIRE(ask("own", i).status == 201);
    }
    const auto refused = ask("own", 10);
    CHECK(refused.status == 429);
    CHECK(header_of(refused.headers, "Content-Type") == "application/problem+json");
    CHECK(header_of(refused.headers, "Retry-After") == "86400");
    house.post("/api/v1/requests", {{"subject", "1"}}, "desk", 201);
    // To withdraw and ask again makes no room before a day is over.
    house.post("/api/v1/requests/1/withdraw", Json::object(), "own", 200);
    house.clock.at += std::chrono::hours{1};
    const auto soon = ask("own", 10);
    CHECK(soon.status == 429);
    CHECK(Json::parse(soon.body)["detail"] ==
          "9 requests of this person are open, and 1 more was made today");
    CHECK(header_of(soon.headers, "Retry-After") == "82800");
    house.clock.at += std::chrono::hours{23};
    CHECK(ask("own", 10).status == 201);  // the same key: a 429 is no answer to keep
    house.post("/api/v1/requests", {{"max_rate", 5}}, "own", 403);
}

TEST_CASE("A request may have a rate of its own", "[api][requests]") {
    RequestHouse house;
    const auto opened = house.post("/api/v1/requests", {{"subject", "1"}, {"max_rate", 5}}, "desk", 201);
    keeps(opened, "erasure-act.schema.json");
    CHECK(opened["max_rate"] == 5);
    CHECK(house.get("/api/v1/requests/1", "desk")["max_rate"] == 5);
    for (const auto& rate : {Json(0), Json(-1), Json(1'000'001)}) {
        house.post("/api/v1/requests", {{"subject", "1"}, {"max_rate", rate}}, "desk", 422);
    }
}

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

TEST_CASE("To read everything is not to withdraw for everybody", "[api][requests]") {
    RequestHouse house;
    house.gate.grants["both"] = {"both", {Scope::SubjectSelf, Scope::AuditRead}, privacy::SubjectNumber{2}};
    house.opened();
    house.get("/api/v1/requests/1", "both");
    house.post("/api/v1/requests/1/withdraw", Json::object(), "both", 403);
    CHECK(house.get("/api/v1/requests/1", "both")["state"] == "in_progress");
}

TEST_CASE("Scopes of tokens are kept", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests", {{"subject", "1"}}, "audit", 403);
    house.post("/api/v1/requests", {{"subject", "1"}}, "hook", 403);
    house.post("/api/v1/requests/1/stop", Json::object(), "audit", 403);
    house.get("/api/v1/requests/1", "hook", 403);
    house.get("/api/v1/requests/1", "audit");
}

TEST_CASE("What is wrong with a body is named without repeating it", "[api][requests]") {
    RequestHouse house;
    const auto refused = [&](const std::string& body, int status) {
        const auto answer =
            house.ask("POST", "/api/v1/requests", "desk", {{"Content-Type", "application/json"}}, body);
        INFO(body << " -> " << answer.body);
        CHECK(answer.status == status);
        CHECK_THAT(answer.body, !Catch::Contains("s3cret"));
        return answer.body;
    };
    refused("not json s3cret", 422);
    refused("[1]", 422);
    refused(R"({"subject":1.5})", 422);
    refused(R"({"subject":"1","s3cret":true})", 422);
    CHECK_THAT(refused(R"({"subject":"1","received":"s3cret"})", 422), Catch::Contains("received_at"));
    refused(R"({"subject":"1","objects":["s3cret"]})", 422);
    refused(R"({"subject":"1","objects":["https://o.example/1"],"before":"2026-01-01"})", 422);
    refused(R"({"subject":"1","before":"yesterday"})", 422);
    refused(R"({"subject":"1","recipients":["a b"]})", 422);
    CHECK_THAT(refused(R"({"subject":"1","categories":["posts"]})", 422), Catch::Contains("post_text"));
    refused(R"({"subject":"nobody"})", 404);
    CHECK(house.ask("POST", "/api/v1/requests", "desk", {{"Content-Type", "text/plain"}}, "{}").status ==
          415);
    CHECK(house.changes == 0);
}

TEST_CASE("Acts take what they need and refuse the rest", "[api][requests]") {
    RequestHouse house;
    house.post(
        "/api/v1/requests", {{"subject", "1"}, {"identity_verified", true}, {"start", false}}, "desk", 201);
    const auto act = [&](const std::string& name, const Json& body, int status) {
        return house.post("/api/v1/requests/1/" + name, body, "desk", status);
    };
    act("fly", Json::object(), 404);
    act("extend", Json::object(), 422);  // no reason
    act("refuse", {{"reason", "x"}, {"ground", "17(9)"}}, 422);
    act("hold", Json::object(), 422);
    act("hold", {{"objects", {"https://origin.example/o/1"}}}, 422);  // no reason
    act("hold",
        {{"objects", {"https://origin.example/o/1"}}, {"reason", "x"}, {"ground", "12(5) excessive"}},
        422);
    act("stop", {{"objects", {"https://origin.example/o/1"}}}, 422);
    act("duplicate", Json::object(), 422);
    act("hold",
        {{"objects", {"https://origin.example/o/1"}}, {"reason", "a court asked"}, {"ground", "17(3)(e)"}},
        200);
    CHECK(act("extend", {{"reason", "many servers"}}, 200)["extended"] == true);
    CHECK(house.get("/api/v1/requests/1", "desk")["clock"]["due"] == "2027-02-22");
    CHECK(act("refuse", {{"reason", "asked every day"}, {"ground", "12(5) excessive"}}, 200)["state"] ==
          "refused");
    act("start", Json::object(), 403);
}

TEST_CASE("The same key opens one request, and another address is another thing", "[api][requests]") {
    RequestHouse house;
    const std::string body = R"({"subject":"1","identity_verified":true})";
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const auto first = house.ask("POST", "/api/v1/requests", "desk", key, body);
    const auto again = house.ask("POST", "/api/v1/requests", "desk", key, body);
    CHECK(first.status == 201);
    CHECK(again.body == first.body);
    CHECK(house.get("/api/v1/requests", "desk")["requests"].size() == 1);
    CHECK(house.ask("POST", "/api/v1/requests", "desk", key, R"({"subject":"2"})").status == 422);
    CHECK(house.ask("POST", "/api/v1/requests/1/stop", "desk", key, "{}").status == 200);
}

TEST_CASE("Lists come in pages with a cursor", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests", {{"subject", "2"}}, "desk", 201);
    const auto answer = house.ask("GET", "/api/v1/requests?limit=1", "desk");
    const auto page = Json::parse(answer.body);
    keeps(page, "erasure-requests.schema.json");
    CHECK(page["requests"].size() == 1);
    CHECK(page["next"] == "1");
    CHECK(header_of(answer.headers, "Link") == "</api/v1/requests?limit=1&after=1>; rel=\"next\"");
    const auto open = house.ask("GET", "/api/v1/requests?limit=1&open=true", "desk");
    CHECK(header_of(open.headers, "Link") == "</api/v1/requests?limit=1&after=1&open=true>; rel=\"next\"");
    const auto rest = house.get("/api/v1/requests?limit=1&after=1", "desk");
    CHECK(rest["requests"].at(0)["number"] == 2);
    CHECK(rest["next"].is_null());
    house.get("/api/v1/requests?limit=0", "desk", 400);
    house.get("/api/v1/requests?after=x", "desk", 400);

    const auto planned = house.ask("GET", "/api/v1/requests/1/notices?limit=1&state=planned", "audit");
    CHECK_THAT(std::string{header_of(planned.headers, "Link")}, Catch::Contains("&state=planned>"));
    const auto notices = house.get("/api/v1/requests/1/notices?limit=1", "audit");
    keeps(notices, "erasure-notices.schema.json");
    CHECK(notices["notices"].at(0)["recipient"] == "a.example");
    CHECK(notices["next"] == "1");
    CHECK(house.get("/api/v1/requests/1/notices?state=verified_gone", "audit")["notices"].empty());
    house.get("/api/v1/requests/1/notices?state=fine", "audit", 400);
    const auto one = house.get("/api/v1/requests/1/notices/2", "audit");
    keeps(one, "erasure-notice.schema.json");
    CHECK(one["recipient"] == "b.example");
    house.get("/api/v1/requests/1/notices/3", "audit", 404);
    house.get("/api/v1/requests/2/notices/1", "audit", 404);
}

TEST_CASE("Whoever may write requests says that a letter in a file was sent, once", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    auto notice = house.notices.notices({})->front();
    const auto path = "/api/v1/requests/1/notices/" + std::to_string(notice.number.get()) + "/letter-sent";
    house.post(path, Json::object(), "desk", 404);  // none waits
    notice.state = fediverse::NoticeState::Refused;
    NoticeChange change;
    change.notices = {notice};
    change.letters = {{notice.number, house.clock.at, "letter-refused", "en", "file", "<1@x>", false, ""}};
    REQUIRE(house.notices.apply(change));
    house.post(path, Json::object(), "audit", 403);
    const auto sent = house.post(path, Json::object(), "desk", 200);
    keeps(sent, "erasure-notice.schema.json");
    CHECK(sent["state"] == "escalated");
    CHECK(sent["letter_history"].back()["handed_over"] == true);
    house.post(path, Json::object(), "desk", 404);
    const auto letters = house.get("/api/v1/requests/1/letters", "audit");
    keeps(letters, "cli/letters.schema.json");
    REQUIRE(letters["letters"].size() == 2);
    CHECK(letters["letters"].at(0)["recipient"] == "a.example");
    house.get("/api/v1/requests/1/letters", "own", 403);
    house.get("/api/v1/requests/9/letters", "audit", 404);
    const auto all = house.get("/api/v1/letters", "desk");
    keeps(all, "cli/letters.schema.json");
    CHECK(all["letters"] == letters["letters"]);
    CHECK(house.get("/api/v1/letters?waiting=true", "audit")["letters"].empty());
    house.get("/api/v1/letters?waiting=yes", "audit", 400);
    house.get("/api/v1/letters", "own", 403);
}

TEST_CASE("What has to be decided is told to whoever may decide or check, not to the person",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.due = std::vector<erasure::DecisionDue>{{records::NoticeNumber{1},
                                                   records::RequestNumber{1},
                                                   *Host::parse("a.example"),
                                                   fediverse::NoticeState::Escalated,
                                                   "decision",
                                                   "Two letters had no effect."}};
    for (const auto* token : {"desk", "audit", "admin"}) {
        const auto told = house.get("/api/v1/requests/1", token);
        keeps(told, "erasure-request.schema.json");
        REQUIRE(told["decisions"].size() == 1);
        CHECK(told["decisions"][0]["recipient"] == "a.example");
        CHECK(told["decisions"][0]["state"] == "escalated");
    }
    CHECK(house.get("/api/v1/requests/1", "own")["decisions"].empty());
}

TEST_CASE("Whoever may write requests gives a server up, with ground and reason", "[api][requests]") {
    RequestHouse house;
    house.opened();
    house.post("/api/v1/requests/1/start", Json::object(), "desk", 200);
    const std::string path = "/api/v1/requests/1/notices/1/give-up";
    const Json body{{"ground", "impossible"}, {"reason", "the company is gone"}};
    house.post(path, body, "audit", 403);
    house.post(path, body, "own", 403);
    house.post("/api/v1/requests/1/notices/9/give-up", body, "desk", 404);
    for (const auto& wrong : {Json::object(),
                              Json{{"ground", "tired"}, {"reason", "x"}},
                              Json{{"ground", "impossible"}},
                              Json{{"ground", "impossible"}, {"reason", ""}},
                              Json{{"ground", "impossible"}, {"reason", "x"}, {"more", 1}}}) {
        house.post(path, wrong, "desk", 422);
    }
    const auto given_up = house.post(path, body, "desk", 200);
    keeps(given_up, "erasure-notice.schema.json");
    CHECK(given_up["state"] == "disproportionate");
}

TEST_CASE("The paper that a person was given is taken with the act, and is in no history",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    std::string paper = "We told";
    for (int server = 0; server < 10'000; ++server) {  // about 300 octets of JSON each
        paper += std::string(300, ' ') + std::to_string(server) + ".example";
    }
    for (const auto& wrong : {Json{{"paper", paper}, {"reason", "x"}},
                              Json{{"paper", std::string(records::kMaxTold + 1, 'x')}}}) {
        house.post("/api/v1/requests/1/answered", wrong, "desk", 422);
    }
    house.post("/api/v1/requests/1/extend", Json{{"paper", paper}, {"reason", "x"}}, "desk", 422);
    house.post("/api/v1/requests/1/extend", Json{{"reason", "many servers"}}, "desk", 200);
    house.post("/api/v1/requests/1/answered", Json{{"paper", paper}}, "desk", 200);
    const auto history = house.ask("GET", "/api/v1/requests/1/history", "audit");
    REQUIRE(history.status == 200);
    CHECK_THAT(
        history.body,
        !Catch::Contains(paper) && Catch::Contains("the paper itself, " + std::to_string(paper.size())));
}

TEST_CASE("Progress is told when something changes, and the stream ends with the request",
          "[api][requests]") {
    RequestHouse house;
    house.opened();
    const auto answer = house.ask("GET", "/api/v1/requests/1/events", "audit");
    REQUIRE(answer.status == 200);
    CHECK(header_of(answer.headers, "Content-Type") == "text/event-stream");
    REQUIRE(answer.more);
    std::stop_source stop;
    const auto first = answer.more(stop.get_token());
    REQUIRE(first.has_value());
    REQUIRE_THAT(*first, Catch::StartsWith("event: progress\ndata: ") && Catch::EndsWith("\n\n"));
    keeps(Json::parse(first->substr(first->find('{'))), "erasure-progress.schema.json");
    CHECK(answer.more(stop.get_token()) == ":\n\n");  // nothing new: it is alive

    house.post("/api/v1/requests/1/withdraw", Json::object(), "desk", 200);
    auto last = answer.more(stop.get_token());
    REQUIRE(last.has_value());
    CHECK_THAT(*last, Catch::StartsWith("event: closed\n"));
    CHECK_FALSE(answer.more(stop.get_token()).has_value());
}

TEST_CASE("A stream that is stopped ends at once", "[api][requests]") {
    RequestHouse house;
    house.opened();
    const auto answer = house.ask("GET", "/api/v1/requests/1/events", "own");
    REQUIRE(answer.more);
    std::stop_source stop;
    CHECK(answer.more(stop.get_token()).has_value());
    stop.request_stop();
    CHECK_FALSE(answer.more(stop.get_token()).has_value());
    CHECK(house.ask("GET", "/api/v1/requests/9/events", "own").status == 403);
}

TEST_CASE("Letters that wait are listed as long as letters go on for their request", "[api][letters]") {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    const auto closed = *parse_rfc3339("2026-11-22T10:00:00Z");
    records::ErasureRequest request;
    request.subject = privacy::SubjectNumber{1};
    request.state = privacy::RequestState::PartlyFulfilled;
    request.closed_at = closed;
    const auto number = requests.open(request, {})->number;
    records::Notice notice;
    notice.request = number;
    notice.subject = request.subject;
    notice.recipient = *Host::parse("a.example");
    notice.state = fediverse::NoticeState::Refused;
    REQUIRE(notices.plan(number, {}, std::vector{notice}));
    NoticeChange change;
    change.letters.push_back({notices.notices(NoticeFilter{})->at(0).number,
                              closed,
                              "letter-refused",
                              "en",
                              "file",
                              "<1@o.example>",
                              false,
                              ""});
    REQUIRE(notices.apply(change));
    const auto listed = [&](Instant now) { return api::letters_of_open(requests, notices, now)->size(); };
    CHECK(listed(closed + std::chrono::hours{24 * 90} - std::chrono::seconds{1}) == 1);
    CHECK(listed(closed + std::chrono::hours{24 * 90}) == 0);
    CHECK(api::letters_of(notices, number)->size() == 1);
}
