// Letters to an operator past one that is damaged.

#include <chrono>

#include "erasure/ladder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// Three people's copies at one operator; a letter about the first is damaged, and nothing more is due of it.
struct Operator {
    Ladder l;

    Operator() {
        l.contact("a.example", "admin@a.example");
        l.notices.damaged = {l.add("a.example", NoticeState::VerifiedGone)};
        for (int i = 0; i < 2; ++i) {
            l.request = l.requests.open(*l.requests.request(l.request), {})->number;
            l.add("a.example", NoticeState::StillPresent);
        }
        l.clock.at += 72h;
    }
    void restart() {
        l.make(&l.mailer);
        REQUIRE(l.escalation->step());
    }
};

}  // namespace

TEST_CASE("a damaged letter of one person keeps no other's from the same operator", "[escalation][damage]") {
    Operator o;
    o.restart();
    o.l.pass(2h);
    REQUIRE(o.l.mailer.sent.size() == 2);
    CHECK(o.l.mailer.sent[0].to.reveal() == "admin@a.example");
    CHECK(o.l.mailer.sent[0].message_id != o.l.mailer.sent[1].message_id);
    o.l.pass(24h);
    CHECK(o.l.mailer.sent.size() == 2);  // each once
}

TEST_CASE("where a letter is damaged no restart writes another to the same operator",
          "[escalation][damage]") {
    Operator o;
    for (int i = 0; i < 5; ++i) {
        o.restart();
        o.l.clock.at += 1min;
    }
    CHECK(o.l.mailer.sent.empty());
    o.l.pass(1h);
    const auto sent = o.l.mailer.sent.size();
    CHECK(sent == 1);
    o.restart();
    CHECK(o.l.mailer.sent.size() == sent);
}
