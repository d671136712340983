/// The directory of recipients past entries that are damaged in its file.

#include <memory>
#include <string>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/directory_book.hpp"
#include "host.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using sqlite::SqliteDirectory;

namespace {

/// a.example and www.a.example are one, b.example and www.b.example another.
struct JoinedShelf {
    TempDir folder;
    std::unique_ptr<SqliteDirectory> directory{open()};

    JoinedShelf() {
        for (const auto* const name : {"a.example", "b.example"}) {
            const auto main = host(name);
            const auto alias = host("www." + main.text());
            REQUIRE(directory->update(main, [&](RecipientEntry& entry) {
                entry.software = "snac";
                entry.aliases.push_back({alias, "www"});
            }));
        }
    }
    [[nodiscard]] std::unique_ptr<SqliteDirectory> open() const {
        return std::move(*SqliteDirectory::open_file(folder / "directory.db", sqlite::OpenMode::ReadWrite));
    }
    void damage(const std::string& name) const {
        SQLite::Database database{(folder / "directory.db").string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA ignore_check_constraints = ON");
        REQUIRE(database.exec("UPDATE recipient SET content = zeroblob(40) WHERE host = '" + name + "'") ==
                1);
    }
};

}  // namespace

TEST_CASE("A damaged entry does not hide what is known of other recipients", "[directory][damage]") {
    JoinedShelf shelf;
    shelf.damage("a.example");
    const auto joined = shelf.directory->joined();
    REQUIRE(joined);
    CHECK((*joined)->are_one(host("b.example"), host("www.b.example")));
    CHECK_FALSE((*joined)->are_one(host("a.example"), host("www.a.example")));
    CHECK(shelf.directory->damaged_entries() == 1);
    const auto software = shelf.directory->by_software();
    REQUIRE(software);
    CHECK(software->at("snac").hosts == 1);
    CHECK(shelf.directory->entry(host("a.example")).error().kind == ErrorKind::Corrupt);
    CHECK(shelf.directory->entry(host("b.example"))->software == "snac");
    CHECK(shelf.directory->check()->faults.size() == 1);
}

TEST_CASE("Hosts that were known as one stay so when their entry is damaged", "[directory][damage]") {
    JoinedShelf shelf;
    REQUIRE(shelf.directory->joined());
    CHECK(shelf.directory->damaged_entries() == 0);
    shelf.damage("a.example");
    const auto joined = shelf.directory->joined();
    REQUIRE(joined);
    CHECK((*joined)->are_one(host("a.example"), host("www.a.example")));
    CHECK((*joined)->are_one(host("b.example"), host("www.b.example")));
    CHECK(shelf.directory->damaged_entries() == 1);
}

TEST_CASE("Damage of one recipient joins no others that are two again", "[directory][damage]") {
    JoinedShelf shelf;
    REQUIRE(shelf.directory->joined());
    shelf.damage("a.example");
    REQUIRE(shelf.directory->update(host("b.example"), [](RecipientEntry& entry) { entry.aliases.clear(); }));
    const auto joined = shelf.directory->joined();
    REQUIRE(joined);
    CHECK((*joined)->are_one(host("a.example"), host("www.a.example")));
    CHECK_FALSE((*joined)->are_one(host("b.example"), host("www.b.example")));
}
