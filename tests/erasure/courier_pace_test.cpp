// Who is next at a host, and how many messages leave at once.

#include <algorithm>
#include <map>
#include <set>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using State = fediverse::NoticeState;

TEST_CASE("One recipient gets one notice at a time") {
    CourierHouse house;
    for (int i = 0; i < 6; ++i) {
        house.tell({"a.example", "b.example"});
    }
    std::size_t most = 0;
    for (int i = 0; i < 50 && house.courier->figures().accepted < 12; ++i) {
        house.work();
        most = std::max(most, house.http.waiting());
        if (house.http.waiting() > 0) {
            house.http.answer(answered(202));
        } else {
            house.clock.at += 1min;
        }
    }
    CHECK(most == 2);
    CHECK(house.courier->figures().accepted == 12);
    CHECK(house.entry("a.example").told == 6);
}

TEST_CASE("Whoever is next at a host goes when it is free, not a minute later") {
    CourierHouse house;
    for (int i = 0; i < 200; ++i) {
        house.tell({"a.example"});
    }
    const auto start = house.clock.at;
    for (int i = 0; i < 200; ++i) {
        house.work();
        CAPTURE(i);
        REQUIRE(house.http.waiting() == 1);  // one at a time
        house.clock.at += 100ms;
        house.http.answer(answered(202));
    }
    house.work();
    CHECK(house.courier->figures().accepted == 200);
    CHECK(house.clock.at - start == 20s);
    const auto bodies = house.bodies();
    CHECK(std::set<std::string>(bodies.begin(), bodies.end()).size() == 200);
}

TEST_CASE("A line in front of a host outlives the courier, and goes on at the host's pace") {
    CourierHouse house;
    for (int i = 0; i < 50; ++i) {
        house.tell({"a.example"});
    }
    house.work();
    house.clock.at += 5s;
    house.http.answer(answered(202));
    house.work();
    house.clock.at += 5s;
    house.http.answer(answered(202));  // nobody takes it in any more
    house.restart();
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(house.clock.at + 2min);
    CHECK(house.courier->figures().accepted == 48);
}

TEST_CASE("A line in front of a slow host or a dead one holds up nobody else") {
    CourierHouse house;
    house.options.max_in_flight = 8;
    house.restart();
    for (int i = 0; i < 200; ++i) {
        house.tell({"slow.example", "dead.example"});
    }
    house.http.server = [](const RemoteRequest& request) -> std::optional<RemoteResponse> {
        const auto& host = request.url.host().text();
        if (host == "slow.example") {
            return std::nullopt;
        }
        return host == "dead.example" ? failed(RemoteFault::TimedOut, false) : answered(202);
    };
    house.work();
    std::vector<std::string> others;
    for (int i = 0; i < 50; ++i) {
        others.push_back("host-" + std::to_string(i) + ".example");
    }
    house.tell(others);
    house.work_at(house.clock.at + 10s);
    CHECK(house.courier->figures().accepted == 50);
    const auto requests = house.http.requests();
    CHECK(std::count_if(requests.begin(), requests.end(), [](const auto& request) {
              return request.url.host().text() == "dead.example";
          }) <= 2);
}

TEST_CASE("Who was asked to wait by a host is not called when another message there is answered") {
    CourierHouse house;
    house.tell({"a.example"});
    house.tell({"a.example"});
    house.work();
    house.http.answer(answered(429, {{"Retry-After", "120"}}));
    const auto next = house.work();
    CHECK(house.http.waiting() == 0);
    REQUIRE(next);
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(house.clock.at + 119s);
    CHECK(house.courier->figures().accepted == 0);
    house.work_at(house.clock.at + 61s);
    CHECK(house.courier->figures().accepted == 2);
}

TEST_CASE("Who withdrew while standing in line is passed over") {
    CourierHouse house;
    std::vector<records::RequestNumber> requests;
    for (int i = 0; i < 5; ++i) {
        requests.push_back(house.tell({"a.example"}));
    }
    house.work();
    for (std::size_t i = 1; i < 4; ++i) {
        auto request = *house.requests.request(requests.at(i));
        request.state = privacy::RequestState::Withdrawn;
        REQUIRE(house.requests.record(request, {}));
    }
    house.http.answer(answered(202));
    house.work();
    REQUIRE(house.http.waiting() == 1);
    CHECK(house.bodies().back().find("-" + std::to_string(requests[4].get()) + "-") != std::string::npos);
}

TEST_CASE("A recipient that fails is not asked again by every other notice") {
    CourierHouse house;
    for (int i = 0; i < 5; ++i) {
        house.tell({"a.example"});
    }
    house.http.server = [](const RemoteRequest&) { return failed(RemoteFault::TimedOut, false); };
    auto next = house.work();
    CHECK(house.http.requests().size() == 1);
    next = house.work_at(house.clock.at + 2min);
    CHECK(house.http.requests().size() == 2);
    // they are all given up in the end, although only some were tried
    for (int i = 0; next && i < 1'000; ++i) {
        next = house.work_at(*next);
    }
    CHECK_FALSE(next);
    CHECK(house.http.requests().size() < 40);
    NoticeFilter filter;
    filter.state = State::Unreachable;
    CHECK(house.notices.notices(filter)->size() == 5);
}

TEST_CASE("Recipients that failed before come after the others") {
    CourierHouse house;
    REQUIRE(house.directory.update(*Host::parse("a.example"), [&](RecipientEntry& entry) {
        entry.failing_since = house.clock.at - 24h * 30;
    }));
    house.tell({"a.example", "b.example"});
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    const auto next = house.work();
    REQUIRE(house.http.requests().size() == 1);
    CHECK(house.http.requests()[0].url.host().text() == "b.example");
    REQUIRE(next);
    CHECK(*next == house.clock.at + 10min);
    house.work_at(*next);
    CHECK(house.only("a.example").state == State::Acknowledged);
    CHECK_FALSE(house.entry("a.example").failing_since);
}

TEST_CASE("A request with a rate of its own keeps to it and holds up nobody else") {
    CourierHouse house;
    std::vector<std::string> hosts;
    for (int i = 0; i < 40; ++i) {
        hosts.push_back("slow-" + std::to_string(i) + ".example");
    }
    const auto slow = house.tell(hosts);
    auto request = *house.requests.request(slow);
    request.max_rate = 2;
    REQUIRE(house.requests.record(request, {}));
    std::map<Instant, int> sent;
    int others = 0;
    house.http.server = [&](const RemoteRequest& message) {
        const bool is_slow = message.url.host().text().starts_with("slow-");
        ++(is_slow ? sent[house.clock.at] : others);
        return answered(202);
    };
    house.work();
    house.tell({"a.example", "b.example", "c.example"});
    house.work();
    CHECK(others == 3);
    CHECK(sent.size() == 1);
    const auto begun = house.clock.at;
    house.work_on();
    CHECK(sent.size() == 40);
    for (const auto& [at, count] : sent) {
        CHECK(count == 1);
    }
    CHECK(sent.rbegin()->first - begun == 19'500ms);
    CHECK(house.notices.tally(slow)->states.at(State::Acknowledged) == 40);
}

TEST_CASE("No more messages leave in a second than allowed") {
    CourierHouse house;
    house.options.max_rate = 5;
    house.restart();
    std::vector<std::string> hosts;
    for (int i = 0; i < 60; ++i) {
        hosts.push_back("s" + std::to_string(i) + ".example");
    }
    house.tell(hosts);
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    const auto begin = house.clock.at;
    auto next = house.work();
    CHECK(house.http.requests().size() == 5);
    while (next && house.http.requests().size() < 60) {
        next = house.work_at(*next);
        const auto seconds = std::chrono::duration<double>(house.clock.at - begin).count();
        REQUIRE(static_cast<double>(house.http.requests().size()) <= 5 * seconds + 5.01);
    }
    CHECK(house.clock.at - begin >= 11s);
    CHECK(house.clock.at - begin <= 12s);
}

TEST_CASE("No more messages are on their way than allowed") {
    CourierHouse house;
    house.options.max_in_flight = 8;
    house.options.max_begun = 3;
    house.restart();
    std::vector<std::string> hosts;
    for (int i = 0; i < 30; ++i) {
        hosts.push_back("s" + std::to_string(i) + ".example");
    }
    house.tell(hosts);
    house.work();
    CHECK(house.http.waiting() == 8);
    for (int i = 0; i < 30; ++i) {
        house.http.answer(answered(202));
        house.work();
        CHECK(house.http.waiting() <= 8);
    }
    CHECK(house.courier->figures().accepted == 30);
}
