// Where recipients' inboxes are, as deliveries show it.

#include "erasure/inbox_lore.hpp"

#include <chrono>
#include <string>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::OutcomeKind;

TEST_CASE("inboxes are learned from deliveries, the shared one before a person's", "[spotter]") {
    Spot s;
    const auto delivered = [&](const std::string& inbox, OutcomeKind outcome = OutcomeKind::Accepted) {
        auto seen = s.delivery("Create", kPost, "a.example");
        seen.inbox = Personal<std::string>{inbox};
        s.deliver(seen, outcome);
        s.step();
        return *s.directory.entry(*Host::parse("a.example"));
    };
    CHECK(delivered("https://b.example/inbox").shared_inbox.empty());  // another host's
    CHECK(delivered("https://a.example/users/dan/inbox", OutcomeKind::Rejected).inbox.empty());
    CHECK(delivered("https://a.example/inbox", OutcomeKind::Rejected).shared_inbox.empty());
    s.woken = 0;
    CHECK(delivered("https://a.example/users/bob/inbox").inbox == "https://a.example/users/bob/inbox");
    CHECK(s.woken == 1);
    CHECK(delivered("https://a.example/users/carol/inbox").inbox == "https://a.example/users/bob/inbox");
    s.clock.at += 24h;
    CHECK(delivered("https://a.example/users/dan/inbox", OutcomeKind::Rejected).inbox ==
          "https://a.example/users/bob/inbox");
    CHECK(delivered("https://a.example/users/carol/inbox").inbox == "https://a.example/users/carol/inbox");
    CHECK(delivered("https://a.example/inbox").shared_inbox == "https://a.example/inbox");
    CHECK(delivered("https://a.example/users/bob/inbox").shared_inbox == "https://a.example/inbox");
    CHECK(delivered("https://a.example/users/bob/inbox").inbox == "https://a.example/users/carol/inbox");
}

TEST_CASE("the outcome of a delivery that concerns nobody teaches nothing about another", "[spotter]") {
    Spot s;
    s.sink.concerns_nobody = true;
    for (const auto* const host : {"a.example", "b.example"}) {
        auto seen = s.delivery("Create", kPost, host);
        seen.inbox = Personal<std::string>{"https://" + std::string{host} + "/inbox"};
        s.spotter.intend(seen, [](const Result<IntentId>& id) { REQUIRE(id); });
    }
    s.spotter.settle(IntentId{0}, {OutcomeKind::Accepted, 202});  // of the second
    s.step();
    CHECK(s.directory.entry(*Host::parse("a.example"))->shared_inbox.empty());
}

TEST_CASE("what was seen elsewhere teaches inboxes too, without overruling deliveries", "[spotter]") {
    Spot s;
    const auto seen = [&](const std::string& inbox, OutcomeKind outcome, std::chrono::hours ago) {
        auto one = s.delivery("Create", kPost, "a.example");
        one.inbox = Personal<std::string>{inbox};
        one.outcome = {outcome, 0};
        one.at = s.clock.at - ago;
        s.woken = 0;
        REQUIRE(s.spotter.observe({&one, 1}));
        s.step();
        return *s.directory.entry(*Host::parse("a.example"));
    };
    CHECK(seen("https://a.example/u/1/inbox", OutcomeKind::Rejected, 0h).inbox.empty());
    CHECK(seen("https://a.example/u/1/inbox", OutcomeKind::Sent, 0h).inbox.empty());
    CHECK(seen("https://a.example/u/1/inbox", OutcomeKind::Inferred, 0h).inbox ==
          "https://a.example/u/1/inbox");
    CHECK(s.woken == 1);
    CHECK(seen("https://a.example/u/2/inbox", OutcomeKind::Inferred, 0h).inbox ==
          "https://a.example/u/1/inbox");
    CHECK(seen("https://a.example/u/2/inbox", OutcomeKind::Accepted, 48h).inbox ==
          "https://a.example/u/1/inbox");
    CHECK(seen("https://a.example/u/2/inbox", OutcomeKind::Accepted, 1h).inbox ==
          "https://a.example/u/2/inbox");
    CHECK(seen("https://below.a.example/inbox", OutcomeKind::Accepted, 48h).shared_inbox ==
          "https://below.a.example/inbox");
}

TEST_CASE("which inbox is everybody's is told by its path", "[spotter]") {
    CHECK(erasure::looks_shared("https://w.example/wp-json/activitypub/1.0/inbox"));
    CHECK(!erasure::looks_shared("https://w.example/wp-json/activitypub/1.0/users/1/inbox"));
    CHECK(!erasure::looks_shared("https://snac.example/sue/inbox"));
    CHECK(erasure::looks_shared("https://f.example/federation/shared/inbox"));
    CHECK(erasure::looks_shared("https://threads.example/ap/inbox/"));
}
