// A delivery of two local people, of whom only the first can be written.

#include <thread>
#include <vector>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

/// A post of alice's that names bob.
records::Observation post_of_two(int number) {
    auto seen = post("alice", number, "a.example");
    seen.activity.shares.push_back(
        share("https://origin.example/users/bob", {fediverse::DataCategory::Handle}));
    return seen;
}

std::vector<OutcomeKind> written(const Desk& desk) {
    std::vector<OutcomeKind> kinds;
    for (const auto& attempt : desk.durable().attempts) {
        kinds.push_back(attempt.outcome.kind);
    }
    return kinds;
}

void damage_bob(Desk& desk) {
    desk.ledger.damaged = desk.vault->enrol(*Uri::parse("https://origin.example/users/bob"), "bob")->get();
}

capture::RecorderOptions options_that_pass() {
    auto options = options_of_two_origins();
    options.refused_stays = false;
    return options;
}

}  // namespace

TEST_CASE("A delivery held for its second person leaves no intent of the first", "[half]") {
    Desk desk;
    damage_bob(desk);
    CHECK(desk.intend(post_of_two(1)).error().kind == ErrorKind::Corrupt);
    CHECK(written(desk) == std::vector{OutcomeKind::Unreachable});
    CHECK(desk.recorder.figures().open_intents == 0);

    SECTION("the next try is one like it") {
        CHECK_FALSE(desk.intend(post_of_two(1)));
        CHECK(written(desk) == std::vector{OutcomeKind::Unreachable, OutcomeKind::Unreachable});
    }
    SECTION("once the rows are whole it goes for both") {
        desk.ledger.damaged.reset();
        const auto id = desk.intend(post_of_two(1));
        REQUIRE(id);
        desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
        desk.recorder.run_once();
        CHECK(written(desk) ==
              std::vector{OutcomeKind::Unreachable, OutcomeKind::Accepted, OutcomeKind::Accepted});
    }
}

TEST_CASE("An intent that stood before is not taken back with a delivery that is held", "[half]") {
    Desk desk;
    damage_bob(desk);
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    CHECK_FALSE(desk.intend(post_of_two(1)));
    CHECK(written(desk) == std::vector{OutcomeKind::Intended});
}

TEST_CASE("A delivery that passes although it cannot be written stays intended of whom it can", "[half]") {
    Desk desk{options_that_pass()};
    damage_bob(desk);
    CHECK_FALSE(desk.intend(post_of_two(1)));
    CHECK(written(desk) == std::vector{OutcomeKind::Intended});
}

TEST_CASE("What is told afterwards stays of whom it can be written", "[half]") {
    Desk desk;
    damage_bob(desk);
    auto told = post_of_two(1);
    told.outcome = Outcome{OutcomeKind::Accepted, 202};
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    const std::vector one{told};
    CHECK(desk.recorder.observe(one).error().kind == ErrorKind::Corrupt);
    committing.request_stop();
    committing.join();
    CHECK(written(desk) == std::vector{OutcomeKind::Accepted});
}
