/// Who waits for the log's guard, and how long.

#include "app/log_guard.hpp"

#include <chrono>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

using namespace std::chrono_literals;
using fedtrail::app::GuardFile;
using fedtrail::app::is_held_by_another;
using fedtrail::testing::TempDir;

TEST_CASE("Whoever holds the guard for long keeps nobody waiting without end", "[app][log][guard]") {
    const TempDir dir;
    GuardFile one{dir / "log.guard"};
    GuardFile other{dir / "log.guard"};  // as in another process
    {
        const auto held = one.hold(0ms);
        REQUIRE(held);
        const auto refused = other.hold(5ms);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == fedtrail::ErrorKind::Unavailable);
        CHECK(is_held_by_another(refused));
    }
    const auto held = other.hold(0ms);
    CHECK(held);
    CHECK_FALSE(is_held_by_another(held));
}
