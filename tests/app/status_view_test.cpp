/// What `status` finds wrong.

#include "app/status_view.hpp"

#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/forgetting_wing.hpp"
#include "app/shredding_register.hpp"
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

namespace {

bool finds(const api::StatusView& seen, const std::string& what) {
    return std::any_of(seen.wrong.begin(), seen.wrong.end(), [&](const Error& wrong) {
        return wrong.what.find(what) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("A sidecar that does not answer in time is not said to be not ready", "[app][status]") {
    const testing::TempDir dir;
    Config config;
    config.data_dir = dir.path();
    const testing::HeldLedger ledger;
    const RunningInstance running{7, "127.0.0.1:1", "127.0.0.1:2", "2026-11-22T10:15:00Z"};
    const auto due = [] { return Result<DueErasures>{DueErasures{}}; };
    const auto silent = status_view({config, ledger, running, {false, {}, false}, due});
    REQUIRE(silent);
    CHECK(finds(*silent, "did not answer in time"));
    CHECK_FALSE(finds(*silent, "is not ready"));
    const auto answered = [](const api::StatusView& seen) {
        return nlohmann::json::parse(api::status_json(seen))["running"]["answered"];
    };
    CHECK(answered(*silent) == false);
    const auto unready = status_view({config, ledger, running, {false, {}, true}, due});
    REQUIRE(unready);
    CHECK(finds(*unready, "the sidecar is not ready"));
    CHECK_FALSE(finds(*unready, "did not answer"));
    CHECK(answered(*unready) == true);
    CHECK_FALSE(ask_running(running, config.data_dir).answered);  // nobody listens there
}

TEST_CASE("Whoever shredded the only person is not told that nothing was recorded", "[app][status]") {
    const testing::TempDir dir;
    Config config;
    config.data_dir = dir.path();
    const testing::HeldLedger ledger;
    const auto due = [] { return Result<DueErasures>{DueErasures{}}; };
    CHECK(finds(*status_view({config, ledger, {}, {}, due}), "nothing was recorded yet"));
    REQUIRE(ShreddingRegister::merge(shredding_register_file(config),
                                     {{std::string(32, 'a'), privacy::SubjectNumber{1}, Instant{}}}));
    CHECK_FALSE(finds(*status_view({config, ledger, {}, {}, due}), "nothing was recorded yet"));
}

}  // namespace fedtrail::app
