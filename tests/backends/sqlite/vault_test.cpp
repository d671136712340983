#include "backends/sqlite/vault.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/vault_shelf.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::privacy::SubjectNumber;
using fedtrail::testing::actor;
using fedtrail::testing::cipher;
using fedtrail::testing::open_at;
using fedtrail::testing::TempDir;
using fedtrail::testing::vault_at;

namespace {

Uri uri(const std::string& text) {
    return *Uri::parse(text);
}

std::uint64_t enrol(SqliteVault& vault, const Uri& who, std::string_view username = {}) {
    const auto number = vault.enrol(who, username);
    INFO((number ? "" : number.error().what));
    REQUIRE(number);
    return number->get();
}

std::uint64_t found(const SqliteVault& vault, std::string_view subject) {
    const auto number = vault.find(subject);
    return number ? number->get() : 0;
}

std::string bytes_in(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

TEST_CASE("A person is one number, whoever asks and however often") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    CHECK(vault->last_number()->get() == 0);
    CHECK(enrol(*vault, actor("alice")) == 1);
    CHECK(enrol(*vault, actor("bob")) == 2);
    CHECK(enrol(*vault, actor("alice"), "alice") == 1);
    const auto again = vault_at(dir / "vault.db");
    CHECK(enrol(*again, actor("bob")) == 2);
    CHECK(enrol(*again, actor("carol")) == 3);
    CHECK(enrol(*vault, actor("carol")) == 3);
    CHECK(vault->last_number()->get() == 3);
}

TEST_CASE("A person is found by handle, URI and number") {
    const TempDir dir;
    const auto vault =
        vault_at(dir / "vault.db",
                 {.aliases = {{*Host::parse("www.origin.example"), *Host::parse("origin.example")}}});
    enrol(*vault, actor("bob"), "bob");
    enrol(*vault, actor("Alice"), "Alice");
    for (const char* name : {"Alice@origin.example",
                             "@alice@origin.example",
                             "acct:ALICE@Origin.Example",
                             "alice@www.origin.example",
                             "https://origin.example/users/Alice",
                             "HTTPS://ORIGIN.example:443/users/Alice",
                             "2"}) {
        INFO(name);
        CHECK(found(*vault, name) == 2);
    }
    const auto kind_of = [&](std::string_view name) {
        const auto answer = vault->find(name);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().what.find("nobody@") == std::string::npos);
        return answer.error().kind;
    };
    CHECK(kind_of("nobody@origin.example") == ErrorKind::NotFound);
    CHECK(kind_of("https://origin.example/users/nobody") == ErrorKind::NotFound);
    CHECK(kind_of("3") == ErrorKind::NotFound);
    CHECK(kind_of("0") == ErrorKind::NotFound);
    CHECK(kind_of("alice") == ErrorKind::Invalid);
    CHECK(kind_of("@origin.example") == ErrorKind::Invalid);
    CHECK(kind_of("ftp://origin.example/x") == ErrorKind::Invalid);
    CHECK(kind_of("") == ErrorKind::Invalid);
    CHECK(kind_of("99999999999999999999999") == ErrorKind::Invalid);
}

TEST_CASE("An identity tells actor, handle and origin, as the alias' origin has it") {
    const TempDir dir;
    const auto vault =
        vault_at(dir / "vault.db",
                 {.aliases = {{*Host::parse("web.origin.example"), *Host::parse("origin.example")}}});
    enrol(*vault, uri("https://web.origin.example/ap/users/115613"), "Alice");
    const auto identity = vault->identity(SubjectNumber{1});
    REQUIRE(identity);
    CHECK(identity->number == SubjectNumber{1});
    CHECK(identity->origin.text() == "origin.example");
    CHECK(identity->actor.reveal() == "https://web.origin.example/ap/users/115613");
    CHECK(identity->handle.reveal() == "Alice@origin.example");
    CHECK(found(*vault, "alice@web.origin.example") == 1);
    CHECK(vault->identity(SubjectNumber{2}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("A handle is derived until it is told, and a new one takes the old one's place") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    enrol(*vault, actor("alice"));
    CHECK(vault->identity(SubjectNumber{1})->handle.reveal() == "alice@origin.example");
    CHECK(found(*vault, "alice@origin.example") == 1);
    enrol(*vault, actor("alice"), "Alice_W");
    CHECK(vault->identity(SubjectNumber{1})->handle.reveal() == "Alice_W@origin.example");
    CHECK(found(*vault, "alice@origin.example") == 0);
    CHECK(found(*vault, "alice_w@origin.example") == 1);
    enrol(*vault, actor("alice"));
    CHECK(found(*vault, "alice_w@origin.example") == 1);
    for (const std::string& junk :
         {std::string{"al ice"}, std::string{"a@b"}, std::string(300, 'x'), std::string{"a\nb"}}) {
        enrol(*vault, actor("alice"), junk);
        CHECK(vault->identity(SubjectNumber{1})->handle.reveal() == "Alice_W@origin.example");
    }
    enrol(*vault, uri("https://origin.example/ap/users/115613099887123456"));
    CHECK(vault->identity(SubjectNumber{2})->handle.reveal().empty());
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("http and https of one actor are one person, who is known by https as soon as that is seen") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    const auto plain = uri("http://origin.example/users/alice");
    enrol(*vault, plain, "Alice");
    CHECK(vault->identity(SubjectNumber{1})->actor.reveal() == plain.text());
    CHECK(found(*vault, actor("alice").text()) == 1);
    for (int again = 0; again < 2; ++again) {
        enrol(*vault, actor("alice"));
        enrol(*vault, plain);
        enrol(*vault, plain, "Alicia");
        CHECK(vault->identity(SubjectNumber{1})->actor.reveal() == actor("alice").text());
        CHECK(vault->identity(SubjectNumber{1})->handle.reveal() == "Alicia@origin.example");
        for (const auto& name : {plain.text(), actor("alice").text(), std::string{"alicia@origin.example"}}) {
            CHECK(found(*vault, name) == 1);
        }
        CHECK(found(*vault, "alice@origin.example") == 0);
        const auto check = vault->check();
        CHECK(check->subjects == 1);
        CHECK(check->faults.empty());
    }
    enrol(*vault, actor("bob"));
    enrol(*vault, uri("http://origin.example/users/bob"));
    CHECK(vault->identity(SubjectNumber{2})->actor.reveal() == actor("bob").text());
    CHECK(vault->check()->subjects == 2);
}

TEST_CASE("A handle that a person and a group share asks back, unless only one was told it") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    enrol(*vault, uri("https://origin.example/c/cats"));
    enrol(*vault, uri("https://origin.example/u/cats"), "cats");
    CHECK(found(*vault, "cats@origin.example") == 2);
    enrol(*vault, uri("https://origin.example/c/cats"), "cats");
    const auto both = vault->find("cats@origin.example");
    REQUIRE_FALSE(both);
    CHECK(both.error().kind == ErrorKind::Conflict);
    CHECK(both.error().what.find("1, 2") != std::string::npos);
    CHECK(both.error().remedy.find("subjects show NUMBER") != std::string::npos);
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("Many people are enrolled in one step, each once, in order") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db", {.names_kept = 10});
    enrol(*vault, actor("p3"));
    std::vector<Enrolment> people;
    for (int i = 0; i < 50; ++i) {
        people.push_back(Enrolment{actor("p" + std::to_string(i % 40)), Personal<std::string>{}});
    }
    const auto numbers = vault->enrol_all(people);
    REQUIRE(numbers);
    REQUIRE(numbers->size() == 50);
    CHECK((*numbers)[3] == SubjectNumber{1});
    CHECK((*numbers)[0] == SubjectNumber{2});
    CHECK((*numbers)[45] == (*numbers)[5]);
    CHECK(std::set<SubjectNumber>{numbers->begin(), numbers->end()}.size() == 40);
    const auto page = vault->list(SubjectNumber{38}, 10);
    REQUIRE(page);
    CHECK(*page == std::vector{SubjectNumber{39}, SubjectNumber{40}});
    CHECK(vault->list(SubjectNumber{0}, 7)->size() == 7);
}

TEST_CASE("What is sealed for a person opens for them alone, at its place alone") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db", {.keys_kept = 1});
    enrol(*vault, actor("alice"));
    enrol(*vault, actor("bob"));
    const auto sealed = vault->seal(SubjectNumber{1}, "chunk/17", bytes_of("words"));
    REQUIRE(sealed);
    CHECK(*vault->seal(SubjectNumber{1}, "chunk/17", bytes_of("words")) == *sealed);
    CHECK(*vault->seal(SubjectNumber{2}, "chunk/17", bytes_of("words")) != *sealed);
    CHECK(text_of(*vault_at(dir / "vault.db")->open(SubjectNumber{1}, "chunk/17", *sealed)) == "words");
    CHECK(vault->open(SubjectNumber{2}, "chunk/17", *sealed).error().kind == ErrorKind::Corrupt);
    CHECK(vault->open(SubjectNumber{1}, "chunk/18", *sealed).error().kind == ErrorKind::Corrupt);
    CHECK(vault->seal(SubjectNumber{3}, "chunk/17", {}).error().kind == ErrorKind::NotFound);
    CHECK(vault->open(SubjectNumber{3}, "chunk/17", *sealed).error().kind == ErrorKind::NotFound);
    CHECK(vault->seal(SubjectNumber{1}, "vault/identity/1", bytes_of("x")).error().kind ==
          ErrorKind::Invalid);
}

TEST_CASE("Nothing personal stands in the vault's files in clear") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    enrol(*vault, uri("https://origin.example/users/zaphod"), "zaphod");
    for (const char* name : {"vault.db", "vault.db-wal"}) {
        const auto content = bytes_in(dir / name);
        CHECK(content.find("zaphod") == std::string::npos);
        CHECK(content.find("origin.example") == std::string::npos);
        struct stat status {};
        REQUIRE(::stat((dir / name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
    }
    CHECK(bytes_in(dir / "vault.db-wal").size() > 1000);
}

TEST_CASE("A wrong master key is told at the door") {
    const TempDir dir;
    enrol(*vault_at(dir / "vault.db"), actor("alice"));
    const auto wrong = open_at(dir / "vault.db", {}, Bytes(32, std::byte{0x43}));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().kind == ErrorKind::Denied);
    CHECK_FALSE(wrong.error().remedy.empty());
    const auto brief = open_at(dir / "vault.db", {}, Bytes(31, std::byte{0x42}));
    REQUIRE_FALSE(brief);
    CHECK(brief.error().kind == ErrorKind::Invalid);
    CHECK(found(*vault_at(dir / "vault.db"), "alice@origin.example") == 1);
}

TEST_CASE("A newer vault is refused, and reading needs one that is there") {
    const TempDir dir;
    CHECK(open_at(dir / "vault.db", {.mode = OpenMode::ReadOnly}).error().kind == ErrorKind::NotFound);
    enrol(*vault_at(dir / "vault.db"), actor("alice"));
    SQLite::Database{(dir / "vault.db").string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 99");
    const auto newer = open_at(dir / "vault.db");
    REQUIRE_FALSE(newer);
    CHECK(newer.error().kind == ErrorKind::Invalid);
    CHECK(newer.error().what.find("99") != std::string::npos);
}

TEST_CASE("A vault opened for reading finds everybody and enrols nobody new") {
    const TempDir dir;
    const auto writer = vault_at(dir / "vault.db");
    enrol(*writer, actor("alice"));
    const auto reader = vault_at(dir / "vault.db", {.mode = OpenMode::ReadOnly});
    CHECK(found(*reader, "alice@origin.example") == 1);
    CHECK(enrol(*reader, actor("alice")) == 1);
    const auto refused = reader->enrol(actor("bob"), "bob");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Denied);
    enrol(*writer, actor("bob"));
    CHECK(found(*reader, "bob@origin.example") == 2);
}

TEST_CASE("Threads with vaults of their own that enrol the same people agree on their numbers") {
    const TempDir dir;
    vault_at(dir / "vault.db");
    std::vector<std::map<std::string, std::uint64_t>> seen(4);
    std::vector<std::thread> threads;
    for (auto& mine : seen) {
        threads.emplace_back([&dir, &mine] {
            const auto vault = open_at(dir / "vault.db");
            for (int i = 0; vault && i < 60; ++i) {
                const std::string name = "p" + std::to_string(i % 30);
                const auto number = (*vault)->enrol(actor(name), i < 30 ? "" : name);
                mine[name] = number ? number->get() : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    std::set<std::uint64_t> numbers;
    for (const auto& [name, number] : seen.front()) {
        numbers.insert(number);
    }
    CHECK(numbers.size() == 30);
    CHECK(*numbers.begin() == 1);
    CHECK(*numbers.rbegin() == 30);
    CHECK(std::set<std::map<std::string, std::uint64_t>>{seen.begin(), seen.end()}.size() == 1);
    CHECK(vault_at(dir / "vault.db")->check()->faults.empty());
}

TEST_CASE("Threads share one vault") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db", {.names_kept = 8, .keys_kept = 4});
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (auto& mine : wrong) {
        threads.emplace_back([&vault, &mine] {
            for (int i = 0; i < 200; ++i) {
                const auto number = vault->enrol(actor("p" + std::to_string(i % 20)), {});
                const auto sealed =
                    number ? vault->seal(*number, "c", bytes_of("x")) : Result<Bytes>{Bytes{}};
                const auto opened = number && sealed ? vault->open(*number, "c", *sealed) : sealed;
                mine += opened && text_of(*opened) == "x" ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::vector<int>(4));
    CHECK(vault->check()->subjects == 20);
}
