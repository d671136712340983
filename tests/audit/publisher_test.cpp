#include <array>
#include <filesystem>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "fedtrail/ledger/tree.hpp"

#include "audit/log_fixture.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/log_kind.hpp"
#include "backends/sqlite/vault_kind.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using testing::MemoryGuard;
using testing::OneLog;
using testing::signer_named;
using testing::StoppedClock;
namespace fs = std::filesystem;

namespace {

/// The checkpoint in a note that this log's key signed.
ledger::Checkpoint checked(const std::string& note) {
    const auto parsed = ledger::Note::parse(note);
    REQUIRE(parsed);
    const std::array keys{signer_named("o.example").verifier()};
    const auto by = ledger::check(*parsed, keys);
    REQUIRE(by);
    REQUIRE(by->size() == 1);
    return *ledger::Checkpoint::parse(parsed->text);
}

sqlite::DatabaseKind kind_of_store(LeafStore store) {
    switch (store) {
        case LeafStore::Ledger:
            return sqlite::ledger_kind();
        case LeafStore::Cases:
            return sqlite::cases_kind();
        case LeafStore::Vault:
            return sqlite::vault_kind();
        case LeafStore::Log:
            break;
    }
    return sqlite::log_kind();
}

/// Something happens in a store; makes its file if there is none.
void happen_in(const fs::path& file, LeafStore store, int times) {
    auto opened = sqlite::open_database(file, kind_of_store(store), sqlite::OpenMode::ReadWrite);
    REQUIRE(opened);
    sqlite::Connection connection{std::move(*opened)};
    for (int i = 0; i < times; ++i) {
        REQUIRE(connection.write("a test's event", [](sqlite::Statements& statements) {
            return sqlite::put_leaf(statements, {from_unix_seconds(0), records::RetentionRunLeaf{}});
        }));
    }
}

}  // namespace

TEST_CASE("Nothing is taken or signed while a store is older than the log", "[log]") {
    const auto store = GENERATE(LeafStore::Ledger, LeafStore::Cases, LeafStore::Vault, LeafStore::Log);
    CAPTURE(static_cast<int>(store));
    const testing::TempDir folder;
    const auto newest = folder.path() / "newest.db";
    const auto older = folder.path() / "older.db";
    MemoryGuard guard;
    StoppedClock clock;
    happen_in(newest, store, 2);
    SQLite::Database{newest.string(), SQLite::OPEN_READWRITE}.exec("VACUUM INTO '" + older.string() + "'");
    happen_in(newest, store, 2);
    const auto log =
        std::move(*sqlite::SqliteLog::open(folder.path() / "log.db", sqlite::OpenMode::ReadWrite));
    const auto publish = [&](const fs::path& file) {
        const auto source = std::move(*sqlite::SqliteLeaves::open(store, file));
        return audit::Publisher{{*log, {source.get()}, guard, clock}, signer_named("o.example")}.publish();
    };
    REQUIRE(publish(newest)->size == 4);
    // Fewer leaves than the log took; then as many, of other events; then more.
    for (const int more : {0, 2, 3}) {
        happen_in(older, store, more);
        const auto refused = publish(older);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Denied);
        CHECK(refused.error().what.find("is older than the log") != std::string::npos);
        CHECK(*log->size() == 4);
        CHECK(*log->taken(store) == 4);
    }
    const auto kept = *guard.note;
    guard.note.reset();  // lost too: adopting the log does not adopt the store
    const auto source = std::move(*sqlite::SqliteLeaves::open(store, older));
    CHECK(audit::Publisher{{*log, {source.get()}, guard, clock}, signer_named("o.example")}
              .adopt()
              .error()
              .kind == ErrorKind::Denied);
    guard.note = kept;
    happen_in(newest, store, 1);
    CHECK(publish(newest)->size == 5);
}

TEST_CASE("A store whose last leaf was closed is the one that the log took from", "[log]") {
    const testing::TempDir folder;
    const auto file = folder.path() / "cases.db";
    MemoryGuard guard;
    StoppedClock clock;
    auto opened = sqlite::open_database(file, sqlite::cases_kind(), sqlite::OpenMode::ReadWrite);
    REQUIRE(opened);
    sqlite::Connection connection{std::move(*opened)};
    const auto happen = [&] {
        REQUIRE(connection.write("a test's look", [](sqlite::Statements& statements) {
            return sqlite::put_leaf(statements, {from_unix_seconds(1), records::AccessLeaf{}});
        }));
    };
    const auto log =
        std::move(*sqlite::SqliteLog::open(folder.path() / "log.db", sqlite::OpenMode::ReadWrite));
    const auto source = std::move(*sqlite::SqliteLeaves::open(LeafStore::Cases, file));
    audit::Publisher publisher{{*log, {source.get()}, guard, clock}, signer_named("o.example")};
    happen();
    REQUIRE(publisher.publish()->size == 1);
    REQUIRE(connection.write("closing", [](sqlite::Statements& statements) {
        std::optional<Error> damage;
        return sqlite::close_looks(statements, from_unix_seconds(2), false, damage);
    }) == 1U);
    happen();
    CHECK(publisher.publish()->size == 2);
}

TEST_CASE("Every event gets one place, and each checkpoint continues the one before", "[log]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    ledger::Frontier tree;
    std::optional<ledger::Checkpoint> before;
    std::uint64_t known = 0;
    for (const std::size_t more : {1U, 0U, 254U, 1U, 1U, 255U, 1'000U, 3U}) {
        one.happen(more);
        clock.at += std::chrono::hours{24};
        const auto published = one.publisher.publish();
        REQUIRE(published);
        CHECK(published->leaves == more);
        CHECK(published->signed_now == (more > 0));
        const auto leaves = one.leaves->leaves(known, 10'000);
        for (const auto& leaf : *leaves) {
            tree.append(records::leaf_hash_of(records::commitment_of(leaf.head, leaf.digest)));
            REQUIRE(*one.log->index_of(LeafStore::Log, leaf.sequence) == leaf.sequence - 1);
        }
        known = tree.size();
        const auto now = checked(one.last().note);
        CHECK(now.size == tree.size());
        CHECK(now.root == tree.root());
        CHECK(*guard.note == one.last().note);
        if (before) {
            const auto proof = ledger::consistency_proof(
                before->size, now.size, ledger::subtrees_of(now.size, [&](const ledger::Tile& tile) {
                    return one.log->tile(tile);
                }));
            REQUIRE(proof);
            CHECK(ledger::verify_consistency(before->size, now.size, *proof, before->root, now.root));
        }
        before = now;
    }
    CHECK(one.log->checkpoints()->size() == 7);
    const auto sound = one.log->check();
    REQUIRE(sound);
    CHECK(sound->faults.empty());
    CHECK(sound->leaves == known);
}

TEST_CASE("The log keeps the last checkpoint of a day", "[log]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    for (int day = 0; day < 3; ++day) {
        for (int minute = 0; minute < 5; ++minute) {
            one.happen();
            REQUIRE(one.publisher.publish());
            clock.at += std::chrono::minutes{1};
        }
        clock.at += std::chrono::hours{24};
    }
    const auto kept = one.log->checkpoints();
    REQUIRE(kept->size() == 3);
    CHECK(kept->front().checkpoint.size == 5);
    CHECK(kept->back().checkpoint.size == 15);
}

TEST_CASE("An older log does not sign", "[log]") {
    const testing::TempDir folder;
    const auto file = folder.path() / "log.db";
    const auto backup = folder.path() / "backup.db";
    MemoryGuard guard;
    StoppedClock clock;
    {
        OneLog one{file, guard, clock};
        one.happen(3);
        REQUIRE(one.publisher.publish());
        SQLite::Database{file.string(), SQLite::OPEN_READWRITE}.exec("VACUUM INTO '" + backup.string() + "'");
        one.happen(2);
        REQUIRE(one.publisher.publish());
    }
    const auto published = *guard.note;
    for (const auto* name : {"log.db", "log.db-wal", "log.db-shm"}) {
        fs::remove(folder.path() / name);
    }
    fs::copy_file(backup, file);
    OneLog restored{file, guard, clock};
    const auto first = restored.publisher.publish();
    REQUIRE_FALSE(first);
    CHECK(first.error().kind == ErrorKind::Denied);
    CHECK(first.error().what.find("older than a checkpoint already published") != std::string::npos);
    // It does not help that it grows to the same size, or beyond.
    for (int i = 0; i < 3; ++i) {
        restored.happen();
        const auto again = restored.publisher.publish();
        REQUIRE_FALSE(again);
        CHECK(again.error().kind == ErrorKind::Denied);
        CHECK_FALSE(restored.publisher.adopt());
    }
    CHECK(*guard.note == published);
    CHECK(restored.last().checkpoint.size == 3);
}

TEST_CASE("A log with another history does not sign", "[log]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "one.db", guard, clock};
    one.happen(4);
    REQUIRE(one.publisher.publish());
    MemoryGuard none;
    OneLog other{folder.path() / "other.db", none, clock};
    other.happen(9);  // salts of its own: nothing is the same
    REQUIRE(other.publisher.publish());
    none.note = guard.note;
    other.happen();
    const auto refused = other.publisher.publish();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("another history") != std::string::npos);
}

TEST_CASE("Without its guard a log signs only when a person says so", "[log]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    one.happen(2);
    REQUIRE(one.publisher.publish());
    const auto lost = guard.note;
    guard.note.reset();
    one.happen();
    const auto refused = one.publisher.publish();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Denied);
    for (const auto* const text : {"", "not a note", "o.example\n3\nAAAA\n"}) {
        guard.note = text;
        CHECK_FALSE(one.publisher.publish());
    }
    auto forged = *lost;
    forged.replace(forged.find("\n2\n"), 3, "\n1\n");
    guard.note = forged;
    CHECK_FALSE(one.publisher.publish());
    for (const auto& text : {std::string{}, std::string{"not a note"}, forged, *lost}) {
        guard.note = text;
        const auto over = one.publisher.adopt();
        REQUIRE_FALSE(over);
        CHECK(over.error().kind == ErrorKind::Denied);
        CHECK(guard.note == text);
    }
    guard.note.reset();
    const auto adopted = one.publisher.adopt();
    REQUIRE(adopted);
    CHECK(adopted->size == 3);
    CHECK(one.publisher.publish());
}

TEST_CASE("Nothing is published that the guard does not know", "[log]") {
    const testing::TempDir folder;
    MemoryGuard guard;
    StoppedClock clock;
    OneLog one{folder.path() / "log.db", guard, clock};
    one.happen(2);
    REQUIRE(one.publisher.publish());
    one.happen(2);
    guard.broken = true;
    REQUIRE_FALSE(one.publisher.publish());
    CHECK(one.last().checkpoint.size == 2);
    guard.broken = false;
    const auto again = one.publisher.publish();
    REQUIRE(again);
    CHECK(again->leaves == 0);  // they had their places already
    CHECK(again->size == 4);
    CHECK(one.last().checkpoint.size == 4);
}

TEST_CASE("A flipped byte of the log is found", "[log]") {
    const testing::TempDir folder;
    const auto file = folder.path() / "log.db";
    MemoryGuard guard;
    StoppedClock clock;
    {
        OneLog one{file, guard, clock};
        one.happen(600);
        REQUIRE(one.publisher.publish());
    }
    const auto faults = [&](const char* sql) {
        const auto copy = folder.path() / "copy.db";
        fs::remove(copy);
        SQLite::Database{file.string(), SQLite::OPEN_READWRITE}.exec("VACUUM INTO '" + copy.string() + "'");
        SQLite::Database{copy.string(), SQLite::OPEN_READWRITE}.exec(sql);
        const auto checked = (*sqlite::SqliteLog::open(copy, sqlite::OpenMode::ReadWrite))->check();
        REQUIRE(checked);
        return checked->faults.size();
    };
    CHECK(faults("SELECT 1") == 0);
    CHECK(faults("UPDATE entry SET commitment = randomblob(32) WHERE number = 300") > 0);
    CHECK(faults("DELETE FROM entry WHERE number = 599") > 0);
    CHECK(faults("DELETE FROM entry WHERE number = 10") > 0);
    CHECK(faults("UPDATE tile SET hashes = randomblob(length(hashes)) WHERE level = 0 AND number = 2") > 0);
    CHECK(faults("UPDATE tile SET hashes = randomblob(length(hashes)) WHERE level = 1") > 0);
    CHECK(faults("UPDATE leaf SET content = randomblob(length(content)) WHERE sequence = 5") > 0);
    CHECK(faults("DELETE FROM leaf WHERE sequence = 5") > 0);
    CHECK(faults("UPDATE checkpoint SET note = replace(note, '600', '599')") > 0);
}
