// The vault against damage and sudden death.

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/vault.hpp"
#include "backends/sqlite/vault_shelf.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::privacy::SubjectNumber;
using fedtrail::testing::cipher;
using fedtrail::testing::kMasterKey;
using fedtrail::testing::open_at;
using fedtrail::testing::TempDir;

namespace {

std::string name_of(int person) {
    return "person" + std::to_string(person);
}
Uri actor_of(int person) {
    return *Uri::parse("https://origin.example/users/" + name_of(person));
}

void make_vault(const std::filesystem::path& file, int people) {
    const auto vault = open_at(file);
    REQUIRE(vault);
    for (int i = 1; i <= people; ++i) {
        REQUIRE((*vault)->enrol(actor_of(i), name_of(i)));
    }
}

/// Flips one bit of octet `at` of a value, behind the vault's back.
void flip(const std::filesystem::path& file,
          const std::string& table,
          const std::string& column,
          int at,
          const std::string& where) {
    SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
    database.exec("PRAGMA foreign_keys = OFF");
    const auto select = "SELECT " + column + " FROM " + table + " WHERE " + where;
    auto value = database.execAndGet(select).getString();
    value.at(static_cast<std::size_t>(at)) = static_cast<char>(value[static_cast<std::size_t>(at)] ^ 1);
    SQLite::Statement change{database, "UPDATE " + table + " SET " + column + " = ? WHERE " + where};
    change.bind(1, static_cast<const void*>(value.data()), static_cast<int>(value.size()));
    change.exec();
}

int size_of(const std::filesystem::path& file, const std::string& table, const std::string& column) {
    SQLite::Database database{file.string(), SQLite::OPEN_READONLY};
    return database.execAndGet("SELECT min(length(" + column + ")) FROM " + table).getInt();
}

/// Whether opening or checking the vault says that something is wrong.
bool is_noticed(const std::filesystem::path& file) {
    const auto vault = open_at(file);
    if (!vault) {
        return vault.error().kind == ErrorKind::Corrupt || vault.error().kind == ErrorKind::Invalid;
    }
    const auto check = (*vault)->check();
    return !check || !check->faults.empty();
}

bool is_whole(const std::filesystem::path& file, int people) {
    const auto vault = open_at(file);
    for (int i = 1; vault && i <= people; ++i) {
        const auto identity = (*vault)->identity(SubjectNumber{static_cast<std::uint64_t>(i)});
        const auto number = (*vault)->find(name_of(i) + "@origin.example");
        if (!identity || identity->actor.reveal() != actor_of(i).text() || !number ||
            number->get() != static_cast<std::uint64_t>(i)) {
            return false;
        }
    }
    return vault.has_value();
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

TEST_CASE("A sound vault checks sound") {
    const TempDir dir;
    make_vault(dir / "vault.db", 25);
    const auto check = (*open_at(dir / "vault.db"))->check();
    REQUIRE(check);
    CHECK(check->subjects == 25);
    CHECK(check->faults.empty());
}

TEST_CASE("Every flipped octet of every stored value is found") {
    const auto dir = TempDir::in_memory();
    make_vault(dir / "sound.db", 2);
    const std::array<std::array<std::string, 3>, 6> columns{{{"vault", "vault_id", "id = 1"},
                                                             {"vault", "check_value", "id = 1"},
                                                             {"subject", "wrapped_key", "number = 2"},
                                                             {"subject", "identity", "number = 2"},
                                                             {"actor_lookup", "hash", "number = 2"},
                                                             {"handle_lookup", "hash", "number = 2"}}};
    for (const auto& [table, column, where] : columns) {
        const int size = size_of(dir / "sound.db", table, column);
        REQUIRE(size >= 16);
        for (int at = 0; at < size; ++at) {
            std::filesystem::copy_file(
                dir / "sound.db", dir / "vault.db", std::filesystem::copy_options::overwrite_existing);
            flip(dir / "vault.db", table, column, at, where);
            INFO(table << "." << column << " octet " << at);
            CHECK(is_noticed(dir / "vault.db"));
        }
    }
}

TEST_CASE("A flipped octet of the schema's text is found by a connection that only reads") {
    const auto dir = TempDir::in_memory();
    make_vault(dir / "sound.db", 2);
    const auto sound = content_of(dir / "sound.db");
    for (const std::string text : {"CHECK (length(wrapped_key)", "CREATE TABLE actor_lookup"}) {
        const auto begin = sound.find(text);
        REQUIRE(begin != std::string::npos);
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto damaged = sound;
            damaged[begin + i] = static_cast<char>(damaged[begin + i] ^ 4);
            std::ofstream{dir / "vault.db", std::ios::binary | std::ios::trunc} << damaged;
            const auto vault =
                SqliteVault::open(dir / "vault.db", kMasterKey, cipher(), {OpenMode::ReadOnly});
            const auto check = vault ? (*vault)->check() : Result<VaultCheck>{fail(vault)};
            INFO(text << " octet " << i);
            CHECK((!check || !check->faults.empty()));
            std::filesystem::remove(dir / "vault.db-wal");
            std::filesystem::remove(dir / "vault.db-shm");
        }
    }
}

TEST_CASE("A look-up row that names somebody else, or nobody, or is gone, is found") {
    const auto dir = TempDir::in_memory();
    for (const char* damage : {"UPDATE actor_lookup SET number = 1 WHERE number = 2",
                               "UPDATE handle_lookup SET number = 1 WHERE number = 2",
                               "UPDATE handle_lookup SET number = 77 WHERE number = 2",
                               "DELETE FROM actor_lookup WHERE number = 1",
                               "DELETE FROM handle_lookup WHERE number = 1",
                               "DELETE FROM subject WHERE number = 1",
                               "INSERT INTO handle_lookup VALUES (zeroblob(16), 1)",
                               "UPDATE subject SET number = 9 WHERE number = 2"}) {
        std::filesystem::remove(dir / "vault.db");
        make_vault(dir / "vault.db", 2);
        SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA foreign_keys = OFF");
        database.exec(damage);
        INFO(damage);
        CHECK(is_noticed(dir / "vault.db"));
    }
}

TEST_CASE("An octet flipped anywhere in the file is found, or changes nothing that is read") {
    const auto dir = TempDir::in_memory();
    make_vault(dir / "sound.db", 3);
    const auto sound = content_of(dir / "sound.db");
    std::mt19937 random{7};
    int noticed = 0;
    for (int round = 0; round < 400; ++round) {
        auto damaged = sound;
        const auto at = random() % damaged.size();
        damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1U << (random() % 8)));
        std::ofstream{dir / "vault.db", std::ios::binary | std::ios::trunc} << damaged;
        const bool seen = is_noticed(dir / "vault.db");
        noticed += seen ? 1 : 0;
        INFO("octet " << at);
        CHECK((seen || is_whole(dir / "vault.db", 3)));
        std::filesystem::remove(dir / "vault.db-wal");
        std::filesystem::remove(dir / "vault.db-shm");
    }
    CHECK(noticed > 0);
}

TEST_CASE("Who was enrolled before a kill -9 is enrolled after it") {
    const TempDir dir;
    for (int round = 0; round < 8; ++round) {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            const auto vault = open_at(dir / "vault.db");
            for (int i = 1; vault && i < 100'000; ++i) {
                const int person = round * 100'000 + i;
                if (!(*vault)->enrol(actor_of(person), name_of(person)) ||
                    ::write(pipe[1], &person, sizeof person) != sizeof person) {
                    break;
                }
            }
            ::_exit(0);
        }
        ::close(pipe[1]);
        std::vector<int> acknowledged;
        int person = 0;
        while (acknowledged.size() < 5U + static_cast<unsigned>(round) * 3U &&
               ::read(pipe[0], &person, sizeof person) == sizeof person) {
            acknowledged.push_back(person);
        }
        ::kill(child, SIGKILL);
        while (::read(pipe[0], &person, sizeof person) == sizeof person) {
            acknowledged.push_back(person);
        }
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        REQUIRE(acknowledged.size() >= 5);
        const auto vault = open_at(dir / "vault.db");
        REQUIRE(vault);
        for (const int one : acknowledged) {
            CHECK((*vault)->find(name_of(one) + "@origin.example"));
        }
        CHECK((*vault)->check()->faults.empty());
    }
}

TEST_CASE(
    "Deleting a subject's rows leaves nothing of them to be read, and their number is not given again") {
    const TempDir dir;
    make_vault(dir / "vault.db", 2);
    Bytes sealed;
    {
        const auto vault = open_at(dir / "vault.db");
        sealed = *(*vault)->seal(SubjectNumber{2}, "c", bytes_of("x"));
    }
    {
        SQLite::Database database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE};
        const auto key = database.execAndGet("SELECT wrapped_key FROM subject WHERE number = 2").getString();
        CHECK(content_of(dir / "vault.db").find(key) != std::string::npos);
        database.exec(
            "PRAGMA secure_delete = ON; BEGIN; DELETE FROM actor_lookup WHERE number = 2;"
            "DELETE FROM handle_lookup WHERE number = 2; DELETE FROM subject WHERE number = 2; COMMIT;"
            "PRAGMA wal_checkpoint(TRUNCATE)");
        CHECK(content_of(dir / "vault.db").find(key) == std::string::npos);
    }
    const auto vault = open_at(dir / "vault.db");
    REQUIRE(vault);
    CHECK((*vault)->check()->faults.empty());
    CHECK((*vault)->open(SubjectNumber{2}, "c", sealed).error().kind == ErrorKind::NotFound);
    CHECK((*vault)->identity(SubjectNumber{2}).error().kind == ErrorKind::NotFound);
    CHECK((*vault)->find("person2@origin.example").error().kind == ErrorKind::NotFound);
    CHECK((*vault)->enrol(actor_of(2), "person2")->get() == 3);
}

TEST_CASE("What enrolling and looking up cost", "[.bench]") {
    const TempDir dir;
    const auto vault = std::move(*open_at(dir / "vault.db"));
    const auto micros = [](int times, auto act) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) {
            act(i);
        }
        return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() /
               times;
    };
    std::vector<Enrolment> people;
    std::vector<Uri> actors;
    for (int i = 0; i < 5'000; ++i) {
        people.push_back(Enrolment{actor_of(i), Personal{name_of(i)}});
        actors.push_back(actor_of(100'000 + i));
    }
    WARN("enrol_all, 5,000 new people, each: "
         << micros(1, [&](int) { REQUIRE(vault->enrol_all(people)); }) / 5'000 << " us");
    WARN("enrol, a new person: " << micros(2'000, [&](int i) {
             REQUIRE(vault->enrol(actors[static_cast<std::size_t>(i)], {}));
         }) << " us");
    WARN("enrol, known: " << micros(200'000, [&](int i) {
             (void)vault->enrol(people[static_cast<std::size_t>(i % 5'000)].actor, {});
         }) << " us");
    WARN("seal 56 B, key known: " << micros(50'000, [&](int i) {
             (void)vault->seal(SubjectNumber{static_cast<std::uint64_t>(1 + i % 1000)},
                               "chunk/1",
                               bytes_of("https://origin.example/users/alice/statuses/109372843234"));
         }) << " us");
    WARN("find by handle: " << micros(5'000, [&](int i) {
             (void)vault->find(name_of(i) + "@origin.example");
         }) << " us");
    WARN("check, each: " << micros(1, [&](int) { REQUIRE(vault->check()->faults.empty()); }) / 7'000
                         << " us");
}
