// Looks beside messages under way, stores that are away or damaged, and people who are gone.

#include <algorithm>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("a look does not overwrite a notice that is being sent", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return std::nullopt; };
    REQUIRE(s.looker->step());
    auto sending = s.notice("a.example");
    sending.in_flight = true;
    sending.next_at = s.clock.at + 10min;
    sending.attempts = 3;
    NoticeChange begun;
    begun.notices.push_back(sending);
    REQUIRE(s.notices.apply(begun));
    s.http.answer(says(404));
    s.pass(30s);
    CHECK(s.notice("a.example").in_flight);
    CHECK(s.notice("a.example").looks == 0);
    sending = s.notice("a.example");
    sending.in_flight = false;
    sending.next_at.reset();
    begun.notices = {sending};
    REQUIRE(s.notices.apply(begun));
    s.pass(2min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").attempts == 3);
    CHECK(s.http.requests().size() == 1);
}

TEST_CASE("a look does not wait for a message that a crash left under way", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    auto orphan = s.notice("a.example");
    orphan.in_flight = true;
    orphan.next_at = s.clock.at + 10min;
    REQUIRE(s.notices.apply({{orphan}, {}, {}, {}}));
    s.pass(5min);
    CHECK(s.notice("a.example").looks == 0);
    s.pass(61min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a message that begins while a look is written down keeps its mark", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    int writes = 0;
    s.notices.before_write = [&]() -> Result<void> {
        if (++writes > 1) {
            return {};
        }
        auto sending = s.notice("a.example");
        sending.in_flight = true;
        sending.next_at = s.clock.at + 24h;
        sending.attempts = 3;
        return s.notices.apply({{sending}, {}, {}, {}});
    };
    s.pass(61min);
    CHECK(s.notice("a.example").in_flight);
    CHECK(s.notice("a.example").attempts == 3);
    CHECK(s.notice("a.example").looks == 0);  // it is written down when the message has landed
}

TEST_CASE("a notice that nobody gave a date for a look gets one", "[looker]") {
    Sight s;
    const auto number = s.told("a.example", "x");
    auto notice = s.notice("a.example");
    notice.next_look_at.reset();
    NoticeChange change;
    change.notices.push_back(notice);
    REQUIRE(s.notices.apply(change));
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(61min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(number == s.notice("a.example").number);
}

TEST_CASE("somebody who was shredded is not asked for any more", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.vault.shred(s.alice);
    s.look();
    CHECK(s.http.requests().empty());
    CHECK(!s.notice("a.example").next_look_at);
}

TEST_CASE("one whose identity is damaged does not keep the others from being looked at", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.vault.damaged = {s.alice.get()};
    s.alice = *s.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    s.confirm("bob@origin.example");
    records::ErasureRequest bobs = *s.requests.request(s.request);
    bobs.subject = s.alice;
    s.request = s.requests.open(bobs, {})->number;
    s.told("b.example", "x");
    s.told("c.example", "x");
    auto told = s.notice("c.example");
    told.next_look_at.reset();  // the origin itself told it
    NoticeChange change;
    change.notices.push_back(told);
    REQUIRE(s.notices.apply(change));
    const auto stepped = s.looker->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    for (int i = 0; i < 2; ++i) {
        s.clock.at += 5s;
        CHECK(s.looker->step());  // said once an hour, and by each sweep
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("c.example").next_look_at);
}

TEST_CASE("one who is damaged, and has very many looks due, does not hide the others", "[looker]") {
    Sight s;
    for (int i = 0; i < 300; ++i) {
        s.told("h" + std::to_string(i) + ".example", "x");
    }
    s.vault.damaged = {s.alice.get()};
    s.alice = *s.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    s.confirm("bob@origin.example");
    records::ErasureRequest bobs = *s.requests.request(s.request);
    bobs.subject = s.alice;
    s.request = s.requests.open(bobs, {})->number;
    s.told("b.example", "x");
    for (int i = 0; i < 4; ++i) {
        static_cast<void>(s.looker->step());
        s.clock.at += 5s;
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a server with very many looks due does not keep the others waiting", "[looker]") {
    Sight s;
    for (int i = 0; i < 300; ++i) {
        s.told("a.example", "x");
        s.again();
    }
    s.told("b.example", "x");
    REQUIRE(s.looker->step());
    const auto next = s.looker->step();  // while the first is asked
    REQUIRE(next);
    const auto& asked = s.http.requests();
    CHECK(std::any_of(asked.begin(), asked.end(), [](const auto& one) {
        return one.url.host() == *Host::parse("b.example");
    }));
}

TEST_CASE("a book that is away while a look is written loses nothing of it", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "away"); };
    for (int tries = 0; tries < 3; ++tries) {
        CHECK(!s.looker->step());
        s.clock.at += 5s;
    }
    s.notices.before_write = []() -> Result<void> { return {}; };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 1);
    CHECK(s.http.requests().size() == 1);
}

TEST_CASE("a notice that is damaged does not keep the looks at others from being written", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.told("b.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "away"); };
    CHECK(!s.looker->step());  // both looks may have been written
    s.notices.before_write = []() -> Result<void> { return {}; };
    s.notices.damaged = {s.notice("a.example").number};
    s.clock.at += 5s;
    const auto stepped = s.looker->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(s.looker->step());  // said once a minute
    s.notices.damaged.clear();
    s.clock.at += 1min;
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 1);
}

TEST_CASE("a directory that is away while a look is written does not make it two", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.directory.read_only = true;
    for (int tries = 0; tries < 3; ++tries) {
        CHECK(!s.looker->step());
        s.clock.at += 5s;
    }
    s.directory.read_only = false;
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").looks == 1);
    CHECK(s.looks("a.example").size() == 1);
    CHECK(s.directory.entry(*Host::parse("a.example"))->gone == 1);
}
