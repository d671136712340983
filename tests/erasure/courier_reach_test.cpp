// Servers that are down, or of which it is not known where they want their messages, or what they run.

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using records::AttemptResult;
using State = fediverse::NoticeState;

TEST_CASE("A recipient that is down is tried for a week with growing pauses, then given up") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::NoConnection, false); };
    const auto begin = house.clock.at;
    auto last = begin;
    auto pause = 0ms;
    auto next = house.work();
    int attempts = 1;
    while (next && attempts < 100) {
        CHECK(*next - last >= pause * 6 / 10);
        pause = *next - last;
        last = *next;
        next = house.work_at(*next);
        ++attempts;
    }
    CHECK(attempts == 14);
    CHECK(house.clock.at - begin > 24h * 5);
    CHECK(house.clock.at - begin < 24h * 10);
    const auto notice = house.only("a.example");
    CHECK(notice.state == State::Unreachable);
    CHECK(contains(notice.reason, "no connection"));
    CHECK_FALSE(notice.next_at);
    CHECK_FALSE(notice.next_look_at);
    CHECK(house.entry("a.example").failing_since == begin);
}

TEST_CASE("Whom not an octet reached was not told") {
    CourierHouse house;
    const auto number = house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::NoConnection, false); };
    auto next = house.work();
    CHECK(house.only("a.example").state == State::Planned);
    CHECK(house.only("a.example").attempts == 1);
    CHECK_FALSE(records::was_told(house.only("a.example")));
    SECTION("nor when it is given up") {
        house.work_on();
        CHECK(house.only("a.example").state == State::Unreachable);
        CHECK_FALSE(records::was_told(house.only("a.example")));
    }
    SECTION("a message that left once stays sent, whatever follows") {
        house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::TimedOut, true); };
        next = house.work_at(*next);
        CHECK(house.only("a.example").state == State::Sent);
        CHECK(house.only("a.example").left);
        house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::NoConnection, false); };
        next = house.work_at(*next);
        CHECK(house.only("a.example").state == State::Sent);
        house.work_on();
        CHECK(house.only("a.example").state == State::Unreachable);
        CHECK(records::was_told(house.only("a.example")));
    }
    SECTION("a later message that is called back leaves it as it was") {
        house.http.before_leave = [&] {
            auto request = *house.requests.request(number);
            request.stopped = true;
            REQUIRE(house.requests.record(request, {}));
        };
        house.work_at(*next);
        CHECK(house.history("a.example").attempts.back().note == "recalled");
        CHECK(house.only("a.example").state == State::Planned);
    }
}

TEST_CASE("A recipient that comes back gets what was waiting for it") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::TimedOut, false); };
    auto next = house.work();
    for (int i = 0; i < 6; ++i) {
        next = house.work_at(*next);
    }
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(*next);
    CHECK(house.only("a.example").state == State::Acknowledged);
    CHECK_FALSE(house.entry("a.example").failing_since);
}

TEST_CASE("An inbox that becomes known is used") {
    CourierHouse house;
    const auto request = house.open_request();
    auto notice = house.notice(request, "a.example", {{house.kActor, house.kPlain, 1, 0}});
    notice.inbox.clear();
    REQUIRE(house.notices.plan(request, {}, std::vector{notice}));
    auto next = house.work();
    CHECK(house.http.requests().empty());
    CHECK(house.history("a.example").attempts.back().result == AttemptResult::Blocked);
    SECTION("it does") {
        REQUIRE(house.directory.update(*Host::parse("a.example"), [](RecipientEntry& entry) {
            entry.shared_inbox = "https://a.example/shared";
        }));
        house.work_at(*next);
        REQUIRE(house.http.requests().size() == 1);
        CHECK(house.http.requests()[0].url.text() == "https://a.example/shared");
    }
    SECTION("it does not, and the server says what it is") {
        REQUIRE(house.directory.update(*Host::parse("a.example"),
                                       [&](RecipientEntry& entry) { entry.known_at = house.clock.at; }));
        const auto start = house.clock.at;
        house.work_on();
        CHECK(house.only("a.example").state == State::Unreachable);
        CHECK(contains(house.only("a.example").reason, "not_sent: no inbox"));
        CHECK(house.clock.at - start < 24h);
    }
    SECTION("it does not, and the server says nothing: for a week") {
        const auto start = house.clock.at;
        for (auto at = next; at && *at < start + 7 * 24h; at = house.work_at(*at)) {
            CHECK(house.only("a.example").state == State::Planned);
        }
        CHECK(house.only("a.example").attempts > house.options.retry.step_attempts);
        house.work_on();
        CHECK(house.only("a.example").state == State::Unreachable);
        CHECK(contains(house.only("a.example").reason, "not_sent: no inbox"));
    }
    SECTION("it does after days of silence") {
        const auto start = house.clock.at;
        while (next && *next < start + 3 * 24h) {
            next = house.work_at(*next);
        }
        REQUIRE(house.directory.update(*Host::parse("a.example"), [&](RecipientEntry& entry) {
            entry.known_at = house.clock.at;
            entry.shared_inbox = "https://a.example/shared";
        }));
        REQUIRE(next);
        house.work_at(*next);
        CHECK(house.http.requests().size() == 1);
    }
}

TEST_CASE("Of whom nobody knows what it runs is asked before it is told, but not for ever") {
    CourierHouse house;
    std::vector<std::string> asked;
    house.options.know_within = 1h;
    house.options.ask = [&](std::span<const Host> hosts) {
        for (const auto& host : hosts) {
            asked.push_back(host.text());
        }
    };
    house.restart();
    house.tell({"never.example", "before.example", "now.example", "known.example"});
    const auto ask = [&](const std::string& host, Instant at) {
        REQUIRE(house.directory.update(*Host::parse(host), [&](auto& entry) { entry.asked_at = at; }));
    };
    ask("before.example", house.clock.at - 3 * 24h);
    ask("now.example", house.clock.at);
    REQUIRE(house.directory.update(*Host::parse("known.example"),
                                   [](auto& entry) { entry.software = "someware"; }));
    const auto next = house.work();
    CHECK(house.http.requests().size() == 2);
    CHECK(asked == std::vector<std::string>{"never.example", "before.example"});
    REQUIRE(next);
    CHECK(*next == house.clock.at + house.options.know_poll);

    SECTION("they are asked in vain") {
        ask("never.example", *next);
        ask("before.example", *next);
        house.work_at(*next);
    }
    SECTION("nobody asks") {
        house.work_at(house.clock.at + 59min);
        CHECK(house.http.requests().size() == 2);
        house.work_at(house.clock.at + 2min);
    }
    CHECK(house.http.requests().size() == 4);
    CHECK(asked.size() == 2);
}

TEST_CASE("Who answers after it failed is asked what it runs") {
    CourierHouse house;
    std::vector<std::string> asked;
    house.options.ask = [&](std::span<const Host> hosts) {
        for (const auto& host : hosts) {
            asked.push_back(host.text());
        }
    };
    house.restart();
    house.tell({"down.example", "up.example"});
    bool down = true;
    house.http.server = [&](const RemoteRequest& request) {
        return down && request.url.host().text() == "down.example" ? failed(RemoteFault::TimedOut, false)
                                                                   : answered(202);
    };
    auto next = house.work();
    CHECK(house.only("up.example").state == State::Acknowledged);
    CHECK(asked.empty());
    down = false;
    REQUIRE(next);
    house.work_at(*next);
    CHECK(house.only("down.example").state == State::Acknowledged);
    CHECK(asked == std::vector<std::string>{"down.example"});
}

TEST_CASE("What is learned of a recipient before it was told makes the plan anew") {
    CourierHouse house;
    std::vector<records::RequestNumber> planned;
    house.options.know_within = 1h;
    house.options.replan = [&](records::RequestNumber request) -> Result<void> {
        planned.push_back(request);
        auto notice = house.only("a.example");
        notice.dialect = "peertube";
        notice.next_at = house.clock.at;
        return house.notices.apply({{notice}, {}, {}, {}});
    };
    house.restart();
    const auto request = house.tell({"a.example"});
    auto next = house.work();
    REQUIRE(next);
    CHECK(planned.empty());
    REQUIRE(
        house.directory.update(*Host::parse("a.example"), [](auto& entry) { entry.software = "peertube"; }));
    house.work_at(*next);
    CHECK(planned == std::vector{request});
    REQUIRE(house.http.requests().size() == 1);
    house.http.answer(answered(204));
    house.work_on();
    CHECK(planned.size() == 1);
    CHECK(house.only("a.example").state == State::Acknowledged);

    SECTION("not once something was answered") {
        REQUIRE(house.directory.update(*Host::parse("a.example"),
                                       [](auto& entry) { entry.software = "mastodon"; }));
        house.work_on();
        CHECK(planned.size() == 1);
    }
}

TEST_CASE("Where an inbox is not there, another is tried before that counts as refused") {
    CourierHouse house;
    const auto status = GENERATE(404, 410);
    const auto bobs = std::string{"https://a.example/users/bob/inbox"};
    const auto a = *Host::parse("a.example");
    std::vector<std::string> told;
    house.http.server = [&](const RemoteRequest& request) {
        told.push_back(request.url.text());
        return answered(request.url.text() == "https://a.example/in" ? 202 : status);
    };
    std::vector<Host> asked;
    house.options.ask = [&](std::span<const Host> hosts) {
        asked.insert(asked.end(), hosts.begin(), hosts.end());
    };
    house.restart();
    const auto request = house.open_request();
    auto notice = house.notice(request, "a.example", {{house.kActor, house.kPlain, 1, 0}});
    notice.inbox = bobs;
    REQUIRE(house.notices.plan(request, {}, std::vector{notice}));
    REQUIRE(house.directory.update(a, [&](RecipientEntry& entry) { entry.inbox = bobs; }));

    SECTION("that was learned meanwhile") {
        REQUIRE(
            house.directory.update(a, [&](RecipientEntry& entry) { entry.inbox = "https://a.example/in"; }));
        house.work();
        CHECK(told == std::vector<std::string>{bobs, "https://a.example/in"});
        CHECK(house.only("a.example").state == State::Acknowledged);
    }
    SECTION("that the server is asked for") {
        const auto next = house.work();
        CHECK(house.entry("a.example").inbox.empty());
        CHECK(asked == std::vector{a});
        REQUIRE(house.directory.update(
            a, [&](RecipientEntry& entry) { entry.shared_inbox = "https://a.example/in"; }));
        REQUIRE(next);
        house.work_at(*next);
        CHECK(told == std::vector<std::string>{bobs, "https://a.example/in"});
        CHECK(house.only("a.example").state == State::Acknowledged);
    }
    SECTION("and there is none") {
        house.work_on();
        CHECK(told == std::vector<std::string>{bobs});
        CHECK(house.only("a.example").state == State::Refused);
    }
}
