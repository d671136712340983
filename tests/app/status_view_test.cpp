/// What `status` finds wrong.

#include "app/status_view.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "fakes/held_ledger.hpp"
#include "temp_dir.hpp"

namespace fedtrail::app {

TEST_CASE("What is counted since the sidecar's start is said to be", "[app][status]") {
    const testing::TempDir dir;
    Config config;
    config.data_dir = dir.path();
    const testing::HeldLedger ledger;
    const RunningAnswers answers{true, {{"fedtrail_erasure_deleted_again_total", 1}}};
    const auto seen =
        status_view({config, ledger, {}, answers, [] { return Result<DueErasures>{DueErasures{}}; }});
    REQUIRE(seen);
    CHECK(std::any_of(seen->wrong.begin(), seen->wrong.end(), [](const Error& wrong) {
        return wrong.what ==
               "1 account was deleted once more soon after that was taken back, and nothing was opened "
               "(since "
               "the sidecar's start)";
    }));
}

}  // namespace fedtrail::app
