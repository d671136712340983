// What a legal hold keeps back is not sent, and counts as nothing that a server took.

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using State = fediverse::NoticeState;

TEST_CASE("What a legal hold lies on is left out") {
    CourierHouse house;
    const auto request = house.open_request();
    auto objects = house.objects(3);
    using Step = CourierHouse::Step;
    const std::vector<Step> steps{Step{house.kObject, house.kPlain, 1, 0},
                                  Step{house.kObject, house.kPlain, 1, 1},
                                  Step{house.kObject, house.kPlain, 1, 2}};
    REQUIRE(house.notices.plan(request, objects, std::vector{house.notice(request, "a.example", steps)}));
    objects[1].held_for_law = true;
    objects[2].held_for_law = true;
    REQUIRE(house.notices.plan(request, objects, {}));
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work();
    CHECK(house.http.requests().size() == 1);
    CHECK(house.only("a.example").state == State::Acknowledged);
}

TEST_CASE("What a legal hold keeps back is nothing that a server took") {
    CourierHouse house;
    const auto request = house.open_request();
    auto objects = house.objects(2);
    using Step = CourierHouse::Step;
    const auto plan = [&](const std::string& dialect, Step last) {
        const std::vector<Step> steps{Step{house.kObject, house.kPlain, 1, 0}, last};
        REQUIRE(house.notices.plan(
            request, objects, std::vector{house.notice(request, "a.example", steps, dialect)}));
    };
    const auto hold = [&](std::size_t object) {
        objects[object].held_for_law = true;
        REQUIRE(house.notices.plan(request, objects, {}));
    };
    SECTION("the other message is refused: so is all of it") {
        plan("default", Step{house.kObject, house.kPlain, 1, 1});
        hold(0);
        house.http.server = [](const RemoteRequest&) { return answered(400); };
        house.work();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Refused);
        CHECK(notice.reason == "Messages not taken: 1 of 1; the last answer was 400.");
        CHECK_FALSE(notice.acknowledged_at);
    }
    SECTION("410 says nothing of the account there") {
        plan("gotosocial", Step{house.kActor, house.kPlain, 1, 0});
        hold(0);
        house.http.server = [](const RemoteRequest&) { return answered(410); };
        house.work_on();
        CHECK(house.only("a.example").state == State::Refused);
    }
    SECTION("404 is the inbox's, and another one is tried") {
        plan("default", Step{house.kObject, house.kPlain, 1, 1});
        hold(0);
        REQUIRE(house.directory.update(*Host::parse("a.example"), [](RecipientEntry& entry) {
            entry.shared_inbox = "https://a.example/in";
        }));
        house.http.server = [](const RemoteRequest& sent) {
            return answered(sent.url.text() == "https://a.example/in" ? 202 : 404);
        };
        house.work();
        CHECK(house.only("a.example").state == State::Acknowledged);
        CHECK(house.http.requests().size() == 2);
    }
    SECTION("one that left before, unanswered, was not taken either") {
        plan("default", Step{house.kObject, house.kPlain, 1, 1});
        house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::TimedOut, true); };
        const auto next = house.work();
        hold(0);
        hold(1);
        REQUIRE(next);
        house.work_at(*next);
        house.work_on();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Unreachable);
        CHECK(notice.reason == "Messages not taken: 1 of 1; no answer came.");
        CHECK(records::was_told(notice));
        CHECK_FALSE(notice.acknowledged_at);
        CHECK(house.http.requests().size() == 1);
    }
    SECTION("whom nothing else is to be told stays untold") {
        plan("default", Step{house.kObject, house.kPlain, 1, 1});
        hold(0);
        hold(1);
        house.work_on();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Planned);
        CHECK(notice.steps.empty());
        CHECK_FALSE(notice.next_at);
        CHECK_FALSE(records::was_told(notice));
    }
}
