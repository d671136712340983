/// Vault, ledger, recorder and cases as they run, in a folder of their own: people can live in it, and be
/// forgotten.

#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/case_expiry.hpp"
#include "backends/sqlite/case_forgetter.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/ledger_expiry.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/overwriter.hpp"
#include "backends/sqlite/vault.hpp"
#include "capture/recorder.hpp"
#include "fakes/audit_trail.hpp"
#include "fakes/stopped_clock.hpp"
#include "retention/retention_run.hpp"
#include "retention/shredder.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// A store that does as it is told.
class FakeForgetter final : public Forgetter {
public:
    int failures = 0;
    std::vector<privacy::SubjectNumber> forgotten;
    Result<void> forget(privacy::SubjectNumber subject) override {
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::Unavailable, "the fake store was told to fail");
        }
        forgotten.push_back(subject);
        return {};
    }
};

template <typename T>
T must(Result<T> result) {
    INFO((result ? std::string{} : result.error().what));
    REQUIRE(result);
    return std::move(*result);
}
inline void must(const Result<void>& result) {
    INFO((result ? std::string{} : result.error().what));
    REQUIRE(result);
}

class ForgettingHouse {
public:
    ForgettingHouse() {
        vault = must(sqlite::SqliteVault::open(folder / "vault.db", Bytes(32, std::byte{7}), *cipher, {}));
        writer_ = must(sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault, {}));
        ledger = must(sqlite::SqliteLedgerReader::open(folder / "ledger.db", *vault));
        cases =
            must(sqlite::SqliteCases::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite));
        access =
            must(sqlite::SqliteAccess::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite));
        case_forgetter = must(sqlite::SqliteCaseForgetter::open_file(folder / "cases.db"));
        ledger_files = must(sqlite::SqliteOverwriter::open_file(folder / "ledger.db", sqlite::ledger_kind()));
        case_files = must(sqlite::SqliteOverwriter::open_file(folder / "cases.db", sqlite::cases_kind()));
        capture::RecorderOptions options;
        options.origins = {{*Host::parse("origin.example"), {}}};
        recorder = std::make_unique<capture::Recorder>(*writer_, *vault, clock, options);
        committing_ = std::jthread{[this](const std::stop_token& stop) { recorder->run(stop); }};
    }
    ForgettingHouse(const ForgettingHouse&) = delete;
    ForgettingHouse& operator=(const ForgettingHouse&) = delete;
    ForgettingHouse(ForgettingHouse&&) = delete;
    ForgettingHouse& operator=(ForgettingHouse&&) = delete;
    ~ForgettingHouse() { stop(); }

    /// The person posts, and the post goes to a.example and b.example.
    privacy::SubjectNumber post(const std::string& name, int number = 1) {
        const auto actor = "https://origin.example/users/" + name;
        for (const auto* recipient : {"a.example", "b.example"}) {
            records::Observation seen;
            seen.at = clock.now();
            seen.recipient = *Host::parse(recipient);
            seen.outcome = {privacy::OutcomeKind::Accepted, 202};
            seen.activity.type = "Create";
            seen.activity.object = Personal<std::string>{actor + "/statuses/" + std::to_string(number)};
            seen.activity.id = Personal<std::string>{seen.activity.object.reveal() + "/activity"};
            seen.activity.visibility = fediverse::Visibility::Public;
            seen.activity.shares = {{Personal<std::string>{actor},
                                     Personal<std::string>{name},
                                     {fediverse::DataCategory::PostText}}};
            REQUIRE(recorder->observe(std::span{&seen, 1}));
        }
        return must(vault->find(name + "@origin.example"));
    }

    /// A request of theirs in this state; closed ones are closed now.
    records::ErasureRequest request(privacy::SubjectNumber subject, privacy::RequestState state) {
        records::ErasureRequest wanted;
        wanted.subject = subject;
        wanted.received_at = clock.now();
        wanted.state = state;
        if (privacy::is_closed(state)) {
            wanted.closed_at = clock.now();
        }
        return must(cases->open(
            wanted,
            {clock.now(), privacy::RequestEventKind::Received, state, "cli", std::nullopt, "they asked"}));
    }

    [[nodiscard]] retention::ShredderPorts shredder_ports() {
        return {*vault,
                *recorder,
                *cases,
                *cases,
                *cases,
                {case_forgetter.get(), access.get(), &other},
                {vault.get(), ledger_files.get(), case_files.get()},
                clock};
    }
    [[nodiscard]] retention::Shredder shredder() { return retention::Shredder{shredder_ports()}; }

    /// Every octet of every file of the house.
    [[nodiscard]] std::string octets() const {
        std::string all;
        for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
            std::ifstream in{file.path(), std::ios::binary};
            all.append(std::istreambuf_iterator<char>{in}, {});
        }
        return all;
    }

    /// Closes the ledger's writer; whatever is asked of it afterwards fails.
    void stop() {
        committing_.request_stop();
        if (committing_.joinable()) {
            committing_.join();
        }
    }

    TempDir folder = TempDir::in_memory();
    StoppedClock clock;
    std::unique_ptr<const openssl::OpensslCipher> cipher = must(openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerReader> ledger;
    std::unique_ptr<sqlite::SqliteCases> cases;
    std::unique_ptr<sqlite::SqliteAccess> access;
    std::unique_ptr<sqlite::SqliteCaseForgetter> case_forgetter;
    std::unique_ptr<sqlite::SqliteOverwriter> ledger_files;
    std::unique_ptr<sqlite::SqliteOverwriter> case_files;
    FakeForgetter other;
    FakeAuditTrail trail;

private:
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer_;

public:
    std::unique_ptr<capture::Recorder> recorder;

private:
    std::jthread committing_;
};

}  // namespace fedtrail::testing
