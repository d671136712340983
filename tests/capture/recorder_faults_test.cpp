// Every port call of a delivery's road fails once, before or after the deed.

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;
using Call = FakeLedgerWriter::Call;
using Fault = FakeLedgerWriter::Fault;

namespace {

/// A vault that fails when it is told to, before or after the real one has done it.
class FaultyVault final : public SubjectVault {
public:
    explicit FaultyVault(SubjectVault& real) : real_(real) {}
    std::optional<Fault> next;  // NOLINT(misc-non-private-member-variables-in-classes): told by the test

    Result<privacy::SubjectNumber> enrol(const Uri& actor, std::string_view username) override {
        return real_.enrol(actor, username);
    }
    Result<std::vector<privacy::SubjectNumber>> enrol_all(std::span<const Enrolment> people) override {
        const auto fault = std::exchange(next, std::nullopt);
        if (!fault || *fault == Fault::FailedButHappened) {
            auto numbers = real_.enrol_all(people);
            if (!fault) {
                return numbers;
            }
        }
        return fail(ErrorKind::Unavailable, "the vault was told to fail");
    }
    Result<privacy::SubjectNumber> find(std::string_view subject) const override {
        return real_.find(subject);
    }
    Result<SubjectIdentity> identity(privacy::SubjectNumber number) const override {
        return real_.identity(number);
    }
    Result<std::vector<privacy::SubjectNumber>> list(privacy::SubjectNumber after,
                                                     std::size_t limit) const override {
        return real_.list(after, limit);
    }

private:
    SubjectVault& real_;
};

bool is_recorded(const FakeLedgerWriter& ledger, const records::Observation& seen) {
    const auto& all = ledger.durable();
    return std::any_of(all.attempts.begin(), all.attempts.end(), [&](const PackedObservation& attempt) {
        return all.activities.at(attempt.activity.get()).id == seen.activity.id.reveal() &&
               all.recipients.at(attempt.recipient.get()) == seen.recipient.text() &&
               attempt.at_seconds == to_unix_seconds(seen.at);
    });
}

struct Row {
    const char* name;
    std::optional<Call> call;  ///< Nothing: the vault.
    bool fails_all;            ///< Whether every intent of the group fails, or the first alone.
};

}  // namespace

TEST_CASE(
    "Whatever fails on a delivery's road, what is acknowledged is recorded and the next delivery goes") {
    const auto row = GENERATE(Row{"enrolling", std::nullopt, true},
                              Row{"recipient", Call::Recipient, false},
                              Row{"activity", Call::Activity, false},
                              Row{"add", Call::Add, false},
                              Row{"commit", Call::Commit, true});
    const auto fault = GENERATE(Fault::Failed, Fault::FailedButHappened);
    const auto kind = GENERATE(ErrorKind::Unavailable, ErrorKind::Corrupt);
    INFO(row.name << (fault == Fault::Failed ? " failed" : " failed but happened"));
    Desk desk;
    FaultyVault vault{*desk.vault};
    capture::Recorder recorder{desk.ledger, vault, desk.clock, options_of_two_origins()};
    const std::vector seen{
        post("alice", 1, "a.example"), post("bob", 2, "b.example"), post("carol", 3, "c.example")};
    if (row.call) {
        desk.ledger.fail_next(*row.call, fault, 1, kind);
    } else {
        vault.next = fault;
    }

    std::vector<std::optional<Result<IntentId>>> answers(seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        recorder.intend(seen[i], [&answers, i](Result<IntentId> answer) {
            REQUIRE_FALSE(answers[i]);
            answers[i] = std::move(answer);
        });
    }
    recorder.run_once();
    for (std::size_t i = 0; i < seen.size(); ++i) {
        REQUIRE(answers[i]);
        CHECK(answers[i]->has_value() == (!row.fails_all && i > 0));
        if (*answers[i]) {
            CHECK(is_recorded(desk.ledger, seen[i]));
        } else {
            CHECK(answers[i]->error().kind == (row.call ? kind : ErrorKind::Unavailable));
        }
    }

    if (row.call == Call::Commit && kind == ErrorKind::Corrupt) {
        return;  // the next test
    }

    // The server tries again: everything goes, nothing is there twice.
    for (std::size_t i = 0; i < seen.size(); ++i) {
        recorder.intend(seen[i], [&answers, i](Result<IntentId> answer) { answers[i] = std::move(answer); });
    }
    recorder.run_once();
    for (std::size_t i = 0; i < seen.size(); ++i) {
        REQUIRE(*answers[i]);
        CHECK(is_recorded(desk.ledger, seen[i]));
        recorder.settle(**answers[i], Outcome{OutcomeKind::Accepted, 202});
    }
    recorder.run_once();
    CHECK(desk.durable().attempts.size() == seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        CHECK(desk.kind(i) == OutcomeKind::Accepted);
    }
    CHECK(desk.vault->list(privacy::SubjectNumber{0}, 10)->size() == 3);
}

TEST_CASE("After a disk that did not keep what was written the ledger is left alone") {
    Desk desk;
    const auto before = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(before);
    desk.ledger.fail_next(Call::Commit, Fault::Failed, 1, ErrorKind::Corrupt);
    CHECK(desk.intend(post("alice", 2, "a.example")).error().kind == ErrorKind::Corrupt);
    const auto commits = desk.ledger.commits();
    desk.recorder.settle(*before, Outcome{OutcomeKind::Accepted, 202});
    CHECK(desk.intend(post("alice", 3, "a.example")).error().kind == ErrorKind::Corrupt);
    auto relayed = post("alice", 4, "a.example");
    relayed.activity.shares = {
        share("https://remote.example/users/zoe", {fediverse::DataCategory::PostText})};
    CHECK(desk.intend(relayed));
    relayed.activity.shares.clear();  // names nobody: it could be anybody's
    CHECK(desk.intend(relayed).error().kind == ErrorKind::Corrupt);
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    const std::vector one{post("alice", 5, "a.example")};
    CHECK(desk.recorder.observe(one).error().kind == ErrorKind::Corrupt);
    committing.request_stop();
    committing.join();
    CHECK(desk.ledger.commits() == commits);
    CHECK(desk.durable().attempts.size() == 1);
}

TEST_CASE("Whatever fails for an outcome, it is written in the end or the intent stays") {
    const auto call = GENERATE(Call::Add, Call::Commit);
    const auto fault = GENERATE(Fault::Failed, Fault::FailedButHappened);
    Desk desk;
    const auto id = desk.intend(post("alice", 1, "a.example"));
    REQUIRE(id);
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
    desk.ledger.fail_next(call, fault);
    desk.recorder.run_once();
    REQUIRE_FALSE(desk.durable().attempts.empty());
    desk.recorder.run_once();
    std::set<OutcomeKind> kinds;
    for (const auto& attempt : desk.durable().attempts) {
        kinds.insert(attempt.outcome.kind);
    }
    CHECK(kinds == std::set{OutcomeKind::Accepted});
    CHECK(desk.recorder.figures().open_intents == 0);
}

TEST_CASE("An outcome that can never be written is given up and counted") {
    Desk desk;
    const auto id = desk.intend(post("alice", 1, "a.example"));
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
    desk.ledger.fail_next(Call::Add, Fault::Failed, 1, ErrorKind::Invalid);
    desk.recorder.run_once();
    CHECK_FALSE(desk.recorder.run_once());
    CHECK(desk.kind(0) == OutcomeKind::Intended);
    CHECK(desk.recorder.figures().settles_lost == 1);
}

TEST_CASE("Whatever fails under observe(), giving it again completes it") {
    const auto call = GENERATE(Call::Recipient, Call::Activity, Call::Add, Call::Commit);
    const auto fault = GENERATE(Fault::Failed, Fault::FailedButHappened);
    auto options = options_of_two_origins();
    options.max_group = 4;
    Desk desk{options};
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    std::vector<records::Observation> seen;
    for (int i = 0; i < 10; ++i) {
        seen.push_back(post("alice", i, "a.example"));
    }
    desk.ledger.fail_next(call, fault);  // before anything was given: the other thread only waits
    CHECK_FALSE(desk.recorder.observe(seen));
    CHECK(desk.recorder.observe(seen));
    committing.request_stop();
    committing.join();
    CHECK(desk.durable().attempts.size() == 10);
}

TEST_CASE("Gaps that no commit took before the end are handed out, once") {
    Desk desk;
    const auto kind = GENERATE(ErrorKind::Unavailable, ErrorKind::Corrupt);
    desk.ledger.fail_next(Call::Commit, Fault::Failed, 1'000, kind);
    desk.recorder.gap({desk.clock.now(), desk.clock.now(), 3});
    std::jthread committing{[&](const std::stop_token& stop) { desk.recorder.run(stop); }};
    committing.request_stop();
    committing.join();
    const auto gaps = desk.recorder.unwritten_gaps();
    REQUIRE(gaps.size() == 1);
    CHECK(gaps.front().deliveries == 3);
    CHECK(desk.recorder.unwritten_gaps().empty());
}
