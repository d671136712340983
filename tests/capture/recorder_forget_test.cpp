// A person is forgotten while deliveries go on.

#include <future>
#include <thread>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::OutcomeKind;
using privacy::SubjectNumber;

namespace {

/// Calls forget() beside the test's own thread, which makes the groups.
Result<void> forget(Desk& desk, SubjectNumber subject, const std::function<Result<void>()>& destroy_key) {
    auto asked = std::async(std::launch::async, [&] { return desk.recorder.forget(subject, destroy_key); });
    while (asked.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
        (void)desk.recorder.run_once();
    }
    return asked.get();
}

std::function<Result<void>()> shredding_of(Desk& desk, std::uint64_t subject) {
    return [&desk, subject]() -> Result<void> {
        return desk.vault->shred({SubjectNumber{subject},
                                  desk.clock.now(),
                                  records::ShredReason::Operator,
                                  records::RequestNumber{0},
                                  false});
    };
}

}  // namespace

TEST_CASE("Who was forgotten and posts again is somebody new, and the old number stays empty") {
    Desk desk;
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    REQUIRE(desk.intend(post("bob", 1, "a.example")));
    REQUIRE(desk.number_of("alice@origin.example") == 1);

    REQUIRE(forget(desk, SubjectNumber{1}, shredding_of(desk, 1)));
    REQUIRE(desk.durable().attempts.size() == 1);
    CHECK(desk.durable().attempts.front().subject == SubjectNumber{2});

    REQUIRE(desk.intend(post("alice", 2, "a.example")));
    CHECK(desk.number_of("alice@origin.example") == 3);
    CHECK(desk.durable().attempts.back().subject == SubjectNumber{3});
}

TEST_CASE("An answer that comes after its person was forgotten is written for the others alone") {
    Desk desk;
    auto both = post("alice", 1, "a.example");
    both.activity.shares.push_back(
        share("https://origin.example/users/bob", {fediverse::DataCategory::Handle}));
    const auto intent = desk.intend(both);
    const auto only = desk.intend(post("alice", 2, "b.example"));
    REQUIRE(intent);
    REQUIRE(only);

    REQUIRE(forget(desk, SubjectNumber{1}, shredding_of(desk, 1)));
    desk.recorder.settle(*intent, {OutcomeKind::Accepted, 202});
    desk.recorder.settle(*only, {OutcomeKind::Accepted, 202});
    while (desk.recorder.run_once()) {
    }
    REQUIRE(desk.durable().attempts.size() == 1);
    CHECK(desk.durable().attempts.front().subject == SubjectNumber{2});
    CHECK(desk.kind(0) == OutcomeKind::Accepted);
}

TEST_CASE("If the key cannot be destroyed nothing is forgotten") {
    Desk desk;
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    const auto refused = forget(desk, SubjectNumber{1}, []() -> Result<void> {
        return fail(ErrorKind::Unavailable, "the vault is busy");
    });
    CHECK(refused.error().what == "the vault is busy");
    CHECK(desk.durable().attempts.size() == 1);
    CHECK(desk.number_of("alice@origin.example") == 1);
}

TEST_CASE("If the ledger cannot forget, its error is told, and asking again does it") {
    Desk desk;
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    desk.ledger.fail_next(FakeLedgerWriter::Call::Forget);
    CHECK(forget(desk, SubjectNumber{1}, shredding_of(desk, 1)).error().kind == ErrorKind::Unavailable);
    CHECK(desk.durable().attempts.size() == 1);
    REQUIRE(forget(desk, SubjectNumber{1}, shredding_of(desk, 1)));
    CHECK(desk.durable().attempts.empty());
}

TEST_CASE("A recorder that stops answers whoever wants somebody forgotten") {
    Desk desk;
    {
        std::jthread running{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
        REQUIRE(desk.recorder.forget(SubjectNumber{5}, []() -> Result<void> { return {}; }));
    }
    const auto late = desk.recorder.forget(SubjectNumber{5}, []() -> Result<void> { return {}; });
    CHECK(late.error().kind == ErrorKind::Unavailable);
}
