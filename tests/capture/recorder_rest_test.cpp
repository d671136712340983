// What the ledger keeps between two groups.

#include <atomic>
#include <future>
#include <thread>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

TEST_CASE("The ledger rests once when no group followed for a while", "[recorder]") {
    auto options = options_of_two_origins();
    options.rest = 1ms;
    Desk desk{options};
    std::atomic<int> commits_at_rest{0};
    std::promise<void> rested;
    desk.ledger.on_rest = [&] {
        commits_at_rest = desk.ledger.commits();
        if (desk.ledger.rests() == 1) {
            rested.set_value();
        }
    };
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    std::promise<void> answered;
    desk.recorder.intend(post("alice", 1, "a.example"),
                         [&](const Result<IntentId>&) { answered.set_value(); });
    answered.get_future().wait();
    REQUIRE(rested.get_future().wait_for(90s) == std::future_status::ready);
    CHECK(commits_at_rest == 1);
    std::this_thread::sleep_for(10ms);
    committing.request_stop();
    committing.join();
    CHECK(desk.ledger.rests() == 2);  // the second one at the end
}
