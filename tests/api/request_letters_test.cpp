/// Letters of erasure requests by REST.

#include "api/request_json.hpp"
#include "kept.hpp"
#include "request_house.hpp"

using namespace fedtrail;
using fedtrail::testing::FakeNoticeBook;
using fedtrail::testing::FakeRequestBook;
using fedtrail::testing::keeps;
using fedtrail::testing::RequestHouse;
using Json = nlohmann::json;

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
    const auto listed = [&](Instant now) {
        return api::letters_of_open(requests, notices, now)->letters.size();
    };
    CHECK(listed(closed + std::chrono::hours{24 * 90} - std::chrono::seconds{1}) == 1);
    CHECK(listed(closed + std::chrono::hours{24 * 90}) == 0);
    CHECK(api::letters_of(notices, number)->size() == 1);
}
