// When the committing thread wakes, and when it does not have to.

#include "capture/queue.hpp"

#include <algorithm>
#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/resource.h>

using namespace fedtrail;
using namespace std::chrono_literals;
using capture::Queue;
using std::chrono::steady_clock;

namespace {

constexpr capture::Settlement kSettled{IntentId{1}, privacy::Outcome{privacy::OutcomeKind::Accepted, 202}};

capture::RecorderOptions lingering(std::chrono::milliseconds linger) {
    capture::RecorderOptions options;
    options.linger = linger;
    return options;
}

struct Waited {
    bool due{};
    long sleeps{};  ///< How often the thread gave up its processor to wait.
};

/// As the committing thread does it, on a thread of its own.
std::future<Waited> wait_for(Queue& queue, const std::stop_token& stop, std::chrono::milliseconds time) {
    return std::async(std::launch::async, [&queue, stop, time] {
        rusage before{};
        rusage after{};
        ::getrusage(RUSAGE_THREAD, &before);
        const bool due = queue.wait(stop, steady_clock::now() + time);
        ::getrusage(RUSAGE_THREAD, &after);
        return Waited{due, after.ru_nvcsw - before.ru_nvcsw};
    });
}

}  // namespace

TEST_CASE("An outcome that is due before the writer wakes by itself wakes it", "[recorder][queue]") {
    const auto options = lingering(1ms);
    Queue queue{options};
    const auto begin = steady_clock::now();
    auto waited = wait_for(queue, {}, 120s);
    std::this_thread::sleep_for(5ms);  // it waits by then
    queue.put_settlement(kSettled);
    CHECK(waited.get().due);
    CHECK(steady_clock::now() - begin < 60s);
}

TEST_CASE("An outcome that is due later lets the writer sleep", "[recorder][queue]") {
    const auto options = lingering(10s);
    long fewest = 100;
    for (int round = 0; round < 3; ++round) {  // a busy machine may take it off its processor more often
        Queue queue{options};
        auto waited = wait_for(queue, {}, 20ms);
        std::this_thread::sleep_for(5ms);
        queue.put_settlement(kSettled);
        const auto [due, sleeps] = waited.get();
        CHECK_FALSE(due);
        CHECK(queue.take().group.settlements.size() == 1);
        fewest = std::min(fewest, sleeps);
    }
    CHECK(fewest == 1);
}

TEST_CASE("A stop ends the writer's wait", "[recorder][queue]") {
    const auto options = lingering(1ms);
    Queue queue{options};
    std::stop_source stop;
    const auto begin = steady_clock::now();
    auto waited = wait_for(queue, stop.get_token(), 120s);
    std::this_thread::sleep_for(5ms);
    stop.request_stop();
    CHECK_FALSE(waited.get().due);
    CHECK_FALSE(queue.wait(stop.get_token(), steady_clock::now() + 120s));  // nor does the next one begin
    CHECK(steady_clock::now() - begin < 60s);
}
