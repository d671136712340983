/// A recorder between a fake ledger and a real vault, and observations to give it.

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/vault.hpp"
#include "capture/recorder.hpp"
#include "fakes/ledger_writer.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

inline std::unique_ptr<sqlite::SqliteVault> vault_in(const TempDir& dir, const Cipher& cipher) {
    auto vault = sqlite::SqliteVault::open(dir / "vault.db", Bytes(32, std::byte{7}), cipher, {});
    REQUIRE(vault);
    return std::move(*vault);
}

inline capture::RecorderOptions options_of_two_origins() {
    capture::RecorderOptions options;
    options.origins = {{host("origin.example"), {host("web.origin.example")}}, {host("second.example")}};
    options.linger = std::chrono::milliseconds{0};
    options.retry = std::chrono::milliseconds{0};
    return options;
}

inline fediverse::DataShare share(const std::string& actor, fediverse::CategorySet categories) {
    return {Personal<std::string>{actor}, Personal<std::string>{}, categories};
}

/// A public post of `actor` (a name at origin.example) on its way to `recipient`.
inline records::Observation post(const std::string& actor, int number, std::string_view recipient) {
    const auto who = "https://origin.example/users/" + actor;
    const auto note = who + "/statuses/" + std::to_string(number);
    records::Observation seen;
    seen.at = *parse_rfc3339("2026-11-22T10:00:00.750Z");
    seen.recipient = host(recipient);
    seen.activity.type = "Create";
    seen.activity.id = Personal<std::string>{note + "/activity"};
    seen.activity.object = Personal<std::string>{note};
    seen.activity.visibility = fediverse::Visibility::Public;
    seen.activity.shares = {share(who, {fediverse::DataCategory::PostText, fediverse::DataCategory::Handle})};
    return seen;
}

/// The ledger, the vault and the recorder; groups are made by run_once(), in the test's own thread.
struct Desk {
    explicit Desk(capture::RecorderOptions options = options_of_two_origins(),
                  capture::RecorderEvents events = {})
        : vault(vault_in(dir, *cipher)),
          recorder(ledger, *vault, clock, std::move(options), std::move(events)) {}

    /// Gives an intent and makes groups until it is answered.
    Result<IntentId> intend(records::Observation observation) {
        std::optional<Result<IntentId>> answer;
        recorder.intend(std::move(observation), [&](Result<IntentId> given) { answer = std::move(given); });
        while (!answer && recorder.run_once()) {
        }
        REQUIRE(answer);
        return *answer;
    }

    [[nodiscard]] std::uint64_t number_of(const std::string& name) const {
        const auto number = vault->find(name);
        return number ? number->get() : 0;
    }
    [[nodiscard]] const FakeLedgerWriter::Contents& durable() const { return ledger.durable(); }
    [[nodiscard]] privacy::OutcomeKind kind(std::size_t attempt) const {
        return durable().attempts.at(attempt).outcome.kind;
    }
    [[nodiscard]] const FakeLedgerWriter::Activity& activity(std::size_t attempt) const {
        return durable().activities.at(durable().attempts.at(attempt).activity.get());
    }
    [[nodiscard]] const std::string& recipient(std::size_t attempt) const {
        return durable().recipients.at(durable().attempts.at(attempt).recipient.get());
    }

    TempDir dir = TempDir::in_memory();
    std::unique_ptr<const openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    FakeLedgerWriter ledger;
    StoppedClock clock;
    capture::Recorder recorder;
};

}  // namespace fedtrail::testing
