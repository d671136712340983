/// What a ledger notes of its vault, and what a wrong clock leaves in the journal.

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::check_ledger;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using fedtrail::sqlite::VaultId;
using privacy::SubjectNumber;
using testing::kBegun;
using testing::observation_of;
using testing::quick;

namespace {

constexpr std::int64_t kIn2037 = 2'120'000'000;

std::string post_of(std::uint64_t subject, int post) {
    return "https://origin.example/users/" + std::to_string(subject) + "/" + std::to_string(post);
}

struct NotedShelf {
    testing::TempDir folder = testing::TempDir::in_memory();
    testing::NumberedKeys keys;
    std::filesystem::path path = folder / "ledger.db";

    [[nodiscard]] std::unique_ptr<SqliteLedgerWriter> writer() const {
        auto opened = SqliteLedgerWriter::open(path, keys, quick());
        REQUIRE(opened);
        return std::move(*opened);
    }
    [[nodiscard]] sqlite::VaultNote note() const {
        const auto reader = SqliteLedgerReader::open(path, keys);
        REQUIRE(reader);
        const auto read = (*reader)->vault_note();
        REQUIRE(read);
        return *read;
    }
    void run(const std::string& sql) const {
        SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA ignore_check_constraints = ON");
        database.exec(sql);
    }
    [[nodiscard]] std::int64_t ask(const std::string& sql) const {
        SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
        return database.execAndGet(sql).getInt64();
    }
};

void record(SqliteLedgerWriter& writer, std::uint64_t subject, std::int64_t at = kBegun, int post = 1) {
    auto observation = observation_of(writer, post_of(subject, post), at, subject);
    REQUIRE(writer.add(observation));
}

}  // namespace

TEST_CASE("A ledger notes its vault and the greatest number it ever had", "[ledger][sqlite][vault]") {
    const NotedShelf shelf;
    auto writer = shelf.writer();
    CHECK_FALSE(shelf.note().vault);
    CHECK(shelf.note().greatest == 0);
    const VaultId vault{std::byte{4}, std::byte{2}};
    REQUIRE(writer->note_vault(vault));
    record(*writer, 3);
    record(*writer, 12);
    CHECK(shelf.note().greatest == 0);  // not before what it is about
    REQUIRE(writer->commit());
    CHECK(shelf.note().greatest == 12);
    REQUIRE(writer->fold(from_unix_seconds(kBegun) + 24h * 30));
    REQUIRE(writer->forget(SubjectNumber{12}));
    record(*writer, 5);
    REQUIRE(writer->commit());
    writer.reset();
    writer = shelf.writer();
    CHECK(shelf.note().greatest == 12);  // an older vault would give it again
    CHECK(shelf.note().vault == vault);
    CHECK(check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("A ledger of an older layout learns the number from what it has", "[ledger][sqlite][vault]") {
    const NotedShelf shelf;
    {
        auto writer = shelf.writer();
        record(*writer, 7);
        REQUIRE(writer->commit());
        REQUIRE(writer->fold(from_unix_seconds(kBegun) + 24h * 30));
        record(*writer, 9);
        REQUIRE(writer->commit());
    }
    const auto only = GENERATE(as<std::string>{}, "in the journal", "in chunks", "in a window");
    CAPTURE(only);
    if (only == "in chunks") {
        shelf.run("DELETE FROM shape; DELETE FROM journal");
    } else if (only == "in a window") {
        shelf.run("DELETE FROM shape; DELETE FROM chunk; DELETE FROM subject; DELETE FROM journal");
    }
    shelf.run("DROP TABLE vault; PRAGMA user_version = 4");
    (void)shelf.writer();
    CHECK(shelf.note().greatest == (only == "in the journal" ? 9 : 7));
    CHECK_FALSE(shelf.note().vault);
}

TEST_CASE("A note of the vault that is damaged, or says too little, is found",
          "[ledger][sqlite][vault][doctor]") {
    const NotedShelf shelf;
    {
        auto writer = shelf.writer();
        REQUIRE(writer->note_vault(VaultId{std::byte{1}}));
        record(*writer, 3);
        REQUIRE(writer->commit());
    }
    const auto damage = GENERATE(as<std::string>{},
                                 "UPDATE vault SET greatest = 2",
                                 "UPDATE vault SET vault_id = zeroblob(16)",
                                 "UPDATE vault SET vault_id = NULL",
                                 "UPDATE vault SET checksum = checksum + 1",
                                 "UPDATE vault SET id = 2",
                                 "DELETE FROM vault");
    CAPTURE(damage);
    shelf.run(damage);
    CHECK_FALSE(check_ledger(shelf.path, shelf.keys)->faults.empty());
    const auto reader = SqliteLedgerReader::open(shelf.path, shelf.keys);
    REQUIRE(reader);
    const auto note = (*reader)->vault_note();
    REQUIRE_FALSE(note);
    CHECK(note.error().kind == ErrorKind::Corrupt);
}

TEST_CASE("A number whose write failed is not noted", "[ledger][sqlite][vault]") {
    const NotedShelf shelf;
    auto writer = shelf.writer();
    record(*writer, 1);
    REQUIRE(writer->commit());
    shelf.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END");
    record(*writer, 2);
    CHECK_FALSE(writer->commit());
    CHECK(shelf.note().greatest == 1);
    shelf.run("DROP TRIGGER full");
    record(*writer, 3);
    REQUIRE(writer->commit());
    CHECK(shelf.note().greatest == 3);
    const auto reader = SqliteLedgerReader::open(shelf.path, shelf.keys);
    CHECK((*reader)->recipients_of(SubjectNumber{2}, {})->empty());
    CHECK((*reader)->recipients_of(SubjectNumber{3}, {})->front().disclosures == 1);
}

TEST_CASE("What a wrong clock dated ahead does not keep the journal", "[ledger][sqlite]") {
    const NotedShelf shelf;
    auto writer = shelf.writer();
    const auto dated = [&](std::uint64_t subject, std::int64_t at) {
        const auto id = post_of(subject, 0);
        const auto activity =
            writer->activity(ActivityFact{SubjectNumber{subject},
                                          from_unix_seconds(at),
                                          "Create",
                                          id,
                                          id,
                                          fediverse::CategorySet{fediverse::DataCategory::PostText},
                                          fediverse::Visibility::Public});
        REQUIRE(activity);
        PackedObservation observation;
        observation.subject = SubjectNumber{subject};
        observation.at_seconds = at;
        observation.recipient = *writer->recipient(*Host::parse("a.example"));
        observation.activity = *activity;
        observation.outcome = {privacy::OutcomeKind::Accepted, 202};
        REQUIRE(writer->add(observation));
    };
    dated(1, kIn2037);
    REQUIRE(writer->commit());
    for (int post = 1; post <= 3; ++post) {
        record(*writer, 2, kBegun, post);
        REQUIRE(writer->commit());
    }
    dated(3, kBegun + 24 * 3'600 * 30 + 3'600);  // an hour ahead of the fold: nobody's clock is that wrong
    REQUIRE(writer->commit());
    writer.reset();
    writer = shelf.writer();  // a ledger that has it already
    const auto folded = writer->fold(from_unix_seconds(kBegun) + 24h * 30);
    REQUIRE(folded);
    CHECK(folded->activities == 4);
    CHECK(shelf.ask("SELECT count(*) FROM journal") == 2);  // the hour ahead, and the mark of the fold
    const auto reader = SqliteLedgerReader::open(shelf.path, shelf.keys);
    const auto known = (*reader)->recipients_of(SubjectNumber{1}, {});
    REQUIRE(known);
    CHECK(to_unix_seconds(known->front().first) == kIn2037);
    CHECK((*reader)->recipients_of(SubjectNumber{3}, {})->size() == 1);
    CHECK(check_ledger(shelf.path, shelf.keys)->faults.empty());
}
