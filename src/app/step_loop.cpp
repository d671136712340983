#include "app/step_loop.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "app/threads.hpp"

namespace fedtrail::app {

namespace {

constexpr std::size_t kMostDamageTold = 100;

}  // namespace

StepLoop::StepLoop(const char* name, const Clock& clock, Limits limits, Told told)
    : name_(name), clock_(clock), limits_(limits), told_(std::move(told)) {}

StepLoop::~StepLoop() {
    stop();
}

std::function<void()> StepLoop::add(std::string name, Step step) {
    auto& worker = workers_.emplace_back();
    worker.name = std::move(name);
    worker.step = std::move(step);
    return [this, &worker] {
        const std::lock_guard held{guard_};
        worker.woken = true;
        changed_.notify_all();
    };
}

void StepLoop::start() {
    thread_ = named_thread(name_, [this](const std::stop_token& stop) { run(stop); });
}

void StepLoop::wake() {
    const std::lock_guard held{guard_};
    for (auto& worker : workers_) {
        worker.woken = true;
    }
    changed_.notify_all();
}

void StepLoop::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void StepLoop::run(const std::stop_token& stop) {
    const auto woken = [this] { return anybody_woken(); };
    std::unique_lock held{guard_};
    while (!stop.stop_requested()) {
        auto* const worker = next_due(clock_.now());
        if (worker == nullptr) {
            changed_.wait_for(held, stop, patience(clock_.now()), woken);
            continue;
        }
        worker->woken = false;
        held.unlock();
        call(*worker);
        held.lock();
    }
}

bool StepLoop::anybody_woken() const {
    return std::any_of(workers_.begin(), workers_.end(), [](const Worker& worker) { return worker.woken; });
}

/// A worker is never put off for longer than this: what is due later was due by a clock that was set back.
std::chrono::milliseconds StepLoop::longest() const {
    return std::max({limits_.at_least, limits_.after_failure, limits_.after_damage});
}

/// Workers take turns: who was called goes to the back by its new time.
StepLoop::Worker* StepLoop::next_due(Instant now) {
    Worker* found = nullptr;
    for (auto& worker : workers_) {
        const bool due =
            worker.woken || (worker.due && (*worker.due <= now || *worker.due - now > longest()));
        if (due && (found == nullptr || worker.due.value_or(Instant{}) < found->due.value_or(Instant{}))) {
            found = &worker;
        }
    }
    return found;
}

void StepLoop::call(Worker& worker) {
    const std::lock_guard no_other{stepping_};
    const auto done = worker.step();
    const bool damage = limits_.past_damage && !done && done.error().kind == ErrorKind::Corrupt;
    const bool failed = !done && !damage;
    if (damage) {
        tell_damage(worker, done.error());
    }
    if (failed != worker.failing) {
        worker.failing = failed;
        told_(worker.name, failed ? &done.error() : nullptr);
    }
    const auto now = clock_.now();
    const std::lock_guard held{guard_};
    worker.due = now + (failed ? limits_.after_failure : damage ? limits_.after_damage : limits_.at_least);
    if (done && *done) {
        worker.due = std::min(*worker.due, **done);
    }
    worker.woken = worker.woken && !failed;  // what wakes it must not make it fail in a circle
}

/// What is damaged stays so, and is met again and again: each is said once.
void StepLoop::tell_damage(Worker& worker, const Error& error) {
    if (worker.damage.size() < kMostDamageTold && worker.damage.insert(error.what).second) {
        told_(worker.name, &error);
    }
}

std::chrono::milliseconds StepLoop::patience(Instant now) const {
    auto wait = limits_.at_least;
    for (const auto& worker : workers_) {
        if (worker.due) {
            wait = std::min(wait, *worker.due - now);
        }
    }
    return std::max(wait, std::chrono::milliseconds{1});
}

StepLoop::Limits past_damage() {
    StepLoop::Limits limits;
    limits.past_damage = true;
    return limits;
}

StepLoop::Told told_in_log(std::string whose) {
    return [whose = std::move(whose)](const std::string& worker, const Error* error) {
        if (error != nullptr) {
            spdlog::error("{}{}: {}. {}", whose, worker, error->what, error->remedy);
        } else {
            spdlog::info("{}{}: works again", whose, worker);
        }
    };
}

}  // namespace fedtrail::app
