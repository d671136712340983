// A request that somebody opens again by hand.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("What is woken by hand has its origin seen gone anew", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    settle(office, number, "a.example", NoticeState::VerifiedGone);
    auto request = *office.requests.request(number);
    request.origin_gone_at = office.clock.at;
    REQUIRE(office.requests.record(request, {}));
    REQUIRE(office.desk.close(Office::act(number)));
    office.clock.at += 24h;
    const auto woken = office.desk.wake(Office::act(number, "a.example has it again"));
    REQUIRE(woken);
    CHECK_FALSE(woken->origin_gone_at);
    CHECK(*office.requests.open_wave(number) == 1);
}
