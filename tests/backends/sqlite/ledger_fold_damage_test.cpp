/// Damage that a fold meets must not stop the folding of everybody else.

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::kBegun;
using testing::observation_of;

TEST_CASE("A person whose chunk is damaged ends one fold, not those of everybody",
          "[ledger][sqlite][shared]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto writer = *SqliteLedgerWriter::open(path, keys, {});
    const auto reader = *SqliteLedgerReader::open(path, keys);
    const auto add = [&](int post) {
        for (const std::uint64_t who : {1U, 2U}) {
            const auto id = "https://origin.example/users/u/statuses/" + std::to_string(post);
            REQUIRE(*writer->add(observation_of(*writer, id, kBegun + post, who)));
        }
        REQUIRE(writer->commit());
    };
    const auto fold = [&](std::optional<SubjectNumber> who = {}) {
        return writer->fold_settled(from_unix_seconds(kBegun + 100), who);
    };
    add(1);
    REQUIRE(fold()->activities == 2);
    {
        SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
        REQUIRE(database.exec("UPDATE chunk SET facts = x'00' WHERE key >> 24 = 1") == 1);
    }
    add(2);
    const auto stopped = fold();
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().kind == ErrorKind::Corrupt);
    CHECK(fold()->activities == 1);
    add(3);
    CHECK(fold()->activities == 1);
    CHECK(reader->unlogged(SubjectNumber{1})->records == 2);
    CHECK(reader->unlogged(SubjectNumber{2})->records == 0);
    CHECK_FALSE(fold(SubjectNumber{1}));  // who asks about this person hears of it
}
