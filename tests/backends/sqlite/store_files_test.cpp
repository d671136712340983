#include "backends/sqlite/store_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/database_copy.hpp"
#include "temp_dir.hpp"

using fedtrail::sqlite::empty_log;
using fedtrail::sqlite::free_room;
using fedtrail::sqlite::FreeRoom;
using fedtrail::sqlite::Migration;
using fedtrail::sqlite::OpenMode;
using fedtrail::sqlite::PageRoom;
using fedtrail::sqlite::store_files;
using fedtrail::testing::TempDir;

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::array kTables{Migration{1,
                                       "0001_a.sql",
                                       "CREATE TABLE named (who INTEGER, number INTEGER, text BLOB, PRIMARY "
                                       "KEY (who, number)) WITHOUT ROWID;"
                                       "CREATE TABLE listed (number INTEGER PRIMARY KEY, text BLOB);"}};

/// The head of a page of `type` with so many cells, the first of which begins at `first`.
std::vector<std::byte> page_of(int type, std::size_t cells, std::size_t first, std::size_t header = 0) {
    std::vector<std::byte> page(kPage);
    page[header] = static_cast<std::byte>(type);
    page[header + 3] = static_cast<std::byte>(cells >> 8U);
    page[header + 4] = static_cast<std::byte>(cells & 0xFFU);
    page[header + 5] = static_cast<std::byte>(first >> 8U);
    page[header + 6] = static_cast<std::byte>(first & 0xFFU);
    return page;
}

/// Rows of several people come, grow and shrink, many of them on one page.
void some_traffic(SQLite::Database& database) {
    std::mt19937 random{20261130};
    for (int round = 0; round < 1'500; ++round) {
        SQLite::Statement named{database, "INSERT OR REPLACE INTO named VALUES (?, ?, randomblob(?))"};
        named.bind(1, static_cast<int>(random() % 12));
        named.bind(2, static_cast<int>(random() % 60));
        named.bind(3, static_cast<int>(40 + random() % 120));
        named.exec();
        SQLite::Statement listed{database, "INSERT OR REPLACE INTO listed VALUES (?, randomblob(?))"};
        listed.bind(1, static_cast<int>(random() % 400));
        listed.bind(2, static_cast<int>(40 + random() % 200));
        listed.exec();
    }
}

/// How many pages there are, and of how many the free room is not empty.
struct Pages {
    std::size_t all{};
    std::size_t with_remains{};
};

Pages pages_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    const std::string octets{std::istreambuf_iterator<char>{in}, {}};
    Pages pages;
    for (std::size_t at = 0; at + kPage <= octets.size(); at += kPage, ++pages.all) {
        const auto page = std::as_bytes(std::span{octets}).subspan(at, kPage);
        const auto room = free_room(page, at == 0 ? 100 : 0);
        const auto left = page.subspan(room.begin, room.end - room.begin);
        pages.with_remains +=
            std::any_of(left.begin(), left.end(), [](std::byte octet) { return octet != std::byte{}; }) ? 1
                                                                                                        : 0;
    }
    return pages;
}

/// The log of a database, opened by hand.
class LogFile {
public:
    explicit LogFile(const std::filesystem::path& database)
        : vfs_(sqlite3_vfs_find(store_files(FreeRoom::Kept))),
          memory_(static_cast<std::size_t>(vfs_->szOsFile)),
          name_(database.string() + "-wal" + '\0') {
        std::ofstream{database};  // SQLite gives its log the mode that this has
        constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL;
        REQUIRE(vfs_->xOpen(vfs_, name_.data(), file(), kFlags, nullptr) == SQLITE_OK);
    }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
    LogFile(LogFile&&) = delete;
    LogFile& operator=(LogFile&&) = delete;
    ~LogFile() { close(); }

    void write(const std::string& octets, sqlite3_int64 at) {
        REQUIRE(methods().xWrite(file(), octets.data(), static_cast<int>(octets.size()), at) == SQLITE_OK);
    }
    std::string read(std::size_t count, sqlite3_int64 at) {
        std::string octets(count, '?');
        REQUIRE(methods().xRead(file(), octets.data(), static_cast<int>(count), at) == SQLITE_OK);
        return octets;
    }
    sqlite3_int64 length() {
        sqlite3_int64 length = 0;
        REQUIRE(methods().xFileSize(file(), &length) == SQLITE_OK);
        return length;
    }
    void sync() { REQUIRE(methods().xSync(file(), SQLITE_SYNC_NORMAL) == SQLITE_OK); }
    void truncate(sqlite3_int64 length) { REQUIRE(methods().xTruncate(file(), length) == SQLITE_OK); }
    void close() {
        if (file()->pMethods != nullptr) {
            REQUIRE(methods().xClose(file()) == SQLITE_OK);
            file()->pMethods = nullptr;
        }
    }

private:
    [[nodiscard]] const sqlite3_io_methods& methods() { return *file()->pMethods; }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as SQLite itself has it
    [[nodiscard]] sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

    sqlite3_vfs* vfs_;
    std::vector<std::max_align_t> memory_;
    std::string name_;
};

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// How often this process asked the kernel to write; nothing where it does not say.
std::optional<std::uint64_t> writes_so_far() {
    std::ifstream in{"/proc/self/io"};
    std::string name;
    std::uint64_t count = 0;
    while (in >> name >> count) {
        if (name == "syscw:") {
            return count;
        }
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("The head of a frame goes into the log with its page") {
    const TempDir dir;
    LogFile log{dir / "x.db"};
    const std::string start(32, 's');
    const std::string head(24, 'h');
    const std::string page(kPage, 'p');
    log.write(start, 0);
    log.write(head, 32);
    CHECK(content_of(dir / "x.db-wal") == start);
    log.write(page, 56);
    CHECK(content_of(dir / "x.db-wal") == start + head + page);
    log.write(std::string(24, 'i'), 56 + static_cast<sqlite3_int64>(kPage));
    log.write(std::string(kPage, 'q'), 80 + static_cast<sqlite3_int64>(kPage));
    CHECK(content_of(dir / "x.db-wal") ==
          start + head + page + std::string(24, 'i') + std::string(kPage, 'q'));
}

TEST_CASE("A head that waits for its page is there for whatever else is done to the log") {
    const TempDir dir;
    const auto path = dir / "x.db-wal";
    const std::string head(24, 'h');
    std::optional<LogFile> log{std::in_place, dir / "x.db"};
    log->write(head, 0);
    SECTION("read") {
        CHECK(log->read(24, 0) == head);
    }
    SECTION("asked for its length") {
        CHECK(log->length() == 24);
    }
    SECTION("flushed") {
        log->sync();
    }
    SECTION("closed") {
        log.reset();
    }
    SECTION("written elsewhere") {
        log->write(std::string(100, 'x'), 40);
        CHECK(content_of(path) == head + std::string(16, '\0') + std::string(100, 'x'));
        return;
    }
    SECTION("another head") {
        log->write(std::string(24, 'i'), 100);
        CHECK(content_of(path) == head);
        return;
    }
    SECTION("cut off") {
        log->truncate(10);
        CHECK(content_of(path) == head.substr(0, 10));
        return;
    }
    CHECK(content_of(path) == head);
}

TEST_CASE("A small commit is one write") {
    if (!writes_so_far()) {
        return;
    }
    const TempDir dir;
    const fedtrail::sqlite::DatabaseKind kind{"sample", 0x46544C54, kTables, kPage, GENERATE(false, true)};
    const auto database = fedtrail::sqlite::open_database(dir / "x.db", kind, OpenMode::ReadWrite);
    REQUIRE(database);
    (*database)->exec("INSERT INTO listed VALUES (0, x'00')");
    const auto before = *writes_so_far();
    for (int i = 0; i < 200; ++i) {
        (*database)->exec("UPDATE listed SET text = randomblob(8) WHERE number = 0");
    }
    CHECK(*writes_so_far() - before <= 210);
}

TEST_CASE("A page's free room lies between its list of cells and the cells") {
    CHECK(free_room(page_of(13, 3, 4000), 0) == PageRoom{14, 4000});
    CHECK(free_room(page_of(10, 300, 700), 0) == PageRoom{608, 700});
    CHECK(free_room(page_of(5, 1, 4090), 0) == PageRoom{14, 4090});
    CHECK(free_room(page_of(2, 0, 4096), 0) == PageRoom{12, 4096});
    CHECK(free_room(page_of(13, 1, 4000, 100), 100) == PageRoom{110, 4000});
    CHECK(free_room(page_of(13, 10, 28), 0) == PageRoom{28, 28});
    for (const auto& none : {page_of(0, 3, 4000),  // an overflow page, a page that is free
                             page_of(1, 3, 4000),
                             page_of(13, 10, 27),  // no page that SQLite wrote
                             page_of(13, 3, 4097),
                             page_of(13, 3, 0),  // 65,536: more than this page has
                             std::vector<std::byte>(8, std::byte{13})}) {
        CHECK(free_room(none, 0) == PageRoom{});
    }
}

TEST_CASE("Of rows that were moved nothing stays in the file") {
    const TempDir dir;
    const fedtrail::sqlite::DatabaseKind kind{"sample", 0x46544C54, kTables, kPage, true};
    const auto database = fedtrail::sqlite::open_database(dir / "x.db", kind, OpenMode::ReadWrite);
    REQUIRE(database);
    some_traffic(**database);
    REQUIRE(empty_log(**database));
    const auto pages = pages_of(dir / "x.db");
    CHECK(pages.all > 30);
    CHECK(pages.with_remains == 0);
    CHECK((*database)->execAndGet("PRAGMA integrity_check").getString() == "ok");
    CHECK((*database)->execAndGet("SELECT count(*) FROM named").getInt() > 600);
}

TEST_CASE("Nor does anything stay of them in a copy of a file, which may be restored") {
    const TempDir dir;
    const fedtrail::sqlite::DatabaseKind kind{"sample", 0x46544C54, kTables, kPage, true};
    {
        const auto database = fedtrail::sqlite::open_database(dir / "x.db", kind, OpenMode::ReadWrite);
        REQUIRE(database);
        (*database)->exec(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) INSERT INTO "
            "named "
            "SELECT i % 60, i, randomblob(20 + i % 9) FROM n");
    }
    REQUIRE(fedtrail::sqlite::copy_database(dir / "x.db", dir / "copy.db"));
    const auto pages = pages_of(dir / "copy.db");
    CHECK(pages.all > 30);
    CHECK(pages.with_remains == 0);
    CHECK(fedtrail::sqlite::check_copy(dir / "copy.db"));
}
