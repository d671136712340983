// Workers that pass over what is damaged, and say so.

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "app/damaged_people.hpp"
#include "app/step_loop.hpp"
#include "app/system_clock.hpp"

using namespace std::chrono_literals;
using fedtrail::Error;
using fedtrail::ErrorKind;
using fedtrail::Instant;
using fedtrail::Result;
using fedtrail::app::DamagedPeople;
using fedtrail::app::StepLoop;
using fedtrail::app::SystemClock;
using fedtrail::privacy::SubjectNumber;

namespace {

/// A worker that meets one damaged thing after another, and what was told of it.
class DamagedWork {
public:
    Result<std::optional<Instant>> step() {
        const std::lock_guard held{guard_};
        ++steps_;
        changed_.notify_all();
        return fedtrail::fail(ErrorKind::Corrupt, steps_ % 2 == 0 ? "one is damaged" : "another is");
    }
    void tell(const Error* error) {
        const std::lock_guard held{guard_};
        ++told_;
        sentences_.insert(error == nullptr ? "" : error->what);
    }
    bool reaches(int steps, std::chrono::milliseconds within = 90s) {
        std::unique_lock lock{guard_};
        return changed_.wait_for(lock, within, [&] { return steps_ >= steps; });
    }
    int told() {
        const std::lock_guard held{guard_};
        return told_;
    }
    std::set<std::string> sentences() {
        const std::lock_guard held{guard_};
        return sentences_;
    }

private:
    std::mutex guard_;
    std::condition_variable changed_;
    int steps_{};
    int told_{};
    std::set<std::string> sentences_;
};

}  // namespace

TEST_CASE("A worker that passes over damage goes on, and each thing is told once", "[app][loop][damage]") {
    const SystemClock clock;
    DamagedWork work;
    StepLoop::Limits limits{1h, 1h};  // as a failure it would wait an hour, and as a success
    limits.past_damage = true;
    limits.after_damage = 1ms;
    StepLoop loop{"test", clock, limits, [&](const std::string&, const Error* error) { work.tell(error); }};
    static_cast<void>(loop.add("w", [&] { return work.step(); }));
    loop.start();
    REQUIRE(work.reaches(6));
    loop.stop();
    CHECK(work.told() == 2);
    CHECK(work.sentences() == std::set<std::string>{"one is damaged", "another is"});
}

TEST_CASE("A worker that meets damage rests longer than one that has nothing to do", "[app][loop][damage]") {
    const SystemClock clock;
    DamagedWork work;
    StepLoop::Limits limits{1ms, 1ms};
    limits.past_damage = true;
    limits.after_damage = 1h;
    StepLoop loop{"test", clock, limits, [](const std::string&, const Error*) {}};
    static_cast<void>(loop.add("w", [&] { return work.step(); }));
    loop.start();
    REQUIRE(work.reaches(1));
    CHECK_FALSE(work.reaches(2, 20ms));
}

TEST_CASE("A worker that was woken while it met damage is called again", "[app][loop][damage]") {
    const SystemClock clock;
    DamagedWork work;
    std::function<void()> wake;
    int woken = 0;
    StepLoop::Limits limits{1h, 1h};
    limits.past_damage = true;
    limits.after_damage = 1h;
    StepLoop loop{"test", clock, limits, [](const std::string&, const Error*) {}};
    wake = loop.add("w", [&] {
        if (++woken == 1) {
            wake();
        }
        return work.step();
    });
    loop.start();
    CHECK(work.reaches(2));
}

TEST_CASE("A failure that comes after damage is told as well", "[app][loop][damage]") {
    const SystemClock clock;
    DamagedWork work;
    StepLoop::Limits limits{1ms, 1ms};
    limits.past_damage = true;
    limits.after_damage = 1ms;
    StepLoop loop{"test", clock, limits, [&](const std::string&, const Error* error) { work.tell(error); }};
    int steps = 0;
    static_cast<void>(loop.add("w", [&]() -> Result<std::optional<Instant>> {
        static_cast<void>(work.step());
        constexpr std::array kKinds{ErrorKind::Unavailable, ErrorKind::Corrupt, ErrorKind::Unavailable};
        return fedtrail::fail(kKinds.at(static_cast<std::size_t>(std::min(steps++, 2))), "it fails");
    }));
    loop.start();
    REQUIRE(work.reaches(4));
    loop.stop();
    // The failure, the damage, that no failure is left, and the failure anew.
    CHECK(work.told() == 4);
}

TEST_CASE("A person who is damaged is told of once, and counted", "[app][damage]") {
    std::multiset<SubjectNumber> told;
    DamagedPeople people{[&](SubjectNumber who, const Error&) { told.insert(who); }};
    const Error error{ErrorKind::Corrupt, "a key is damaged", {}};
    for (const std::uint64_t number : {7U, 9U, 7U}) {
        people.note(SubjectNumber{number}, error);
    }
    CHECK(told == std::multiset<SubjectNumber>{SubjectNumber{7}, SubjectNumber{9}});
    CHECK(people.count() == 2);
}
