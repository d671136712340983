/// What was declared of recipients: kept, with its history, against damage.

#include "backends/sqlite/declaration_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/directory_book.hpp"
#include "recipients/here_and_now.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::testing::host;
using fedtrail::testing::kNow;
using fedtrail::testing::TempDir;
using sqlite::OpenMode;
using sqlite::SqliteDeclarations;
using sqlite::SqliteDirectory;

namespace {

/// Says that `key` is `value`; "" takes it back.
Declaring saying(std::string_view name, const std::string& key, const std::string& value) {
    return {host(name), kNow, "cli", "seen", [key, value](const auto&) -> Result<std::vector<WordChange>> {
                WordChange change{key, {}, {}};
                if (!value.empty()) {
                    change.after = Personal{value};
                }
                return std::vector{change};
            }};
}

std::unique_ptr<SqliteDeclarations> declarations_in(const TempDir& folder) {
    auto book = SqliteDeclarations::open_file(folder / "directory.db", OpenMode::ReadWrite);
    REQUIRE(book);
    return std::move(*book);
}

std::size_t say(SqliteDeclarations& book, const std::vector<Declaring>& acts) {
    const auto done = book.declare(acts);
    REQUIRE(done);
    return *done;
}

}  // namespace

TEST_CASE("What was declared stands after a restart, with who said it and why", "[declarations]") {
    const TempDir folder;
    CHECK(say(*declarations_in(folder),
              {saying("b.example", "country", "DE"), saying("a.example", "country", "FR")}) == 2);
    const auto book = declarations_in(folder);
    const std::vector hosts{host("a.example"), host("c.example"), host("b.example")};
    const auto stands = book->declared(hosts);
    REQUIRE(stands);
    REQUIRE(stands->size() == 3);
    CHECK((*stands)[1].empty());
    REQUIRE((*stands)[2].size() == 1);
    const auto& word = (*stands)[2][0];
    CHECK(word.key == "country");
    CHECK(word.value.reveal() == "DE");
    CHECK(word.at == kNow);
    CHECK(word.by == "cli");
    CHECK(word.reason == "seen");
    CHECK(*book->declared_hosts("", 10) == std::vector{host("a.example"), host("b.example")});
    CHECK(*book->declared_hosts("a.example", 10) == std::vector{host("b.example")});
    CHECK(book->declared_hosts("", 1)->size() == 1);
}

TEST_CASE("A recipient's entry has the inbox that was declared, and does not keep it", "[declarations]") {
    const TempDir folder;
    const auto book = declarations_in(folder);
    const auto directory = *SqliteDirectory::open_file(folder / "directory.db", OpenMode::ReadWrite);
    const std::vector hosts{host("a.example"), host("b.example")};
    say(*book, {saying("b.example", "inbox", "https://b.example/in"), saying("b.example", "country", "DE")});
    REQUIRE(directory->update(hosts[1], [](RecipientEntry& entry) { entry.software = "someware"; }));
    const auto entries = *directory->entries(hosts);
    CHECK(entries[0].declared_inbox.empty());
    CHECK(entries[1].declared_inbox == "https://b.example/in");
    CHECK(entries[1].software == "someware");
    say(*book, {saying("b.example", "inbox", "")});
    CHECK(directory->entry(hosts[1])->declared_inbox.empty());
}

TEST_CASE("The history tells each act with what stood before", "[declarations]") {
    const TempDir folder;
    const auto book = declarations_in(folder);
    say(*book, {saying("a.example", "country", "DE")});
    say(*book, {saying("a.example", "country", "AT")});
    CHECK(say(*book, {saying("a.example", "country", "AT")}) == 0);
    say(*book, {saying("a.example", "country", "")});
    CHECK(say(*book, {saying("a.example", "country", "")}) == 0);
    const auto acts = book->history(host("a.example"));
    REQUIRE(acts);
    REQUIRE(acts->size() == 3);
    CHECK_FALSE((*acts)[0].changes.at(0).before);
    CHECK((*acts)[1].changes.at(0).before->reveal() == "DE");
    CHECK((*acts)[1].changes.at(0).after->reveal() == "AT");
    CHECK_FALSE((*acts)[2].changes.at(0).after);
    CHECK(book->declared_hosts("", 10)->empty());
    CHECK(book->history(host("b.example"))->empty());
}

TEST_CASE("Of several acts all are written, or none", "[declarations]") {
    const TempDir folder;
    const auto book = declarations_in(folder);
    auto refused = saying("b.example", "country", "DE");
    refused.change = [](const auto&) -> Result<std::vector<WordChange>> {
        return fail(ErrorKind::Invalid, "no such word", "another");
    };
    const std::vector acts{saying("a.example", "country", "DE"), refused};
    const auto done = book->declare(acts);
    REQUIRE_FALSE(done);
    CHECK(done.error().what == "no such word");
    CHECK(book->declared_hosts("", 10)->empty());
    CHECK(book->history(host("a.example"))->empty());
}

TEST_CASE("Every octet that is changed is found, and a row in another's place", "[declarations][doctor]") {
    const TempDir folder;
    say(*declarations_in(folder),
        {saying("a.example", "country", "DE"), saying("b.example", "country", "FR")});
    const auto faults = [&] {
        return (*SqliteDirectory::open_file(folder / "directory.db", OpenMode::ReadWrite))->check()->faults;
    };
    REQUIRE(faults().empty());
    const auto harm = [&](const char* sql) {
        SQLite::Database{(folder / "directory.db").string(), SQLite::OPEN_READWRITE}.exec(sql);
    };
    harm(
        "UPDATE declaration SET content = CAST(substr(content, 1, 4) || x'7f' || substr(content, 6) AS BLOB) "
        "WHERE host = 'a.example'");
    CHECK(faults().size() == 1);
    const std::vector hosts{host("a.example")};
    const auto read = declarations_in(folder)->declared(hosts);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Corrupt);
    harm("DELETE FROM declaration WHERE host = 'a.example'; UPDATE declaration SET host = 'a.example'");
    CHECK(faults().size() == 1);
    harm("DELETE FROM declaration; UPDATE declaration_act SET host = 'c.example' WHERE host = 'a.example'");
    CHECK(faults().size() == 1);
    harm("UPDATE declaration_act SET content = x'01' WHERE host = 'b.example'");
    CHECK(faults().size() == 2);
}
