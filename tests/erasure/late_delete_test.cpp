// Deletes with which the origin's queue goes on after it took them back.

#include <chrono>
#include <string>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::OutcomeKind;
using privacy::RequestState;

namespace {

constexpr const char* kSecond = "https://origin.example/users/alice/statuses/2";

void take_back(Spot& spot, const std::string& object) {
    auto undo = spot.delivery("Undo", object, "a.example");
    undo.activity.restored = undo.activity.object;
    spot.deliver(undo, OutcomeKind::Accepted);
    spot.step();
}

}  // namespace

TEST_CASE("a late Delete of an account that is back before anything left opens nothing", "[spotter][late]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    take_back(s, kAlice);
    REQUIRE(s.all().size() == 1);
    REQUIRE(s.all()[0].state == RequestState::Withdrawn);
    s.clock.at += 1h;
    s.deletes(kAlice, "slow.example", OutcomeKind::Rejected);
    s.deletes(kAlice, "slower.example");
    s.step();
    s.clock.at += 2h;
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.over.empty());

    s.clock.at += 49h;
    s.deletes(kAlice, "a.example");
    s.step();
    REQUIRE(s.all().size() == 2);
    CHECK(s.all()[1].state == RequestState::Received);
}

TEST_CASE("a late Delete of a restored post that nobody takes opens nothing", "[spotter][late]") {
    Spot s;
    s.deletes(kPost, "a.example");
    s.step();
    SECTION("before anything left") {}
    SECTION("while it went on") {
        auto request = s.all()[0];
        request.state = RequestState::InProgress;
        REQUIRE(s.requests.record(request, {}));
    }
    take_back(s, kPost);
    for (int hour = 0; hour < 5; ++hour) {
        s.clock.at += 1h;
        s.deletes(kPost, "dead.example", OutcomeKind::Rejected);
        s.step();
    }
    CHECK(s.all().size() == 1);
    CHECK(s.over.empty());

    s.deletes(kSecond, "dead.example", OutcomeKind::Rejected);  // that one was not taken back
    s.step();
    REQUIRE(s.all().size() == 2);
    s.deletes(kPost, "a.example");  // deleted anew
    s.step();
    const auto last = s.all().back();
    CHECK(last.state == RequestState::Received);
    CHECK(last.scope.objects.back().reveal() == kPost);
}

TEST_CASE("what a person stopped after the origin had is the person's", "[spotter][late]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    auto request = s.all()[0];
    request.state = RequestState::InProgress;
    REQUIRE(s.requests.record(request, {}));
    take_back(s, kAlice);
    REQUIRE(s.all()[0].stopped);
    records::RequestEvent event;
    event.at = s.clock.at;
    event.kind = privacy::RequestEventKind::Stopped;
    event.by = "cli";
    REQUIRE(s.requests.record(s.all()[0], event));
    s.clock.at += 49h;
    s.deletes(kAlice, "b.example");
    s.step();
    CHECK(s.all().size() == 1);
}

TEST_CASE("of posts that go on without one, one request is opened however often it fails",
          "[spotter][late]") {
    Spot s;
    s.deletes(kPost, "a.example");
    s.deletes(kSecond, "a.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    int tries = 0;
    s.requests.before_record = [&] { s.requests.failures = tries++ < 3 ? 1 : 0; };
    auto undo = s.delivery("Undo", kPost, "a.example");
    undo.activity.restored = undo.activity.object;
    s.deliver(undo, OutcomeKind::Accepted);
    for (int i = 0; i < 3; ++i) {
        REQUIRE_FALSE(s.spotter.step());
    }
    s.step();
    REQUIRE(s.all().size() == 2);
    CHECK(s.all()[0].state == RequestState::Withdrawn);
    CHECK(s.all()[1].scope.objects.size() == 1);
}
