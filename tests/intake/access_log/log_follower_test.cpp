#include "intake/access_log/log_follower.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "fakes/stopped_clock.hpp"
#include "intake/access_log/access_line.hpp"
#include "intake/access_log/line_splitter.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::access_log;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// A log, and whoever follows it.
struct Log {
    testing::TempDir dir;
    testing::StoppedClock clock;
    LogPlace place{};
    std::optional<LogFollower> follower;
    std::optional<Instant> since{};

    Log() { start(); }

    [[nodiscard]] std::filesystem::path path(const std::string& name = "access.log") const {
        return dir.path() / name;
    }
    void write(const std::string& text, const std::string& name = "access.log") const {
        std::ofstream{path(name), std::ios::binary | std::ios::app} << text;
    }
    void rename(const std::string& from, const std::string& to) const {
        std::filesystem::rename(path(from), path(to));
    }
    /// Anew, from the place that was kept.
    void start() {
        LogFollower::Options options;
        options.piece = 70'000;
        options.since = since;
        follower.emplace(path(), place, clock, options);
    }
    /// Everything that can be read now.
    Lines read() {
        Lines lines;
        for (;;) {
            const auto more = follower->read([&](std::string_view line) {
                lines.emplace_back(line);
                return Result<void>{};
            });
            if (!more || !*more) {
                break;
            }
        }
        place = follower->place();
        return lines;
    }
    /// The same, after those who still write to a renamed log are done.
    Lines read_later() {
        auto lines = read();
        clock.at += 10s;
        const auto more = read();
        lines.insert(lines.end(), more.begin(), more.end());
        return lines;
    }
};

}  // namespace

TEST_CASE("A log is followed as it grows, whole lines only", "[intake][access_log][follower]") {
    Log log;
    CHECK(log.follower->read([](std::string_view) { return Result<void>{}; }).error().kind ==
          ErrorKind::NotFound);
    log.write("a\nb\n\nc");
    CHECK(log.read() == Lines{"a", "b"});
    log.write("d\r\n");
    CHECK(log.read() == Lines{"cd"});
    CHECK(log.read().empty());
    log.start();
    CHECK(log.read().empty());
    log.write("e\n");
    CHECK(log.follower->behind() == 2);
    CHECK(log.read() == Lines{"e"});
    CHECK(log.follower->gaps() == 0);
}

TEST_CASE("A renamed log is read to its end, then the new one", "[intake][access_log][follower]") {
    Log log;
    log.write("a\n");
    CHECK(log.read() == Lines{"a"});
    log.rename("access.log", "access.log.1");
    CHECK(log.read().empty());
    log.write("b\n", "access.log.1");
    log.write("c\n");
    CHECK(log.read() == Lines{"b"});
    log.write("late\n", "access.log.1");
    CHECK(log.read_later() == Lines{"late", "c"});
    log.write("d\n");
    CHECK(log.read() == Lines{"d"});
    CHECK(log.follower->gaps() == 0);
}

TEST_CASE("A log that was rotated while nobody followed is found again", "[intake][access_log][follower]") {
    Log log;
    log.write("a\nb\n");
    CHECK(log.read() == Lines{"a", "b"});
    SECTION("renamed once") {
        log.write("c\n");
        log.rename("access.log", "access.log.1");
        log.write("d\n");
        log.write("not of the log\n", "access.log.1.gz");
        log.write("nor this\n", "access.log.rejected");
        log.start();
        CHECK(log.read_later() == Lines{"c", "d"});
    }
    SECTION("renamed twice") {
        const auto old = std::filesystem::file_time_type::clock::now() - 2h;
        log.write("c\n");
        log.rename("access.log", "access.log.2");
        std::filesystem::last_write_time(log.path("access.log.2"), old);
        log.write("d\n", "access.log.1");
        std::filesystem::last_write_time(log.path("access.log.1"), old + 1h);
        log.write("e\n");
        log.start();
        CHECK(log.read_later() == Lines{"c", "d"});
        CHECK(log.read_later() == Lines{"e"});
    }
    SECTION("renamed as Caddy does") {
        log.write("c\n");
        log.rename("access.log", "access-2026-11-28T10-00-00.000.log");
        log.write("d\n");
        log.start();
        CHECK(log.read_later() == Lines{"c", "d"});
    }
    SECTION("packed away") {
        log.rename("access.log", "access.log.1.gz");
        log.write("x\n");
        log.start();
        CHECK(log.read() == Lines{"x"});
        CHECK(log.follower->gaps() == 1);
        return;
    }
    CHECK(log.follower->gaps() == 0);
}

TEST_CASE("A log that was rotated before a line of it was read is read", "[intake][access_log][follower]") {
    Log log;
    const auto written_at = [&log](const std::string& name, std::chrono::seconds after) {
        std::filesystem::last_write_time(log.path(name),
                                         std::filesystem::file_time_type::clock::now() + after);
    };
    log.since = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    log.start();
    CHECK(log.read().empty());
    log.write("before\n", "access.log.3");
    written_at("access.log.3", -60s);
    log.write("a\n", "access.log.2");
    written_at("access.log.2", 10s);
    log.write("b\n", "access.log.1");
    written_at("access.log.1", 20s);
    log.write("c\n");
    written_at("access.log", 30s);
    log.start();
    auto lines = log.read_later();
    const auto last = log.read_later();
    lines.insert(lines.end(), last.begin(), last.end());
    CHECK(lines == Lines{"a", "b", "c"});
    CHECK(log.follower->gaps() == 0);
}

TEST_CASE("A log that is copied and truncated loses nothing", "[intake][access_log][follower]") {
    Log log;
    log.write("first\nsecond\n");
    CHECK(log.read() == Lines{"first", "second"});
    log.write("third\n");
    std::filesystem::copy_file(log.path(), log.path("access.log.1"));
    std::filesystem::resize_file(log.path(), 0);
    const bool grown = GENERATE(false, true);
    const bool restarted = GENERATE(false, true);
    log.write(grown ? "a line as long as all there was before\n" : "x\n");
    if (restarted) {
        log.start();
    }
    CHECK(log.read_later() == Lines{"third", grown ? "a line as long as all there was before" : "x"});
    CHECK(log.follower->gaps() == 0);
}

TEST_CASE("A line without end is one bad line, and a line not taken comes again",
          "[intake][access_log][follower]") {
    Log log;
    log.write("a\n" + std::string(300'000, 'x') + "\nb\n");
    const auto lines = log.read();
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].size() > kMaxLineBytes);
    CHECK(lines[2] == "b");
    log.write("c\nd\n");
    int tries = 0;
    const auto refuse = [&](std::string_view line) -> Result<void> {
        ++tries;
        return line == "d" ? Result<void>{fail(ErrorKind::Unavailable, "not now")} : Result<void>{};
    };
    CHECK_FALSE(log.follower->read(refuse));
    CHECK(log.read() == Lines{"d"});
    CHECK(tries == 2);
}

TEST_CASE("Lines come out of pieces as they went in", "[intake][access_log]") {
    const std::string text = "a\nbb\r\n\n" + std::string(kMaxLineBytes + 10'000, 'x') + "\nccc";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{65'536}, text.size()}) {
        LineSplitter splitter{5};
        std::vector<std::pair<std::size_t, std::uint64_t>> lines;
        const auto note = [&](const LineSplitter::Line& line) {
            lines.emplace_back(line.text.size(), line.end);
        };
        for (std::size_t at = 0; at < text.size(); at += piece) {
            splitter.feed(std::string_view{text}.substr(at, piece));
            while (const auto line = splitter.next()) {
                note(*line);
            }
        }
        if (const auto line = splitter.last()) {
            note(*line);
        }
        CHECK(lines ==
              std::vector<std::pair<std::size_t, std::uint64_t>>{
                  {1, 7}, {2, 11}, {0, 12}, {kMaxLineBytes + 1, text.size() + 5 - 3}, {3, text.size() + 5}});
    }
}
