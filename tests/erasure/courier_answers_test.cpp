// What servers answer, what follows from it, and which signature they want.

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using records::AttemptResult;
using State = fediverse::NoticeState;

namespace {

std::string signature_of(const RemoteRequest& request) {
    return std::string{header_of(request.headers, "Signature-Input").empty() ? "cavage" : "rfc9421"};
}

}  // namespace

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
