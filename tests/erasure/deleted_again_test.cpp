// An account that is deleted once more soon after that was taken back.

#include <chrono>
#include <vector>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::OutcomeKind;

namespace {

/// A suspension that reached a.example, and was lifted before anything was started.
struct Lifted : Spot {
    Lifted() {
        deletes(kAlice, "a.example");
        deliver(delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
        step();
        REQUIRE(all().size() == 1);
        REQUIRE(all()[0].state == privacy::RequestState::Withdrawn);
        clock.at += 3h;
    }
};

}  // namespace

TEST_CASE("an account that is deleted once more soon after is told of, once", "[spotter]") {
    Lifted s;
    s.deletes(kAlice, "a.example");
    s.deletes(kAlice, "b.example");
    s.step();
    s.deletes(kAlice, "a.example");
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.deleted_again == std::vector{records::RequestNumber{1}});
}

TEST_CASE("so is one whose first erasure had been started by then", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.deletes(kAlice, "slow.example", OutcomeKind::Rejected);
    s.step();
    auto request = s.all()[0];
    request.state = privacy::RequestState::InProgress;
    REQUIRE(s.requests.record(request, {}));
    s.deliver(s.delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
    s.step();
    REQUIRE(s.all()[0].stopped);
    s.clock.at += 3h;
    s.deletes(kAlice, "slow.example");  // the queue's rest
    s.step();
    CHECK(s.deleted_again.empty());
    s.deletes(kAlice, "a.example");
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.deleted_again == std::vector{records::RequestNumber{1}});
}

TEST_CASE("what the origin's queue still had of a Delete is not told of", "[spotter]") {
    Lifted s;
    SECTION("to a server that takes it only now") {
        s.deletes(kAlice, "slow.example");
    }
    SECTION("or to one that does not take it") {
        s.deletes(kAlice, "a.example", OutcomeKind::Rejected);
    }
    s.step();
    CHECK(s.all().size() == 1);
    CHECK(s.deleted_again.empty());
}

TEST_CASE("A Delete and its Undo that are given again are no second deletion", "[spotter]") {
    Spot s;
    s.deletes(kAlice, "a.example");
    s.step();
    s.deliver(s.delivery("Undo", kAlice, "a.example"), OutcomeKind::Accepted);
    s.step();
    REQUIRE(s.all()[0].state == privacy::RequestState::Withdrawn);
    s.deletes(kAlice, "a.example");  // as the queue of the spotter gives it again, with its time
    s.step();
    CHECK(s.deleted_again.empty());
}
