#include "backends/weasyprint/bounded_program.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <thread>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

namespace fedtrail::weasyprint {

namespace {

std::string said_in(const testing::TempDir& room) {
    std::ostringstream text;
    text << std::ifstream{room / "said"}.rdbuf();
    return text.str();
}

std::vector<std::string> shell(const std::string& script) {
    return {"/bin/sh", "-c", script};
}

}  // namespace

TEST_CASE("A program's exit code and words come back", "[weasyprint]") {
    const testing::TempDir room;
    CHECK(run_bounded(shell("echo out; echo err >&2; exit 7"), room.path(), {}) == 7);
    CHECK(said_in(room) == "out\nerr\n");
}

TEST_CASE("A program gets nothing of our environment but where programs are", "[weasyprint]") {
    const testing::TempDir room;
    ::setenv("FEDTRAIL_MASTER_KEY", "secret", 1);
    CHECK(run_bounded({"/usr/bin/env"}, room.path(), {}) == 0);
    ::unsetenv("FEDTRAIL_MASTER_KEY");
    CHECK(said_in(room).find("secret") == std::string::npos);
    CHECK(said_in(room).find("HOME=" + room.path().string()) != std::string::npos);
}

TEST_CASE("A program that does not end is ended, with what it started", "[weasyprint]") {
    const testing::TempDir room;
    const auto mark = (room / "mark").string();
    Bounds bounds;
    bounds.time = std::chrono::seconds{1};
    const auto ended = run_bounded(shell("(sleep 10; touch " + mark + ") & sleep 60"), room.path(), bounds);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().kind == ErrorKind::Unavailable);
    CHECK(ended.error().what == "sh took longer than 1 second");
    ::sleep(10);  // as long as a machine may stand still between the limit and the end
    CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE("A program is ended when we stop, also if that was before it began", "[weasyprint]") {
    const testing::TempDir room;
    const bool before = GENERATE(false, true);
    std::stop_source stop;
    Bounds bounds;
    bounds.time = std::chrono::seconds{600};
    bounds.stop = stop.get_token();
    if (before) {
        stop.request_stop();
    }
    const std::jthread later{[&] {
        std::error_code ignored;
        while (!before && !std::filesystem::exists(room.path() / "begun", ignored)) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        stop.request_stop();
    }};
    const auto start = std::chrono::steady_clock::now();
    const auto ended = run_bounded(shell("touch $HOME/begun; sleep 600"), room.path(), bounds);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{60});
    REQUIRE_FALSE(ended);
    CHECK_THAT(ended.error().what, Catch::Contains("Fedtrail stops"));
}

TEST_CASE("A program cannot write more or take more memory than it may", "[weasyprint]") {
    const testing::TempDir room;
    Bounds bounds;
    bounds.file = 100'000;
    bounds.memory = std::uint64_t{64} << 20U;
    const auto big = (room / "big").string();
    const auto written =
        run_bounded(shell("sleep 0.2; head -c 10000000 /dev/zero > " + big), room.path(), bounds);
    CHECK((!written || *written != 0));
    CHECK(std::filesystem::file_size(big) <= 100'000);
    const auto eaten =
        run_bounded(shell("sleep 0.2; head -c 1000000000 /dev/zero | tail -c 999999999 > /dev/null"),
                    room.path(),
                    bounds);
    CHECK((!eaten || *eaten != 0));
}

TEST_CASE("A program that is not there cannot be started", "[weasyprint]") {
    const testing::TempDir room;
    CHECK_FALSE(run_bounded({"/nowhere/at/all"}, room.path(), {}));
    CHECK(find_program("no-such-program-anywhere").empty());
    CHECK(find_program("sh").filename() == "sh");
}

}  // namespace fedtrail::weasyprint
