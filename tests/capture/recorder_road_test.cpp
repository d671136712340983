// A delivery's road with nothing made up: recorder, vault and ledger on disk (docs/life-of-a-delivery.md).

#include <array>
#include <chrono>
#include <csignal>
#include <latch>
#include <map>
#include <mutex>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/ledger_store.hpp"
#include "capture/bench_of_recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Evidence;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

/// Everything of one sidecar that lies in a folder.
struct House {
    explicit House(const std::filesystem::path& folder)
        : vault(*sqlite::SqliteVault::open(folder / "vault.db", Bytes(32, std::byte{7}), *cipher, {})),
          ledger(*sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault, {})),
          reader(*sqlite::SqliteLedgerReader::open(folder / "ledger.db", *vault)),
          recorder(*ledger, *vault, clock, options_of_two_origins()) {}

    std::unique_ptr<const openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerWriter> ledger;
    std::unique_ptr<sqlite::SqliteLedgerReader> reader;
    StoppedClock clock;
    capture::Recorder recorder;
};

Result<IntentId> intend(House& house, records::Observation observation) {
    std::optional<Result<IntentId>> answer;
    house.recorder.intend(std::move(observation), [&](Result<IntentId> given) { answer = std::move(given); });
    house.recorder.run_once();
    REQUIRE(answer);
    return *answer;
}

std::map<std::string, Evidence> holders(const House& house,
                                        const records::Observation& seen,
                                        std::string_view person) {
    const auto number = house.vault->find(person);
    REQUIRE(number);
    const auto found = house.reader->holders_of(*number, *Uri::parse(seen.activity.object.reveal()));
    REQUIRE(found);
    std::map<std::string, Evidence> evidence;
    for (const auto& holder : *found) {
        evidence.emplace(holder.recipient.text(), holder.strongest);
    }
    return evidence;
}

records::Observation numbered(int number) {
    return post(
        "p" + std::to_string(number % 7), number / 20, "r" + std::to_string(number % 20) + ".example");
}

/// Delivers until it is killed; what is acknowledged goes into the pipe at once, as bytes would leave.
[[noreturn]] void deliver_until_killed(const std::filesystem::path& folder, int pipe, int first) {
    House house{folder};
    std::mutex lock;
    std::jthread committing{[&](const std::stop_token& stop) { house.recorder.run(stop); }};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100'000; ++i) {
                const int number = first + t * 100'000 + i;
                std::latch answered{1};
                house.recorder.intend(numbered(number), [&](const Result<IntentId>& id) {
                    const std::scoped_lock held{lock};
                    if (id && ::write(pipe, &number, sizeof number) == sizeof number) {
                        house.recorder.settle(
                            *id, Outcome{i % 3 == 0 ? OutcomeKind::Sent : OutcomeKind::Accepted, 0});
                    }
                    answered.count_down();
                });
                answered.wait();
            }
        });
    }
    threads.clear();
    ::_exit(0);
}

}  // namespace

TEST_CASE("A delivery's road: intent, answer, the report's question") {
    const TempDir dir;
    const auto seen = post("alice", 1, "a.example");
    {
        House house{dir.path()};
        const auto answered = intend(house, seen);
        REQUIRE(answered);
        const auto lost = intend(house, post("alice", 1, "b.example"));
        const auto refused = intend(house, post("alice", 1, "c.example"));
        REQUIRE(lost);
        REQUIRE(refused);
        CHECK(holders(house, seen, "alice@origin.example") ==
              std::map<std::string, Evidence>{{"a.example", Evidence::Intended},
                                              {"b.example", Evidence::Intended},
                                              {"c.example", Evidence::Intended}});
        house.recorder.settle(*answered, Outcome{OutcomeKind::Accepted, 202});
        house.recorder.settle(*refused, Outcome{OutcomeKind::Unreachable, 0});
        house.recorder.run_once();
    }
    House house{dir.path()};  // another process, later
    CHECK(holders(house, seen, "alice@origin.example") ==
          std::map<std::string, Evidence>{{"a.example", Evidence::Accepted},
                                          {"b.example", Evidence::Intended}});
    const auto check = sqlite::check_ledger(dir / "ledger.db", *house.vault);
    REQUIRE(check);
    CHECK(check->faults.empty());
    CHECK(house.vault->check()->faults.empty());
}

TEST_CASE("What was acknowledged before a kill -9 is in the ledger after it") {
    const TempDir dir;
    std::size_t checked = 0;
    for (int round = 0; round < 6; ++round) {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            deliver_until_killed(dir.path(), pipe[1], round * 300'000);
        }
        ::close(pipe[1]);
        std::vector<int> acknowledged;
        int number = 0;
        const auto enough = 20U + static_cast<unsigned>(round) * 17U;
        while (::read(pipe[0], &number, sizeof number) == sizeof number) {
            acknowledged.push_back(number);
            if (acknowledged.size() == enough) {
                ::kill(child, SIGKILL);
            }
        }
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        REQUIRE(acknowledged.size() >= enough);
        House house{dir.path()};
        for (const int one : acknowledged) {
            const auto seen = numbered(one);
            const auto found = holders(house, seen, "p" + std::to_string(one % 7) + "@origin.example");
            INFO("delivery " << one);
            CHECK(found.count(seen.recipient.text()) == 1);
            ++checked;
        }
    }
    CHECK(checked >= 300);
}

TEST_CASE("What the recorder costs above the ledger", "[.bench]") {
    const auto dir = TempDir::in_memory();
    House house{dir.path()};
    std::vector<records::Observation> seen;
    for (int i = 0; i < 200'000; ++i) {
        seen.push_back(
            post("p" + std::to_string(i / 100 % 50), i / 100, "r" + std::to_string(i % 100) + ".example"));
        seen.back().outcome = Outcome{OutcomeKind::Accepted, 202};
    }
    const auto rate = [&](auto act) {
        const auto start = std::chrono::steady_clock::now();
        act();
        return static_cast<int>(
            200'000 / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    };
    std::jthread committing{[&](const std::stop_token& stop) { house.recorder.run(stop); }};
    WARN("observe(), a fan-out of 100 servers: " << rate([&] {
             REQUIRE(house.recorder.observe(seen)->fresh == 200'000);
         }) << " observations a second");
    WARN("observe(), all known: " << rate([&] { REQUIRE(house.recorder.observe(seen)->fresh == 0); })
                                  << " observations a second");
    WARN("intend() and settle(): " << rate([&] {
             std::latch answered{200'000};
             for (std::size_t i = 0; i < seen.size(); ++i) {
                 auto one = seen[i];
                 one.at += std::chrono::seconds{3600};
                 one.outcome = {};
                 while (house.recorder.figures().waiting_intents > 5'000) {
                     std::this_thread::yield();
                 }
                 house.recorder.intend(std::move(one), [&](const Result<IntentId>& id) {
                     house.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
                     answered.count_down();
                 });
             }
             answered.wait();
         }) << " deliveries a second");
    committing.request_stop();
    committing.join();
    house.clock.at += std::chrono::hours{24 * 30};
    const auto start = std::chrono::steady_clock::now();
    const auto folded = house.ledger->fold(house.clock.at);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    WARN("fold of " << folded->observations << " observations: " << took.count() << " ms");
    const auto figures = house.recorder.figures();
    WARN("commits: " << figures.groups << ", together " << figures.commit_times.sum_ms << " ms");
}
