// Handles that the origin confirmed, in the vault.

#include <fstream>
#include <memory>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/vault.hpp"
#include "backends/sqlite/vault_identity.hpp"
#include "backends/sqlite/vault_shelf.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::privacy::SubjectNumber;
using fedtrail::testing::kAlice;
using fedtrail::testing::kBob;
using fedtrail::testing::TempDir;
using fedtrail::testing::vault_at;

namespace {

constexpr SubjectNumber kCarol{3};
constexpr SubjectNumber kElsewhere{4};

/// Alice was told by her name, Bob's stands in his URI, Carol's URI has an id; and somebody at another host.
std::unique_ptr<SqliteVault> vault_of_four(const std::filesystem::path& file) {
    auto vault = vault_at(file);
    REQUIRE(vault->enrol(*Uri::parse("https://web.example/users/alice"), "alice"));
    REQUIRE(vault->enrol(*Uri::parse("https://web.example/users/bob"), ""));
    REQUIRE(vault->enrol(*Uri::parse("https://web.example/users/9abcdefghi"), ""));
    REQUIRE(vault->enrol(*Uri::parse("https://other.example/users/eve"), ""));
    return vault;
}

std::string confirmed(const SqliteVault& vault, SubjectNumber who) {
    const auto facts = vault.handle_facts(who);
    REQUIRE(facts);
    return facts->confirmed.reveal();
}

}  // namespace

TEST_CASE("A confirmed handle is there again, and says which host the handles of that origin have") {
    const TempDir dir;
    {
        const auto vault = vault_of_four(dir / "vault.db");
        CHECK(confirmed(*vault, kAlice).empty());
        CHECK_FALSE(vault->handle_facts(kAlice)->host);
        REQUIRE(vault->confirm(kAlice, "Alice@example.org"));
        REQUIRE(vault->confirm(kAlice, "Alice@example.org"));
    }
    const auto vault = vault_at(dir / "vault.db", {.mode = OpenMode::ReadOnly});
    CHECK(confirmed(*vault, kAlice) == "Alice@example.org");
    CHECK(vault->handle_facts(kAlice)->told);
    CHECK_FALSE(vault->handle_facts(kBob)->told);
    const HandleHost host{*Host::parse("example.org"), true};
    CHECK(vault->handle_facts(kBob)->host == host);
    CHECK(vault->handle_facts(kCarol)->host == host);
    CHECK_FALSE(vault->handle_facts(kElsewhere)->host);
    CHECK(confirmed(*vault, kBob).empty());
    CHECK(vault->check()->faults.empty());
    // Who is asked for is found as before.
    CHECK(vault->identity(kAlice)->handle.reveal() == "alice@web.example");
    CHECK(*vault->find("alice@web.example") == kAlice);
    CHECK(vault->confirm(kBob, "bob@example.org").error().kind == ErrorKind::Denied);
}

TEST_CASE("What was confirmed last says what an origin's handles and URIs look like") {
    const TempDir dir;
    const auto vault = vault_of_four(dir / "vault.db");
    REQUIRE(vault->confirm(kBob, "BOB@example.org"));
    CHECK(vault->handle_facts(kCarol)->host->names_in_uris);
    REQUIRE(vault->confirm(kCarol, "carol@new.example"));
    CHECK(vault->handle_facts(kBob)->host == HandleHost{*Host::parse("new.example"), false});
    CHECK(confirmed(*vault, kBob) == "BOB@example.org");
}

TEST_CASE("A confirmed handle stays where the same name is told, and goes with another one") {
    const TempDir dir;
    const auto vault = vault_of_four(dir / "vault.db");
    REQUIRE(vault->confirm(kBob, "bob@example.org"));
    REQUIRE(vault->enrol(*Uri::parse("https://web.example/users/bob"), "Bob"));
    CHECK(vault->handle_facts(kBob)->told);
    CHECK(confirmed(*vault, kBob) == "bob@example.org");
    const auto moved =
        vault_at(dir / "vault.db", {.aliases = {{*Host::parse("web.example"), *Host::parse("example.org")}}});
    REQUIRE(moved->enrol(*Uri::parse("https://web.example/users/bob"), "Bob"));
    CHECK(moved->identity(kBob)->handle.reveal() == "Bob@example.org");
    CHECK(confirmed(*moved, kBob) == "bob@example.org");
    REQUIRE(vault->enrol(*Uri::parse("https://web.example/users/bob"), "robert"));
    CHECK(confirmed(*vault, kBob).empty());
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("Whose URI has no name is found by the confirmed one, and a told name stays") {
    const TempDir dir;
    const auto vault = vault_at(dir / "vault.db");
    const auto* const uri = GENERATE("https://web.example/ap/users/115678901234567890",
                                     "https://web.example/users/atutkhhq4yf40003",
                                     "https://web.example/users/abcdefghij",
                                     "https://web.example/?author=1",
                                     "https://web.example/sue");
    const auto who = *vault->enrol(*Uri::parse(uri), "");
    CHECK(vault->find("sue@web.example").error().kind == ErrorKind::NotFound);
    REQUIRE(vault->confirm(who, "Sue@example.org"));
    CHECK(*vault->find("sue@web.example") == who);
    CHECK(vault->identity(who)->handle.reveal() == "Sue@web.example");
    CHECK(vault->handle_facts(who)->told);
    CHECK(vault->find("abcdefghij@web.example").error().kind == ErrorKind::NotFound);
    REQUIRE(vault->enrol(*Uri::parse(uri), "susan"));
    REQUIRE(vault->confirm(who, "other@example.org"));
    CHECK(*vault->find("susan@web.example") == who);
    CHECK(vault->find("other@web.example").error().kind == ErrorKind::NotFound);
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("A name that is told by number completes the handle, and brings nobody back") {
    const TempDir dir;
    const auto vault = vault_of_four(dir / "vault.db");
    REQUIRE(vault->tell(kBob, "Robert"));
    REQUIRE(vault->tell(kBob, "Robert"));
    REQUIRE(vault->tell(kBob, "no@name"));
    CHECK(vault->handle_facts(kBob)->told);
    CHECK(*vault->find("robert@web.example") == kBob);
    CHECK(vault->find("bob@web.example").error().kind == ErrorKind::NotFound);
    CHECK(vault->tell(SubjectNumber{9}, "dave").error().kind == ErrorKind::NotFound);
    records::Shredding shredding;
    shredding.subject = kBob;
    shredding.reason = records::ShredReason::Operator;
    REQUIRE(vault->shred(shredding));
    CHECK(vault->tell(kBob, "Robert").error().kind == ErrorKind::NotFound);
    CHECK(vault->list(SubjectNumber{0}, 9)->size() == 3);
    CHECK(vault->find("robert@web.example").error().kind == ErrorKind::NotFound);
    CHECK(vault->check()->faults.empty());
}

TEST_CASE("Nothing that is no handle is kept, and nothing of who is not there") {
    const TempDir dir;
    const auto vault = vault_of_four(dir / "vault.db");
    for (const auto* const text :
         {"", "alice", "@example.org", "alice@", "a b@example.org", "a@b@example.org"}) {
        CAPTURE(text);
        CHECK(vault->confirm(kAlice, text).error().kind == ErrorKind::Invalid);
    }
    CHECK(vault->confirm(SubjectNumber{9}, "a@example.org").error().kind == ErrorKind::NotFound);
    REQUIRE(vault->confirm(kAlice, "alice@example.org"));
    records::Shredding shredding;
    shredding.subject = kAlice;
    shredding.reason = records::ShredReason::Operator;
    REQUIRE(vault->shred(shredding));
    CHECK(vault->handle_facts(kAlice).error().kind == ErrorKind::NotFound);
    CHECK(vault->confirm(kAlice, "alice@example.org").error().kind == ErrorKind::NotFound);
    CHECK(vault->handle_facts(kBob)->host->host.text() == "example.org");
    CHECK(vault->check()->faults.empty());
}

TEST_CASE(
    "Neither a confirmed handle nor its host can be read in the files, and every flipped octet is found") {
    const auto dir = TempDir::in_memory();
    const auto file = dir / "vault.db";
    {
        const auto vault = vault_of_four(file);
        REQUIRE(vault->confirm(kAlice, "zaphod@handles.example"));
    }
    std::ifstream stream{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{stream}, {}};
    for (const auto* const text : {"zaphod", "handles.example", "web.example"}) {
        CHECK(content.find(text) == std::string::npos);
    }
    SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
    for (const std::string column : {"hash", "sealed"}) {
        const auto sound = database.execAndGet("SELECT " + column + " FROM handle_host").getString();
        for (std::size_t at = 0; at < sound.size(); ++at) {
            auto value = sound;
            value[at] = static_cast<char>(value[at] ^ 1);
            SQLite::Statement change{database, "UPDATE handle_host SET " + column + " = ?"};
            change.bind(1, static_cast<const void*>(value.data()), static_cast<int>(value.size()));
            change.exec();
            INFO(column << " octet " << at);
            CHECK_FALSE(vault_at(file)->check()->faults.empty());
        }
        SQLite::Statement back{database, "UPDATE handle_host SET " + column + " = ?"};
        back.bind(1, static_cast<const void*>(sound.data()), static_cast<int>(sound.size()));
        back.exec();
    }
    CHECK(vault_at(file)->check()->faults.empty());
}

TEST_CASE("An identity with a confirmed handle has a form of its own, which is read strictly") {
    StoredIdentity identity{*Host::parse("web.example"),
                            Personal<std::string>{"https://web.example/users/a"},
                            Personal<std::string>{"a@web.example"},
                            HandleSource::Told,
                            {}};
    CHECK(encode(identity).front() == std::byte{1});
    identity.confirmed = Personal<std::string>{"a@example.org"};
    const auto bytes = encode(identity);
    CHECK(bytes.front() == std::byte{2});
    REQUIRE(decode_identity(bytes));
    CHECK(decode_identity(bytes)->confirmed.reveal() == "a@example.org");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(decode_identity(ByteView{bytes}.first(size)));
    }
    auto other = bytes;
    other.front() = std::byte{1};
    CHECK_FALSE(decode_identity(other));  // there is more than form 1 has
    auto empty = encode({identity.origin, identity.actor, identity.handle, identity.source, {}});
    empty.front() = std::byte{2};
    empty.insert(empty.end(), 2, std::byte{0});
    CHECK_FALSE(decode_identity(empty));
}
