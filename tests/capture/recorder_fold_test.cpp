// The ledger is folded because somebody asks for it.

#include <chrono>
#include <future>
#include <stop_token>
#include <thread>
#include <vector>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::SubjectNumber;

namespace {

/// Calls fold_settled() beside the test's own thread, which makes the groups.
Result<FoldSummary> fold(Desk& desk, std::optional<SubjectNumber> subject) {
    auto asked = std::async(std::launch::async, [&] { return desk.recorder.fold_settled(subject); });
    while (asked.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
        (void)desk.recorder.run_once();
    }
    return asked.get();
}

}  // namespace

TEST_CASE("Whoever asks waits until everything is folded, slice by slice") {
    Desk desk;
    const auto folded = fold(desk, SubjectNumber{7});
    REQUIRE(folded);
    CHECK(folded->activities == 3);
    CHECK(folded->observations == 6);
    CHECK_FALSE(folded->more);
    CHECK(desk.ledger.settled() == std::vector(3, std::optional{SubjectNumber{7}}));
    REQUIRE(fold(desk, {}));
    CHECK_FALSE(desk.ledger.settled().back());
    CHECK(desk.recorder.figures().folds == 4);
}

TEST_CASE("What cannot be folded is told, and asking again does it") {
    Desk desk;
    desk.ledger.fail_next(FakeLedgerWriter::Call::Fold);
    CHECK(fold(desk, {}).error().kind == ErrorKind::Unavailable);
    CHECK(desk.recorder.figures().failed_folds == 1);
    CHECK(fold(desk, {}));
}

TEST_CASE("Who asks after the end is told so") {
    Desk desk;
    std::stop_source stop;
    stop.request_stop();
    desk.recorder.run(stop.get_token());
    CHECK(desk.recorder.fold_settled({}).error().kind == ErrorKind::Unavailable);
}

TEST_CASE("A long backlog is folded slice by slice, and what waits is written between two slices") {
    auto options = options_of_two_origins();
    options.fold_after = 2;
    Desk desk{options};
    desk.ledger.slices = 6;
    std::vector<std::size_t> durable;  // of the committing thread alone
    int answered = 0;                  // likewise
    desk.ledger.on_fold = [&] {
        durable.push_back(desk.durable().attempts.size());
        const auto number = static_cast<int>(durable.size());
        desk.recorder.intend(post("alice", number, "a.example"),
                             [&](const Result<IntentId>& id) { answered += id ? 1 : 0; });
    };
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    const std::vector<records::Observation> two{post("alice", 0, "a.example"), post("alice", 0, "b.example")};
    REQUIRE(desk.recorder.observe(two));
    // One delivery is too little for a fold, and the interval is a minute: what follows is the backlog's.
    const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (desk.recorder.figures().folds < 6 && std::chrono::steady_clock::now() < enough) {
        std::this_thread::yield();
    }
    committing.request_stop();
    committing.join();
    CHECK(durable == std::vector<std::size_t>{2, 3, 4, 5, 6, 7});
    CHECK(answered == 6);
}

TEST_CASE("What the ledger wants folded does not wait for its time") {
    Desk desk;
    desk.ledger.on_commit = [&] { desk.ledger.wants = true; };  // of the committing thread alone
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    const std::vector<records::Observation> one{post("alice", 0, "a.example")};
    REQUIRE(desk.recorder.observe(one));
    const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (desk.recorder.figures().folds < 1 && std::chrono::steady_clock::now() < enough) {
        std::this_thread::yield();
    }
    committing.request_stop();
    committing.join();
    CHECK(desk.ledger.folds() >= 1);
}

TEST_CASE("A stop waits for the slice that is being folded and for no other") {
    Desk desk;
    std::stop_source stop;
    desk.ledger.settled_slices = 1'000;
    desk.ledger.on_fold = [&] { stop.request_stop(); };
    auto asked = std::async(std::launch::async, [&] { return desk.recorder.fold_settled({}); });
    desk.recorder.run(stop.get_token());
    CHECK(asked.get().error().kind == ErrorKind::Unavailable);
    CHECK(desk.ledger.settled().size() == 1);
}
