// When looks come, and how servers are asked: seldom, and not against their will.

#include <algorithm>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

bool at_origin(const RemoteRequest& request) {
    return request.url.text() == kAlice;
}

}  // namespace

TEST_CASE("looks come after an hour, a day, a week and a month, and then no more", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    const auto start = s.clock.at;
    s.pass(24h * 90);
    std::vector<std::chrono::hours> after;
    for (const auto& look : s.looks("a.example")) {
        after.push_back(std::chrono::round<std::chrono::hours>(look.at - start));
    }
    CHECK(after == std::vector<std::chrono::hours>{0h, 24h, 24h * 8, 24h * 38});
    CHECK(!s.notice("a.example").next_look_at);
}

TEST_CASE("a copy that comes back wakes the request that was closed", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    bool back = false;
    s.http.server = [&](const RemoteRequest& asked) { return says(back && !at_origin(asked) ? 200 : 404); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    s.change([&](auto& one) {
        one.state = privacy::RequestState::Fulfilled;
        one.closed_at = s.clock.at;
    });
    back = true;
    s.pass(25h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    const auto woken = *s.requests.request(s.request);
    CHECK(woken.state == privacy::RequestState::InProgress);
    CHECK(!woken.closed_at);
    CHECK(s.requests.events(s.request)->back().kind == privacy::RequestEventKind::Woken);
    const auto entry = *s.directory.entry(*Host::parse("a.example"));
    CHECK(entry.gone == 0);
    CHECK(entry.present == 1);
}

TEST_CASE("whose copy comes back is told anew, some time later and not for ever", "[looker]") {
    Sight s;
    s.told("a.example", "x", 2);
    bool back = false;
    s.http.server = [&](const RemoteRequest& asked) { return says(back && !at_origin(asked) ? 200 : 404); };
    s.look();
    for (std::uint32_t round = 1; round <= 5; ++round) {
        auto told = s.notice("a.example");
        REQUIRE(told.state == NoticeState::VerifiedGone);
        told.position = 2;  // all of it was sent
        told.next_at.reset();
        told.next_look_at = s.clock.at;
        told.looks = 1;
        REQUIRE(s.notices.apply({{told}, {}, {}, {}}));
        back = true;
        s.look();
        const auto again = s.notice("a.example");
        REQUIRE(again.state == NoticeState::StillPresent);
        const bool bounded = round > erasure::kMostRounds;
        CHECK(again.rounds == std::min(round, erasure::kMostRounds));
        CHECK(again.position == (bounded ? 2 : 0));
        CHECK(again.next_at.has_value() == !bounded);
        if (!bounded) {
            CHECK(*again.next_at >= told.next_look_at.value() + 10min);
            CHECK(again.steps.size() == 2);
        }
        back = false;
        auto looked = again;
        looked.next_look_at = s.clock.at;
        REQUIRE(s.notices.apply({{looked}, {}, {}, {}}));
        s.look();
    }
}

TEST_CASE("a copy that was there from the beginning is not told anew", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [&](const RemoteRequest&) { return says(200); };
    s.pass(48h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    CHECK(s.notice("a.example").rounds == 0);
}

TEST_CASE("a robots.txt that forbids the page is obeyed, and read once a day", "[looker]") {
    Sight s;
    s.told("closed.example", "pages");
    s.told("open.example", "pages");
    s.http.server = [](const RemoteRequest& request) {
        if (request.url.text() == "https://closed.example/robots.txt") {
            return says(200, "User-agent: *\nDisallow: /@");
        }
        return says(request.url.path() == "/robots.txt" ? 404 : 200);
    };
    s.look();
    CHECK(s.notice("closed.example").state == NoticeState::Acknowledged);
    CHECK(s.looks("closed.example").empty());
    CHECK(s.notice("closed.example").looks == 1);
    CHECK(s.notice("open.example").state == NoticeState::StillPresent);
    CHECK(s.http.requests().size() == 3);
}

TEST_CASE("a probe that posts to an inbox needs the operator's word", "[looker]") {
    Sight s;
    s.told("a.example", "knocks");
    s.http.server = [](const RemoteRequest&) { return says(202); };
    s.look();
    CHECK(s.http.requests().empty());
    s.options.write_probes = true;
    s.make();
    s.pass(25h);
    REQUIRE(s.http.requests().size() == 1);
    CHECK(s.http.requests()[0].method == "POST");
    CHECK(s.http.requests()[0].body.find(kAlice) != std::string::npos);
    CHECK(header_of(s.http.requests()[0].headers, "Content-Type") == "application/json");
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("who wants to be left alone is, and is looked at another time", "[looker]") {
    Sight s;
    s.told("a.example", "x", 3);
    s.http.server = [&](const RemoteRequest&) {
        return says(404, "", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "300"}});
    };
    s.pass(4min);
    CHECK(s.http.requests().size() == 1);
    s.pass(2min);
    CHECK(s.http.requests().size() == 2);
    s.pass(1h);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);

    Sight t;
    t.told("a.example", "x", 3);
    t.http.server = [](const RemoteRequest&) { return says(429, "", {{"Retry-After", "172800"}}); };
    t.look();
    CHECK(t.http.requests().size() == 1);
    CHECK(*t.notice("a.example").next_look_at >= t.clock.at + 23h);
}

TEST_CASE("a wish to be left alone outlives a restart, and costs no look", "[looker]") {
    Sight s;
    const auto start = s.clock.at;
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(503, "", {{"Retry-After", "1800"}}); };
    s.look();
    REQUIRE(s.http.requests().size() == 1);
    CHECK(s.directory.entry(*Host::parse("a.example"))->rest_until == start + 30min);
    s.make();
    s.again();  // somebody else's copy lies there too
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(15min);
    CHECK(s.http.requests().size() == 1);
    CHECK(s.notice("a.example").looks == 0);
    CHECK(s.notice("a.example").next_look_at == start + 30min);
    s.pass(10min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").looks == 1);
}

TEST_CASE("what a server asks for in the middle of a look is waited for, whoever heard it", "[looker]") {
    Sight s;
    const auto start = s.clock.at;
    s.told("a.example", "x", 3);
    s.http.server = [&](const RemoteRequest&) {
        REQUIRE(s.directory.update(*Host::parse("a.example"),
                                   [&](RecipientEntry& entry) { note_rest(entry, start + 20min); }));
        return says(404);
    };
    s.pass(19min);
    CHECK(s.http.requests().size() == 1);
    s.pass(2min);
    CHECK(s.http.requests().size() == 4);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("one recipient is asked one thing at a time, with a pause", "[looker]") {
    Sight s;
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    const auto start = s.clock.at;
    s.pass(3s);
    CHECK(s.http.requests().size() == 2);
    s.pass(1s);
    CHECK(s.http.requests().size() == 3);
    CHECK(s.clock.at - start == 4s);
}

TEST_CASE("a probe's own rate holds for all that is asked of a server", "[looker]") {
    Sight s;
    s.told("a.example", "metered");
    s.again();
    s.told("a.example", "metered");
    s.pass(9s);
    CHECK(s.http.requests().size() == 1);
    s.pass(2s);
    CHECK(s.http.requests().size() == 2);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("software that cannot be looked at says so, unknown software may be found out", "[looker]") {
    Sight s;
    s.told("g.example", "gotosocial");
    s.told("u.example", "");
    s.look();
    CHECK(s.notice("g.example").state == NoticeState::Unprobeable);
    CHECK(!s.notice("g.example").next_look_at);
    CHECK(s.notice("u.example").state == NoticeState::Acknowledged);
    REQUIRE(s.directory.update(*Host::parse("u.example"), [](RecipientEntry& one) { one.software = "x"; }));
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(25h);
    CHECK(s.notice("u.example").state == NoticeState::VerifiedGone);
    Sight t;
    t.told("u.example", "");
    t.pass(24h * 60);
    CHECK(t.notice("u.example").state == NoticeState::Unprobeable);
}
