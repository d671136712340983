// A person's key is destroyed, and nothing of them is left in the vault's files.

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/vault.hpp"
#include "backends/sqlite/vault_shelf.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::privacy::SubjectNumber;
using fedtrail::records::Shredding;
using fedtrail::records::ShredReason;
using fedtrail::testing::actor;
using fedtrail::testing::kAlice;
using fedtrail::testing::kBob;
using fedtrail::testing::TempDir;
using fedtrail::testing::vault_at;

namespace {

const Instant kThen = *parse_rfc3339("2026-11-28T03:00:00Z");

std::unique_ptr<SqliteVault> vault_of_two(const std::filesystem::path& file) {
    auto vault = vault_at(file);
    REQUIRE(*vault->enrol(actor("alice"), "alice") == kAlice);
    REQUIRE(*vault->enrol(actor("bob"), "bob") == kBob);
    REQUIRE(vault->keep(kAlice, FoundKey{"https://origin.example/users/alice#main-key", Secret{"PEM"}}));
    return vault;
}

Shredding shredding_of(SubjectNumber subject) {
    return {subject, kThen, ShredReason::Operator, records::RequestNumber{7}, false};
}

records::LeafRecord leaf_of(SubjectNumber subject) {
    return {kThen, records::ShreddingLeaf{subject, "asked for by letter", "cli", {{"person", 1}}}};
}

std::vector<StoredLeaf> leaves_in(const std::filesystem::path& file) {
    return *(*SqliteLeaves::open(LeafStore::Vault, file))->leaves(0, 10);
}

std::string octets_of(const std::filesystem::path& file) {
    std::string all;
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        std::ifstream stream{file.string() + suffix, std::ios::binary};
        all.append(std::istreambuf_iterator<char>{stream}, {});
    }
    return all;
}

/// Every stored value of one subject, as it lies in the file.
std::vector<std::string> values_of(const std::filesystem::path& file, SubjectNumber subject) {
    const SQLite::Database database{file.string(), SQLite::OPEN_READONLY};
    std::vector<std::string> values;
    for (const auto* sql : {"SELECT wrapped_key FROM subject WHERE number = ?",
                            "SELECT identity FROM subject WHERE number = ?",
                            "SELECT hash FROM actor_lookup WHERE number = ?",
                            "SELECT hash FROM handle_lookup WHERE number = ?",
                            "SELECT hash FROM signing_key WHERE number = ?",
                            "SELECT sealed FROM signing_key WHERE number = ?"}) {
        SQLite::Statement row{database, sql};
        row.bind(1, static_cast<std::int64_t>(subject.get()));
        while (row.executeStep()) {
            values.push_back(row.getColumn(0).getString());
        }
    }
    return values;
}

std::size_t found_in(const std::vector<std::string>& values, const std::string& octets) {
    std::size_t found = 0;
    for (const auto& value : values) {
        for (std::size_t at = 0; at + 8 <= value.size(); at += 8) {  // also a part that was left over
            if (octets.find(value.substr(at, 8)) != std::string::npos) {
                ++found;
                break;
            }
        }
    }
    return found;
}

}  // namespace

TEST_CASE("A shredded person cannot be found, named or opened, and no octet of theirs is left") {
    const TempDir dir;
    const auto file = dir / "vault.db";
    const auto vault = vault_of_two(file);
    const auto sealed = vault->seal(kAlice, "pairs/0", bytes_of("something"));
    REQUIRE(sealed);
    REQUIRE(vault->open(kAlice, "pairs/0", *sealed));
    const auto theirs = values_of(file, kAlice);
    const auto others = values_of(file, kBob);
    REQUIRE(theirs.size() == 6);
    REQUIRE(found_in(theirs, octets_of(file)) == 6);

    REQUIRE(vault->shred(shredding_of(kAlice)));
    CHECK(found_in(theirs, octets_of(file)) == 0);
    CHECK(found_in(others, octets_of(file)) == others.size());
    CHECK(vault->find("alice@origin.example").error().kind == ErrorKind::NotFound);
    CHECK(vault->find("https://origin.example/users/alice").error().kind == ErrorKind::NotFound);
    CHECK(vault->find("1").error().kind == ErrorKind::NotFound);
    CHECK(vault->identity(kAlice).error().kind == ErrorKind::NotFound);
    CHECK(vault->open(kAlice, "pairs/0", *sealed).error().kind == ErrorKind::NotFound);
    CHECK(vault->seal(kAlice, "pairs/0", bytes_of("more")).error().kind == ErrorKind::NotFound);
    CHECK(vault->kept(kAlice)->empty());
    CHECK(vault->list(SubjectNumber{0}, 10) == std::vector{kBob});
    CHECK(vault->identity(kBob)->handle.reveal() == "bob@origin.example");
    CHECK(vault->check()->faults.empty());
    CHECK(vault->check()->shredded == 1);
}

TEST_CASE("Who comes back after a shredding is somebody new") {
    const TempDir dir;
    const auto vault = vault_of_two(dir / "vault.db");
    REQUIRE(vault->shred(shredding_of(kBob)));  // the last number that was given
    CHECK(*vault->last_number() == kBob);
    CHECK(*vault->enrol(actor("bob"), "bob") == SubjectNumber{3});
    CHECK(*vault->find("bob@origin.example") == SubjectNumber{3});
}

TEST_CASE("A shredding is remembered until the others have forgotten, and after") {
    const TempDir dir;
    const auto file = dir / "vault.db";
    {
        const auto vault = vault_of_two(file);
        CHECK(vault->shreddings()->empty());
        CHECK(vault->shred(shredding_of(SubjectNumber{9})).error().kind == ErrorKind::NotFound);
        CHECK(vault->completed(kAlice, leaf_of(kAlice)).error().kind == ErrorKind::NotFound);
        REQUIRE(vault->shred(shredding_of(kAlice)));
        auto later = shredding_of(kAlice);
        later.at += std::chrono::hours{1};
        REQUIRE(vault->shred(later));  // again: the first one stands
    }
    const auto vault = vault_at(file);
    CHECK(*vault->shreddings() == std::vector{shredding_of(kAlice)});
    CHECK(leaves_in(file).empty());
    REQUIRE(vault->completed(kAlice, leaf_of(kAlice)));
    REQUIRE(vault->completed(kAlice, leaf_of(kAlice)));  // again: nothing happens
    const auto leaves = leaves_in(file);
    REQUIRE(leaves.size() == 1);
    CHECK(leaves.front().head == records::head_of(leaf_of(kAlice)));
    CHECK(leaves.front().opening->body == *records::encode_body(leaf_of(kAlice).body));
    auto done = shredding_of(kAlice);
    done.complete = true;
    CHECK(*vault->shreddings() == std::vector{done});
    CHECK(vault->check()->faults.empty());
    SQLite::Database{file.string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE leaf SET content = CAST(substr(content, 1, 10) || x'00' || substr(content, 12) AS BLOB)");
    REQUIRE(vault->check()->faults.size() == 1);
    CHECK(vault->check()->faults.front().find("1 leaf ") != std::string::npos);
}

TEST_CASE("A vault that never knew somebody can be told that they were shredded") {
    const TempDir dir;
    const auto vault = vault_of_two(dir / "vault.db");
    auto entry = shredding_of(SubjectNumber{8});
    entry.reason = ShredReason::Restored;
    REQUIRE(vault->shred(entry));
    CHECK(vault->shreddings()->front().subject == SubjectNumber{8});
    CHECK(*vault->enrol(actor("carol"), "carol") == SubjectNumber{9});
}

TEST_CASE("Every changed column of a shredding's note is found, and so is somebody who is there again") {
    const TempDir dir;
    const auto file = dir / "vault.db";
    const auto vault = vault_of_two(file);
    auto entry = shredding_of(kAlice);
    entry.why = "asked for";
    entry.by = "cli/a";
    REQUIRE(vault->shred(entry));
    CHECK(*vault->shreddings() == std::vector{entry});
    SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
    for (const std::string change : {"at = at + 1",
                                     "reason = 2 - reason + 1",
                                     "request = request + 1",
                                     "complete = 1 - complete",
                                     "why = NULL, said_by = NULL",
                                     "why = 'a/asked for', said_by = 'cli'",
                                     "objections = 1",
                                     "hash = randomblob(16)"}) {
        CAPTURE(change);
        SQLite::Transaction transaction{database};
        database.exec("CREATE TABLE before AS SELECT * FROM shredding");
        database.exec("UPDATE shredding SET " + change);
        transaction.commit();
        CHECK_FALSE(vault->check()->faults.empty());
        CHECK(vault->shreddings().error().kind == ErrorKind::Corrupt);
        database.exec("DELETE FROM shredding; INSERT INTO shredding SELECT * FROM before; DROP TABLE before");
        CHECK(vault->check()->faults.empty());
    }
    database.exec("UPDATE shredding SET number = 2");
    CHECK_FALSE(vault->check()->faults.empty());
}

TEST_CASE("What shred() has acknowledged survives a kill -9") {
    const TempDir dir;
    const auto file = dir / "vault.db";
    std::vector<std::string> theirs;
    {
        const auto vault = vault_of_two(file);
        theirs = values_of(file, kAlice);
    }
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto vault = vault_at(file);
        const char told = vault->shred(shredding_of(kAlice)) ? 'y' : 'n';
        (void)!::write(pipe[1], &told, 1);
        ::pause();
    }
    char told = 0;
    REQUIRE(::read(pipe[0], &told, 1) == 1);
    REQUIRE(told == 'y');
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(found_in(theirs, octets_of(file)) == 0);
    const auto vault = vault_at(file);
    CHECK(vault->identity(kAlice).error().kind == ErrorKind::NotFound);
    CHECK(vault->shreddings()->size() == 1);
    CHECK(vault->check()->faults.empty());
}
