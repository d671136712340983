/// A spotter of deletions before a fake sink, with books in memory.

#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/deletion_spotter.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

namespace fedtrail::testing {

inline constexpr const char* kPost = "https://origin.example/users/alice/statuses/1";

inline fediverse::Dialects shipped_dialects() {
    const std::ifstream file{FEDTRAIL_SOURCE_DIR "/policies/dialects.json"};
    std::ostringstream text;
    text << file.rdbuf();
    auto dialects = fediverse::Dialects::parse(text.str());
    REQUIRE(dialects);
    return std::move(*dialects);
}

/// A spotter before a fake sink; `over` says what was handed to the planner.
struct Spot {
    FakeDeliverySink sink;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    StoppedClock clock;
    fediverse::Dialects dialects = shipped_dialects();
    std::vector<records::RequestNumber> over;
    std::optional<ErrorKind> over_fails;
    int woken = 0;
    int opened = 0;
    std::vector<records::RequestNumber> deleted_again;
    erasure::DeletionSpotter spotter{sink,
                                     {requests, notices, notices, directory, vault, clock},
                                     dialects,
                                     [this](records::RequestNumber number) -> Result<void> {
                                         if (over_fails) {
                                             return fail(*over_fails, "the planner is away");
                                         }
                                         over.push_back(number);
                                         return {};
                                     },
                                     options(),
                                     [this] { ++woken; }};
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");

    erasure::SpotterOptions options() {
        erasure::SpotterOptions options;
        options.deletions.opened = [this] { ++opened; };
        options.deletions.deleted_again = [this](const records::ErasureRequest& before) {
            deleted_again.push_back(before.number);
        };
        options.local_hosts = {*Host::parse("origin.example")};
        return options;
    }
    [[nodiscard]] records::Observation delivery(const std::string& type,
                                                const std::string& object,
                                                const std::string& to) const {
        records::Observation seen;
        seen.at = clock.at;
        seen.recipient = *Host::parse(to);
        seen.activity.type = type;
        seen.activity.id = Personal<std::string>{object + "#delete"};
        seen.activity.object = Personal<std::string>{object};
        seen.activity.shares.push_back({Personal<std::string>{kAlice}, {}, {}});
        return seen;
    }
    void deliver(const records::Observation& observation,
                 privacy::OutcomeKind outcome,
                 std::uint16_t status = 202) {
        std::optional<IntentId> id;
        spotter.intend(observation, [&](Result<IntentId> done) { id = *done; });
        REQUIRE(id);
        spotter.settle(*id, {outcome, status});
    }
    void deletes(const std::string& object,
                 const std::string& to,
                 privacy::OutcomeKind outcome = privacy::OutcomeKind::Accepted) {
        deliver(delivery("Delete", object, to), outcome);
    }
    std::optional<Instant> step() {
        const auto again = spotter.step();
        REQUIRE(again);
        return *again;
    }
    std::vector<records::ErasureRequest> all() const { return *requests.requests({}); }
    std::optional<records::Notice> notice(const std::string& host, std::uint64_t request = 1) const {
        return *erasure::notice_to(notices, records::RequestNumber{request}, *Host::parse(host));
    }
    /// Another one with the same books, as after a stop.
    [[nodiscard]] std::unique_ptr<erasure::DeletionSpotter> restarted() {
        return std::make_unique<erasure::DeletionSpotter>(
            sink,
            erasure::SpotterPorts{requests, notices, notices, directory, vault, clock},
            dialects,
            [this](records::RequestNumber number) -> Result<void> {
                over.push_back(number);
                return {};
            },
            options(),
            [] {});
    }
    void software(const std::string& host, const std::string& name) {
        REQUIRE(directory.update(*Host::parse(host), [&](RecipientEntry& one) { one.software = name; }));
    }
};

}  // namespace fedtrail::testing
