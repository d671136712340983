// The road of one notice: its messages, who stops it, and what a crash or a missing key makes of it.

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using records::AttemptResult;
using State = NoticeState;

TEST_CASE("A notice's messages go one after the other, the actor's last, each written down before") {
    CourierHouse house;
    const auto request = house.open_request();
    using Step = CourierHouse::Step;
    const std::vector<Step> steps{Step{house.kObject, house.kPlain, 1, 1},
                                  Step{house.kObject, house.kPlain, 1, 0},
                                  Step{house.kActor, house.kPlain, 1, 0}};
    REQUIRE(house.notices.plan(
        request, house.objects(2), std::vector{house.notice(request, "a.example", steps)}));

    for (std::size_t sent = 0; sent < 3; ++sent) {
        house.work();
        REQUIRE(house.http.requests().size() == sent + 1);
        CHECK(house.only("a.example").in_flight);
        CHECK(house.only("a.example").position == sent);
        CHECK(house.only("a.example").state == State::Sent);
        const auto attempts = house.history("a.example").attempts;
        REQUIRE(attempts.size() == 2 * sent + 1);
        CHECK(attempts.back().result == AttemptResult::Begun);
        CHECK(attempts.back().step == sent);
        house.http.answer(answered(202));
    }
    CHECK_FALSE(house.work());
    const auto bodies = house.bodies();
    CHECK(contains(bodies[0], "statuses/1\""));
    CHECK(contains(bodies[1], "statuses/0\""));
    CHECK(contains(bodies[2], "\"object\":\"https://origin.example/users/alice\""));
    for (const auto& sent : house.http.requests()) {
        CHECK(sent.method == "POST");
        CHECK(sent.url.text() == "https://a.example/inbox");
        CHECK_FALSE(sent.follow_redirects);
        CHECK(sent.keep == (&sent != &house.http.requests().back()));
        CHECK(contains(sent.body, "#fedtrail-delete-1-"));
    }

    const auto notice = house.only("a.example");
    CHECK(notice.state == State::Acknowledged);
    CHECK(notice.position == 3);
    CHECK_FALSE(notice.in_flight);
    CHECK_FALSE(notice.next_at);
    CHECK(notice.last_status == 202);
    CHECK(notice.acknowledged_at == house.clock.at);
    CHECK(notice.next_look_at == house.clock.at + 1h);
    CHECK(house.entry("a.example").told == 1);
}

TEST_CASE("Each server gets a message in its own dialect, also where both leave at once") {
    CourierHouse house;
    const auto request = house.open_request();
    const std::vector steps{CourierHouse::Step{house.kObject, house.kPlain, 1, 0}};
    REQUIRE(house.notices.plan(request,
                               house.objects(1),
                               std::vector{house.notice(request, "lemmy.example", steps, "lemmy"),
                                           house.notice(request, "epicyon.example", steps, "epicyon"),
                                           house.notice(request, "other.example", steps, "default")}));
    house.work();
    REQUIRE(house.http.requests().size() == 3);
    for (const auto& sent : house.http.requests()) {
        INFO(sent.url.text());
        CHECK(contains(sent.body, "alice/followers\"") == !contains(sent.url.text(), "lemmy.example"));
    }
}

TEST_CASE("Every attempt has the same id and a fresh signature") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return answered(500); };
    const auto next = house.work();
    REQUIRE(next);
    CHECK(*next > house.clock.at + 30s);
    CHECK(house.http.requests().size() == 1);
    house.work_at(*next);
    const auto& sent = house.http.requests();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].body == sent[1].body);
    CHECK(header_of(sent[0].headers, "Date") != header_of(sent[1].headers, "Date"));
    CHECK(house.only("a.example").attempts == 2);
}

TEST_CASE("A request that is stopped stops between two messages and goes on when it is resumed") {
    CourierHouse house;
    const auto number = house.open_request();
    using Step = CourierHouse::Step;
    REQUIRE(house.notices.plan(number,
                               house.objects(1),
                               std::vector{house.notice(number,
                                                        "a.example",
                                                        {Step{house.kObject, house.kPlain, 1, 0},
                                                         Step{house.kActor, house.kPlain, 1, 0}})}));
    house.work();
    auto request = *house.requests.request(number);
    SECTION("stopped") {
        request.stopped = true;
    }
    SECTION("withdrawn") {
        request.state = privacy::RequestState::Withdrawn;
    }
    request = *house.requests.record(request, {});
    house.http.answer(answered(202));
    house.work();
    house.work_at(house.clock.at + 24h);
    CHECK(house.http.requests().size() == 1);
    CHECK(house.only("a.example").position == 1);

    request.stopped = false;
    request.state = privacy::RequestState::InProgress;
    REQUIRE(house.requests.record(request, {}));
    house.work();
    CHECK(house.http.requests().size() == 2);
}

TEST_CASE("Messages that were drawn are called back when the request is stopped before they leave") {
    CourierHouse house;
    std::vector<std::string> hosts;
    for (int i = 0; i < 200; ++i) {
        hosts.push_back("host-" + std::to_string(i) + ".example");
    }
    const auto number = house.tell(hosts);
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    int left = 0;
    const auto stop = [&](bool stopped) {
        auto request = *house.requests.request(number);
        request.stopped = stopped;
        REQUIRE(house.requests.record(request, {}));
    };
    // All are written down and drawn; while the eleventh waits for its connection somebody stops.
    house.http.before_leave = [&] {
        if (++left == 11) {
            stop(true);
        }
    };
    house.work();
    const auto tally = *house.notices.tally(number);
    CHECK(left == 200);
    CHECK(tally.states.at(NoticeState::Acknowledged) == 10);
    CHECK(tally.states.at(NoticeState::Planned) == 190);
    CHECK(tally.states.size() == 2);
    const auto back = house.only("host-150.example");
    CHECK(back.attempts == 0);
    CHECK(!back.in_flight);
    const auto attempts = house.history("host-150.example").attempts;
    REQUIRE(attempts.size() == 2);
    CHECK(attempts[1].result == records::AttemptResult::Blocked);
    CHECK(attempts[1].note == "recalled");
    CHECK(!house.entry("host-150.example").failing_since);
    house.work_at(house.clock.at + 24h);
    CHECK(left == 200);
    stop(false);
    house.work();
    CHECK(house.notices.tally(number)->states.at(NoticeState::Acknowledged) == 200);
}

TEST_CASE("Who is told anew gets all of it again, under other ids, and is looked at anew") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work();
    REQUIRE(house.http.requests().size() == 1);
    auto notice = house.only("a.example");
    notice.state = State::StillPresent;
    notice.rounds = 1;
    notice.position = 0;
    notice.next_at = house.clock.at + 10min;
    notice.next_look_at = house.clock.at + 24h * 30;
    REQUIRE(house.notices.apply({{notice}, {}, {}, {}}));
    house.work_at(house.clock.at + 9min);
    CHECK(house.http.requests().size() == 1);
    house.work_at(house.clock.at + 1min);
    REQUIRE(house.http.requests().size() == 2);
    CHECK(house.bodies()[0].find("-round-") == std::string::npos);
    CHECK(house.bodies()[1].find("-round-2\"") != std::string::npos);
    notice = house.only("a.example");
    CHECK(notice.state == State::StillPresent);
    CHECK(!notice.next_at);
    CHECK(notice.next_look_at == house.clock.at + house.options.first_look_after);
}

TEST_CASE("Whom the origin told alone is planned for when its copy comes back") {
    CourierHouse house;
    const auto number = house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    int planned = 0;
    house.options.replan = [&](records::RequestNumber request) -> Result<void> {
        CHECK(request == number);
        ++planned;
        auto notice = house.only("a.example");
        notice.steps = {CourierHouse::Step{house.kActor, house.kPlain, 1, 0}};
        return house.notices.apply({{notice}, {}, {}, {}});
    };
    house.restart();
    auto notice = house.only("a.example");
    notice.steps.clear();
    notice.rounds = 1;
    REQUIRE(house.notices.apply({{notice}, {}, {}, {}}));
    house.work_on(5);
    CHECK(planned == 1);
    CHECK(house.http.requests().size() == 1);
}

TEST_CASE("The second wave waits until the origin is gone") {
    CourierHouse house;
    const auto number = house.open_request();
    using Step = CourierHouse::Step;
    REQUIRE(house.notices.plan(number,
                               {},
                               std::vector{house.notice(number,
                                                        "a.example",
                                                        {Step{house.kActor, house.kPlain, 1, 0},
                                                         Step{house.kActor, house.kPlain, 2, 0}},
                                                        "wordpress")}));
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    auto next = house.work();
    CHECK(house.http.requests().size() == 1);
    CHECK(house.only("a.example").state == State::Sent);
    for (int i = 0; i < 100 && next; ++i) {
        next = house.work_at(*next);
    }
    CHECK(house.http.requests().size() == 1);
    auto request = *house.requests.request(number);
    request.origin_gone_at = house.clock.at;
    REQUIRE(house.requests.record(request, {}));
    house.work();
    REQUIRE(house.http.requests().size() == 2);
    CHECK(house.bodies()[0] != house.bodies()[1]);  // servers drop an id they have seen
    CHECK(house.only("a.example").state == State::Acknowledged);
}

TEST_CASE("Who changes a notice while the courier works on it undoes nothing, and nothing goes twice") {
    CourierHouse house;
    house.tell({"a.example", "b.example"});
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    const auto look_at = house.clock.at + 5h;
    int writes = 0;
    // Somebody else reads each notice, the courier writes, and then they write: or they are faster.
    house.notices.before_write = [&]() -> Result<void> {
        if (++writes % 2 == 0 || writes > 6) {
            return {};
        }
        auto other = house.only("a.example");
        other.next_look_at = look_at;
        return house.notices.apply({{other}, {}, {}, {}});
    };
    house.work();
    CHECK(house.http.requests().size() == 2);
    CHECK(house.only("a.example").next_look_at == look_at);
    CHECK(house.only("a.example").acknowledged_at);
    CHECK(house.only("b.example").acknowledged_at);
    CHECK(house.history("a.example").attempts.size() == 2);
    auto stale = house.only("a.example");
    REQUIRE(house.notices.apply({{stale}, {}, {}, {}}));
    CHECK(house.notices.apply({{stale}, {}, {}, {}}).error().kind == ErrorKind::Conflict);
}

TEST_CASE("After a crash, what was begun is sent again only when the window has passed") {
    CourierHouse house;
    house.tell({"a.example"});
    house.work();
    CHECK(house.http.requests().size() == 1);
    house.http.lose();
    house.restart();
    const auto next = house.work();
    CHECK(house.http.requests().size() == 1);
    REQUIRE(next);
    CHECK(*next == house.clock.at + 10min);
    house.work_at(*next);
    CHECK(house.http.requests().size() == 2);
    CHECK(house.http.requests()[0].body == house.http.requests()[1].body);
}

TEST_CASE("Without a key nothing is sent; with one it goes on") {
    CourierHouse house;
    house.signer.failure = ErrorKind::NotFound;
    house.tell({"a.example"});
    auto next = house.work();
    CHECK(house.http.requests().empty());
    const auto attempt = house.history("a.example").attempts.back();
    CHECK(attempt.result == AttemptResult::Blocked);
    CHECK(contains(attempt.note, "no key"));
    CHECK_FALSE(house.entry("a.example").failing_since);
    house.signer.failure.reset();
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(*next);
    CHECK(house.only("a.example").state == State::Acknowledged);
}

TEST_CASE("Without a key for long, it is given up with the reason") {
    CourierHouse house;
    house.signer.failure = ErrorKind::NotFound;
    house.tell({"a.example"});
    house.work_on();
    CHECK(house.only("a.example").state == State::Unreachable);
    CHECK(contains(house.only("a.example").reason, "no key"));
}

TEST_CASE("When the network is stopped, the courier rests") {
    CourierHouse house;
    house.tell({"a.example", "b.example"});
    house.options.max_in_flight = 1;
    house.restart();
    house.work();
    house.http.stop();
    house.work();
    CHECK(house.http.requests().size() == 1);
    CHECK(house.only("a.example").state == State::Sent);
    CHECK(*house.only("a.example").next_at >= house.clock.at + 10min);
    CHECK(house.only("b.example").state == State::Planned);
}
