/// A server's wish to be left alone: who keeps to it, and for how long.

#include <algorithm>
#include <map>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using State = fediverse::NoticeState;

namespace {

/// A directory that counts what is written to it.
class CountedDirectory final : public RecipientDirectory {
public:
    explicit CountedDirectory(RecipientDirectory& inner) : inner_(inner) {}

    Result<RecipientEntry> entry(const Host& host) const override { return inner_.entry(host); }
    Result<std::vector<RecipientEntry>> entries(std::span<const Host> hosts) const override {
        return inner_.entries(hosts);
    }
    Result<std::map<std::string, SoftwareRecord>> by_software() const override {
        return inner_.by_software();
    }
    Result<std::shared_ptr<const privacy::JoinedHosts>> joined() const override { return inner_.joined(); }
    Result<void> update(const Host& host, const std::function<void(RecipientEntry&)>& change) override {
        ++changes[host.text()];
        return inner_.update(host, change);
    }

    std::map<std::string, int> changes;  ///< By host.

private:
    RecipientDirectory& inner_;
};

/// Hears from somebody else that the host wants to be left alone.
void hear(CourierHouse& house, const std::string& host, Instant until) {
    REQUIRE(
        house.directory.update(*Host::parse(host), [&](RecipientEntry& entry) { note_rest(entry, until); }));
}

std::size_t sent_so_far(const CourierHouse& house) {
    return house.http.requests().size();
}

}  // namespace

TEST_CASE("Who asked to be left alone is, by every notice and after a restart") {
    CourierHouse house;
    const auto status = GENERATE(429, 503, 500, 404);
    CAPTURE(status);
    for (int i = 0; i < 3; ++i) {
        house.tell({"a.example"});
    }
    house.work();
    REQUIRE(house.http.waiting() == 1);
    const auto asked = house.clock.at;
    house.http.answer(answered(status, {{"Retry-After", "7200"}}));
    house.work();
    CHECK(house.entry("a.example").rest_until == asked + 2h);
    house.restart();
    house.tell({"a.example", "b.example"});  // somebody comes who has never heard of it
    house.work();
    house.work_at(asked + 2h - 1s);
    const auto requests = house.http.requests();
    CHECK(std::count_if(requests.begin(), requests.end(), [](const auto& request) {
              return request.url.host().text() == "a.example";
          }) == 1);
    CHECK(sent_so_far(house) == 2);
    house.http.answer(answered(202));
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(asked + 2h);
    house.work_on();
    CHECK(house.courier->figures().accepted == (status == 404 ? 4 : 5));
}

TEST_CASE("A limit that is used up is a wish to be left alone") {
    CourierHouse house;
    house.tell({"a.example"});
    house.tell({"a.example"});
    house.work();
    house.http.answer(answered(429, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "300"}}));
    house.work();
    house.work_at(house.clock.at + 299s);
    CHECK(sent_so_far(house) == 1);
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(house.clock.at + 1s);
    CHECK(house.courier->figures().accepted == 2);
}

TEST_CASE("Who is told that it is too many, and not until when, waits as after any failure") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return answered(429); };
    auto next = house.work();
    for (int i = 0; i < 4; ++i) {
        REQUIRE(next);
        CHECK(house.entry("a.example").rest_until == next);
        next = house.work_at(*next);
    }
    CHECK(house.entry("a.example").rest_until > house.clock.at + 1h);
}

TEST_CASE("A wish that is longer than the longest wait is cut there") {
    CourierHouse house;
    house.options.retry.longest = 3h;
    house.restart();
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return answered(503, {{"Retry-After", "86400"}}); };
    house.work();
    CHECK(house.entry("a.example").rest_until == house.clock.at + 3h);
    CHECK(house.only("a.example").next_at == house.clock.at + 3h);
}

TEST_CASE("The next message of a notice waits too, and a taken one asks for nothing") {
    CourierHouse house;
    const auto request = house.open_request();
    using Step = CourierHouse::Step;
    REQUIRE(house.notices.plan(request,
                               house.objects(1),
                               std::vector{house.notice(request,
                                                        "a.example",
                                                        {Step{house.kObject, house.kPlain, 1, 0},
                                                         Step{house.kActor, house.kPlain, 1, 0}})}));
    const auto status = GENERATE(202, 404);
    house.work();
    house.http.answer(answered(status, {{"Retry-After", "600"}}));
    house.work();
    CHECK(sent_so_far(house) == (status == 202 ? 2 : 1));
    CHECK(house.entry("a.example").rest_until.has_value() == (status == 404));
    house.work_at(house.clock.at + 10min);
    CHECK(sent_so_far(house) == 2);
}

TEST_CASE("What somebody else heard is kept to, before it is asked what it runs") {
    CourierHouse house;
    std::vector<std::string> asked;
    house.options.know_within = 1h;
    house.options.ask = [&](std::span<const Host> hosts) {
        for (const auto& host : hosts) {
            asked.push_back(host.text());
        }
    };
    house.restart();
    const auto until = house.clock.at + 3h;
    hear(house, "a.example", until);
    house.tell({"a.example"});
    const auto next = house.work();
    CHECK(next == until);
    CHECK(asked.empty());
    house.work_at(until);
    CHECK(asked == std::vector<std::string>{"a.example"});
    CHECK(sent_so_far(house) == 0);
    house.work_at(until + 1h);
    CHECK(sent_so_far(house) == 1);
}

TEST_CASE("Of two wishes the longer one counts") {
    CourierHouse house;
    const auto start = house.clock.at;
    house.tell({"a.example"});
    house.work();
    hear(house, "a.example", start + 5h);  // while the message is on its way
    house.http.answer(answered(429, {{"Retry-After", "3600"}}));
    house.work();
    CHECK(house.entry("a.example").rest_until == start + 5h);
    house.work_at(start + 4h);
    CHECK(sent_so_far(house) == 1);
    house.work_at(start + 5h);
    CHECK(sent_so_far(house) == 2);
}

TEST_CASE("Who always asks for more time is given up all the same, with what waits for it") {
    CourierHouse house;
    for (int i = 0; i < 20; ++i) {
        house.tell({"a.example"});
    }
    house.http.server = [](const RemoteRequest&) { return answered(503, {{"Retry-After", "86400"}}); };
    const auto start = house.clock.at;
    house.work_on();
    NoticeFilter filter;
    filter.state = State::Unreachable;
    CHECK(house.notices.notices(filter)->size() == 20);
    CHECK(house.clock.at - start < 24h * 30);
    CHECK(sent_so_far(house) < 40);
    filter.recipient = *Host::parse("a.example");
    CHECK(house.notices.notices(filter)->back().reason ==
          "Everything has failed there for a week; the last: it answers 503.");
}

TEST_CASE("A host that goes on failing in the same way costs the directory one write") {
    CourierHouse house;
    CountedDirectory counted{house.directory};
    house.restart(nullptr, &counted);
    std::vector<std::string> hosts;
    for (int i = 0; i < 50; ++i) {
        hosts.push_back("host-" + std::to_string(i) + ".example");
    }
    house.tell(hosts);
    house.http.server = [](const RemoteRequest& request) {
        const bool even = request.url.host().text().find_first_of("02468") != std::string::npos;
        return even ? answered(503) : failed(RemoteFault::NoConnection, false);
    };
    house.work_on(10'000);
    CHECK(sent_so_far(house) == 50 * 14);
    REQUIRE(counted.changes.size() == 50);
    for (const auto& [host, count] : counted.changes) {
        CAPTURE(host);
        CHECK(count == 1);
    }
}

TEST_CASE("The directory knows how a host failed last") {
    CourierHouse house;
    const auto start = house.clock.at;
    house.tell({"a.example"});
    house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::NoConnection, false); };
    auto next = house.work();
    CHECK(house.entry("a.example").failing_how == "no connection");
    house.http.server = [](const RemoteRequest&) { return answered(503); };
    house.restart();
    next = house.work_at(*next);
    CHECK(house.entry("a.example").failing_how == "it answers 503");
    CHECK(house.entry("a.example").failing_since == start);
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(*next);
    CHECK(house.entry("a.example").failing_how.empty());
    CHECK_FALSE(house.entry("a.example").failing_since);
}

TEST_CASE("A rest that others make longer and longer has an end for whoever waits for it") {
    CourierHouse house;
    const auto start = house.clock.at;
    hear(house, "a.example", start + 1h);
    const auto request = house.tell({"a.example"});
    house.work();
    CHECK(house.only("a.example").resting_since == start);
    const bool restarts = GENERATE(false, true);
    CAPTURE(restarts);
    // Somebody who looks asks first each time, and is told to wait.
    const auto wait_until = [&](Instant end) {
        while (house.clock.at < end) {
            hear(house, "a.example", house.clock.at + 2h);
            if (restarts) {
                house.restart();
            }
            house.work_at(house.clock.at + 1h);
        }
    };
    SECTION("it is given up, as one that was not told") {
        wait_until(start + 24h * 8);
        const auto notice = house.only("a.example");
        CHECK(sent_so_far(house) == 0);
        CHECK(notice.state == State::Unreachable);
        CHECK(notice.reason == "not_sent: it has only asked to be left alone for a week");
        CHECK_FALSE(notice.next_at);
        CHECK_FALSE(records::was_told(notice));
        const auto attempts = house.history("a.example").attempts;
        REQUIRE(attempts.size() == 1);  // letters count their days from it
        CHECK(attempts[0].result == records::AttemptResult::Blocked);
        CHECK(attempts[0].note == "it has only asked to be left alone for a week");
    }
    SECTION("it goes where the rest ends before") {
        wait_until(start + 24h * 5);
        house.http.server = [](const RemoteRequest&) { return answered(202); };
        house.work_at(house.clock.at + 2h);
        CHECK(house.only("a.example").state == State::Acknowledged);
        CHECK_FALSE(house.only("a.example").resting_since);
    }
    SECTION("the time that its request was stopped does not count") {
        auto stopped = *house.requests.request(request);
        stopped.stopped = true;
        REQUIRE(house.requests.record(stopped, {}));
        house.work_at(start + 24h * 20);
        auto resumed = *house.requests.request(request);
        resumed.stopped = false;
        REQUIRE(house.requests.record(resumed, {}));
        hear(house, "a.example", house.clock.at + 2h);
        house.work();
        CHECK(house.only("a.example").state == State::Planned);
        CHECK(house.only("a.example").resting_since == house.clock.at);
    }
}
