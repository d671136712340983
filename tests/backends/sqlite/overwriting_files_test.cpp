#include "backends/sqlite/overwriting_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/database_copy.hpp"
#include "temp_dir.hpp"

using fedtrail::sqlite::empty_log;
using fedtrail::sqlite::free_room;
using fedtrail::sqlite::Migration;
using fedtrail::sqlite::OpenMode;
using fedtrail::sqlite::PageRoom;
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

}  // namespace

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
