#include <algorithm>
#include <map>
#include <set>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using records::AttemptResult;
using State = NoticeState;

namespace {

std::string signature_of(const RemoteRequest& request) {
    return std::string{header_of(request.headers, "Signature-Input").empty() ? "cavage" : "rfc9421"};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

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

TEST_CASE("What an answer makes of a notice") {
    struct Row {
        RemoteResponse response;
        State state;
        bool again;  ///< It is tried again, or given up only after a week.
        AttemptResult result;
    };
    const auto row = GENERATE(
        Row{answered(200), State::Acknowledged, false, AttemptResult::Answered},
        Row{answered(202), State::Acknowledged, false, AttemptResult::Answered},
        Row{answered(204), State::Acknowledged, false, AttemptResult::Answered},
        Row{answered(302), State::Sent, true, AttemptResult::Answered},
        Row{answered(400), State::Refused, false, AttemptResult::Answered},
        Row{answered(401), State::Sent, true, AttemptResult::Answered},
        Row{answered(403), State::Refused, false, AttemptResult::Answered},
        Row{answered(404), State::Refused, false, AttemptResult::Answered},
        Row{answered(408), State::Sent, true, AttemptResult::Answered},
        Row{answered(410), State::Refused, false, AttemptResult::Answered},
        Row{answered(413), State::Refused, false, AttemptResult::Answered},
        Row{answered(422), State::Refused, false, AttemptResult::Answered},
        Row{answered(429), State::Sent, true, AttemptResult::Answered},
        Row{answered(500), State::Sent, true, AttemptResult::Answered},
        Row{answered(501), State::Refused, false, AttemptResult::Answered},
        Row{answered(502), State::Sent, true, AttemptResult::Answered},
        Row{answered(503), State::Sent, true, AttemptResult::Answered},
        Row{answered(522), State::Sent, true, AttemptResult::Answered},
        Row{failed(RemoteFault::NoSuchHost, false), State::Planned, true, AttemptResult::Unreachable},
        Row{failed(RemoteFault::NoConnection, false), State::Planned, true, AttemptResult::Unreachable},
        Row{failed(RemoteFault::TimedOut, false), State::Planned, true, AttemptResult::Unreachable},
        Row{failed(RemoteFault::TimedOut, true), State::Sent, true, AttemptResult::Sent},
        Row{failed(RemoteFault::Broken, true), State::Sent, true, AttemptResult::Sent},
        Row{failed(RemoteFault::BadCertificate, false), State::Planned, true, AttemptResult::Blocked},
        Row{failed(RemoteFault::Forbidden, false), State::Planned, true, AttemptResult::Blocked},
        // the status came, then the connection broke: it has answered
        Row{RemoteResponse{RemoteFault::Broken, true, 202, {}, {}},
            State::Acknowledged,
            false,
            AttemptResult::Answered},
        Row{RemoteResponse{RemoteFault::TooLarge, true, 202, {}, {}},
            State::Acknowledged,
            false,
            AttemptResult::Answered});
    CAPTURE(row.response.status, name_of(row.response.fault));
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [&](const RemoteRequest&) { return row.response; };
    house.work();
    const auto notice = house.only("a.example");
    CHECK(notice.state == row.state);
    CHECK(notice.next_at.has_value() == row.again);
    CHECK_FALSE(notice.in_flight);
    CHECK(notice.reason.empty() == (row.state != State::Refused));
    CHECK(house.history("a.example").attempts.back().result == row.result);
    const bool silent = row.response.status == 0 || row.response.status >= 502;
    CHECK(house.entry("a.example").failing_since.has_value() == silent);
    if (row.result == AttemptResult::Sent) {  // they may have it: not again within the window
        CHECK(*notice.next_at >= house.clock.at + 10min);
    }
}

TEST_CASE("A refused signature is followed by the other one, once") {
    CourierHouse house;
    const int refusal = GENERATE(401, 403);
    house.tell({"a.example"});
    SECTION("that is taken: it is remembered") {
        house.http.server = [&](const RemoteRequest& request) {
            return answered(signature_of(request) == "rfc9421" ? 202 : refusal);
        };
        house.work();
        CHECK(house.only("a.example").state == State::Acknowledged);
        CHECK(house.entry("a.example").scheme == SignatureScheme::Rfc9421);
        REQUIRE(house.http.requests().size() == 2);
        const auto attempts = house.history("a.example").attempts;
        REQUIRE(attempts.size() == 4);
        CHECK(attempts[1].scheme == "cavage");
        CHECK(attempts[1].status == refusal);
        CHECK(attempts[3].scheme == "rfc9421");

        house.tell({"a.example"});
        house.work();
        REQUIRE(house.http.requests().size() == 3);
        CHECK(signature_of(house.http.requests()[2]) == "rfc9421");

        // and unlearned the same way
        house.http.server = [&](const RemoteRequest& request) {
            return answered(signature_of(request) == "rfc9421" ? refusal : 202);
        };
        house.tell({"a.example"});
        house.work();
        CHECK(house.http.requests().size() == 5);
        CHECK(house.entry("a.example").scheme == SignatureScheme::Cavage);
    }
    SECTION("that is refused too") {
        house.http.server = [&](const RemoteRequest&) { return answered(refusal); };
        house.work();
        CHECK(house.http.requests().size() == 2);
        CHECK(house.entry("a.example").scheme == SignatureScheme::Unknown);
        CHECK(house.only("a.example").state == (refusal == 403 ? State::Refused : State::Sent));
    }
    SECTION("also where the rate leaves no room for another message") {
        house.options.max_rate = 0.1;
        house.restart();
        house.http.server = [&](const RemoteRequest& request) {
            return answered(signature_of(request) == "rfc9421" ? 202 : refusal);
        };
        house.work();
        CHECK(house.only("a.example").state == State::Acknowledged);
    }
}

TEST_CASE("A 2xx alone says nothing about signatures") {
    CourierHouse house;
    house.tell({"a.example"});
    house.http.server = [&](const RemoteRequest&) { return answered(202); };
    house.work();
    CHECK(signature_of(house.http.requests()[0]) == "cavage");
    CHECK(house.entry("a.example").scheme == SignatureScheme::Unknown);
}

TEST_CASE("Who refuses every object is still told that the account is deleted") {
    CourierHouse house;
    const auto request = house.open_request();
    std::vector<CourierHouse::Step> steps;
    for (std::uint32_t i = 0; i < 20; ++i) {
        steps.push_back({house.kObject, house.kPlain, 1, i});
    }
    steps.push_back({fediverse::StepKind::DeleteActor, house.kPlain, 1, 0});
    REQUIRE(house.notices.plan(
        request, house.objects(20), std::vector{house.notice(request, "a.example", steps)}));
    house.http.server = [](const RemoteRequest& sent) {
        return answered(contains(sent.body, "statuses/") ? 400 : 202);
    };
    house.work();
    const auto notice = house.only("a.example");
    CHECK(notice.state == State::Acknowledged);
    CHECK(notice.declined == 20);
    CHECK(house.http.requests().size() == 6);
}

TEST_CASE("Some refusals among many do not end a notice, only refusals do") {
    CourierHouse house;
    const auto request = house.open_request();
    std::vector<CourierHouse::Step> steps;
    for (std::uint32_t i = 0; i < 20; ++i) {
        steps.push_back({house.kObject, house.kPlain, 1, i});
    }
    REQUIRE(house.notices.plan(
        request, house.objects(20), std::vector{house.notice(request, "a.example", steps)}));
    SECTION("some") {
        house.http.server = [](const RemoteRequest& sent) {
            return answered(contains(sent.body, "statuses/7\"") ? 400 : 202);
        };
        house.work();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Acknowledged);
        CHECK(notice.declined == 1);
        CHECK(contains(notice.reason, "1 of 20"));
        CHECK(house.http.requests().size() == 20);
    }
    SECTION("all") {
        house.http.server = [](const RemoteRequest&) { return answered(400); };
        house.work();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Refused);
        CHECK(notice.declined == 20);
        CHECK(house.http.requests().size() == 5);
        CHECK(house.entry("a.example").told == 1);
        CHECK(notice.next_look_at);
    }
    SECTION("none, for it fails at each: that is no refusal, and it may have them") {
        house.http.server = [](const RemoteRequest&) { return answered(500); };
        house.work_on();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Unreachable);
        CHECK(records::was_told(notice));
        CHECK(notice.last_status == 500);
        CHECK(contains(notice.reason, "20 of 20"));
        CHECK_FALSE(notice.next_at);
        CHECK_FALSE(notice.acknowledged_at);
        CHECK(notice.next_look_at);
    }
    SECTION("one that always fails there") {
        house.http.server = [](const RemoteRequest& sent) {
            return answered(contains(sent.body, "statuses/7\"") ? 500 : 202);
        };
        house.work_on();
        const auto notice = house.only("a.example");
        CHECK(notice.state == State::Acknowledged);
        CHECK(notice.declined == 1);
        CHECK(house.http.requests().size() == 19 + 6);
    }
}

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

TEST_CASE("Retry-After is honoured, within reason") {
    CourierHouse house;
    house.tell({"a.example"});
    const auto [value, least, most] = GENERATE(table<std::string, std::chrono::seconds, std::chrono::seconds>(
        {{"7200", 2h, 2h},
         {"Sun, 22 Nov 2026 13:00:00 GMT", 3h, 3h},
         {"99999999", 24h, 24h},
         {"Sun, 22 Nov 2099 13:00:00 GMT", 24h, 24h},
         {"0", 48s, 72s},
         {"-5", 48s, 72s},
         {"Sun, 22 Nov 2020 13:00:00 GMT", 48s, 72s},
         {"soon", 48s, 72s}}));
    CAPTURE(value);
    house.http.server = [&, header = value](const RemoteRequest&) {
        return answered(429, {{"Retry-After", header}});
    };
    house.work();
    const auto pause = *house.only("a.example").next_at - house.clock.at;
    CHECK(pause >= least);
    CHECK(pause <= most);
}

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

TEST_CASE("What most recipients of a software want is tried first with the others") {
    CourierHouse house;
    const auto runs = [&](const std::string& host, SignatureScheme scheme, std::uint64_t told) {
        REQUIRE(house.directory.update(*Host::parse(host), [&](RecipientEntry& entry) {
            entry.software = "modern";
            entry.scheme = scheme;
            entry.told = told;
        }));
    };
    const auto first = [&](const std::string& host) {
        const auto before = house.http.requests().size();
        runs(host, SignatureScheme::Unknown, 0);
        house.tell({host});
        house.work();
        REQUIRE(house.http.requests().size() == before + 1);
        const auto& headers = house.http.requests().back().headers;
        return header_of(headers, "Signature-Input").empty() ? SignatureScheme::Cavage
                                                             : SignatureScheme::Rfc9421;
    };
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    runs("one.example", SignatureScheme::Rfc9421, 1);
    runs("two.example", SignatureScheme::Rfc9421, 1);
    CHECK(first("a.example") == SignatureScheme::Cavage);  // two may be a trap
    runs("three.example", SignatureScheme::Rfc9421, 1);
    house.clock.at += 2h;
    CHECK(first("b.example") == SignatureScheme::Rfc9421);
    for (const auto* host : {"s.example", "t.example", "u.example"}) {
        runs(host, SignatureScheme::Unknown, 1);
    }
    house.clock.at += 2h;
    CHECK(first("c.example") == SignatureScheme::Cavage);  // they are no majority
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
