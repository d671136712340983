#include "backends/openssl/key_folder.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "backends/openssl/key_index.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::openssl::KeyFolder;
using fedtrail::testing::TempDir;
namespace fs = std::filesystem;

namespace {

constexpr auto kOwner = fs::perms::owner_read | fs::perms::owner_write;

void put(const TempDir& dir, const std::string& name, const std::string& content, fs::perms who = kOwner) {
    std::ofstream{dir / name} << content;
    fs::permissions(dir / name, who);
}

Uri uri(const std::string& text) {
    return *Uri::parse(text);
}

/// "id=content …", or the error's sentence.
std::string found(const TempDir& dir, const std::string& actor) {
    const auto keys = KeyFolder{dir.path()}.find(uri(actor));
    if (!keys) {
        CHECK(keys.error().what.find("alice") == std::string::npos);
        CHECK(keys.error().remedy.find("alice") == std::string::npos);
        CHECK_FALSE(keys.error().remedy.empty());
        return keys.error().what;
    }
    std::string text;
    for (const auto& key : *keys) {
        text += key.key_id + "=" + key.private_key.reveal() + " ";
    }
    return text;
}

std::string index_of(const std::string& entries) {
    return R"({"format": "fedtrail/keys/1", "keys": [)" + entries + "]}";
}

}  // namespace

TEST_CASE("A person's key is the file with their handle's name") {
    const TempDir dir;
    put(dir, "alice@o.example.pem", "A");
    put(dir, "bob@o.example:8443.pem", "B");
    CHECK(found(dir, "https://o.example/users/alice") == "https://o.example/users/alice#main-key=A ");
    CHECK(found(dir, "https://O.example/@alice") == "https://o.example/@alice#main-key=A ");
    CHECK(found(dir, "https://o.example:8443/u/bob") == "https://o.example:8443/u/bob#main-key=B ");
    CHECK(found(dir, "https://other.example/users/alice").empty());
    CHECK(found(dir, "https://o.example/users/carol").empty());
    CHECK(found(dir, "https://o.example/notes/1/2/3").empty());
    CHECK(KeyFolder{dir.path()}.name() == "folder " + dir.path().string());
    CHECK(*KeyFolder{dir.path()}.check() == "2 files, 0 entries in keys.json");
}

TEST_CASE("The index says whose file is whose, and wins over the name") {
    const TempDir dir;
    put(dir, "alice@o.example.pem", "by name");
    put(dir, "one.pem", "1");
    put(dir, "two.pem", "2");
    put(dir,
        "keys.json",
        index_of(R"({"actor": "https://O.example/users/9abcdefghi", "file": "one.pem"},
                    {"actor": "alice@O.EXAMPLE", "file": "two.pem", "key_id": "https://o.example/users/alice/main-key"},
                    {"actor": "https://o.example/users/alice", "file": "one.pem"})"),
        kOwner | fs::perms::group_read | fs::perms::others_read);
    CHECK(found(dir, "https://o.example/users/9abcdefghi") ==
          "https://o.example/users/9abcdefghi#main-key=1 ");
    CHECK(found(dir, "https://o.example/users/alice") ==
          "https://o.example/users/alice/main-key=2 https://o.example/users/alice#main-key=1 ");
    CHECK(*KeyFolder{dir.path()}.check() == "3 files, 3 entries in keys.json");
}

TEST_CASE("The index in the manual is one that works") {
    std::ifstream manual{FEDTRAIL_SOURCE_DIR "/docs/keys.md"};
    std::stringstream text;
    text << manual.rdbuf();
    const auto start = text.str().find("```json") + 7;
    const auto keys =
        openssl::parse_key_index(text.str().substr(start, text.str().find("```", start) - start));
    REQUIRE(keys);
    REQUIRE(keys->size() == 3);
    CHECK((*keys)[2].actor == "bob@origin.example");
    CHECK((*keys)[0].key_id.empty());
}

TEST_CASE("Files that others may read are refused, and so are folder and index that others may write") {
    for (const auto perms : {fs::perms::group_read, fs::perms::others_read, fs::perms::group_write}) {
        const TempDir dir;
        put(dir, "alice@o.example.pem", "A", kOwner | perms);
        CHECK_THAT(found(dir, "https://o.example/users/alice"),
                   Catch::Contains("may be read by others") && Catch::Contains(dir.path().string()));
        const auto check = KeyFolder{dir.path()}.check();
        REQUIRE_FALSE(check);
        CHECK(check.error().kind == ErrorKind::Denied);
        CHECK_THAT(check.error().what, Catch::Contains("1 of 1"));
        CHECK_THAT(check.error().remedy, Catch::Contains("chmod 600"));
    }
    const TempDir dir;
    put(dir, "alice@o.example.pem", "A");
    put(dir, "keys.json", index_of(""), kOwner | fs::perms::others_write);
    CHECK_THAT(found(dir, "https://o.example/users/alice"), Catch::Contains("others may write to"));
    fs::remove(dir / "keys.json");
    CHECK(found(dir, "https://o.example/users/alice").ends_with("=A "));
    fs::permissions(dir.path(), fs::perms::group_write, fs::perm_options::add);
    CHECK_THAT(found(dir, "https://o.example/users/alice"), Catch::Contains("others may write to"));
}

TEST_CASE("What is no file, or too long, or not there, is told without the person's name") {
    const TempDir dir;
    fs::create_directory(dir / "alice@o.example.pem");
    CHECK_THAT(found(dir, "https://o.example/users/alice"), Catch::Contains("is not a plain file"));
    fs::remove(dir / "alice@o.example.pem");
    put(dir, "alice@o.example.pem", std::string(70'000, 'x'));
    CHECK_THAT(found(dir, "https://o.example/users/alice"), Catch::Contains("larger than 64 KiB"));
    put(dir, "keys.json", index_of(R"({"actor": "alice@o.example", "file": "alice-lost.pem"})"));
    CHECK_THAT(found(dir, "https://o.example/users/alice"), Catch::Contains("is not there"));
    CHECK_THAT(KeyFolder{dir.path()}.check().error().what, Catch::Contains("names 1 file that"));
    const KeyFolder missing{dir / "nowhere"};
    CHECK(missing.find(uri("https://o.example/users/alice")).error().kind == ErrorKind::Unavailable);
    CHECK(missing.check().error().kind == ErrorKind::Unavailable);
}

TEST_CASE("An index that is not as its schema says is refused, with the entry's number") {
    const auto refusal = [](const std::string& text) {
        const auto keys = openssl::parse_key_index(text);
        REQUIRE_FALSE(keys);
        CHECK(keys.error().kind == ErrorKind::Invalid);
        return keys.error().what;
    };
    for (const auto* text : {"",
                             "[]",
                             "{",
                             R"({"keys": []})",
                             R"({"format": "fedtrail/keys/2", "keys": []})",
                             R"({"format": "fedtrail/keys/1", "keys": {}})",
                             R"({"format": "fedtrail/keys/1", "keys": [], "more": 1})"}) {
        INFO(text);
        CHECK_THAT(refusal(text), Catch::StartsWith("keys.json: it "));
    }
    const std::string good = R"({"actor": "a@o.example", "file": "a.pem"})";
    CHECK(openssl::parse_key_index(index_of(good)));
    for (const auto* entry :
         {"1",
          "{}",
          R"({"actor": "a@o.example"})",
          R"({"actor": "a", "file": "a.pem"})",
          R"({"actor": "@o.example", "file": "a.pem"})",
          R"({"actor": 5, "file": "a.pem"})",
          R"({"actor": "ftp://o.example/a", "file": "a.pem"})",
          R"({"actor": "a@o.example", "file": "../a.pem"})",
          R"({"actor": "a@o.example", "file": ".."})",
          R"({"actor": "a@o.example", "file": "/etc/passwd"})",
          R"({"actor": "a@o.example", "file": "a\u0000b"})",
          R"({"actor": "a@o.example", "file": "a.pem", "key_id": "x"})",
          R"({"actor": "a@o.example", "file": "a.pem", "key_id": 1})",
          R"({"actor": "a@o.example", "file": "a.pem", "kye_id": "https://o.example/k"})"}) {
        INFO(entry);
        CHECK_THAT(refusal(index_of(good + "," + entry)), Catch::StartsWith("keys.json: entry 2 has "));
    }
    std::string many = good;
    for (int i = 0; i < 10'000; ++i) {
        many += "," + good;
    }
    CHECK_THAT(refusal(index_of(many)), Catch::Contains("more than 10000"));
    CHECK_THAT(refusal(std::string(100'000, '[')), Catch::Contains("no JSON"));
}
