// A server that began to block the origin after it had taken something.

#include "erasure/office_looker.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using fediverse::Presence;

TEST_CASE("whoever blocks the origin by now is not believed, whatever it took before", "[looker]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    const auto number = office.started();
    auto request = *office.requests.request(number);
    request.origin_gone_at = office.clock.at;
    REQUIRE(office.requests.record(request, {}));
    // It took the Delete, the copy came back, and the Delete of the second round was answered 403.
    auto notice = office.notice_to(number, "masto.example");
    notice.state = NoticeState::StillPresent;
    notice.position = 1;
    notice.rounds = 1;
    notice.declined = 1;
    notice.acknowledged_at = office.clock.at - 48h;
    notice.last_status = 403;
    notice.next_at.reset();
    notice.next_look_at = office.clock.at;
    office.write(notice);

    FakeRemoteHttp http;
    http.server = [](const RemoteRequest&) { return says(404, R"({"error": "Record not found"})"); };
    OfficeLooker eyes{office, http};
    for (int steps = 0; steps < 10; ++steps) {
        REQUIRE(eyes.looker.step());
        office.clock.at += 30s;
    }
    const auto seen = office.notice_to(number, "masto.example");
    CHECK(seen.looks == 1);
    CHECK(seen.presence == Presence::Missing);
    CHECK(seen.state == NoticeState::NotVisible);
}
