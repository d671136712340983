// What a spotter leaves behind where it is stopped at any moment.

#include <chrono>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::OutcomeKind;

TEST_CASE("a request is there before the first answer to the origin's Delete", "[spotter]") {
    Spot s;
    std::optional<IntentId> id;
    s.spotter.intend(s.delivery("Delete", kAlice, "a.example"), [&](Result<IntentId> done) { id = *done; });
    CHECK(s.woken == 1);
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(!s.notice("a.example"));  // whether it was reached is not known
    s.spotter.settle(*id, {OutcomeKind::Accepted, 202});
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.notice("a.example"));
}

TEST_CASE("of a fan-out only the first Delete is taken before its answer", "[spotter]") {
    Spot s;
    for (const auto* to : {"a.example", "b.example", "c.example"}) {
        s.spotter.intend(s.delivery("Delete", kAlice, to), [](const Result<IntentId>&) {});
    }
    CHECK(s.woken == 1);
    s.clock.at += 1min;
    s.spotter.intend(s.delivery("Delete", kAlice, "d.example"), [](const Result<IntentId>&) {});
    CHECK(s.woken == 2);
    CHECK(s.spotter.figures().deletions == 0);
}

TEST_CASE("a spotter that was restarted goes on with what was gathered", "[spotter]") {
    Spot s;
    s.software("a.example", "mastodon");
    s.software("b.example", "mastodon");
    SECTION("of an account") {
        s.deletes(kAlice, "a.example");
        s.deletes(kAlice, "b.example", OutcomeKind::Unreachable);
        s.step();
        const auto second = s.restarted();
        CHECK(*second->step() == s.clock.at + 10min);
        s.clock.at += 10min;
        REQUIRE(second->step());
        CHECK(s.over.size() == 1);
        REQUIRE(s.notice("a.example"));
        CHECK(s.notice("a.example")->seen_from_origin);
        CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 1);
        CHECK(!s.notice("b.example"));
    }
    SECTION("of posts, each of which counts") {
        const std::string other = "https://origin.example/users/alice/statuses/2";
        for (const auto* to : {"a.example", "b.example"}) {
            s.deletes(kPost, to);
        }
        s.deletes(other, "a.example");
        s.step();
        const auto second = s.restarted();
        s.clock.at += 1s;
        REQUIRE(second->step());
        s.clock.at += 10min;
        REQUIRE(second->step());
        CHECK(s.over.size() == 1);
        CHECK(s.notice("a.example")->seen_from_origin);
        CHECK(!s.notice("b.example")->seen_from_origin);
        CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 2);
    }
    SECTION("that was handed over and not planned") {
        s.deletes(kAlice, "a.example");
        s.step();
        s.clock.at += 10min;
        s.over_fails = ErrorKind::Unavailable;
        s.step();
        const auto second = s.restarted();
        s.clock.at += 1s;
        REQUIRE(second->step());
        s.clock.at += 10min;
        REQUIRE(second->step());
        CHECK(s.over.size() == 1);
        CHECK(s.notice("a.example")->state == NoticeState::Acknowledged);
        CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 1);
    }
}

TEST_CASE("whom the origin reached is written down at once, and once", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    int failures = 2;
    s.notices.before_write = [&failures]() -> Result<void> {
        return failures-- > 0 ? fail(ErrorKind::Unavailable, "the notice book was told to fail")
                              : Result<void>{};
    };
    CHECK(!s.spotter.step());
    CHECK(!s.spotter.step());
    s.step();
    s.deletes(kAlice, "a.example");  // the origin did not hear the answer
    s.step();
    REQUIRE(s.notice("a.example"));
    CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 1);
    CHECK(!s.notice("a.example")->next_at);
}
