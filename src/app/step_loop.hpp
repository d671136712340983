/// A thread for workers that do what is due and say when they want to be called again.

#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/clock.hpp"

namespace fedtrail::app {

/// What step() of a worker is: does what is due, gives the time of the next call, or nothing if it wants to
/// be woken.
using Step = std::function<Result<std::optional<Instant>>()>;

/// Workers are called one after the other, each when it is due or was woken, and at least every `at_least`:
/// other processes write into the books as well, and they cannot wake anybody here.
class StepLoop {
public:
    struct Limits {
        std::chrono::milliseconds at_least{1'000};
        std::chrono::milliseconds after_failure{5'000};
        /// Corrupt means that a worker did all but what is damaged: that is told once of each thing, and who
        /// wakes it does not wait as after a failure.
        bool past_damage{false};
        /// What is damaged stays so, and each call costs a whole step.
        std::chrono::milliseconds after_damage{5'000};
    };
    /// From the loop's thread, when a worker begins to fail (with the error) or works again (without).
    using Told = std::function<void(const std::string& worker, const Error* error)>;

    /// `clock` must outlive it.
    StepLoop(const char* name, const Clock& clock, Limits limits, Told told);
    StepLoop(const StepLoop&) = delete;
    StepLoop& operator=(const StepLoop&) = delete;
    StepLoop(StepLoop&&) = delete;
    StepLoop& operator=(StepLoop&&) = delete;
    ~StepLoop();

    /// Before start(). The answer wakes this worker, from any thread; it must not outlive the loop.
    [[nodiscard]] std::function<void()> add(std::string name, Step step);
    void start();
    /// Wakes all.
    void wake();
    /// Returns when no worker runs any more. Idempotent.
    void stop();
    /// No worker runs while the lock is held. Not from a worker.
    [[nodiscard]] std::unique_lock<std::mutex> pause() { return std::unique_lock{stepping_}; }

private:
    struct Worker {
        std::string name;
        Step step;
        bool woken{true};
        std::optional<Instant> due;
        bool failing{};
        std::set<std::string> damage;  ///< That was told.
    };

    void run(const std::stop_token& stop);
    [[nodiscard]] bool anybody_woken() const;
    [[nodiscard]] std::chrono::milliseconds longest() const;
    [[nodiscard]] Worker* next_due(Instant now);
    void call(Worker& worker);
    void tell_damage(Worker& worker, const Error& error);
    [[nodiscard]] std::chrono::milliseconds patience(Instant now) const;

    const char* name_;
    const Clock& clock_;
    Limits limits_;
    Told told_;
    std::mutex stepping_;  ///< Held while a worker runs; taken before `guard_`.
    std::mutex guard_;     ///< Of `workers_`' times and flags.
    std::condition_variable_any changed_;
    std::deque<Worker> workers_;
    std::jthread thread_;
};

/// As usual, of workers that do all but what is damaged.
[[nodiscard]] StepLoop::Limits past_damage();

/// Says it in the program's log, with `whose` before the worker's name: "erasure, ".
[[nodiscard]] StepLoop::Told told_in_log(std::string whose);

}  // namespace fedtrail::app
