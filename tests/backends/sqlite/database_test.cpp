#include "backends/sqlite/database.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sqlite3.h>
#include <sys/stat.h>

#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::testing::TempDir;

namespace {

constexpr std::array kFirst{Migration{1, "0001_a.sql", "CREATE TABLE a (x INTEGER UNIQUE) STRICT;"}};
constexpr std::array kBoth{kFirst[0],
                           Migration{2, "0002_b.sql", "CREATE TABLE b (y TEXT); CREATE TABLE c (z);"}};
constexpr std::array kBroken{kFirst[0],
                             Migration{2, "0002_b.sql", "CREATE TABLE b (y TEXT); CREATE TABEL c (z);"}};

DatabaseKind kind_of(std::span<const Migration> migrations) {
    return {"sample", 0x46544C54, migrations, 8192};
}

std::int64_t ask(SQLite::Database& database, const char* sql) {
    return database.execAndGet(sql).getInt64();
}

}  // namespace

TEST_CASE("A new database is private, durable and at the newest layout") {
    const TempDir dir;
    const auto database = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE(database);
    CHECK(ask(**database, "PRAGMA user_version") == 2);
    CHECK(ask(**database, "PRAGMA application_id") == 0x46544C54);
    CHECK(ask(**database, "PRAGMA synchronous") == 2);
    CHECK(ask(**database, "PRAGMA foreign_keys") == 1);
    CHECK(ask(**database, "PRAGMA page_size") == 8192);
    CHECK((*database)->execAndGet("PRAGMA journal_mode").getString() == "wal");
    CHECK(ask(**database, "SELECT count(*) FROM sqlite_master WHERE type = 'table'") == 3);
    for (const char* name : {"x.db", "x.db-wal", "x.db-shm"}) {
        struct stat status {};
        REQUIRE(::stat((dir / name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
    }
}

TEST_CASE("Nothing is written into a file that was deleted or moved away") {
    auto kind = kind_of(kFirst);
    kind.secure_delete = GENERATE(false, true);
    const TempDir dir;
    const auto file = dir / "x.db";
    const auto opened = open_database(file, kind, OpenMode::ReadWrite);
    REQUIRE(opened);
    const auto put = [&](int number) -> Result<void> {
        try {
            (*opened)->exec("INSERT INTO a VALUES (" + std::to_string(number) + ")");
            return {};
        } catch (const SQLite::Exception& failure) {
            return tl::unexpected{to_error(failure, "writing")};
        }
    };
    REQUIRE(put(1));
    std::filesystem::rename(file, dir / "kept.db");
    std::this_thread::sleep_for(
        std::chrono::milliseconds{2});  // whether it is there is looked at once a millisecond
    const auto refused = put(2);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Unavailable);
    CHECK(refused.error().what ==
          "writing failed: its file, or the -wal or -shm beside it, was deleted or moved away while it was "
          "in use");
    std::ofstream{file} << "another file";
    CHECK_FALSE(put(3));
    std::filesystem::rename(dir / "kept.db", file);
    CHECK(put(4));
    CHECK(ask(**opened, "SELECT sum(x) FROM a") == 5);
}

TEST_CASE("Nothing is written while what SQLite keeps beside the file is gone") {
    const TempDir dir;
    const auto file = dir / "x.db";
    const bool is_new = GENERATE(true, false);
    if (!is_new) {
        REQUIRE(open_database(file, kind_of(kFirst), OpenMode::ReadWrite));
    }
    const auto opened = open_database(file, kind_of(kFirst), OpenMode::ReadWrite);
    REQUIRE(opened);
    const auto put = [&](int number) {
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
        return (*opened)->tryExec("INSERT INTO a VALUES (" + std::to_string(number) + ")") == SQLITE_OK;
    };
    REQUIRE(put(1));
    const std::string name = file.string() + GENERATE("-wal", "-shm");
    std::filesystem::rename(name, dir / "kept");
    CHECK_FALSE(put(2));
    std::ofstream{name} << "another file";
    CHECK_FALSE(put(3));
    std::filesystem::rename(dir / "kept", name);
    CHECK(put(4));
    CHECK(ask(**opened, "SELECT sum(x) FROM a") == 5);
}

TEST_CASE("A log that had to grow while somebody read becomes small again") {
    const TempDir dir = TempDir::in_memory();
    const auto file = dir / "x.db";
    const auto opened = open_database(file, kind_of(kFirst), OpenMode::ReadWrite);
    const auto reader = open_database(file, kind_of(kFirst), OpenMode::ReadOnly);
    REQUIRE(opened);
    REQUIRE(reader);
    (*opened)->exec(
        "INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 20000) SELECT i FROM n");
    (*reader)->exec("BEGIN");
    REQUIRE(ask(**reader, "SELECT count(*) FROM a") == 20'000);
    constexpr std::uintmax_t kMost = 16U << 20U;
    const auto log = file.string() + "-wal";
    while (std::filesystem::file_size(log) <= kMost) {
        (*opened)->exec("UPDATE a SET x = -x");
    }
    (*reader)->exec("COMMIT");
    for (int i = 0; i < 3; ++i) {
        (*opened)->exec("INSERT INTO a VALUES (" + std::to_string(30'000 + i) + ")");
    }
    CHECK(std::filesystem::file_size(log) <= kMost);
}

TEST_CASE("An older database is brought up without losing its rows") {
    const TempDir dir;
    {
        const auto old = open_database(dir / "x.db", kind_of(kFirst), OpenMode::ReadWrite);
        REQUIRE(old);
        (*old)->exec("INSERT INTO a VALUES (7)");
    }
    const auto reader = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadOnly);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().kind == ErrorKind::Invalid);
    {
        const auto backup = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadOlder);
        REQUIRE(backup);
        CHECK(ask(**backup, "SELECT x FROM a") == 7);
        CHECK(ask(**backup, "PRAGMA user_version") == 1);
        CHECK_THROWS_AS((*backup)->exec("INSERT INTO a VALUES (8)"), SQLite::Exception);
    }
    const auto now = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE(now);
    CHECK(ask(**now, "SELECT x FROM a") == 7);
    CHECK(ask(**now, "SELECT count(*) FROM c") == 0);
}

TEST_CASE("A migration that fails leaves the old layout whole") {
    const TempDir dir;
    REQUIRE(open_database(dir / "x.db", kind_of(kFirst), OpenMode::ReadWrite));
    CHECK_FALSE(open_database(dir / "x.db", kind_of(kBroken), OpenMode::ReadWrite));
    const auto again = open_database(dir / "x.db", kind_of(kFirst), OpenMode::ReadWrite);
    REQUIRE(again);
    CHECK(ask(**again, "SELECT count(*) FROM sqlite_master WHERE name = 'b'") == 0);
}

TEST_CASE("A newer database is refused with both versions named") {
    const TempDir dir;
    REQUIRE(open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite));
    for (const auto mode : {OpenMode::ReadWrite, OpenMode::ReadOnly}) {
        const auto refused = open_database(dir / "x.db", kind_of(kFirst), mode);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
        CHECK(refused.error().what == "the sample database has layout 2, this program knows up to 1");
        CHECK_FALSE(refused.error().remedy.empty());
    }
}

TEST_CASE("Another program's database is refused and left as it was") {
    const TempDir dir;
    SQLite::Database{(dir / "x.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(
        "CREATE TABLE theirs (x)");
    const auto refused = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Invalid);
    SQLite::Database theirs{(dir / "x.db").string(), SQLite::OPEN_READONLY};
    CHECK(theirs.execAndGet("PRAGMA journal_mode").getString() == "delete");
    CHECK(ask(theirs, "SELECT count(*) FROM sqlite_master") == 1);
}

TEST_CASE("What is not a database is called corrupt, what is missing not found") {
    const TempDir dir;
    std::ofstream{dir / "x.db"} << std::string(8192, 'x');
    const auto damaged = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().kind == ErrorKind::Corrupt);
    CHECK_THAT(damaged.error().what, Catch::Contains((dir / "x.db").string()));
    std::ofstream{dir / "empty.db"}.close();
    for (const auto mode : {OpenMode::ReadOnly, OpenMode::ReadOlder}) {
        const auto empty = open_database(dir / "empty.db", kind_of(kBoth), mode);
        REQUIRE_FALSE(empty);
        CHECK(empty.error().kind == ErrorKind::Corrupt);
        CHECK(empty.error().what ==
              "the sample database " + (dir / "empty.db").string() + " has nothing in it");
        CHECK_THAT(empty.error().remedy, Catch::Contains("fedtrail restore"));
    }
    const auto missing = open_database(dir / "y.db", kind_of(kBoth), OpenMode::ReadOnly);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::NotFound);
    const auto nowhere = open_database(dir / "no/such/folder/y.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().kind == ErrorKind::Denied);
}

TEST_CASE("A reader beside the writer cannot write") {
    const TempDir dir;
    const auto writer = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    const auto reader = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadOnly);
    REQUIRE(writer);
    REQUIRE(reader);
    (*writer)->exec("INSERT INTO a VALUES (1)");
    CHECK(ask(**reader, "SELECT count(*) FROM a") == 1);
    CHECK_THROWS_AS((*reader)->exec("INSERT INTO a VALUES (2)"), SQLite::Exception);
}

TEST_CASE("Many that open a new database at once all find one layout") {
    for (int round = 0; round < 20; ++round) {
        const TempDir dir;
        std::vector<std::string> faults(4);
        std::vector<std::thread> threads;
        for (auto& fault : faults) {
            threads.emplace_back([&dir, &fault] {
                const auto database = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
                fault = database ? "" : database.error().what;
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        for (const auto& fault : faults) {
            CHECK(fault.empty());
        }
    }
}

TEST_CASE("SQLite's failures say what a caller can do") {
    const TempDir dir;
    const auto database = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE(database);
    const auto kind_for = [&](int code) {
        return to_error(SQLite::Exception{"secret", code}, "writing").kind;
    };
    CHECK(kind_for(SQLITE_FULL) == ErrorKind::Unavailable);
    CHECK(kind_for(SQLITE_BUSY) == ErrorKind::Unavailable);
    CHECK(kind_for(SQLITE_LOCKED) == ErrorKind::Unavailable);
    CHECK(kind_for(SQLITE_IOERR) == ErrorKind::Unavailable);
    CHECK(kind_for(SQLITE_CORRUPT) == ErrorKind::Corrupt);
    CHECK(kind_for(SQLITE_NOTADB) == ErrorKind::Corrupt);
    CHECK(kind_for(SQLITE_READONLY) == ErrorKind::Denied);
    CHECK(kind_for(SQLITE_CANTOPEN) == ErrorKind::Denied);
    CHECK(to_error(SQLite::Exception{"secret", SQLITE_FULL}, "writing to the ledger").what ==
          "writing to the ledger failed: the disk is full");
    (*database)->exec("INSERT INTO a VALUES (1)");
    try {
        (*database)->exec("INSERT INTO a VALUES (1)");
        FAIL("the row was taken twice");
    } catch (const SQLite::Exception& failure) {
        CHECK(to_error(failure, "writing").kind == ErrorKind::Conflict);
    }
}

TEST_CASE("A full database file says that the disk is full and keeps what was committed") {
    const TempDir dir;
    const auto database = open_database(dir / "x.db", kind_of(kBoth), OpenMode::ReadWrite);
    REQUIRE(database);
    (*database)->exec("INSERT INTO b VALUES ('kept')");
    (*database)->exec("PRAGMA max_page_count = 8");
    try {
        (*database)->exec("INSERT INTO b VALUES (zeroblob(100000))");
        FAIL("more was stored than fits");
    } catch (const SQLite::Exception& failure) {
        CHECK(to_error(failure, "writing").what == "writing failed: the disk is full");
    }
    CHECK(ask(**database, "SELECT count(*) FROM b") == 1);
}

TEST_CASE("A schema that is not what the migrations make is found, whatever it still does") {
    const TempDir dir;
    const std::array kinds{DatabaseKind{"vault", 1, vault_migrations()},
                           DatabaseKind{"ledger", 2, ledger_migrations()},
                           DatabaseKind{"cases", 3, cases_migrations()},
                           DatabaseKind{"directory", 4, directory_migrations()},
                           DatabaseKind{"log", 5, log_migrations()},
                           DatabaseKind{"witness", 6, witness_migrations()}};
    for (const auto& kind : kinds) {
        INFO(kind.name);
        const auto file = dir / std::string{kind.name};
        const auto database = open_database(file, kind, OpenMode::ReadWrite);
        REQUIRE(database);
        CHECK(layout_faults(**database, kind).empty());
        (*database)->exec("ANALYZE");
        CHECK(layout_faults(**database, kind).empty());
        (*database)->exec("CREATE TABLE of_somebody_else (x)");
        CHECK(layout_faults(**database, kind).size() == 1);
        (*database)->exec("DROP TABLE of_somebody_else; PRAGMA writable_schema = ON");
        CHECK((*database)->exec("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', 'NOT  NULL')") > 0);
        const auto faults = layout_faults(**database, kind);
        REQUIRE_FALSE(faults.empty());
        CHECK_THAT(faults.front(), Catch::Contains("is not what the migrations make"));
    }
}
