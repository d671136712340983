#include "capture/open_intents.hpp"

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

constexpr Outcome kUnreachable{OutcomeKind::Unreachable, 0};
constexpr Outcome kAccepted{OutcomeKind::Accepted, 202};

std::vector<OutcomeKind> kinds(const Desk& desk) {
    std::vector<OutcomeKind> kinds;
    for (const auto& attempt : desk.durable().attempts) {
        kinds.push_back(attempt.outcome.kind);
    }
    std::sort(kinds.begin(), kinds.end());
    return kinds;
}

}  // namespace

TEST_CASE("Of two deliveries in one second the failure of the first does not unsay the second") {
    Desk desk;
    const auto first = desk.intend(post("alice", 1, "a.example"));
    const auto second = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(first);
    REQUIRE(second);
    CHECK(*first != *second);
    CHECK(desk.durable().attempts.size() == 1);
    desk.recorder.settle(*first, kUnreachable);
    desk.recorder.run_once();
    CHECK(kinds(desk) ==
          std::vector{OutcomeKind::Intended, OutcomeKind::Unreachable});  // a crash here loses nothing

    SECTION("the second arrives") {
        desk.recorder.settle(*second, kAccepted);
        desk.recorder.run_once();
        CHECK(kinds(desk) == std::vector{OutcomeKind::Accepted, OutcomeKind::Unreachable});
    }
    SECTION("the second fails too") {
        desk.recorder.settle(*second, kUnreachable);
        desk.recorder.run_once();
        CHECK(kinds(desk) == std::vector{OutcomeKind::Unreachable, OutcomeKind::Unreachable});
    }
}

TEST_CASE("Two deliveries in one second that are settled with one commit stay two") {
    Desk desk;
    const auto first = desk.intend(post("alice", 1, "a.example"));
    const auto second = desk.intend(post("alice", 1, "a.example"));
    desk.recorder.settle(*first, kAccepted);
    desk.recorder.settle(*second, kUnreachable);
    desk.recorder.run_once();
    CHECK(kinds(desk) == std::vector{OutcomeKind::Accepted, OutcomeKind::Unreachable});
}

TEST_CASE("A settlement whose commit failed is written as if nothing had been tried") {
    Desk desk;
    const auto first = desk.intend(post("alice", 1, "a.example"));
    const auto second = desk.intend(post("alice", 1, "a.example"));
    desk.recorder.settle(*first, kUnreachable);
    desk.recorder.settle(*second, kUnreachable);
    desk.ledger.fail_next(FakeLedgerWriter::Call::Commit);
    desk.recorder.run_once();
    CHECK(kinds(desk) == std::vector{OutcomeKind::Intended});
    desk.recorder.run_once();
    CHECK(kinds(desk) == std::vector{OutcomeKind::Unreachable, OutcomeKind::Unreachable});
    CHECK(desk.recorder.figures().open_intents == 0);
}

TEST_CASE("The oldest open intents are given up when there are too many, and stay intended") {
    auto options = options_of_two_origins();
    options.max_open_intents = 2;
    Desk desk{options};
    std::vector<IntentId> ids;
    for (int i = 0; i < 3; ++i) {
        ids.push_back(*desk.intend(post("alice", i, "a.example")));
    }
    CHECK(desk.recorder.figures().open_intents == 2);
    for (const auto id : ids) {
        desk.recorder.settle(id, kAccepted);
    }
    desk.recorder.run_once();
    CHECK(kinds(desk) == std::vector{OutcomeKind::Intended, OutcomeKind::Accepted, OutcomeKind::Accepted});
}
