// The ledger is folded because somebody asks for it.

#include <future>

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
