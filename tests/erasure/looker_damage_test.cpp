// Looks past what is damaged of one person or of one recipient.

#include <set>
#include <string>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("a recipient whose outcomes are damaged is looked at, and not held", "[looker][damage]") {
    Sight s;
    s.told("a.example", "x");
    const auto first = s.request;
    s.again();
    s.told("a.example", "x");
    s.notices.damaged_outcomes = {*Host::parse("a.example")};
    int damaged = 0;
    for (int i = 0; i < 200; ++i) {
        const auto stepped = s.looker->step();
        CHECK((stepped || stepped.error().kind == ErrorKind::Corrupt));
        damaged += stepped ? 0 : 1;
        s.clock.at += 1s;
    }
    CHECK(damaged == 2);  // said once of each look
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 1);
    s.request = first;
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looker->figures().under_way == 0);
}

TEST_CASE("notices that are damaged, however many looks are due, hide no others", "[looker][damage]") {
    Sight s;
    std::set<privacy::SubjectNumber> told;
    s.options.damaged = [&](privacy::SubjectNumber who, const Error&) { told.insert(who); };
    s.make();
    for (int i = 0; i < 300; ++i) {
        s.notices.damaged_rows.insert(s.told("h" + std::to_string(i) + ".example", "x"));
    }
    s.told("b.example", "x");
    for (int i = 0; i < 4; ++i) {
        static_cast<void>(s.looker->step());
        s.clock.at += 5s;
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(told == std::set{s.alice});
}

TEST_CASE("a recipient whose entry is damaged keeps no other from being looked at", "[looker][damage]") {
    Sight s;
    s.told("a.example", "x", 2);
    s.told("b.example", "x", 2);
    REQUIRE(s.looker->step());  // both are asked for the account
    s.directory.damaged = {*Host::parse("a.example")};
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(s.looker->step());
        s.clock.at += 5s;
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    CHECK(s.looker->figures().under_way == 0);
}
