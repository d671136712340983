/// The books of cases against damage, strangers and shredding.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_consents.hpp"
#include "backends/sqlite/case_story.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using sqlite::OpenMode;
using sqlite::SqliteCases;
using sqlite::SqliteDirectory;

namespace {

/// A file with something in every table, closed.
void fill(const std::filesystem::path& file, const SubjectSealer& keys) {
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(cases);
    for (std::size_t number = 0; number < 6; ++number) {
        REQUIRE(act(**cases, number));
    }
    auto request = request_of(8);
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects = {Personal<std::string>{"https://origin.example/chosen"}};
    request.scope.recipients = {host("a.example")};
    REQUIRE(
        (*cases)->open(request, event(privacy::RequestEventKind::Received, privacy::RequestState::Received)));
    REQUIRE((*cases)->set_minor(privacy::SubjectNumber{8}, true));
    const auto access = sqlite::SqliteAccess::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(access);
    REQUIRE((*access)->record({privacy::SubjectNumber{8}, at(60), "report", "cli", "a complaint", true}));
    REQUIRE((*access)->record({privacy::SubjectNumber{8}, at(61), "report", "api:t1", "", false}));
    const auto consents = sqlite::SqliteConsents::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(consents);
    for (const auto* const country : {"US", "IN"}) {
        REQUIRE((*consents)->give({privacy::SubjectNumber{8},
                                   0,
                                   *privacy::Country::parse(country),
                                   host("a.example"),
                                   *privacy::parse_day("1970-01-01"),
                                   std::nullopt,
                                   "letter 7"},
                                  at(62)));
    }
    const records::NoticeNumber one{1};
    auto notices = *(*cases)->notices(NoticeFilter{});
    notices[0].next_look_at = at(50);
    notices[0].reason = "no answer";
    REQUIRE(
        (*cases)->apply(NoticeChange{{notices[0]},
                                     {},
                                     {{one, at(2), "mastodon-account", fediverse::Presence::Gone, 410}},
                                     {{one, at(3), "first", "nl", "smtp", "<x@origin.example>", true, ""}}}));
}

std::uint64_t faults_in(const std::filesystem::path& file, const SubjectSealer& keys) {
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    if (!cases) {
        return 1;
    }
    const auto check = (*cases)->check();
    return check ? check->faults.size() : 1;
}

/// One column of the first or last row of a table.
struct Place {
    std::string table;
    std::string column;
    std::string where;

    [[nodiscard]] std::string ask(SQLite::Database& database, const std::string& what) const {
        return database.execAndGet("SELECT " + what + " FROM " + table + " WHERE " + where).getString();
    }
    void set(SQLite::Database& database, const std::string& expression) const {
        database.exec("UPDATE " + table + " SET " + column + " = " + expression + " WHERE " + where);
    }
};

/// All of them that are ours; a flipped count of changes costs one more reading of a list.
std::vector<Place> places_in(SQLite::Database& database) {
    std::vector<Place> places;
    SQLite::Statement row{
        database,
        "SELECT t.name, c.name, (SELECT group_concat(k.name) FROM pragma_table_info(t.name) k "
        "WHERE k.pk > 0) FROM sqlite_master t JOIN pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' "
        "AND t.name <> 'objection_changes'"};
    while (row.executeStep()) {
        const auto table = row.getColumn(0).getString();
        const auto keys = row.getColumn(2).getString();
        const bool two = keys.find(',') != std::string::npos;
        for (const char* const order : {" ASC", " DESC"}) {
            std::string first = "(";
            first.append(keys).append(") = (SELECT ").append(keys).append(" FROM ").append(table);
            first.append(" ORDER BY 1").append(order).append(two ? ", 2" : "").append(two ? order : "");
            places.push_back(Place{table, row.getColumn(1).getString(), first.append(" LIMIT 1)")});
        }
    }
    return places;
}

/// Opens it so that anything may be written.
SQLite::Database careless(const std::filesystem::path& file) {
    SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
    database.exec(
        "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF");
    return database;
}

}  // namespace

TEST_CASE("Sound books check sound", "[cases][doctor]") {
    const TempDir folder;
    const NumberedKeys keys;
    fill(folder / "cases.db", keys);
    const auto cases = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadOnly);
    REQUIRE(cases);
    const auto check = (*cases)->check();
    CAPTURE(check->faults);
    CHECK(check->faults.empty());
    CHECK(check->requests == 2);
    CHECK(check->notices == 12);
    CHECK(check->rows > 40);
}

TEST_CASE("Every number that is changed is found, and everything that is missing", "[cases][doctor]") {
    const auto folder = TempDir::in_memory();
    const NumberedKeys keys;
    const auto sound = folder / "sound.db";
    const auto file = folder / "cases.db";
    fill(sound, keys);
    auto database = careless(sound);
    std::size_t tried = 0;
    for (const auto& place : places_in(database)) {
        const auto type = place.ask(database, "typeof(" + place.column + ")");
        std::vector<std::string> changes;
        if (type == "integer") {
            changes = {place.column + " + 1", place.column + " - 1", place.column + " + 4294967296"};
        }
        changes.push_back(type == "null" ? (place.column.ends_with("at") ? "1" : "x'0102030405060708090a'")
                                         : "NULL");
        for (const auto& change : changes) {
            std::filesystem::copy_file(sound, file);
            auto damaged = careless(file);
            bool is_done = true;
            try {
                place.set(damaged, change);
            } catch (const SQLite::Exception&) {
                is_done = false;  // there is a row like this, or the column must have a value
            }
            CAPTURE(place.table, place.column, place.where, change);
            CHECK((!is_done || faults_in(file, keys) > 0));
            tried += is_done ? 1 : 0;
            std::filesystem::remove(file);
            std::filesystem::remove(file.string() + "-wal");
            std::filesystem::remove(file.string() + "-shm");
        }
    }
    CHECK(tried > 100);
}

TEST_CASE("Every flipped octet of a blob or a name is found", "[cases][doctor]") {
    const auto folder = TempDir::in_memory();
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    fill(file, keys);
    auto database = careless(file);
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadOnly);
    std::size_t flipped = 0;
    for (const auto& place : places_in(database)) {
        const auto type = place.ask(database, "typeof(" + place.column + ")");
        if (type != "blob" && type != "text") {
            continue;
        }
        const auto before = place.ask(database, place.column);
        // By their values: once a key is another, the row may not be the first any more.
        const auto replace = [&](const std::string& old, const std::string& octets) {
            const auto value = "CAST(? AS " + type + ")";
            std::string update = "UPDATE ";
            update.append(place.table).append(" SET ").append(place.column).append(" = ").append(value);
            update.append(" WHERE ").append(place.column).append(" = ").append(value);
            SQLite::Statement change{database, update};
            change.bind(1, static_cast<const void*>(octets.data()), static_cast<int>(octets.size()));
            change.bind(2, static_cast<const void*>(old.data()), static_cast<int>(old.size()));
            return change.exec() == 1;
        };
        for (std::size_t octet = 0; octet < before.size(); octet += octet < 24 ? 1 : 61) {
            auto after = before;
            after[octet] = static_cast<char>(after[octet] ^ 0x40);
            REQUIRE(replace(before, after));
            CAPTURE(place.table, place.column, octet);
            CHECK_FALSE((*cases)->check()->faults.empty());
            REQUIRE(replace(after, before));
            ++flipped;
        }
    }
    CHECK((*cases)->check()->faults.empty());
    CHECK(flipped > 400);
}

TEST_CASE("A flipped byte of the file is found or changes nothing", "[cases][doctor]") {
    const auto folder = TempDir::in_memory();
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    fill(file, keys);
    const auto told = told_by(**SqliteCases::open_file(file, keys, OpenMode::ReadWrite));
    std::mt19937_64 random{5};  // NOLINT(cert-msc51-cpp): the same bytes every time
    std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
    const auto size = std::filesystem::file_size(file);
    std::size_t found = 0;
    for (int round = 0; round < 400; ++round) {
        const auto place = static_cast<std::streamoff>(100 + random() % (size - 100));
        const auto flip = [&] {
            stream.seekg(place);
            const auto octet = static_cast<char>(stream.get());
            stream.seekp(place);
            stream.put(static_cast<char>(octet ^ 4));
            stream.flush();
        };
        flip();
        if (faults_in(file, keys) > 0) {
            ++found;
        } else {
            CAPTURE(place);
            CHECK(told_by(**SqliteCases::open_file(file, keys, OpenMode::ReadWrite)) == told);
        }
        flip();
    }
    CHECK(found > 20);  // most of a small file is room to spare
    CHECK(faults_in(file, keys) == 0);
}

TEST_CASE("A shredded person's requests stay readable without what was theirs", "[cases][privacy]") {
    SqliteShelf shelf;
    auto& cases = shelf.requests();
    auto request = request_of(7);
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects = {Personal<std::string>{"https://origin.example/chosen"}};
    auto received = event(privacy::RequestEventKind::Received, privacy::RequestState::Received);
    received.reason = "the person called";
    request = *cases.open(request, received);
    const auto other = started(cases, 8);
    auto notice = notice_to(request, "a.example");
    notice.reason = "no answer";
    REQUIRE(cases.plan(request.number, objects_of(3), std::vector{notice}));
    shelf.keys().shred(request.subject);

    const auto listed = *cases.requests(RequestFilter{});
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].scope.objects == std::vector{Personal<std::string>{}});
    CHECK(listed[0].received_at == at(0));
    CHECK(same(listed[1], other));
    CHECK(cases.events(request.number)->at(0).reason.empty());
    CHECK(*cases.objects(request.number, {}) == std::vector<records::ErasedObject>(3));
    auto notices = *cases.notices(NoticeFilter{});
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].recipient == host("a.example"));
    CHECK(notices[0].inbox.empty());
    CHECK(notices[0].reason.empty());
    CHECK(cases.check()->faults.empty());

    request = *cases.record(listed[0], received);
    notices[0].state = fediverse::NoticeState::Acknowledged;
    REQUIRE(cases.apply(NoticeChange{notices, {}, {}, {}}));
    CHECK(cases.events(request.number)->size() == 2);
    CHECK(cases.plan(request.number, objects_of(4), {}).error().kind == ErrorKind::NotFound);
    CHECK(cases.check()->faults.empty());
}

TEST_CASE("Nothing that names a person stands in the file", "[cases][privacy]") {
    const TempDir folder;
    const NumberedKeys keys;
    fill(folder / "cases.db", keys);
    std::ifstream stream{folder / "cases.db", std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{stream}, {}};
    CHECK(content.find("host-1.example") != std::string::npos);
    for (const auto* text : {"statuses", "chosen", "because", "no answer", "/inbox"}) {
        CAPTURE(text);
        CHECK(content.find(text) == std::string::npos);
    }
}

TEST_CASE("Books of a newer program or of another store are refused", "[cases][migrations]") {
    const TempDir folder;
    const NumberedKeys keys;
    REQUIRE(SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite));
    REQUIRE(SqliteDirectory::open_file(folder / "directory.db", OpenMode::ReadWrite));
    CHECK(SqliteCases::open_file(folder / "directory.db", keys, OpenMode::ReadWrite).error().kind ==
          ErrorKind::Invalid);
    CHECK(SqliteDirectory::open_file(folder / "cases.db", OpenMode::ReadWrite).error().kind ==
          ErrorKind::Invalid);
    CHECK(SqliteCases::open_file(folder / "none.db", keys, OpenMode::ReadOnly).error().kind ==
          ErrorKind::NotFound);
    for (const auto* name : {"cases.db", "directory.db"}) {
        SQLite::Database{(folder / name).string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 99");
    }
    for (const auto mode : {OpenMode::ReadWrite, OpenMode::ReadOnly}) {
        const auto cases = SqliteCases::open_file(folder / "cases.db", keys, mode);
        REQUIRE_FALSE(cases);
        CHECK(cases.error().kind == ErrorKind::Invalid);
        CHECK(cases.error().what.find("layout 99") != std::string::npos);
        CHECK(SqliteDirectory::open_file(folder / "directory.db", mode).error().kind == ErrorKind::Invalid);
    }
}

TEST_CASE("Books that are opened to read refuse to be written", "[cases]") {
    const TempDir folder;
    const NumberedKeys keys;
    fill(folder / "cases.db", keys);
    const auto cases = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadOnly);
    REQUIRE(cases);
    CHECK((*cases)->requests(RequestFilter{})->size() == 2);
    CHECK(act(**cases, 12).error().kind == ErrorKind::Denied);
}

TEST_CASE("What another process changes is seen", "[cases]") {
    const TempDir folder;
    const NumberedKeys keys;
    const auto here = *SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
    const auto there = *SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
    const auto before = here->generation();
    REQUIRE(there->object(
        records::Objection{privacy::SubjectNumber{7}, host("a.example"), at(0), records::RequestNumber{}}));
    CHECK(here->objections()->size() == 1);
    const auto until = std::chrono::steady_clock::now() + 90s;
    while (here->generation() == before && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
    CHECK(here->generation() != before);
    CHECK(here->generation() == there->generation());
    auto request = started(*there, 7);
    CHECK(same(*here->request(request.number), request));
    const auto mine = here->record(request, event(privacy::RequestEventKind::Extended, request.state));
    REQUIRE(mine);
    CHECK(there->record(request, event(privacy::RequestEventKind::Extended, request.state)).error().kind ==
          ErrorKind::Conflict);
}

TEST_CASE("A damaged entry of the directory is found", "[directory][doctor]") {
    const TempDir folder;
    const auto file = folder / "directory.db";
    const auto directory = *SqliteDirectory::open_file(file, OpenMode::ReadWrite);
    for (const auto* name : {"a.example", "b.example"}) {
        REQUIRE(directory->update(host(name), [](RecipientEntry& entry) { entry.software = "snac"; }));
    }
    CHECK(directory->check()->recipients == 2);
    CHECK(directory->check()->faults.empty());
    auto database = careless(file);
    database.exec("UPDATE recipient SET host = 'c.example' WHERE host = 'a.example'");
    CHECK(directory->check()->faults.size() == 1);
    CHECK(directory->entry(host("c.example")).error().kind == ErrorKind::Corrupt);
    CHECK(directory->entry(host("b.example"))->software == "snac");
}

TEST_CASE("A damaged policy of a recipient is found", "[directory][doctor]") {
    const TempDir folder;
    const auto file = folder / "directory.db";
    const auto directory = *SqliteDirectory::open_file(file, OpenMode::ReadWrite);
    ReadPolicy read;
    read.host = host("a.example");
    read.text = Personal<std::string>{"We keep nothing."};
    REQUIRE(directory->keep(std::vector{read}));
    CHECK(directory->check()->faults.empty());
    auto database = careless(file);
    SECTION("its facts in another place") {
        database.exec("UPDATE policy SET kind = 1");
        CHECK(directory->versions(host("a.example")).error().kind == ErrorKind::Corrupt);
    }
    SECTION("its text") {
        database.exec("UPDATE policy_text SET content = zeroblob(40)");
        CHECK(directory->text(directory->versions(host("a.example"))->front()).error().kind ==
              ErrorKind::Corrupt);
    }
    SECTION("its text is gone") {
        database.exec("DELETE FROM policy_text");
    }
    CHECK(directory->check()->faults.size() == 1);
}

TEST_CASE("A directory of the first form is read and gains what is new", "[directory]") {
    const TempDir folder;
    const auto file = folder / "directory.db";
    {
        const auto directory = *SqliteDirectory::open_file(file, OpenMode::ReadWrite);
        REQUIRE(directory->update(host("a.example"), [](RecipientEntry& entry) { entry.software = "snac"; }));
    }
    {
        auto database = careless(file);
        std::string later = "PRAGMA user_version = 1;";
        SQLite::Statement tables{database,
                                 "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN "
                                 "('recipient', 'sqlite_sequence')"};
        while (tables.executeStep()) {
            later += "DROP TABLE " + tables.getColumn(0).getString() + ";";
        }
        tables.reset();
        database.exec(later);
    }
    const auto directory = *SqliteDirectory::open_file(file, OpenMode::ReadWrite);
    CHECK(directory->entry(host("a.example"))->software == "snac");
    REQUIRE(directory->update(host("a.example"), [](RecipientEntry& entry) { entry.users = 1; }));
    CHECK(directory->entry(host("a.example"))->users == 1);
    CHECK(directory->versions(host("a.example"))->empty());
}
