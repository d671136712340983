// The road of a delivery that may not leave, with nothing made up but what is known of recipients.

#include <array>
#include <csignal>
#include <latch>
#include <mutex>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "capture/bench_of_recorder.hpp"
#include "capture/transfer_gate.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/recipient_register.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::OutcomeKind;

namespace {

/// One sidecar's folder, with a rule that keeps everything from odd.example.
struct GateHouse {
    explicit GateHouse(const std::filesystem::path& folder)
        : vault(*sqlite::SqliteVault::open(folder / "vault.db", Bytes(32, std::byte{7}), *cipher, {})),
          ledger(*sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault, {})),
          reader(*sqlite::SqliteLedgerReader::open(folder / "ledger.db", *vault)),
          cases(*sqlite::SqliteCases::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite)),
          recorder(*ledger, *vault, clock, options_of_two_origins()),
          gate({recorder, recorder, *cases, *cases, *vault, recipients, directory, clock},
               rules,
               {options_of_two_origins().origins},
               [] {}) {
        privacy::TransferRule odd;
        odd.name = "odd";
        odd.effect = privacy::RuleEffect::Block;
        odd.hosts = {*privacy::HostPattern::parse("odd.example")};
        rules.use(*privacy::TransferRules::compile({odd}), clock.at);
    }

    std::unique_ptr<const openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerWriter> ledger;
    std::unique_ptr<sqlite::SqliteLedgerReader> reader;
    std::unique_ptr<sqlite::SqliteCases> cases;
    FakeRecipientRegister recipients;
    FakeRecipientDirectory directory;
    StoppedClock clock;
    capture::RulesInForce rules;
    capture::Recorder recorder;
    capture::TransferGate gate;
};

records::Observation odd_or_even(int number) {
    return post("p" + std::to_string(number % 7), number, number % 2 == 1 ? "odd.example" : "even.example");
}

std::vector<ObservedAttempt> attempts(const GateHouse& house, int number) {
    const auto subject = house.vault->find("https://origin.example/users/p" + std::to_string(number % 7));
    REQUIRE(subject);
    const auto found =
        house.reader->attempts_of(*subject, *Uri::parse(odd_or_even(number).activity.object.reveal()));
    REQUIRE(found);
    return *found;
}

/// Sends until it is killed; the number of each that was answered goes into the pipe at once.
[[noreturn]] void send_until_killed(const std::filesystem::path& folder, int pipe, int first) {
    GateHouse house{folder};
    std::mutex lock;
    std::jthread committing{[&](const std::stop_token& stop) { house.recorder.run(stop); }};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100'000; ++i) {
                const int number = first + t * 100'000 + i;
                std::latch answered{1};
                house.gate.intend(odd_or_even(number), [&](const Result<IntentId>& id) {
                    const std::scoped_lock held{lock};
                    const bool as_it_should = id.has_value() == (number % 2 == 0);
                    static_cast<void>(as_it_should && ::write(pipe, &number, sizeof number) > 0);
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

TEST_CASE("What was answered as prevented before a kill -9 is in the ledger as prevented", "[gate][road]") {
    const TempDir dir;
    for (int round = 0; round < 4; ++round) {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            send_until_killed(dir.path(), pipe[1], round * 300'000);
        }
        ::close(pipe[1]);
        std::vector<int> answered;
        int number = 0;
        const auto enough = 20U + static_cast<unsigned>(round) * 17U;
        while (::read(pipe[0], &number, sizeof number) == sizeof number) {
            answered.push_back(number);
            if (answered.size() == enough) {
                ::kill(child, SIGKILL);
            }
        }
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        REQUIRE(answered.size() >= enough);
        const GateHouse house{dir.path()};
        for (const int one : answered) {
            INFO("delivery " << one);
            const auto found = attempts(house, one);
            REQUIRE(found.size() == 1);
            CHECK(found[0].outcome.kind == (one % 2 == 1 ? OutcomeKind::Prevented : OutcomeKind::Intended));
        }
        const auto check = sqlite::check_ledger(dir / "ledger.db", *house.vault);
        REQUIRE(check);
        CHECK(check->faults.empty());
    }
}

TEST_CASE("A prevention takes no room among what is under way", "[gate][road]") {
    const TempDir dir;
    GateHouse house{dir.path()};
    for (int number = 1; number < 20; number += 2) {
        bool denied = false;
        house.gate.intend(odd_or_even(number), [&](const Result<IntentId>& id) {
            denied = !id && id.error().kind == ErrorKind::Denied;
        });
        house.recorder.run_once();
        CHECK(denied);
    }
    CHECK(house.recorder.figures().open_intents == 0);
    CHECK(house.reader->totals()->disclosures == 0);
    CHECK(house.gate.figures().by_rule == 10);
    std::uint64_t prevented = 0;
    for (int person = 0; person < 7; ++person) {
        const auto subject = house.vault->find("https://origin.example/users/p" + std::to_string(person));
        prevented += subject ? *house.reader->prevented(*subject) : 0;
    }
    CHECK(prevented == 10);
    for (const int days : {4, 20}) {  // past the retry horizon, and its patience
        REQUIRE(house.ledger->fold(odd_or_even(1).at + std::chrono::hours{24 * days}));
    }
    const auto first = house.vault->find("https://origin.example/users/p1");
    CHECK(*house.reader->prevented(*first) > 0);
}
