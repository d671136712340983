#include "app/step_loop.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <catch2/catch.hpp>

#include "app/system_clock.hpp"

using namespace std::chrono_literals;
using fedtrail::Error;
using fedtrail::ErrorKind;
using fedtrail::Instant;
using fedtrail::Result;
using fedtrail::app::StepLoop;
using fedtrail::app::SystemClock;

namespace {

using Answer = Result<std::optional<Instant>>;

/// Counts, and lets a test wait for a number.
class Counter {
public:
    void one_more() {
        const std::lock_guard held{guard_};
        ++count_;
        changed_.notify_all();
    }
    bool reaches(int number) {
        std::unique_lock lock{guard_};
        return changed_.wait_for(lock, 90s, [&] { return count_ >= number; });
    }
    [[nodiscard]] int now() {
        const std::lock_guard held{guard_};
        return count_;
    }

private:
    std::mutex guard_;
    std::condition_variable changed_;
    int count_{};
};

/// May be set back while the loop runs.
class SetClock final : public fedtrail::Clock {
public:
    [[nodiscard]] Instant now() const override { return right_.now() - std::chrono::hours{late_.load()}; }
    void back(int hours) { late_ += hours; }

private:
    SystemClock right_;
    std::atomic<int> late_{};
};

/// Nothing happens by itself within a test.
constexpr StepLoop::Limits kNever{1h, 1h};

}  // namespace

TEST_CASE("A worker is called at the start, and again when it is woken", "[app][loop]") {
    const SystemClock clock;
    Counter calls;
    StepLoop loop{"test", clock, kNever, [](const std::string&, const Error*) {}};
    const auto wake = loop.add("w", [&]() -> Answer {
        calls.one_more();
        return std::nullopt;
    });
    loop.start();
    REQUIRE(calls.reaches(1));
    wake();
    CHECK(calls.reaches(2));
    loop.wake();
    CHECK(calls.reaches(3));
    loop.stop();
    CHECK(calls.now() == 3);
}

TEST_CASE("A worker is called again at the time it names", "[app][loop]") {
    const SystemClock clock;
    Counter calls;
    StepLoop loop{"test", clock, kNever, [](const std::string&, const Error*) {}};
    const auto wake = loop.add("w", [&]() -> Answer {
        calls.one_more();
        return std::optional{clock.now() + 2ms};
    });
    loop.start();
    CHECK(calls.reaches(5));
}

TEST_CASE("A worker that names no time is called now and then, for others write as well", "[app][loop]") {
    const SystemClock clock;
    Counter calls;
    StepLoop loop{"test", clock, {2ms, 1h}, [](const std::string&, const Error*) {}};
    const auto wake = loop.add("w", [&]() -> Answer {
        calls.one_more();
        return std::nullopt;
    });
    loop.start();
    CHECK(calls.reaches(5));
}

TEST_CASE("One worker that is always due does not keep the others from their turn", "[app][loop]") {
    const SystemClock clock;
    Counter busy;
    Counter other;
    StepLoop loop{"test", clock, kNever, [](const std::string&, const Error*) {}};
    const auto first = loop.add("busy", [&]() -> Answer {
        busy.one_more();
        return std::optional{clock.now()};
    });
    const auto second = loop.add("other", [&]() -> Answer {
        other.one_more();
        return std::optional{clock.now() + 1ms};
    });
    loop.start();
    CHECK(other.reaches(5));
    CHECK(busy.now() > 0);
}

TEST_CASE("A failure is told once, tried again, and its end is told too", "[app][loop]") {
    const SystemClock clock;
    Counter calls;
    Counter told;
    std::atomic<int> failures{};
    std::atomic<bool> broken{true};
    std::atomic<bool> named{true};
    StepLoop loop{"test", clock, {2ms, 2ms}, [&](const std::string& worker, const Error* error) {
                      named = named && worker == "w";
                      failures += error != nullptr ? 1 : 0;
                      told.one_more();
                  }};
    const auto wake = loop.add("w", [&]() -> Answer {
        calls.one_more();
        if (broken) {
            return fedtrail::fail(ErrorKind::Unavailable, "the disk is full");
        }
        return std::nullopt;
    });
    loop.start();
    REQUIRE(calls.reaches(4));
    CHECK(failures == 1);
    broken = false;
    CHECK(told.reaches(2));
    CHECK(named);
    CHECK(failures == 1);
}

TEST_CASE("Between steps no worker runs", "[app][loop]") {
    const SystemClock clock;
    Counter calls;
    std::atomic<bool> inside{};
    std::atomic<bool> overlapped{};
    StepLoop loop{"test", clock, {1ms, 1ms}, [](const std::string&, const Error*) {}};
    const auto wake = loop.add("w", [&]() -> Answer {
        overlapped = overlapped || inside;
        calls.one_more();
        return std::optional{clock.now()};
    });
    loop.start();
    for (int i = 1; i <= 20; ++i) {
        REQUIRE(calls.reaches(i));
        const auto paused = loop.pause();
        inside = true;
        const auto before = calls.now();
        wake();
        CHECK(calls.now() == before);
        inside = false;
    }
    CHECK_FALSE(overlapped);
}

TEST_CASE("A clock that is set back by hours lets no worker wait for its old time", "[app][loop]") {
    SetClock clock;
    Counter calls;
    StepLoop loop{"test", clock, {2ms, 2ms, false, 2ms}, [](const std::string&, const Error*) {}};
    const auto wake = loop.add("w", [&]() -> Answer {
        calls.one_more();
        return std::nullopt;
    });
    loop.start();
    for (int i = 1; i <= 3; ++i) {
        REQUIRE(calls.reaches(2 * i));
        clock.back(5);
    }
    CHECK(calls.reaches(calls.now() + 2));
}
