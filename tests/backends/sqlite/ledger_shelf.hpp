/// Ledgers to damage.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_fixture.hpp"
#include "backends/sqlite/ledger_traffic.hpp"

namespace fedtrail::testing {

/// When the first activity began.
inline constexpr std::int64_t kBegun = 1'700'000'000;

inline sqlite::LedgerOptions quick() {
    sqlite::LedgerOptions options;
    options.retry_horizon = std::chrono::hours{6};
    options.fold_patience = std::chrono::hours{12};
    return options;
}

inline PackedObservation observation_of(LedgerWriter& writer,
                                        const std::string& id,
                                        std::int64_t at,
                                        std::uint64_t subject = 1,
                                        const std::string& recipient = "a.example") {
    PackedObservation observation;
    observation.subject = privacy::SubjectNumber{subject};
    observation.at_seconds = at;
    observation.recipient = *writer.recipient(*Host::parse(recipient));
    observation.activity =
        *writer.activity(ActivityFact{privacy::SubjectNumber{subject},
                                      from_unix_seconds(kBegun),
                                      "Create",
                                      id,
                                      id,
                                      fediverse::CategorySet{fediverse::DataCategory::PostText},
                                      fediverse::Visibility::Public});
    observation.outcome = {privacy::OutcomeKind::Accepted, 202};
    return observation;
}

/// A small ledger with chunks, an open journal, late attempts, unread connections, and subject 9, who is in
/// the journal only.
inline void fill(const std::filesystem::path& path,
                 const NumberedKeys& keys,
                 const sqlite::LedgerOptions& options,
                 LedgerModel& model,
                 int rounds = 300) {
    Traffic traffic{7, model};
    const auto writer = sqlite::SqliteLedgerWriter::open(path, keys, options);
    REQUIRE(writer);
    for (int round = 0; round < rounds; ++round) {
        traffic.step(**writer);
        if (round % 40 == 39) {
            REQUIRE((*writer)->fold(from_unix_seconds(traffic.now())));
        }
    }
    REQUIRE(
        *(*writer)->add(observation_of(**writer, "https://origin.example/users/nine/1", traffic.now(), 9)));
    (*writer)->add(
        records::TunnelObservation{from_unix_seconds(traffic.now()), *Host::parse("dark.example"), 10, 20});
    (*writer)->add(records::GapObservation{from_unix_seconds(1), from_unix_seconds(2), 3});
    REQUIRE((*writer)->commit());
    REQUIRE((*writer)->compact());
}

/// Every row of the derived tables.
inline std::map<std::string, std::vector<std::string>> derived_rows(const std::filesystem::path& path) {
    SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto* table : {"subject",
                              "chunk",
                              "chunk_times",
                              "chunk_range",
                              "uri_hash",
                              "reference",
                              "pairs",
                              "recipient_subjects",
                              "recipient_total"}) {
        const std::string keys = std::string{table} == "chunk_times" || std::string{table} == "chunk_range" ||
                                         std::string{table} == "uri_hash" || std::string{table} == "reference"
                                     ? "1, 2, 3"
                                     : "1";
        SQLite::Statement row{database, std::string{"SELECT * FROM "} + table + " ORDER BY " + keys};
        while (row.executeStep()) {
            std::string text;
            for (int column = 0; column < row.getColumnCount(); ++column) {
                const auto value = row.getColumn(column);
                text += hex(ByteView{static_cast<const std::byte*>(value.getBlob()),
                                     static_cast<std::size_t>(value.getBytes())}) +
                        "|";
            }
            rows[table].push_back(text);
        }
    }
    return rows;
}

}  // namespace fedtrail::testing
