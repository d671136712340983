/// The books of erasures with pages of their file that cannot be read.

#include <cstdint>
#include <fstream>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

/// Everything in the first page of a table is lost, while nothing has the file open.
void wipe_first_page(const std::filesystem::path& file, const std::string& table) {
    std::int64_t page = 0;
    std::int64_t size = 0;
    {
        SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
        page =
            database.execAndGet("SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'").getInt64();
        size = database.execAndGet("PRAGMA page_size").getInt64();
    }
    std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
    stream.seekp((page - 1) * size);
    stream << std::string(static_cast<std::size_t>(size), '\xff');
    stream.flush();
    REQUIRE(stream.good());
}

}  // namespace

TEST_CASE("A file whose pages are damaged is no row that a walk goes past", "[cases][whole]") {
    const TempDir folder;
    const auto file = folder / "cases.db";
    const NumberedKeys keys;
    {
        const auto cases = *sqlite::SqliteCases::open_file(file, keys, sqlite::OpenMode::ReadWrite);
        const auto request = started(*cases, 1);
        REQUIRE(cases->plan(request.number, {}, std::vector{notice_to(request, "a.example", 0)}));
        REQUIRE(cases->whole_requests({})->rows.size() == 1);
        REQUIRE(cases->whole_notices({})->rows.size() == 1);
    }
    wipe_first_page(file, "notice");
    wipe_first_page(file, "request");
    const auto cases = sqlite::SqliteCases::open_file(file, keys, sqlite::OpenMode::ReadWrite);
    REQUIRE(cases);
    CHECK((*cases)->whole_requests({}).error().kind == ErrorKind::Unavailable);
    CHECK((*cases)->whole_notices({}).error().kind == ErrorKind::Unavailable);
    // Who asks for one thing is told what it is.
    CHECK((*cases)->requests({}).error().kind == ErrorKind::Corrupt);
    CHECK((*cases)->notices({}).error().kind == ErrorKind::Corrupt);
}
