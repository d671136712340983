#include "capture/recorder.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using capture::RecorderEvents;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Outcome;
using privacy::OutcomeKind;
using Call = FakeLedgerWriter::Call;

TEST_CASE("An intent is durable before it is acknowledged") {
    Desk desk;
    std::size_t seen = 0;
    desk.recorder.intend(post("alice", 1, "a.example"), [&](const Result<IntentId>& id) {
        REQUIRE(id);
        CHECK(*id != IntentId{0});
        seen = desk.durable().attempts.size();
    });
    CHECK(seen == 0);
    CHECK(desk.recorder.run_once());
    REQUIRE(seen == 1);
    CHECK(desk.kind(0) == OutcomeKind::Intended);
    CHECK(desk.recipient(0) == "a.example");
    CHECK(desk.durable().attempts[0].at_seconds == to_unix_seconds(desk.clock.at));
    CHECK(desk.durable().attempts[0].subject.get() == desk.number_of("alice@origin.example"));
    CHECK(desk.activity(0).type == "Create");
    CHECK(desk.activity(0).id == "https://origin.example/users/alice/statuses/1/activity");
    CHECK(desk.activity(0).object == "https://origin.example/users/alice/statuses/1");
    CHECK(desk.activity(0).categories == CategorySet{DataCategory::PostText, DataCategory::Handle});
    CHECK_FALSE(desk.recorder.run_once());
}

TEST_CASE("Intents that wait together share one commit") {
    Desk desk;
    int acknowledged = 0;
    for (int i = 0; i < 100; ++i) {
        desk.recorder.intend(post(i % 2 == 0 ? "alice" : "bob", i / 10, "r" + std::to_string(i) + ".example"),
                             [&](const Result<IntentId>& id) { acknowledged += id ? 1 : 0; });
    }
    CHECK(desk.recorder.run_once());
    CHECK(acknowledged == 100);
    CHECK(desk.ledger.commits() == 1);
    CHECK(desk.durable().attempts.size() == 100);
    CHECK(desk.durable().activities.size() == 20);
}

TEST_CASE("Who is known already is recorded when somebody new comes and room has to be made") {
    auto options = options_of_two_origins();
    options.max_people = 2;
    Desk desk{options};
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    REQUIRE(desk.intend(post("bob", 1, "a.example")));
    int acknowledged = 0;
    for (const auto* const who : {"alice", "carol", "dave"}) {
        desk.recorder.intend(post(who, 2, "a.example"),
                             [&](const Result<IntentId>& id) { acknowledged += id ? 1 : 0; });
    }
    CHECK(desk.recorder.run_once());
    CHECK(acknowledged == 3);
    CHECK(desk.durable().attempts.size() == 5);
}

TEST_CASE("An outcome takes the intent's place with a later commit") {
    Desk desk;
    const auto id = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(id);
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
    CHECK(desk.kind(0) == OutcomeKind::Intended);
    CHECK(desk.recorder.run_once());
    REQUIRE(desk.durable().attempts.size() == 1);
    CHECK(desk.durable().attempts[0].outcome == Outcome{OutcomeKind::Accepted, 202});
    CHECK(desk.recorder.figures().settled == 1);
    CHECK(desk.recorder.figures().open_intents == 0);
    desk.recorder.settle(*id, Outcome{OutcomeKind::Rejected, 400});  // settled already
    desk.recorder.run_once();
    CHECK(desk.durable().attempts.size() == 1);
    CHECK(desk.kind(0) == OutcomeKind::Accepted);
}

TEST_CASE("A delivery that concerns nobody local succeeds and writes nothing") {
    Desk desk;
    auto relayed = post("alice", 1, "a.example");
    relayed.activity.shares = {share("https://remote.example/users/zoe", {DataCategory::PostText})};
    const auto id = desk.intend(relayed);
    REQUIRE(id);
    CHECK(*id == IntentId{0});
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 200});
    CHECK_FALSE(desk.recorder.run_once());
    CHECK(desk.ledger.commits() == 0);
    CHECK(desk.recorder.figures().without_subject == 1);
    CHECK(desk.recorder.figures().senders == std::map<std::string, std::uint64_t>{{"remote.example", 1}});
    CHECK(desk.recorder.figures().intents == 0);
    CHECK(desk.recorder.figures().recorded == 0);
    for (int i = 0; i < 300; ++i) {
        relayed.activity.shares = {
            share("https://r" + std::to_string(i) + ".example/users/zoe", {DataCategory::PostText})};
        REQUIRE(desk.intend(relayed));
        relayed.activity.shares = {share("https://often.example/users/zoe", {DataCategory::PostText})};
        REQUIRE(desk.intend(relayed));
    }
    CHECK(desk.recorder.figures().senders.size() == fedtrail::capture::RecorderFigures::kSenders);
    CHECK(desk.recorder.figures().senders.at("often.example") == 300);
}

TEST_CASE("A delivery that names nobody is durable as an unread connection before it leaves") {
    Desk desk;
    auto opaque = post("alice", 1, "a.example");
    opaque.activity.shares.clear();
    REQUIRE(*desk.intend(opaque) == IntentId{0});
    CHECK(desk.ledger.commits() == 1);
    REQUIRE(desk.durable().tunnels.size() == 1);
    CHECK(desk.durable().tunnels[0].recipient == opaque.recipient);
    CHECK(desk.recorder.figures().unread == 1);
    desk.ledger.fail_next(Call::Commit);
    CHECK_FALSE(desk.intend(opaque));  // it must wait like any other
    CHECK(desk.durable().tunnels.size() == 1);
    CHECK(desk.recorder.figures().unread == 1);
    opaque.outcome = Outcome{OutcomeKind::Prevented, 0};
    REQUIRE(desk.intend(opaque));
    opaque.outcome = Outcome{OutcomeKind::Intended, 0};
    opaque.recipient = host("web.origin.example");
    REQUIRE(desk.intend(opaque));
    CHECK(desk.durable().tunnels.size() == 1);
}

TEST_CASE("Observations are durable when observe() returns, and counted once") {
    Desk desk;
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    std::vector<records::Observation> seen;
    for (int i = 0; i < 10; ++i) {
        seen.push_back(post("alice", i / 5, "r" + std::to_string(i % 5) + ".example"));
        seen.back().outcome = Outcome{OutcomeKind::Accepted, 202};
    }
    seen.push_back(seen.front());
    seen.push_back(post("alice", 9, "a.example"));
    seen.back().activity.shares = {share("https://remote.example/users/zoe", {DataCategory::PostText})};
    const auto observed = desk.recorder.observe(seen);
    REQUIRE(observed);
    CHECK(observed->fresh == 10);
    CHECK(observed->without_subject == 1);
    CHECK(observed->to_own_origin == 0);
    CHECK(desk.recorder.observe(seen)->fresh == 0);
    CHECK(desk.recorder.observe({})->fresh == 0);
    committing.request_stop();
    committing.join();
    CHECK(desk.durable().attempts.size() == 10);
    CHECK(desk.recorder.figures().observations == 24);
    CHECK(desk.recorder.figures().recorded == 10);
    CHECK(desk.recorder.figures().duplicates == 12);
}

TEST_CASE("A long call of observe() goes in several groups") {
    auto options = options_of_two_origins();
    options.max_group = 100;
    Desk desk{options};
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    std::vector<records::Observation> seen;
    for (int i = 0; i < 1'050; ++i) {
        seen.push_back(post("p" + std::to_string(i % 7), i, "a.example"));
    }
    CHECK(desk.recorder.observe(seen)->fresh == 1'050);
    committing.request_stop();
    committing.join();
    CHECK(desk.ledger.commits() == 11);
    CHECK(desk.durable().attempts.size() == 1'050);
    CHECK(desk.recorder.figures().last_group_size == 50);
}

TEST_CASE("A failed commit fails its intents and keeps what rode along for the next one") {
    std::vector<std::string> told;
    Desk desk{options_of_two_origins(),
              RecorderEvents{.commit_failed = [&](const Error& error) { told.push_back(error.what); }}};
    const auto before = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(before);
    desk.recorder.settle(*before, Outcome{OutcomeKind::Accepted, 202});
    desk.recorder.tunnel({desk.clock.at, host("t.example"), 10, 20});
    desk.recorder.gap({desk.clock.at, desk.clock.at, 3});
    desk.ledger.fail_next(Call::Commit);
    CHECK_FALSE(desk.intend(post("alice", 2, "a.example")));
    CHECK(told.size() == 1);
    CHECK(desk.durable().attempts.size() == 1);
    CHECK(desk.kind(0) == OutcomeKind::Intended);
    REQUIRE(desk.intend(post("alice", 3, "a.example")));
    REQUIRE(desk.durable().attempts.size() == 2);
    CHECK(desk.kind(0) == OutcomeKind::Accepted);
    CHECK(desk.durable().tunnels.size() == 1);
    REQUIRE(desk.durable().gaps.size() == 1);
    CHECK(desk.durable().gaps[0].deliveries == 3);
    const auto figures = desk.recorder.figures();
    CHECK(figures.failed_groups == 1);
    CHECK(figures.intents == 2);
    CHECK(figures.intents_refused == 1);
    CHECK(figures.settled == 1);
    CHECK(figures.settles_lost == 0);
    CHECK(figures.tunnels == 1);
    CHECK(figures.gap_deliveries == 3);
}

TEST_CASE("What cannot be written for damaged rows of one person is told, and holds up nobody else") {
    std::vector<std::string> damage;
    std::vector<std::string> failed;
    Desk desk{options_of_two_origins(),
              RecorderEvents{.commit_failed = [&](const Error& error) { failed.push_back(error.what); },
                             .damage_met = [&](const Error& error) { damage.push_back(error.what); }}};
    desk.ledger.fail_next(Call::Activity, FakeLedgerWriter::Fault::Failed, 1, ErrorKind::Corrupt);
    CHECK_FALSE(desk.intend(post("alice", 1, "a.example")));
    CHECK(damage.size() == 1);
    REQUIRE(desk.intend(post("bob", 1, "a.example")));
    CHECK(desk.durable().attempts.size() == 1);
    desk.ledger.fail_next(Call::Activity, FakeLedgerWriter::Fault::Failed, 1, ErrorKind::Unavailable);
    CHECK_FALSE(desk.intend(post("alice", 2, "a.example")));
    CHECK(damage.size() == 1);
    CHECK(failed.empty());
    CHECK(desk.recorder.figures().intents_refused == 2);
    CHECK(desk.recorder.figures().intents_damaged == 1);
}

TEST_CASE("A delivery that concerns nobody goes out even while the ledger cannot be written") {
    Desk desk;
    auto relayed = post("alice", 1, "a.example");
    relayed.activity.shares = {share("https://remote.example/users/zoe", {DataCategory::PostText})};
    std::optional<Result<IntentId>> mine;
    std::optional<Result<IntentId>> theirs;
    desk.recorder.intend(post("alice", 1, "a.example"), [&](Result<IntentId> id) { mine = std::move(id); });
    desk.recorder.intend(relayed, [&](Result<IntentId> id) { theirs = std::move(id); });
    desk.ledger.fail_next(Call::Commit);
    desk.recorder.run_once();
    CHECK_FALSE(*mine);
    CHECK(*theirs);
}

TEST_CASE("When too many wait the next is refused, not forgotten") {
    auto options = options_of_two_origins();
    options.max_waiting_intents = 3;
    Desk desk{options};
    std::vector<Result<IntentId>> answers;
    for (int i = 0; i < 5; ++i) {
        desk.recorder.intend(post("alice", i, "a.example"),
                             [&](Result<IntentId> id) { answers.push_back(std::move(id)); });
    }
    CHECK(answers.empty());
    CHECK(desk.recorder.figures().waiting_intents == 3);
    desk.recorder.run_once();
    REQUIRE(answers.size() == 5);
    CHECK(std::count_if(answers.begin(), answers.end(), [](const auto& one) { return one.has_value(); }) ==
          3);
    CHECK(answers.back().error().kind == ErrorKind::Unavailable);
    CHECK(desk.recorder.figures().intents_refused == 2);
    CHECK(desk.intend(post("alice", 9, "a.example")));
}

TEST_CASE("What waits at the stop is written, what comes later is refused") {
    Desk desk;
    int durable = 0;
    for (int i = 0; i < 3; ++i) {
        desk.recorder.intend(post("alice", i, "a.example"),
                             [&](const Result<IntentId>& id) { durable += id ? 1 : 0; });
    }
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    committing.request_stop();
    committing.join();
    CHECK(durable == 3);
    CHECK(desk.durable().attempts.size() == 3);
    std::optional<Result<IntentId>> late;
    desk.recorder.intend(post("alice", 9, "a.example"), [&](Result<IntentId> id) { late = std::move(id); });
    REQUIRE(late);
    CHECK(late->error().kind == ErrorKind::Unavailable);
    const std::vector<records::Observation> one{post("alice", 9, "a.example")};
    CHECK(desk.recorder.observe(one).error().kind == ErrorKind::Unavailable);
}

TEST_CASE("A recorder that never ran answers what waits when it goes") {
    std::optional<Result<IntentId>> answer;
    {
        Desk desk;
        desk.recorder.intend(post("alice", 1, "a.example"),
                             [&](Result<IntentId> id) { answer = std::move(id); });
    }
    REQUIRE(answer);
    CHECK(answer->error().kind == ErrorKind::Unavailable);
}

TEST_CASE("An outcome alone gets a commit of its own after a while") {
    auto options = options_of_two_origins();
    options.linger = std::chrono::milliseconds{1};
    Desk desk{options};
    const auto id = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(id);
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
    while (desk.recorder.figures().settled == 0) {
        std::this_thread::yield();
    }
    committing.request_stop();
    committing.join();
    CHECK(desk.kind(0) == OutcomeKind::Accepted);
}

TEST_CASE("The journal is folded in time and after much, and a failed fold is told, not fatal") {
    auto options = options_of_two_origins();
    options.fold_after = 3;
    std::atomic<int> folded = 0;
    std::atomic<int> failed = 0;
    Desk desk{options,
              RecorderEvents{
                  .fold_failed = [&](const Error&) { ++failed; },
                  .folded = [&](const FoldSummary& sum) { folded += static_cast<int>(sum.activities); }}};
    desk.ledger.fail_next(Call::Fold);
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    std::vector<records::Observation> seen;
    for (int i = 0; i < 12; ++i) {
        seen.assign(2, post("alice", i, "a.example"));
        REQUIRE(desk.recorder.observe(seen));
    }
    committing.request_stop();
    committing.join();
    CHECK(failed == 1);
    CHECK(folded == 5);
    CHECK(desk.recorder.figures().folds == 5);
    CHECK(desk.recorder.figures().failed_folds == 1);
}

TEST_CASE("An idle recorder folds when the interval is over") {
    auto options = options_of_two_origins();
    options.fold_interval = std::chrono::milliseconds{1};
    Desk desk{options};
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    while (desk.recorder.figures().folds < 2) {
        std::this_thread::yield();
    }
    committing.request_stop();
    committing.join();
    CHECK(desk.ledger.folds() >= 2);
}

TEST_CASE("The figures count groups and how long their commits took") {
    Desk desk;
    REQUIRE(desk.intend(post("alice", 1, "a.example")));
    REQUIRE(desk.intend(post("alice", 2, "a.example")));
    const auto figures = desk.recorder.figures();
    CHECK(figures.groups == 2);
    CHECK(figures.intents == 2);
    CHECK(figures.last_group_size == 1);
    CHECK(figures.open_intents == 2);
    std::uint64_t timed = 0;
    for (const auto count : figures.commit_times.counts) {
        timed += count;
    }
    CHECK(timed == 2);
    CHECK(figures.commit_times.sum_ms >= figures.commit_times.last_ms);
}

TEST_CASE("A commit's time falls into the bucket whose bound it does not exceed") {
    capture::CommitTimes times;
    for (const double ms : {0.1, 0.5, 0.6, 1000.0, 1000.1}) {
        times.add(std::chrono::duration<double, std::milli>{ms});
    }
    CHECK(times.counts[0] == 2);
    CHECK(times.counts[1] == 1);
    CHECK(times.counts[10] == 1);
    CHECK(times.counts[11] == 1);
    CHECK(times.last_ms == 1000.1);
}
