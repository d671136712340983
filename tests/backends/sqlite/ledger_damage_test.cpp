/// Every column of every row, the schema's text, and what is made again of what is derived.

#include <fstream>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using Catch::Contains;
using fedtrail::sqlite::check_ledger;
using fedtrail::sqlite::LedgerCheck;
using fedtrail::sqlite::rebuild_ledger;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::derived_rows;
using testing::kBegun;
using testing::observation_of;

namespace {

namespace fs = std::filesystem;

const std::set<std::string> kDerived{
    "subject", "chunk_range", "uri_hash", "reference", "pairs", "recipient_subjects", "recipient_total"};

/// A ledger, and a copy of it to damage.
struct DamagedShelf {
    testing::TempDir folder = testing::TempDir::in_memory();
    testing::NumberedKeys keys;
    testing::LedgerModel model;
    fs::path sound = folder / "sound.db";
    fs::path path = folder / "ledger.db";

    explicit DamagedShelf(int rounds = 900) { testing::fill(sound, keys, testing::quick(), model, rounds); }

    void fresh() const {
        for (const auto* end : {"-wal", "-shm"}) {
            fs::remove(path.string() + end);
        }
        fs::copy_file(sound, path, fs::copy_options::overwrite_existing);
    }
    void run(const std::string& sql) const { (void)changed(sql); }
    [[nodiscard]] int changed(const std::string& sql) const {
        SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA ignore_check_constraints = ON");
        return database.exec(sql);
    }
    [[nodiscard]] std::int64_t ask(const std::string& sql) const {
        SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
        return database.execAndGet(sql).getInt64();
    }
    [[nodiscard]] Result<LedgerCheck> check() const { return check_ledger(path, keys); }
    [[nodiscard]] bool is_found() const {
        const auto checked = check();
        return !checked || !checked->faults.empty();
    }
};

struct Flip {
    std::string table;
    std::string column;
    std::string sql;
};

/// What the column becomes, by a low bit or by high ones; SQL has no exclusive or.
std::vector<std::string> flipped(const std::string& column, const std::string& type, bool high) {
    if (type == "integer") {
        std::vector<std::string> forms;
        for (const auto* bit :
             high ? std::vector<const char*>{"65536", "137438953472"} : std::vector<const char*>{"1"}) {
            forms.push_back("(" + column + " | " + bit + ") - (" + column + " & " + bit + ")");
        }
        return forms;
    }
    if (type == "text") {
        return {"replace(" + column + ", 'e', 'd')"};
    }
    return {"CAST(substr(" + column + ", 1, length(" + column + ") / 2) || CASE substr(" + column +
            ", length(" + column + ") / 2 + 1, 1) WHEN x'41' THEN x'40' ELSE x'41' END || substr(" + column +
            ", length(" + column + ") / 2 + 2) AS BLOB)"};
}

/// Flips in every column of some rows of every table.
std::vector<Flip> flips_of(const fs::path& path) {
    SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
    std::vector<Flip> flips;
    SQLite::Statement table{database, "SELECT name FROM sqlite_master WHERE type = 'table'"};
    while (table.executeStep()) {
        const auto name = table.getColumn(0).getString();
        std::vector<std::string> keys;
        SQLite::Statement column{database, "SELECT name, pk FROM pragma_table_info('" + name + "')"};
        std::vector<std::string> columns;
        while (column.executeStep()) {
            columns.push_back(column.getColumn(0).getString());
            if (column.getColumn(1).getInt() > 0) {
                keys.push_back(columns.back());
            }
        }
        std::string list;
        for (const auto& key : keys) {
            list += (list.empty() ? "" : ", ") + key;
        }
        for (const auto* order : {" ASC", " DESC"}) {
            std::string ordered = list;
            ordered += order;
            for (const auto& each : columns) {
                SQLite::Statement kind{database,
                                       "SELECT typeof(" + each + ") FROM " + name + " WHERE length(" + each +
                                           ") > 0 ORDER BY " + ordered + " LIMIT 1"};
                if (!kind.executeStep()) {
                    continue;
                }
                for (const auto& form : flipped(each, kind.getColumn(0).getString(), order[1] == 'D')) {
                    flips.push_back({name,
                                     each,
                                     "UPDATE " + name + " SET " + each + " = " + form + " WHERE (" + list +
                                         ") = (SELECT " + list + " FROM " + name + " WHERE length(" + each +
                                         ") > 0 ORDER BY " + ordered + " LIMIT 1)"});
                }
            }
        }
    }
    return flips;
}

/// Whether a file is overwritten once more, and the number of a gap: any value is as right as another.
bool is_free_choice(const Flip& flip) {
    return flip.table == "overwriting" || (flip.table == "gap" && flip.column == "number");
}

/// More recipients and times than one part holds.
void fill_parts(const fs::path& path, const testing::NumberedKeys& keys) {
    const auto writer = SqliteLedgerWriter::open(path, keys, testing::quick());
    REQUIRE(writer);
    std::vector<privacy::RecipientNumber> recipients;
    for (int i = 0; i < 9'000; ++i) {
        recipients.push_back(*(*writer)->recipient(*Host::parse("s" + std::to_string(i) + ".example")));
    }
    for (int post = 0; post < 6; ++post) {
        auto observation = observation_of(
            **writer, "https://origin.example/users/u/statuses/" + std::to_string(post), kBegun);
        for (int i = 0; i < 9'000; ++i) {
            observation.recipient = recipients[static_cast<std::size_t>(i)];
            observation.at_seconds = kBegun + (i * 7'919 + post * 104'729) % 30'011;
            REQUIRE(*(*writer)->add(observation));
        }
    }
    REQUIRE((*writer)->commit());
    REQUIRE((*writer)->fold(from_unix_seconds(kBegun) + 24h * 30));
    REQUIRE((*writer)->compact());
}

}  // namespace

TEST_CASE("A flipped bit in any column of any table is found", "[ledger][sqlite][doctor]") {
    const DamagedShelf shelf;
    REQUIRE(check_ledger(shelf.sound, shelf.keys)->faults.empty());
    std::set<std::string> met;
    for (const auto& flip : flips_of(shelf.sound)) {
        if (is_free_choice(flip)) {
            continue;
        }
        shelf.fresh();
        try {
            if (shelf.changed(flip.sql) == 0) {
                continue;
            }
        } catch (const SQLite::Exception&) {
            continue;  // another row has that key
        }
        INFO(flip.sql);
        CHECK(shelf.is_found());
        met.insert(flip.table);
    }
    for (const auto* table : {"shape",
                              "journal",
                              "chunk",
                              "pairs",
                              "recipient_subjects",
                              "chunk_range",
                              "uri_hash",
                              "reference",
                              "recipient_total",
                              "subject",
                              "window_part"}) {
        INFO(table);
        CHECK(met.count(table) == 1);
    }
}

TEST_CASE("Every shape is opened, whoever it belongs to", "[ledger][sqlite][doctor]") {
    const DamagedShelf shelf;
    SECTION("of somebody who is in the journal only") {
        shelf.fresh();
        REQUIRE(shelf.ask("SELECT count(*) FROM subject WHERE subject = 9") == 0);
        for (const auto* damage : {"UPDATE shape SET lookup = lookup % 2 + 1 WHERE subject = 9",
                                   "UPDATE shape SET subject = 8 WHERE subject = 9",
                                   "UPDATE shape SET number = number + 4 WHERE subject = 9",
                                   "DELETE FROM shape WHERE subject = 9"}) {
            shelf.fresh();
            REQUIRE(shelf.changed(damage) > 0);
            INFO(damage);
            const auto check = shelf.check();
            REQUIRE(check);
            REQUIRE_FALSE(check->faults.empty());
            CHECK(check->lost > 0);
            CHECK_THAT(check->faults.front(), Contains("(backup)"));
        }
    }
    SECTION("of nobody") {
        shelf.fresh();
        shelf.run("INSERT INTO shape SELECT 77, number, lookup, text FROM shape WHERE subject = 1");
        CHECK(shelf.is_found());
    }
    SECTION("and every URI of the journal needs one") {
        shelf.fresh();
        shelf.run(
            "DELETE FROM shape WHERE subject = 1 AND number = (SELECT max(number) FROM shape WHERE subject = "
            "1)");
        CHECK(shelf.is_found());
    }
}

TEST_CASE("The schema's text is compared with what the migrations make", "[ledger][sqlite][doctor]") {
    const DamagedShelf shelf{120};
    std::ifstream in{shelf.sound, std::ios::binary};
    const std::string sound{std::istreambuf_iterator<char>{in}, {}};
    int met = 0;
    for (const std::string text : {"closed INTEGER NOT NULL",
                                   "CHECK (id = 1)",
                                   "activities below this number",
                                   "CREATE TABLE recipient_subjects"}) {
        const auto at = sound.find(text);
        REQUIRE(at != std::string::npos);
        for (std::size_t i = 0; i < text.size(); i += 3) {
            auto damaged = sound;
            damaged[at + i] = static_cast<char>(damaged[at + i] ^ 2);
            shelf.fresh();
            std::ofstream{shelf.path, std::ios::binary | std::ios::trunc} << damaged;
            INFO(text << " octet " << i);
            CHECK(shelf.is_found());
            ++met;
        }
    }
    CHECK(met > 20);
}

TEST_CASE("What is derived is made again from the chunks, byte for byte", "[ledger][sqlite][rebuild]") {
    const DamagedShelf shelf;
    const auto before = derived_rows(shelf.sound);
    SECTION("after any flip in it, and after no other") {
        for (const auto& flip : flips_of(shelf.sound)) {
            const bool derived = kDerived.count(flip.table) == 1;
            if (!derived && flip.column != "key" && flip.column != "subject") {
                continue;
            }
            shelf.fresh();
            try {
                if (shelf.changed(flip.sql) == 0) {
                    continue;
                }
            } catch (const SQLite::Exception&) {
                continue;
            }
            INFO(flip.sql);
            const auto damaged = derived_rows(shelf.path);
            const auto rebuilt = rebuild_ledger(shelf.path, shelf.keys);
            if (derived) {
                INFO((rebuilt ? "" : rebuilt.error().what));
                REQUIRE(rebuilt);
                CHECK(*rebuilt);
                CHECK(derived_rows(shelf.path) == before);
                CHECK(shelf.check()->faults.empty());
            } else {
                REQUIRE_FALSE(rebuilt);
                CHECK(derived_rows(shelf.path) == damaged);
            }
        }
    }
    SECTION("after all of it went") {
        shelf.fresh();
        for (const auto& table : kDerived) {
            shelf.run("DELETE FROM " + table);
        }
        const auto check = shelf.check();
        REQUIRE(check);
        CHECK_FALSE(check->faults.empty());
        CHECK(check->lost == 0);
        CHECK_THAT(check->faults.front(), Contains("(rebuild)"));
        REQUIRE(*rebuild_ledger(shelf.path, shelf.keys));
        CHECK(derived_rows(shelf.path) == before);
    }
    SECTION("and not at all where nothing is wrong") {
        shelf.fresh();
        const auto rebuilt = rebuild_ledger(shelf.path, shelf.keys);
        REQUIRE(rebuilt);
        CHECK_FALSE(*rebuilt);
        CHECK(derived_rows(shelf.path) == before);
        CHECK(rebuild_ledger(shelf.folder / "none.db", shelf.keys).error().kind == ErrorKind::NotFound);
        CHECK_FALSE(fs::exists(shelf.folder / "none.db"));
    }
}

TEST_CASE("A rebuild says how far it is", "[ledger][sqlite][rebuild]") {
    const DamagedShelf shelf;
    shelf.fresh();
    shelf.run("DELETE FROM uri_hash");
    std::set<std::string> steps;
    std::uint64_t last = 0;
    REQUIRE(*rebuild_ledger(
        shelf.path, shelf.keys, [&](std::string_view what, std::uint64_t done, std::uint64_t whole) {
            steps.insert(std::string{what});
            CHECK(done <= whole);
            last = done;
        }));
    CHECK(steps == std::set<std::string>{"checking", "deriving", "checking again"});
    CHECK(last == 5);
}

TEST_CASE("Parts of sets and times stand where their keys say", "[ledger][sqlite][rebuild]") {
    DamagedShelf shelf{1};
    fs::remove(shelf.sound);
    fill_parts(shelf.sound, shelf.keys);
    shelf.fresh();
    REQUIRE(shelf.check()->faults.empty());
    const auto before = derived_rows(shelf.path);
    REQUIRE(before.at("pairs").size() == 2);
    REQUIRE(before.at("chunk_times").size() > 0);
    const auto recipients = [&] {
        return (*SqliteLedgerReader::open(shelf.path, shelf.keys))->recipients_of(SubjectNumber{1}, {});
    };
    REQUIRE(recipients()->size() == 9'000);
    for (const auto* damage : {"UPDATE pairs SET key = key + 1 WHERE key & 65535 = 1",
                               "UPDATE pairs SET key = key + 65536 WHERE key & 65535 = 1",
                               "DELETE FROM pairs WHERE key & 65535 = 1",
                               "DELETE FROM pairs WHERE key & 65535 = 0"}) {
        shelf.fresh();
        shelf.run(damage);
        INFO(damage);
        const auto read = recipients();
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::Corrupt);
        CHECK_THAT(read.error().remedy, Contains("doctor --rebuild"));
        CHECK(shelf.check()->lost == 0);
        REQUIRE(*rebuild_ledger(shelf.path, shelf.keys));
        CHECK(derived_rows(shelf.path) == before);
    }
    shelf.fresh();
    shelf.run("UPDATE chunk_times SET part = part + 4");
    CHECK(shelf.check()->lost > 0);
    CHECK_FALSE(rebuild_ledger(shelf.path, shelf.keys));
}

TEST_CASE("Nothing is folded beside a row that stands in another's place", "[ledger][sqlite]") {
    const DamagedShelf shelf{300};  // subject 4 is not everywhere yet
    for (const auto* damage : {"UPDATE pairs SET key = key + 1 WHERE key >> 16 = 4",
                               "UPDATE pairs SET key = key + 65536 * 32 WHERE key >> 16 = 4",
                               "UPDATE recipient_subjects SET key = key + 1",
                               "UPDATE recipient_subjects SET key = key + 65536 * 4096",
                               "UPDATE recipient_total SET recipient = recipient + 4096",
                               "UPDATE subject SET subject = subject + 32 WHERE subject = 4",
                               "UPDATE subject SET sealed = sealed + 1 WHERE subject = 4"}) {
        shelf.fresh();
        REQUIRE(shelf.changed(damage) > 0);
        INFO(damage);
        const auto before = derived_rows(shelf.path);
        {
            const auto writer = SqliteLedgerWriter::open(shelf.path, shelf.keys, testing::quick());
            REQUIRE(writer);
            const auto at = kBegun + 100 * 24 * 3600;
            const auto written = [&]() -> Result<void> {
                const auto activity = (*writer)->activity(
                    ActivityFact{SubjectNumber{4},
                                 from_unix_seconds(at),
                                 "Create",
                                 "https://origin.example/users/u4/statuses/999999999999999",
                                 "https://origin.example/users/u4/statuses/999999999999999",
                                 fediverse::CategorySet{fediverse::DataCategory::PostText},
                                 fediverse::Visibility::Public});
                if (!activity) {
                    return fail(activity);
                }
                for (const auto* host : {"s1.example", "s2.example", "new.example"}) {
                    PackedObservation observation;
                    observation.subject = SubjectNumber{4};
                    observation.at_seconds = at;
                    observation.recipient = *(*writer)->recipient(*Host::parse(host));
                    observation.activity = *activity;
                    observation.outcome = {privacy::OutcomeKind::Accepted, 202};
                    if (const auto added = (*writer)->add(observation); !added) {
                        return fail(added);
                    }
                }
                const auto folded = (*writer)->fold(from_unix_seconds(at) + 24h * 30);
                return folded ? Result<void>{} : fail(folded);
            }();
            REQUIRE_FALSE(written);
            CHECK(written.error().kind == ErrorKind::Corrupt);
        }
        CHECK(derived_rows(shelf.path) == before);
        REQUIRE(*rebuild_ledger(shelf.path, shelf.keys));
        CHECK(shelf.check()->faults.empty());
    }
}
