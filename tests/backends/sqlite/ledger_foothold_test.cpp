/// Commits that come close upon one another, and others who want the file.

#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "backends/sqlite/foothold.hpp"
#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using testing::kBegun;
using testing::observation_of;
using testing::quick;

namespace {

/// A ledger in memory with its writer, and another connection to the file that waits for nobody.
struct Shelf {
    Shelf()
        : writer(std::move(*SqliteLedgerWriter::open(path, keys, quick()))),
          other(path.string(), SQLite::OPEN_READWRITE) {}

    /// Whether it is durable.
    [[nodiscard]] bool commit_one_of_many() {
        const auto at = kBegun + ++written;
        const auto added =
            writer->add(observation_of(*writer, "https://origin.example/users/a/" + std::to_string(at), at));
        return added.value_or(false) && writer->commit_of_many();
    }
    /// As whoever makes sure that what was deleted is gone does it.
    bool can_empty_log() {
        SQLite::Statement row{other, "PRAGMA wal_checkpoint(TRUNCATE)"};
        return row.executeStep() && row.getColumn(0).getInt() == 0;
    }
    [[nodiscard]] std::uintmax_t log_size() const {
        return std::filesystem::file_size(path.string() + "-wal");
    }
    std::int64_t batches() { return other.execAndGet("SELECT count(*) FROM journal").getInt64(); }

    testing::TempDir folder = testing::TempDir::in_memory();
    testing::NumberedKeys keys;
    std::filesystem::path path = folder.path() / "ledger.db";
    std::unique_ptr<SqliteLedgerWriter> writer;
    SQLite::Database other;
    std::int64_t written{};
};

}  // namespace

TEST_CASE("A commit of many keeps its place in the file until the ledger rests",
          "[ledger][sqlite][foothold]") {
    Shelf shelf;
    REQUIRE(shelf.commit_one_of_many());
    CHECK(shelf.batches() == 1);  // durable all the same
    CHECK_FALSE(shelf.can_empty_log());
    shelf.writer->rest();
    CHECK(shelf.can_empty_log());
    CHECK(shelf.log_size() == 0);
    REQUIRE(shelf.commit_one_of_many());
    CHECK(shelf.batches() == 2);
}

TEST_CASE("What is no commit of many lets go of the file", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    REQUIRE(shelf.commit_one_of_many());
    SECTION("a commit") {
        REQUIRE(shelf.writer->commit());
    }
    SECTION("folding") {
        REQUIRE(shelf.writer->fold(from_unix_seconds(kBegun)));
    }
    SECTION("forgetting") {
        REQUIRE(shelf.writer->forget(privacy::SubjectNumber{1}));
        CHECK(shelf.log_size() == 0);
    }
    CHECK(shelf.can_empty_log());
}

TEST_CASE("What was looked up of what is known already is in nobody's way", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    const auto tell = [&shelf] {
        return *shelf.writer->add(observation_of(*shelf.writer, "https://origin.example/users/a/1", kBegun));
    };
    REQUIRE(tell());
    REQUIRE(shelf.writer->fold_settled(from_unix_seconds(kBegun + 86'400), {}));
    REQUIRE_FALSE(tell());
    SECTION("at a commit") {
        REQUIRE(shelf.writer->commit());
    }
    SECTION("at rest") {
        shelf.writer->rest();
    }
    CHECK(shelf.can_empty_log());
    CHECK(shelf.writer->compact());
}

TEST_CASE("Commits of many go on where another wrote between them", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    for (int i = 1; i <= 3; ++i) {
        REQUIRE(shelf.commit_one_of_many());
        shelf.other.exec("INSERT INTO gap (from_at, until_at, deliveries, checksum) VALUES (1, 2, 3, " +
                         std::to_string(i) + ")");
    }
    REQUIRE(shelf.commit_one_of_many());
    CHECK(shelf.batches() == 4);
}

TEST_CASE("A commit of many waits for whoever is writing", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    REQUIRE(shelf.commit_one_of_many());
    shelf.other.exec("BEGIN IMMEDIATE");
    std::jthread ending{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        shelf.other.exec("COMMIT");
    }};
    REQUIRE(shelf.commit_one_of_many());
    ending.join();
    CHECK(shelf.batches() == 2);
}

TEST_CASE("A turn that could not begin is in nobody's way", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    SQLite::Database mine{shelf.path.string(), SQLite::OPEN_READWRITE};  // with no patience
    fedtrail::sqlite::Foothold foothold{mine};
    const bool stays = GENERATE(true, false);
    const bool has_stood = GENERATE(true, false);
    if (has_stood) {
        foothold.begin(true).commit();
    }
    shelf.other.exec("BEGIN IMMEDIATE");
    CHECK_THROWS_AS((void)foothold.begin(stays), SQLite::Exception);
    shelf.other.exec("COMMIT");
    foothold.let_go();
    CHECK(mine.execAndGet("SELECT count(*) FROM journal").getInt64() == 0);
    CHECK(shelf.can_empty_log());
    CHECK_NOTHROW(mine.exec("VACUUM"));
    CHECK_NOTHROW(foothold.begin(stays).commit());
}

TEST_CASE("A claim waits for nobody, and keeps others out until the commit", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    const bool many_before = GENERATE(false, true);
    REQUIRE((!many_before || shelf.commit_one_of_many()));
    const auto before = shelf.batches();
    shelf.other.exec("BEGIN IMMEDIATE");
    const auto begun = std::chrono::steady_clock::now();
    CHECK_FALSE(shelf.writer->claim());
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{10});  // as long as a commit waits
    shelf.other.exec("COMMIT");
    REQUIRE(shelf.writer->claim());
    CHECK(shelf.other.tryExec("BEGIN IMMEDIATE") == SQLITE_BUSY);
    SECTION("a commit of many") {
        REQUIRE(shelf.commit_one_of_many());
        CHECK(shelf.batches() == before + 1);
    }
    SECTION("nothing to write") {
        shelf.writer->rest();
        CHECK(shelf.batches() == before);
    }
    SECTION("another commit") {
        REQUIRE(shelf.writer->fold(from_unix_seconds(kBegun)));
    }
    shelf.other.exec("BEGIN IMMEDIATE; COMMIT");
    REQUIRE(shelf.commit_one_of_many());
}

TEST_CASE("Claimed commits of many do not make the log grow without end", "[ledger][sqlite][foothold]") {
    Shelf shelf;
    for (int i = 0; i < 2'500; ++i) {
        REQUIRE(shelf.writer->claim());
        REQUIRE(shelf.commit_one_of_many());
    }
    CHECK(shelf.log_size() < std::uintmax_t{1'100} * 4'120);
}

TEST_CASE("Whoever has to empty the log gets it from commits of many that never rest",
          "[ledger][sqlite][foothold]") {
    Shelf shelf;
    shelf.other.setBusyTimeout(1'000);  // as empty_log()
    REQUIRE(shelf.commit_one_of_many());
    bool all_durable = true;
    std::jthread committing{[&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            all_durable = shelf.commit_one_of_many() && all_durable;
            std::this_thread::sleep_for(std::chrono::microseconds{100});
        }
    }};
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
    CHECK(shelf.can_empty_log());
    committing.request_stop();
    committing.join();
    CHECK(all_durable);
}

TEST_CASE("Commits of many without a rest do not make the log grow without end",
          "[ledger][sqlite][foothold]") {
    Shelf shelf;
    for (int i = 0; i < 2'500; ++i) {
        REQUIRE(shelf.commit_one_of_many());
    }
    // SQLite writes it back at 1,000 pages; a commit has one or two.
    CHECK(shelf.log_size() < std::uintmax_t{1'100} * 4'120);
}

TEST_CASE("Commits of many that come one by one do not make the log grow without end",
          "[ledger][sqlite][foothold]") {
    Shelf shelf;
    for (int i = 0; i < 2'500; ++i) {
        REQUIRE(shelf.commit_one_of_many());
        shelf.writer->rest();
    }
    CHECK(shelf.log_size() < std::uintmax_t{1'100} * 4'120);
}
