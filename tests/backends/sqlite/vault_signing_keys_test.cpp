// Private keys in the vault.

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/vault.hpp"
#include "backends/sqlite/vault_shelf.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::privacy::SubjectNumber;
using fedtrail::testing::cipher;
using fedtrail::testing::kAlice;
using fedtrail::testing::kBob;
using fedtrail::testing::TempDir;
using fedtrail::testing::vault_at;

namespace {

std::unique_ptr<SqliteVault> vault_with_two(const std::filesystem::path& file) {
    auto vault = vault_at(file);
    REQUIRE(vault->enrol(*Uri::parse("https://o.example/users/alice"), "alice"));
    REQUIRE(vault->enrol(*Uri::parse("https://o.example/users/bob"), "bob"));
    return vault;
}

FoundKey key(const std::string& id, const std::string& text) {
    return {"https://o.example/users/alice#" + id, Secret{text}};
}
const std::string long_key = "-----BEGIN PRIVATE KEY-----\n" + std::string(1'600, 'R');
const std::string short_key = "-----BEGIN PRIVATE KEY-----\n" + std::string(64, 'E');

std::vector<std::string> ids(const Result<std::vector<FoundKey>>& keys) {
    REQUIRE(keys);
    std::vector<std::string> out;
    for (const auto& one : *keys) {
        out.push_back(one.key_id.substr(one.key_id.find('#') + 1));
    }
    return out;
}

std::string all_bytes_of(const std::filesystem::path& file) {
    std::string bytes;
    for (const char* suffix : {"", "-wal"}) {
        std::ifstream stream{file.string() + suffix, std::ios::binary};
        bytes += std::string{std::istreambuf_iterator<char>{stream}, {}};
    }
    return bytes;
}

std::string sealed_key(const std::filesystem::path& file) {
    SQLite::Database database{file.string(), SQLite::OPEN_READONLY};
    return database.execAndGet("SELECT sealed FROM signing_key LIMIT 1").getString();
}

}  // namespace

TEST_CASE("What was kept is there again, longer keys first, in another process's vault too") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    CHECK(vault->kept(kAlice)->empty());
    REQUIRE(vault->keep(kAlice, key("ed25519-key", short_key)));
    REQUIRE(vault->keep(kAlice, key("main-key", long_key)));
    REQUIRE(vault->keep(kBob, key("other", short_key)));
    CHECK(ids(vault->kept(kAlice)) == std::vector<std::string>{"main-key", "ed25519-key"});
    CHECK(ids(vault_at(dir / "vault.db", {.mode = OpenMode::ReadOnly})->kept(kBob)) ==
          std::vector<std::string>{"other"});
    CHECK(vault->kept(kAlice)->front().private_key.reveal() == long_key);
}

TEST_CASE("Whose keys are kept can be asked, in pages") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    CHECK(vault->holders(SubjectNumber{0}, 10)->empty());
    for (const auto* const id : {"main-key", "ed25519-key"}) {
        REQUIRE(vault->keep(kAlice, key(id, short_key)));
        REQUIRE(vault->keep(kBob, key(id, short_key)));
    }
    CHECK(*vault->holders(SubjectNumber{0}, 10) == std::vector{kAlice, kBob});
    CHECK(*vault->holders(SubjectNumber{0}, 1) == std::vector{kAlice});
    CHECK(*vault->holders(kAlice, 10) == std::vector{kBob});
    REQUIRE(vault->drop(kAlice));
    CHECK(*vault->holders(SubjectNumber{0}, 10) == std::vector{kBob});
}

TEST_CASE("A key with the id of another takes its place") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    REQUIRE(vault->keep(kAlice, key("main-key", short_key)));
    REQUIRE(vault->keep(kAlice, key("main-key", long_key)));
    REQUIRE(vault->keep(kAlice, key("main-key", long_key)));
    REQUIRE(vault->kept(kAlice)->size() == 1);
    CHECK(vault->kept(kAlice)->front().private_key.reveal() == long_key);
}

TEST_CASE("Only of people the vault knows, and only what can be a key, is anything kept") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    CHECK(vault->keep(SubjectNumber{3}, key("main-key", long_key)).error().kind == ErrorKind::NotFound);
    CHECK(vault->kept(SubjectNumber{3})->empty());
    CHECK(vault->drop(SubjectNumber{3}));
    for (const auto& wrong : {FoundKey{"", Secret{long_key}},
                              FoundKey{std::string(2'049, 'u'), Secret{long_key}},
                              key("main-key", ""),
                              key("main-key", std::string((16U << 10U) + 1, 'k'))}) {
        CHECK(vault->keep(kAlice, wrong).error().kind == ErrorKind::Invalid);
    }
    CHECK(vault->keep(kAlice, FoundKey{std::string(2'048, 'u'), Secret{std::string(16U << 10U, 'k')}}));
}

TEST_CASE("Neither key nor id can be read in the files, and after dropping not even what was sealed") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    REQUIRE(vault->keep(kAlice, key("main-key", long_key)));
    REQUIRE(vault->keep(kBob, key("bobs-key", short_key)));
    const auto stored = all_bytes_of(dir / "vault.db");
    CHECK(stored.find("RRRR") == std::string::npos);
    CHECK(stored.find("main-key") == std::string::npos);
    SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READONLY};
    const auto sealed = database.execAndGet("SELECT sealed FROM signing_key WHERE number = 1").getString();
    const auto place = sealed.substr(0, 64);
    CHECK(stored.find(place) != std::string::npos);
    REQUIRE(vault->drop(kAlice));
    CHECK(vault->kept(kAlice)->empty());
    CHECK(all_bytes_of(dir / "vault.db").find(place) == std::string::npos);
    CHECK(ids(vault->kept(kBob)) == std::vector<std::string>{"bobs-key"});
}

TEST_CASE("Only who has the subject's key at its place can open one") {
    const TempDir dir;
    const auto vault = vault_with_two(dir / "vault.db");
    REQUIRE(vault->keep(kAlice, key("main-key", long_key)));
    const auto sealed = sealed_key(dir / "vault.db");
    CHECK(vault->open(kAlice, "signing-key/1", bytes_of(sealed)).error().kind == ErrorKind::Corrupt);
    CHECK(vault->open(kAlice, "vault/signing-key/1", bytes_of(sealed)).error().kind == ErrorKind::Invalid);
    {
        SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE};
        database.exec("UPDATE signing_key SET number = 2");
    }
    CHECK(vault->kept(kBob).error().kind == ErrorKind::Corrupt);
    CHECK_FALSE(vault->check()->faults.empty());
}

TEST_CASE("Every flipped octet of a kept key is found, and so is a key of nobody") {
    const auto dir = TempDir::in_memory();
    {
        const auto vault = vault_with_two(dir / "vault.db");
        REQUIRE(vault->keep(kAlice, key("main-key", short_key)));
        REQUIRE(vault->keep(kAlice, key("other", short_key)));
        const auto check = vault->check();
        CHECK(check->faults.empty());
        CHECK(check->signing_keys == 2);
    }
    SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE};
    database.exec("PRAGMA foreign_keys = OFF");
    const auto vault = vault_at(dir / "vault.db");
    for (const std::string column : {"sealed", "hash"}) {
        const auto sound = database.execAndGet("SELECT " + column + " FROM signing_key LIMIT 1").getString();
        REQUIRE(sound.size() >= 16);
        auto now = sound;
        const auto update = "UPDATE signing_key SET " + column + " = ?1 WHERE " + column + " = ?2";
        const auto replace = [&](const std::string& by) {
            SQLite::Statement change{database, update};
            change.bind(1, static_cast<const void*>(by.data()), static_cast<int>(by.size()));
            change.bind(2, static_cast<const void*>(now.data()), static_cast<int>(now.size()));
            REQUIRE(change.exec() == 1);
            now = by;
        };
        for (std::size_t at = 0; at < sound.size(); ++at) {
            auto changed = sound;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            replace(changed);
            INFO(column << " octet " << at);
            CHECK_FALSE(vault->check()->faults.empty());
        }
        replace(sound);
    }
    CHECK(vault->check()->faults.empty());
    database.exec("UPDATE signing_key SET number = 9 WHERE hash = (SELECT min(hash) FROM signing_key)");
    CHECK_FALSE(vault->check()->faults.empty());
}

TEST_CASE("A key that keep() has acknowledged survives a kill -9") {
    const TempDir dir;
    { const auto vault = vault_with_two(dir / "vault.db"); }
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::close(pipe[0]);
        const auto vault = vault_at(dir / "vault.db");
        for (int i = 0; i < 10'000; ++i) {
            const auto kept = vault->keep(kAlice, key(std::to_string(i), long_key));
            if (!kept || ::write(pipe[1], &i, sizeof i) != sizeof i) {
                break;
            }
        }
        ::_exit(0);
    }
    ::close(pipe[1]);
    int last = -1;
    while (last < 20 && ::read(pipe[0], &last, sizeof last) == sizeof last) {
    }
    ::kill(child, SIGKILL);
    while (::read(pipe[0], &last, sizeof last) == sizeof last) {
    }
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    REQUIRE(last >= 20);
    const auto vault = vault_at(dir / "vault.db");
    CHECK(vault->kept(kAlice)->size() >= static_cast<std::size_t>(last) + 1);
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("A vault of layout 1 opens with everyone in it and can then keep keys") {
    const TempDir dir;
    {
        std::ifstream file{FEDTRAIL_SOURCE_DIR "/tests/backends/sqlite/fixtures/vault_layout_1.sql"};
        std::stringstream statements;
        statements << file.rdbuf();
        SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
        database.exec(statements.str());
        REQUIRE(database.execAndGet("PRAGMA user_version").getInt() == 1);
        REQUIRE(database.execAndGet("SELECT count(*) FROM subject").getInt() == 3);
    }
    const std::string text = "d39af9e47c6e8ff11bb032c387a6ff41192d68af9a30a81e6328f6ffaff1da96";
    Bytes master;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        master.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
    }
    const auto reading = SqliteVault::open(dir / "vault.db", master, cipher(), {.mode = OpenMode::ReadOnly});
    REQUIRE_FALSE(reading);
    CHECK_THAT(reading.error().remedy, Catch::Contains("fedtrail serve"));
    const auto opened = SqliteVault::open(dir / "vault.db", master, cipher(), {});
    REQUIRE(opened);
    auto& vault = **opened;
    CHECK(vault.check()->subjects == 3);
    CHECK(vault.check()->faults.empty());
    CHECK(vault.identity(kAlice)->origin.text() == "origin.example");
    REQUIRE(vault.keep(kAlice, key("main-key", long_key)));
    CHECK(vault.kept(kAlice)->front().private_key.reveal() == long_key);
    CHECK(vault.enrol(*Uri::parse("https://o.example/users/new"), "new")->get() == 4);
    SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READONLY};
    CHECK(database.execAndGet("PRAGMA user_version").getInt() == 6);
}

TEST_CASE("Threads may keep, read and drop keys at once") {
    const auto dir = TempDir::in_memory();
    const auto vault = vault_with_two(dir / "vault.db");
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::uint64_t person = 1; person <= 2; ++person) {
        threads.emplace_back([&, person] {
            for (int round = 0; round < 25; ++round) {
                const SubjectNumber who{person};
                const bool right = vault->keep(who, key("main-key", long_key)) &&
                                   vault->kept(who)->size() == 1 && vault->drop(who) &&
                                   vault->kept(who)->empty();
                wrong += right ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
}
