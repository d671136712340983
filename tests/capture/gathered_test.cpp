// Intents that the thread which has them may write itself.

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "capture/bench_of_recorder.hpp"
#include "capture/gate_of_fakes.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::RuleEffect;

namespace {

/// A recorder at work, after enough groups for it to know how long they take.
struct AtWork {
    explicit AtWork(std::chrono::microseconds quick) : desk(options(quick)) {
        for (int i = 0; i < 10; ++i) {
            std::promise<void> answered;
            desk.recorder.intend(post("alice", ++posts, "a.example"),
                                 [&](const Result<IntentId>&) { answered.set_value(); });
            answered.get_future().wait();
        }
    }
    static capture::RecorderOptions options(std::chrono::microseconds quick) {
        auto options = options_of_two_origins();
        options.quick = quick;
        options.rest = 1ms;
        return options;
    }

    /// Gathers `count` and has them written; whether it was done here, before that returned.
    bool writes_here(int count, const std::string& actor = "alice", const std::string& to = "a.example") {
        std::atomic<int> here{0};
        std::vector<std::promise<void>> answers(static_cast<std::size_t>(count));
        for (auto& answer : answers) {
            desk.recorder.gather(post(actor, ++posts, to),
                                 [&, mine = std::this_thread::get_id()](const Result<IntentId>& id) {
                                     here += id && std::this_thread::get_id() == mine ? 1 : 0;
                                     answer.set_value();
                                 });
        }
        desk.recorder.write_gathered();
        const bool all_here = here == count;
        for (auto& answer : answers) {
            answer.get_future().wait();
        }
        return all_here;
    }

    int posts = 0;
    Desk desk;
    std::atomic<std::uint64_t> groups_at_rest{0};
    std::jthread committing{[this](const std::stop_token& stop) {
        desk.ledger.on_rest = [this] { groups_at_rest = desk.recorder.figures().groups; };
        desk.recorder.run(stop);
    }};
};

template <typename Happened>
bool in_time(Happened happened) {
    const auto give_up = std::chrono::steady_clock::now() + 90s;
    while (!happened()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return false;
        }
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

}  // namespace

TEST_CASE("Where writing is quick whoever has intents writes them, in one commit", "[gathered]") {
    AtWork at_work{1h};
    CHECK(in_time([&] {  // the other thread may be awake just now
        const auto before = at_work.desk.recorder.figures();
        const bool here = at_work.writes_here(3);
        const auto after = at_work.desk.recorder.figures();
        CHECK(after.intents == before.intents + 3);
        CHECK((!here || after.groups == before.groups + 1));
        return here;
    }));
}

TEST_CASE("Where writing takes long, and where many wait, another thread does it", "[gathered]") {
    AtWork slow{0us};
    AtWork quick{1h};
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(slow.writes_here(1));
        CHECK_FALSE(quick.writes_here(17));
    }
}

TEST_CASE("Whoever has intents does not wait for another writer of the ledger", "[gathered]") {
    AtWork at_work{1h};
    REQUIRE(in_time([&] { return at_work.writes_here(1); }));
    at_work.desk.ledger.claimable = false;
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(at_work.writes_here(1));
    }
    at_work.desk.ledger.claimable = true;
    CHECK(in_time([&] { return at_work.writes_here(1); }));
}

TEST_CASE("Whoever has intents does not ask the vault for somebody new", "[gathered]") {
    AtWork at_work{1h};
    REQUIRE(in_time([&] { return at_work.writes_here(1); }));
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(at_work.writes_here(1, "new" + std::to_string(i)));
    }
    CHECK(in_time([&] { return at_work.writes_here(1, "new3"); }));
}

TEST_CASE("What was claimed to write nothing is given back", "[gathered]") {
    AtWork at_work{1h};
    CHECK(in_time([&] {
        return at_work.writes_here(1, "alice", "web.origin.example");  // no disclosure
    }));
    CHECK_FALSE(at_work.desk.ledger.claimed());
}

TEST_CASE("The ledger rests after another than the committing thread wrote", "[gathered]") {
    AtWork at_work{1h};
    REQUIRE(in_time([&] { return at_work.writes_here(1); }));
    const auto groups = at_work.desk.recorder.figures().groups;
    CHECK(in_time([&] { return at_work.groups_at_rest == groups; }));
}

TEST_CASE("Where nobody runs, what is gathered waits for whoever writes next", "[gathered]") {
    Desk desk;
    int answered = 0;
    desk.recorder.gather(post("alice", 1, "a.example"), [&](const Result<IntentId>&) { ++answered; });
    desk.recorder.write_gathered();
    CHECK(answered == 0);
    CHECK(desk.recorder.run_once());
    CHECK(answered == 1);
}

TEST_CASE("A gate hands on gathered what it decides at once, and by itself what had to wait", "[gathered]") {
    Gate g;
    const auto none = [](const Result<IntentId>&) {};
    g.gate.gather(delivery("far.example", "Create", {{kAlice, kText}}), none);
    CHECK(g.sink.gathered == 1);
    g.gate.write_gathered();
    CHECK(g.sink.written == 1);
    auto asks = rule("software", RuleEffect::Block);
    asks.software = {"mastodon"};
    g.use({asks});
    g.gate.gather(delivery("new.example", "Create", {{kAlice, kText}}), none);
    CHECK(g.sink.intents.size() == 1);
    REQUIRE(g.gate.step());
    CHECK(g.sink.intents.size() == 2);
    CHECK(g.sink.gathered == 1);
}
