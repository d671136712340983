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

TEST_CASE("Nothing is woken by hand beside a request that does the same", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto first = office.started();
    settle(office, first, "a.example", NoticeState::VerifiedGone);
    REQUIRE(office.desk.close(Office::act(first, "seen by hand")));
    const auto second = office.started();
    const auto duplicate = office.desk.open(office.order());
    REQUIRE(duplicate->state == privacy::RequestState::Duplicate);
    const auto wake = [&](records::RequestNumber number) {
        return office.desk.wake(Office::act(number, "a.example has it again"));
    };

    for (const auto number : {first, duplicate->number}) {
        const auto woken = wake(number);
        REQUIRE(denied(woken));
        const auto named = "request " + std::to_string(second.get());
        CHECK(woken.error().what.find(named) != std::string::npos);
        CHECK(privacy::is_closed(office.requests.request(number)->state));
    }
    CHECK(wake(second).error().what.find("by request") == std::string::npos);  // it is not closed at all

    SECTION("it wakes when that one is stopped") {
        REQUIRE(office.desk.stop(Office::act(second)));
        CHECK(wake(first)->state == privacy::RequestState::InProgress);
    }
    SECTION("it wakes when that one is closed") {
        settle(office, second, "a.example", NoticeState::VerifiedGone);
        REQUIRE(office.desk.close(Office::act(second, "seen by hand")));
        CHECK(wake(first)->state == privacy::RequestState::InProgress);
    }
    SECTION("it wakes beside one that does something else") {
        REQUIRE(office.desk.withdraw(Office::act(second)));
        office.started(chosen({1}));
        CHECK(wake(first)->state == privacy::RequestState::InProgress);
    }
}
