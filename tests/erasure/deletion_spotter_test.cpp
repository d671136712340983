#include "erasure/deletion_spotter.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::DeletionSpotter;
using fediverse::NoticeState;
using privacy::OutcomeKind;

TEST_CASE("the origin's Delete of an account opens one observed request", "[spotter]") {
    Spot s;
    s.software("a.example", "mastodon");
    s.software("b.example", "pixelfed");
    s.deletes(kAlice, "a.example");
    s.deletes(kAlice, "b.example");
    s.deletes(kAlice, "c.example", OutcomeKind::Unreachable);
    CHECK(s.sink.intents.size() == 3);
    CHECK(s.sink.settled.size() == 3);
    CHECK(s.woken == 4);  // once more for the first that began
    s.step();
    REQUIRE(s.all().size() == 1);
    const auto request = s.all().front();
    CHECK(request.source == records::RequestSource::Observed);
    CHECK(request.scope.kind == records::ScopeKind::Account);
    CHECK(request.subject == s.alice);
    CHECK(request.state == privacy::RequestState::Received);
    CHECK(request.identity_verified);
    CHECK(s.over.empty());
}

TEST_CASE("when the origin's fan-out is quiet, whom it really told is written down and the rest planned",
          "[spotter]") {
    Spot s;
    s.software("a.example", "mastodon");
    s.software("b.example", "pixelfed");  // drops what the origin sends
    s.deletes(kAlice, "a.example");
    s.deletes(kAlice, "b.example");
    const auto again = s.step();
    REQUIRE(again);
    CHECK(*again == s.clock.at + 10min);
    s.clock.at += 9min;
    s.deletes(kAlice, "d.example");
    s.step();
    s.clock.at += 9min;
    s.step();
    CHECK(s.over.empty());  // the last Delete was nine minutes ago
    s.clock.at += 1min;
    s.step();
    REQUIRE(s.over.size() == 1);
    const auto told = s.notice("a.example");
    REQUIRE(told);
    CHECK(told->state == NoticeState::Acknowledged);
    CHECK(told->seen_from_origin);
    CHECK(told->acknowledged_at == Spot{}.clock.at);
    CHECK(told->steps.empty());
    const auto history = s.notices.history(told->number);
    REQUIRE(history->attempts.size() == 1);
    CHECK(history->attempts[0].scheme == "origin");
    CHECK(history->attempts[0].status == 202);
    const auto untold = s.notice("b.example");
    REQUIRE(untold);
    CHECK(untold->state == NoticeState::Planned);
    CHECK(!untold->seen_from_origin);
    s.clock.at += 24h;
    s.step();
    CHECK(s.over.size() == 1);
}

TEST_CASE("each request that is opened is told at once, and once", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    CHECK(s.opened == 0);
    s.step();
    CHECK(s.opened == 1);
    s.deletes(kAlice, "b.example");
    s.step();
    CHECK(s.opened == 1);
}

TEST_CASE("a planner that is away is asked again", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    s.clock.at += 10min;
    s.over_fails = ErrorKind::Unavailable;
    CHECK(s.step() == s.clock.at + 1min);
    s.over_fails.reset();
    s.clock.at += 1min;
    s.step();
    CHECK(s.over.size() == 1);
}

TEST_CASE("Deletes of objects gather in one request per person", "[spotter]") {
    Spot s;
    const std::string other = "https://origin.example/users/alice/statuses/2";
    s.deletes(kPost, "a.example");
    s.step();
    s.deletes(other, "a.example");
    s.deletes(kPost, "b.example");
    s.deletes(other, "a.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].scope.kind == records::ScopeKind::Objects);
    CHECK(s.all()[0].scope.objects.size() == 2);
    s.software("a.example", "mastodon");
    s.software("b.example", "mastodon");
    s.clock.at += 10min;
    s.step();
    CHECK(s.over.size() == 1);
    REQUIRE(s.notice("a.example"));
    CHECK(s.notice("a.example")->seen_from_origin);
    CHECK(!s.notice("b.example")->seen_from_origin);  // it got one of the two
    CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 2);
}

TEST_CASE("a post's Delete by the origin tells only who obeys it as a Tombstone and as a URI", "[spotter]") {
    Spot s;
    const std::map<std::string, std::string> software{{"m.example", "mastodon"},
                                                      {"g.example", "gotosocial"},
                                                      {"n.example", "nodebb"},
                                                      {"e.example", "epicyon"},
                                                      {"p.example", "pixelfed"},
                                                      {"f.example", "funkwhale"},
                                                      {"u.example", "never-heard-of"}};
    for (const auto& [host, name] : software) {
        s.software(host, name);
        s.deletes(kPost, host);
    }
    s.step();
    s.clock.at += 10min;
    s.step();
    CHECK(s.over.size() == 1);
    for (const auto& [host, name] : software) {
        CAPTURE(name);
        CHECK(s.notice(host)->seen_from_origin == (name == "mastodon" || name == "gotosocial"));
    }
}

TEST_CASE("the fan-out of a busy account is not waited for longer than an hour", "[spotter]") {
    Spot s;
    for (int i = 0; i < 13; ++i) {
        s.deletes(kPost + std::to_string(i), "a.example");
        s.step();
        s.clock.at += 5min;
    }
    CHECK(s.over.size() == 1);
}

TEST_CASE("a request that is there already takes the origin's Deletes", "[spotter]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    REQUIRE(s.requests.open(request, {}));
    records::Notice notice;
    notice.request = records::RequestNumber{1};
    notice.subject = s.alice;
    notice.recipient = *Host::parse("a.example");
    notice.software = "mastodon";
    notice.state = NoticeState::Unreachable;
    const std::vector<records::Notice> planned{notice};
    REQUIRE(s.notices.plan(notice.request, {}, planned));
    s.deletes(kAlice, "a.example");
    s.deletes(kPost, "a.example");
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.notice("a.example")->state == NoticeState::Acknowledged);
    CHECK(s.notice("a.example")->seen_from_origin);
}

TEST_CASE("somebody's unverified request does not swallow a real deletion", "[spotter]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.state = privacy::RequestState::IdentityPending;
    REQUIRE(s.requests.open(request, {}));
    s.deletes(kAlice, "a.example");
    s.step();
    CHECK(s.all().size() == 2);
}

TEST_CASE("what is not a deletion by one of ours opens nothing", "[spotter]") {
    Spot s;
    auto remote = s.delivery("Delete", "https://elsewhere.example/users/x", "a.example");
    remote.activity.shares[0].actor = Personal<std::string>{"https://elsewhere.example/users/x"};
    s.deliver(remote, OutcomeKind::Accepted);
    s.deliver(s.delivery("Create", kPost, "a.example"), OutcomeKind::Accepted);
    s.deliver(s.delivery("Delete", kPost, "origin.example"), OutcomeKind::Accepted);
    auto own = s.delivery("Delete", kPost, "a.example");
    own.activity.id = Personal<std::string>{std::string{kAlice} + "#fedtrail-delete-7-1"};
    s.deliver(own, OutcomeKind::Accepted);
    auto old = s.delivery("Delete", kPost, "a.example");
    old.at -= 24h * 30;
    s.deliver(old, OutcomeKind::Accepted);
    s.step();
    CHECK(s.all().empty());
}

TEST_CASE("a Delete that is taken back stops the request", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    s.deliver(s.delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
    s.step();
    CHECK(s.all()[0].state == privacy::RequestState::Withdrawn);
    s.clock.at += 1h;
    s.step();
    CHECK(s.over.empty());
}

TEST_CASE("whom the origin told before it took its Delete back is written down", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.deliver(s.delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].state == privacy::RequestState::Withdrawn);
    REQUIRE(s.notice("a.example"));
    CHECK(s.notices.history(s.notice("a.example")->number)->attempts.size() == 1);
}

TEST_CASE("what was taken back ends, though whom the origin told cannot be written down", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.deliver(s.delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
    s.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Corrupt, "damaged"); };
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].state == privacy::RequestState::Withdrawn);
}

TEST_CASE("what was taken back leaves its room to the next deletion", "[spotter]") {
    Spot s;
    auto options = s.options();
    options.deletions.max_reached = 1;
    DeletionSpotter small{s.sink,
                          {s.requests, s.notices, s.notices, s.directory, s.vault, s.clock},
                          s.dialects,
                          [](records::RequestNumber) -> Result<void> { return {}; },
                          options,
                          {}};
    std::uint64_t intent = 0;
    const auto passes = [&](const std::string& type, const std::string& to) {
        small.intend(s.delivery(type, kAlice, to), [](const Result<IntentId>&) {});
        small.settle(IntentId{++intent}, {OutcomeKind::Accepted, 202});
        REQUIRE(small.step());
    };
    passes("Delete", "a.example");
    passes("Undo", "a.example");
    s.clock.at += 49h;  // within two days it may be the origin's queue
    passes("Delete", "b.example");
    REQUIRE(s.all().size() == 2);
    CHECK(s.notice("b.example", 2));
}

TEST_CASE("a request that was started by hand goes on gathering, and does not grow", "[spotter]") {
    Spot s;
    const auto post = [](int n) { return std::string{kAlice} + "/statuses/" + std::to_string(n); };
    s.deletes(post(1), "a.example");
    s.step();
    auto started = s.all().front();
    started.state = privacy::RequestState::InProgress;
    REQUIRE(s.requests.record(started, {}));
    s.deletes(post(1), "b.example");
    s.deletes(post(2), "c.example");
    s.step();
    s.deletes(post(3), "c.example");
    s.step();
    REQUIRE(s.all().size() == 2);
    CHECK(s.all()[0].scope.objects.size() == 1);
    CHECK(s.all()[1].scope.objects.size() == 2);
    REQUIRE(s.notice("b.example"));
    CHECK(s.notices.history(s.notice("b.example")->number)->attempts.size() == 1);
    s.clock.at += 10min;
    s.step();
    CHECK(s.over == std::vector{records::RequestNumber{1}, records::RequestNumber{2}});
}

TEST_CASE("books that are away lose nothing and fail no delivery", "[spotter]") {
    Spot s;
    s.requests.failures = 1;
    s.deletes(kAlice, "a.example");
    CHECK(!s.spotter.step());
    s.step();
    CHECK(s.all().size() == 1);
}

TEST_CASE("a request that is damaged does not hold up the deletions of others", "[spotter]") {
    constexpr const char* kBob = "https://origin.example/users/bob";
    Spot s;
    REQUIRE(s.vault.enrol(*Uri::parse(kBob), "bob"));
    s.deletes(kAlice, "a.example");
    auto bobs = s.delivery("Delete", kBob, "b.example");
    bobs.activity.shares.front().actor = Personal<std::string>{kBob};
    s.deliver(bobs, OutcomeKind::Accepted);
    int writes = 0;
    s.notices.before_write = [&]() -> Result<void> {
        return ++writes == 1 ? fail(ErrorKind::Corrupt, "damaged") : Result<void>{};
    };
    const auto stepped = s.spotter.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(!s.notice("a.example"));
    CHECK(s.notice("b.example", 2));
    s.clock.at += 10min;
    s.step();
    CHECK(s.over.size() == 2);
}

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

TEST_CASE("a signed fetch of what was erased shows that a copy is left", "[spotter]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::Fulfilled;
    request.origin_gone_at = s.clock.at - 24h;
    request.closed_at = s.clock.at - 1h;
    REQUIRE(s.requests.open(request, {}));
    records::Notice notice;
    notice.request = records::RequestNumber{1};
    notice.subject = s.alice;
    notice.recipient = *Host::parse("a.example");
    notice.state = NoticeState::VerifiedGone;
    notice.acknowledged_at = s.clock.at - 24h;
    const std::vector<records::Notice> planned{notice};
    REQUIRE(s.notices.plan(notice.request, {}, planned));
    s.step();
    auto fetch = s.delivery("Note", kAlice, "a.example");
    fetch.channel = privacy::Channel::SignedPull;
    fetch.outcome = {OutcomeKind::Fetched, 200};
    const auto fetched = [&] {
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.step();
        return s.notice("a.example")->state;
    };

    SECTION("and wakes the request") {
        CHECK(fetched() == NoticeState::StillPresent);
        const auto looks = s.notices.history(records::NoticeNumber{1})->looks;
        REQUIRE(looks.size() == 1);
        CHECK(looks[0].probe == "signed_fetch");
        CHECK(s.all()[0].state == privacy::RequestState::InProgress);
        CHECK(!s.all()[0].closed_at);
        const auto entry = *s.directory.entry(*Host::parse("a.example"));
        CHECK(entry.told == 1);
        CHECK(entry.gone == 0);
        CHECK(entry.present == 1);
        CHECK(fetched() == NoticeState::StillPresent);
        CHECK(s.notices.history(records::NoticeNumber{1})->looks.size() == 1);  // one a day is enough
    }
    SECTION("and is counted, though the directory was away for a moment") {
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.directory.read_only = true;
        CHECK(!s.spotter.step());
        s.directory.read_only = false;
        s.step();
        CHECK(s.directory.entry(*Host::parse("a.example"))->present == 1);
        CHECK(s.notices.history(records::NoticeNumber{1})->looks.size() == 1);
    }
    SECTION("unless its notice is damaged, which holds up nobody else") {
        s.notices.damaged = {records::NoticeNumber{1}};
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.deletes(kPost, "b.example");
        CHECK(!s.spotter.step());
        s.step();  // not asked for once more
        CHECK(s.all().size() == 2);
    }
    SECTION("as long as its keys are kept, and no longer") {
        s.clock.at = erasure::watched_until(request, erasure::kWatchedFor) - 1h;
        s.step();
        CHECK(s.spotter.watches(kAlice));
        CHECK(fetched() == NoticeState::StillPresent);
    }
    SECTION("when they are gone, nothing wakes that nobody could sign") {
        s.clock.at = erasure::watched_until(request, erasure::kWatchedFor);
        s.step();
        CHECK(!s.spotter.watches(kAlice));
        CHECK(fetched() == NoticeState::VerifiedGone);
    }
    SECTION("but not while the recipient works on our Delete") {
        NoticeChange change;
        change.attempts.push_back({records::NoticeNumber{1}, 0, s.clock.at - 10min, {}, 0, "cavage", ""});
        REQUIRE(s.notices.apply(change));
        CHECK(fetched() == NoticeState::VerifiedGone);
        s.clock.at += 1h;
        CHECK(fetched() == NoticeState::StillPresent);
    }
    SECTION("and fetches of what was not erased say nothing") {
        fetch.activity.object = Personal<std::string>{"https://origin.example/users/bob"};
        fetch.activity.id = fetch.activity.object;
        fetch.activity.shares.clear();
        CHECK(fetched() == NoticeState::VerifiedGone);
    }
}

TEST_CASE("what is planned later is watched without a restart", "[spotter]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.origin_gone_at = s.clock.at;
    const auto number = s.requests.open(request, {})->number;
    const auto uri = [](int n) { return std::string{kAlice} + "/statuses/" + std::to_string(n); };
    std::vector<records::ErasedObject> objects{{Personal<std::string>{uri(1)}, {}, false},
                                               {Personal<std::string>{uri(2)}, {}, true}};
    REQUIRE(s.notices.plan(number, objects, {}));
    s.step();
    CHECK(s.spotter.watches(uri(1)));
    CHECK(!s.spotter.watches(uri(2)));
    objects[1].held_for_law = false;  // released
    objects.push_back({Personal<std::string>{uri(3)}, {}, false});
    REQUIRE(s.notices.plan(number, objects, {}));
    s.clock.at += 10min;
    s.step();
    CHECK(s.spotter.watches(uri(2)));
    CHECK(s.spotter.watches(uri(3)));

    auto closed = *s.requests.request(number);
    closed.state = privacy::RequestState::Fulfilled;
    closed.closed_at = s.clock.at;
    REQUIRE(s.requests.record(closed, {}));
    s.clock.at += 10min;
    s.step();
    s.clock.at += 10min;
    s.step();
    CHECK(s.spotter.watches(uri(3)));
}

TEST_CASE("a person who is damaged does not keep others from being watched", "[spotter]") {
    constexpr const char* kBob = "https://origin.example/users/bob";
    Spot s;
    records::ErasureRequest request;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.origin_gone_at = s.clock.at;
    request.subject = *s.vault.enrol(*Uri::parse(kBob), "bob");
    REQUIRE(s.requests.open(request, {}));
    request.subject = s.alice;
    REQUIRE(s.requests.open(request, {}));
    s.vault.damaged = {s.alice.get()};
    const auto stepped = s.spotter.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.spotter.watches(kBob));
    CHECK(s.step() == s.clock.at + 10min);  // said once each time
}

TEST_CASE("what there is no room for is counted, and the delivery passes", "[spotter]") {
    Spot s;
    auto options = s.options();
    options.max_waiting = 1;
    options.max_open = 1;
    DeletionSpotter small{s.sink,
                          {s.requests, s.notices, s.notices, s.directory, s.vault, s.clock},
                          s.dialects,
                          [](records::RequestNumber) -> Result<void> { return {}; },
                          options,
                          {}};
    int answered = 0;
    for (int i = 0; i < 3; ++i) {
        small.intend(s.delivery("Delete", kPost, "a.example"), [&](const Result<IntentId>&) { ++answered; });
    }
    CHECK(answered == 3);
    for (std::uint64_t id = 1; id <= 3; ++id) {
        small.settle(IntentId{id}, {OutcomeKind::Accepted, 202});
    }
    CHECK(small.figures().lost == 2);
    CHECK(s.sink.settled.size() == 3);
}
