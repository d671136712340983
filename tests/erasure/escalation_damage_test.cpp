// Letters to an operator past one that is damaged.

#include <chrono>

#include "erasure/ladder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("a damaged letter of one person keeps no other's from the same operator", "[escalation][damage]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    const auto first = l.request;
    l.request = l.requests.open(*l.requests.request(first), {})->number;
    l.notices.damaged = {l.add("a.example", NoticeState::VerifiedGone)};  // nothing more is due of it
    l.request = first;
    l.add("a.example", NoticeState::StillPresent);
    l.clock.at += 72h;
    l.make(&l.mailer);
    REQUIRE(l.escalation->step());
    REQUIRE(l.mailer.sent.size() == 1);
    CHECK(l.mailer.sent[0].to.reveal() == "admin@a.example");
}
