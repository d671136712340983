// A Delete that the origin took back, as it really says so, and one that is not its own.

#include <chrono>

#include "fedtrail/fediverse/activity.hpp"

#include "erasure/office.hpp"
#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::OutcomeKind;
using privacy::RequestState;

namespace {

constexpr const char* kOther = "https://origin.example/users/alice/statuses/2";

/// As Misskey sends it when it lifts a suspension, and Lemmy when a post is restored: around the Delete.
void restores(Spot& spot, const std::string& object, const std::string& to) {
    auto seen = spot.delivery("Undo", object, to);
    const auto read = fediverse::digest_activity(
        R"({"type":"Undo","actor":"https://origin.example/users/alice",)"
        R"("object":{"type":"Delete","actor":"https://origin.example/users/alice","object":")" +
        object + "\"}}");
    REQUIRE(read);
    REQUIRE(read->shares.front().actor.reveal() == kAlice);
    seen.activity = *read;
    spot.deliver(seen, OutcomeKind::Accepted);
}

/// As the desk does it.
void start(Spot& spot, std::uint64_t number) {
    auto request = *spot.requests.request(records::RequestNumber{number});
    request.state = RequestState::InProgress;
    REQUIRE(spot.requests.record(request, {}));
}

records::RequestEvent stopped_at(Instant at) {
    records::RequestEvent event;
    event.at = at;
    event.kind = privacy::RequestEventKind::Stopped;
    event.by = "cli";
    return event;
}

}  // namespace

TEST_CASE("a suspension that is lifted ends what it began", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    SECTION("before anything left") {
        restores(s, kAlice, "a.example");
        s.step();
        CHECK(s.all()[0].state == RequestState::Withdrawn);
        s.clock.at += 2h;
        s.step();
        CHECK(s.over.empty());
    }
    SECTION("while it goes on") {
        start(s, 1);
        auto request = s.all()[0];
        request.origin_gone_at = s.clock.at;
        REQUIRE(s.requests.record(request, {}));
        restores(s, kAlice, "a.example");
        s.step();
        CHECK(s.all()[0].state == RequestState::InProgress);
        CHECK(s.all()[0].stopped);
        CHECK_FALSE(s.all()[0].origin_gone_at);
    }
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
    erasure::DeletionSpotter small{s.sink,
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

TEST_CASE("an Undo of something else ends no deletion", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.deletes(kPost, "a.example");
    restores(s, kOther, "a.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].state == RequestState::Received);
}

TEST_CASE("of several posts the one that is restored stays, and the others go", "[spotter]") {
    Spot s;
    s.software("a.example", "mastodon");
    s.deletes(kPost, "a.example");
    s.deletes(kOther, "a.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    restores(s, kPost, "a.example");
    s.step();
    REQUIRE(s.all().size() == 2);
    CHECK(s.all()[0].state == RequestState::Withdrawn);
    restores(s, kPost, "b.example");  // the same to another one
    s.step();
    REQUIRE(s.all().size() == 2);
    const auto rest = s.all()[1];
    CHECK(rest.state == RequestState::Received);
    REQUIRE(rest.scope.objects.size() == 1);
    CHECK(rest.scope.objects[0].reveal() == kOther);
    // Who heard of the others from the origin still counts.
    REQUIRE(s.notice("a.example", 2));
    CHECK(s.notices.history(s.notice("a.example", 2)->number)->attempts.size() == 1);
    s.clock.at += 2h;
    s.step();
    CHECK(s.over == std::vector{records::RequestNumber{2}});
    CHECK(s.notice("a.example", 2)->seen_from_origin);
}

TEST_CASE("a started erasure of several posts stops when one of them is restored", "[spotter]") {
    Spot s;
    s.deletes(kPost, "a.example");
    s.deletes(kOther, "a.example");
    s.step();
    start(s, 1);
    restores(s, kPost, "a.example");
    restores(s, kOther, "a.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].stopped);
}

TEST_CASE("what the origin took back does not swallow what it deletes later", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    start(s, 1);
    restores(s, kAlice, "a.example");
    s.step();
    REQUIRE(s.all()[0].stopped);

    s.deletes(kAlice, "slow.example");  // one that the origin's queue still had
    s.step();
    CHECK(s.all().size() == 1);

    s.deletes(kPost, "a.example");  // the account lives
    s.step();
    REQUIRE(s.all().size() == 2);
    CHECK(s.all()[1].scope.kind == records::ScopeKind::Objects);

    s.clock.at += 49h;
    s.deletes(kAlice, "a.example");
    s.step();
    REQUIRE(s.all().size() == 3);
    CHECK(s.all()[2].scope.kind == records::ScopeKind::Account);
    CHECK(s.all()[2].state == RequestState::Received);
}

TEST_CASE("a request that people stopped still takes the origin's Deletes", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    start(s, 1);
    auto request = s.all()[0];
    request.stopped = true;
    REQUIRE(s.requests.record(request, stopped_at(s.clock.at)));
    s.clock.at += 49h;
    s.deletes(kAlice, "b.example");
    s.step();
    CHECK(s.all().size() == 1);
}

TEST_CASE("a moderator's removal of what others posted opens nothing", "[spotter]") {
    Spot s;
    s.deletes("https://hub.example/post/3", "hub.example");
    auto with_reason = s.delivery("Delete", "https://origin.example/post/4", "hub.example");
    with_reason.activity.shares.front().categories = {fediverse::DataCategory::PostText,
                                                      fediverse::DataCategory::Deletion};
    s.deliver(with_reason, OutcomeKind::Accepted);
    s.step();
    CHECK(s.all().empty());
}

TEST_CASE("Whom the origin told before it took that back is told when the account goes",
          "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    auto order = office.order();
    order.source = records::RequestSource::Observed;
    const auto number = office.desk.open(order)->number;
    records::Notice told;
    told.request = number;
    told.subject = office.alice;
    told.recipient = host("masto.example");
    told.state = NoticeState::Acknowledged;
    told.seen_from_origin = true;
    told.acknowledged_at = office.clock.at;
    REQUIRE(office.notices.plan(number, {}, std::vector{told}));
    REQUIRE(office.desk.start(Office::act(number)));
    REQUIRE(office.desk.stop(Office::act(number, "the origin took its Delete back")));
    const auto later = office.started();
    CHECK(office.words(office.notice_to(later, "masto.example")) == std::vector<std::string>{"actor"});
    CHECK_FALSE(office.notice_to(later, "masto.example").seen_from_origin);
}
