#include "erasure/deletion_spotter.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

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

TEST_CASE("a Delete that is gathered with other deliveries is spotted like one by itself", "[spotter]") {
    Spot s;
    std::optional<IntentId> id;
    s.spotter.gather(s.delivery("Delete", kAlice, "a.example"), [&](Result<IntentId> done) { id = *done; });
    s.spotter.write_gathered();
    CHECK(s.sink.gathered == 1);
    CHECK(s.sink.written == 1);
    REQUIRE(id);
    s.spotter.settle(*id, {OutcomeKind::Accepted, 202});
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all().front().scope.kind == records::ScopeKind::Account);
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
