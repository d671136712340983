/// What comes late of one person is folded before its time where it would make a chunk too long.

#include <cstdint>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerWriter;
using testing::kBegun;

namespace {

constexpr int kMostLate = 4'096;

PackedObservation late_fetch(SqliteLedgerWriter& writer, int second) {
    auto fetch =
        testing::observation_of(writer, "https://origin.example/users/u/statuses/1", kBegun + second);
    fetch.outcome = {privacy::OutcomeKind::Fetched, 200};
    fetch.channel = privacy::Channel::SignedPull;
    return fetch;
}

int chunks_of(const std::filesystem::path& path) {
    SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
    return database.execAndGet("SELECT count(*) FROM chunk").getInt();
}

}  // namespace

TEST_CASE("So much that is late of one person wants a fold that a chunk is full of it", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto now = from_unix_seconds(kBegun + 86'400);
    sqlite::LedgerOptions options;
    options.keep_journal = true;
    const auto writer = *SqliteLedgerWriter::open(path, keys, options);
    REQUIRE(
        *writer->add(testing::observation_of(*writer, "https://origin.example/users/u/statuses/1", kBegun)));
    CHECK_FALSE(writer->wants_fold());
    REQUIRE(writer->fold_settled(now, {}));
    int second = 0;
    for (int round = 0; round < 3; ++round) {
        for (int i = 1; i < kMostLate; ++i) {
            REQUIRE(*writer->add(late_fetch(*writer, ++second)));
        }
        CHECK_FALSE(writer->wants_fold());
        REQUIRE(*writer->add(late_fetch(*writer, ++second)));
        CHECK(writer->wants_fold());
        REQUIRE(writer->fold(now));
        CHECK_FALSE(writer->wants_fold());
        CHECK(chunks_of(path) == round + 1);
    }
    const auto before = testing::derived_rows(path);
    REQUIRE(writer->rebuild());
    CHECK(testing::derived_rows(path) == before);
    CHECK(writer->compact());
}
