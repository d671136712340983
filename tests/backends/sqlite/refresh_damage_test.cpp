/// Asking recipients again past rows that are damaged in the directory's file.

#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/directory_book.hpp"
#include "host.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using sqlite::SqliteDirectory;

namespace {

Instant second(int number) {
    return from_unix_seconds(number);
}

}  // namespace

TEST_CASE("A row whose host is damaged holds up the asking of nobody else", "[refresh][damage]") {
    const TempDir folder;
    const auto file = folder / "directory.db";
    const auto book = std::move(*SqliteDirectory::open_file(file, sqlite::OpenMode::ReadWrite));
    REQUIRE(book->add(std::vector{host("damaged.example")}, second(1)));
    REQUIRE(book->add(std::vector{host("b.example"), host("c.example")}, second(5)));
    // No name, and one under which nothing would find the row again.
    const std::string damage =
        GENERATE(as<std::string>{}, "'not a host'", "''", "'DAMAGED.example'", "'b.example' || x'00'");
    {
        SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA ignore_check_constraints = ON");
        REQUIRE(database.exec("UPDATE refresh SET host = " + damage + " WHERE host = 'damaged.example'") ==
                1);
    }
    CHECK(*book->next_due() == second(5));
    CHECK(book->totals(second(5))->due == 2);
    for (const auto* const name : {"b.example", "c.example"}) {
        const auto claimed = book->claim(second(5), second(60), 1);
        REQUIRE(claimed);
        REQUIRE(claimed->size() == 1);
        CHECK(claimed->front().host == host(name));
    }
    CHECK(book->claim(second(5), second(60), 9)->empty());
    CHECK(*book->next_due() == second(60));
    CHECK(book->totals(second(5))->due == 0);
    CHECK_FALSE(book->check()->faults.empty());
}
