// Many threads at once: for the thread sanitizer, and for the promise that everything is answered once.

#include <atomic>
#include <latch>
#include <mutex>
#include <random>
#include <thread>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;
using Call = FakeLedgerWriter::Call;

namespace {

constexpr int kThreads = 6;
constexpr int kEach = 300;
constexpr std::ptrdiff_t kAll = std::ptrdiff_t{kThreads} * kEach;

/// What one intent was told; several answers to one would show.
struct Told {
    std::atomic<int> answers{0};
    std::atomic<bool> durable{false};
};

std::size_t place_of(int thread, int number) {
    return static_cast<std::size_t>(thread) * kEach + static_cast<std::size_t>(number);
}

/// The deliveries of one thread: each an activity of its own, settled as soon as it is acknowledged. Every
/// second thread gathers them.
void deliver(capture::Recorder& recorder, int thread, std::vector<Told>& told, std::latch& answered) {
    const bool gathers = thread % 2 == 1;
    for (int i = 0; i < kEach; ++i) {
        auto& mine = told[place_of(thread, i)];
        auto seen =
            post("p" + std::to_string(i % 5), thread * kEach + i, "r" + std::to_string(i % 9) + ".example");
        const auto done = [&recorder, &mine, &answered](const Result<IntentId>& id) {
            ++mine.answers;
            mine.durable = id.has_value();
            if (id) {
                recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
            }
            answered.count_down();
        };
        if (!gathers) {
            recorder.intend(std::move(seen), done);
            continue;
        }
        recorder.gather(std::move(seen), done);
        if (i % 3 == 0 || i + 1 == kEach) {
            recorder.write_gathered();
        }
    }
}

void observe_some(capture::Recorder& recorder, int thread, std::atomic<std::size_t>& fresh) {
    for (int round = 0; round < 10; ++round) {
        std::vector<records::Observation> seen;
        for (int i = 0; i < 50; ++i) {
            seen.push_back(
                post("q" + std::to_string(thread), 1'000'000 + thread * 1'000 + round * 50 + i, "a.example"));
        }
        for (auto answer = recorder.observe(seen);; answer = recorder.observe(seen)) {
            if (answer) {
                fresh += answer->fresh;
                break;
            }
        }
        recorder.tunnel({Instant{}, host("t.example"), 1, 1});
        recorder.gap({Instant{}, Instant{}, 1});
        (void)recorder.figures();
    }
}

}  // namespace

TEST_CASE("Each observation of many threads is answered exactly once, and what is acknowledged is durable") {
    const bool failing = GENERATE(false, true);
    auto options = options_of_two_origins();
    options.max_group = 64;
    options.quick = std::chrono::hours{1};  // whoever has intents writes them, whenever it may
    Desk desk{options};
    std::mt19937 random{42};
    desk.ledger.on_commit = [&] {
        if (failing && random() % 3 == 0) {
            desk.ledger.fail_next(Call::Commit);
        }
    };
    std::vector<Told> told(static_cast<std::size_t>(kAll));
    std::latch answered{kAll};
    std::atomic<std::size_t> fresh = 0;
    {
        std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
        std::vector<std::jthread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] { deliver(desk.recorder, t, told, answered); });
        }
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&, t] { observe_some(desk.recorder, t, fresh); });
        }
        threads.clear();
        answered.wait();
    }
    std::size_t durable = 0;
    for (const auto& one : told) {
        REQUIRE(one.answers == 1);
        durable += one.durable ? 1 : 0;
    }
    if (!failing) {
        CHECK(durable == told.size());
        CHECK(fresh == 1'000);
    }
    std::size_t delivered = 0;
    for (std::size_t i = 0; i < desk.durable().attempts.size(); ++i) {
        delivered += desk.activity(i).id.find("/q") == std::string::npos ? 1 : 0;
    }
    CHECK(delivered == durable);
    CHECK(desk.durable().attempts.size() - delivered == 1'000);
    const auto figures = desk.recorder.figures();
    CHECK(figures.intents == durable);
    CHECK(figures.intents_refused == told.size() - durable);
    if (!failing) {
        CHECK(figures.settled == durable);
        CHECK(figures.gap_deliveries == 20);
        CHECK(figures.tunnels == 20);
    }
}

TEST_CASE("A stop in the middle answers everything that was given") {
    for (int round = 0; round < 20; ++round) {
        auto options = options_of_two_origins();
        options.quick = std::chrono::hours{1};
        Desk desk{options};
        std::vector<Told> told(static_cast<std::size_t>(kAll));
        std::latch answered{kAll};
        std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < kThreads; ++t) {
                threads.emplace_back([&, t] { deliver(desk.recorder, t, told, answered); });
            }
            committing.request_stop();
        }
        answered.wait();
        committing.join();
        std::size_t durable = 0;
        for (const auto& one : told) {
            REQUIRE(one.answers == 1);
            durable += one.durable ? 1 : 0;
        }
        CHECK(desk.durable().attempts.size() == durable);
    }
}
