// Tables as the servers make them, cut down to what is looked at and a little around it.

#include "backends/postgres/key_source.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>

#include "backends/postgres/cluster.hpp"
#include "backends/postgres/key_places.hpp"

using namespace fedtrail;
using fedtrail::postgres::PostgresKeySource;
using fedtrail::testing::Cluster;

namespace {

std::string pem(const std::string& whose) {
    return "-----BEGIN RSA PRIVATE KEY-----\n" + whose + "\n-----END RSA PRIVATE KEY-----\n";
}

Uri uri(const std::string& text) {
    return *Uri::parse(text);
}

std::unique_ptr<PostgresKeySource> source(const std::string& software, const std::string& connection) {
    auto made = PostgresKeySource::make(
        {software, {*Host::parse("o.example")}, Secret{std::string{connection}}, std::chrono::seconds{5}});
    REQUIRE(made);
    return std::move(*made);
}

/// "a, b" → "a" and "b".
std::vector<std::string> parts_of(const std::string& list) {
    std::vector<std::string> parts;
    std::stringstream stream{list};
    for (std::string part; std::getline(stream >> std::ws, part, ',');) {
        parts.push_back(part);
    }
    return parts;
}

/// A database of `software` with `tables` in it.
std::unique_ptr<PostgresKeySource> source_over(const std::string& software, const std::string& tables) {
    auto& cluster = Cluster::shared();
    const auto connection = cluster.database(software);
    cluster.run(connection, tables);
    return source(software, connection);
}

/// "id=whose", or "-" if there is none, or what went wrong.
std::string found(const KeySource& keys, const std::string& actor) {
    const auto answer = keys.find(uri(actor));
    if (!answer) {
        return answer.error().what;
    }
    std::string text;
    for (const auto& key : *answer) {
        auto whose = key.private_key.reveal();
        whose = whose.substr(32, whose.find('\n', 32) - 32);
        text += key.key_id + "=" + whose + " ";
    }
    return text.empty() ? "-" : text.substr(0, text.size() - 1);
}

const std::string mastodon_tables =
    "CREATE TABLE accounts (id bigint PRIMARY KEY, username varchar NOT NULL DEFAULT '', domain varchar,"
    " private_key text, public_key text NOT NULL DEFAULT '', uri varchar NOT NULL DEFAULT '',"
    " suspended_at timestamp, display_name varchar NOT NULL DEFAULT '');"
    "INSERT INTO accounts (id, username, domain, private_key, uri, suspended_at) VALUES"
    " (1, 'Alice', NULL, '" +
    pem("alice") +
    "', '', NULL),"
    " (2, 'alice', 'remote.example', '" +
    pem("remote") +
    "', 'https://remote.example/users/alice', NULL),"
    " (3, 'gone', NULL, '" +
    pem("gone") +
    "', '', now()),"
    " (4, 'keyless', NULL, NULL, '', NULL), (5, 'empty', NULL, '', '', NULL),"
    " (6, 'odd', NULL, 'not a key', '', NULL), (7, 'huge', NULL, repeat('x', 10000000), '', NULL),"
    " (116000000000000001, 'numbered', NULL, '" +
    pem("numbered") +
    "', '', NULL),"
    " (9, 'with.dots_and-more', NULL, '" +
    pem("dots") + "', '', NULL);";

const std::string keypairs_table =
    "CREATE TABLE keypairs (id bigserial PRIMARY KEY, account_id bigint NOT NULL, uri varchar, "
    "local_fragment varchar,"
    " type integer NOT NULL DEFAULT 0, public_key varchar NOT NULL DEFAULT '', private_key varchar,"
    " revoked boolean NOT NULL DEFAULT false, expires_at timestamp);";

}  // namespace

TEST_CASE("Mastodon: a local account's key is found by name or number, whatever state the account is in") {
    const auto keys = source_over("mastodon", mastodon_tables);
    CHECK(found(*keys, "https://o.example/users/alice") == "https://o.example/users/alice#main-key=alice");
    CHECK(found(*keys, "https://o.example/users/gone") == "https://o.example/users/gone#main-key=gone");
    CHECK(found(*keys, "https://o.example/ap/users/116000000000000001") ==
          "https://o.example/ap/users/116000000000000001#main-key=numbered");
    CHECK(found(*keys, "https://o.example/users/with.dots_and-more") ==
          "https://o.example/users/with.dots_and-more#main-key=dots");
    for (const char* nobody : {"https://o.example/users/nobody",
                               "https://o.example/users/keyless",
                               "https://o.example/users/empty",
                               "https://o.example/users/alice/extra",
                               "https://o.example/users/al%25ice",
                               "https://o.example/users/",
                               "https://o.example/ap/users/abc",
                               "https://o.example/ap/users/99999999999999999999999999",
                               "https://o.example/ap/users/2",
                               "https://o.example/users/alice'--",
                               "https://remote.example/users/alice"}) {
        INFO(nobody);
        CHECK(found(*keys, nobody) == "-");
    }
    CHECK(keys->name() == "mastodon database");
    CHECK(*keys->check() == "can read accounts.private_key");
}

TEST_CASE("What lies where a key should and is none is told without quoting it, however long it is") {
    const auto keys = source_over("mastodon", mastodon_tables);
    const auto odd = keys->find(uri("https://o.example/users/odd"));
    REQUIRE_FALSE(odd);
    CHECK(odd.error().kind == ErrorKind::Invalid);
    CHECK(odd.error().what ==
          "the mastodon database has something in accounts.private_key that is no private key: not PEM");
    const auto huge = keys->find(uri("https://o.example/users/huge"));
    REQUIRE_FALSE(huge);
    CHECK(huge.error().kind == ErrorKind::Invalid);
    CHECK_THAT(huge.error().what, Catch::EndsWith("10000000 octets"));
    CHECK_THAT(huge.error().remedy, Catch::Contains("fedtrail keys import"));
}

TEST_CASE("Mastodon: a key that only the server can open is told as such, with the way to get at it") {
    const auto keys = source_over(
        "mastodon",
        mastodon_tables + keypairs_table +
            "INSERT INTO keypairs (account_id, local_fragment, private_key, revoked) VALUES"
            " (4, '#main-key', '{\"p\":\"c2VjcmV0\"}', false), (1, '#x', '{\"p\":\"c2VjcmV0\"}', false),"
            " (5, '#main-key', '{\"p\":\"c2VjcmV0\"}', true)");
    CHECK(found(*keys, "https://o.example/users/alice") == "https://o.example/users/alice#main-key=alice");
    for (const char* actor : {"https://o.example/users/keyless", "https://o.example/ap/users/4"}) {
        const auto locked = keys->find(uri(actor));
        REQUIRE_FALSE(locked);
        CHECK(locked.error().kind == ErrorKind::Denied);
        CHECK_THAT(locked.error().what,
                   Catch::Contains("keypairs.private_key") && Catch::Contains("encrypted"));
        CHECK_THAT(locked.error().remedy,
                   Catch::Contains("bin/rails runner") && Catch::Contains("keys import"));
    }
    CHECK(found(*keys, "https://o.example/users/empty") == "-");
}

TEST_CASE("Mastodon without its old column still tells who has a key that only the server can open") {
    const auto keys = source_over("mastodon",
                                  mastodon_tables + keypairs_table +
                                      "INSERT INTO keypairs (account_id, private_key) VALUES (1, 'x');"
                                      "ALTER TABLE accounts DROP COLUMN private_key");
    CHECK_THAT(found(*keys, "https://o.example/users/alice"), Catch::Contains("encrypted"));
    CHECK_THAT(found(*keys, "https://o.example/users/gone"),
               Catch::EndsWith("missing: accounts.private_key"));
}

TEST_CASE("Lemmy: both layouts, people and communities, and not those of other servers") {
    const std::string tables =
        "CREATE TABLE person (id serial PRIMARY KEY, name varchar(255) NOT NULL, COLUMN varchar(255) NOT "
        "NULL,"
        " local boolean NOT NULL, private_key text, public_key text, deleted boolean NOT NULL DEFAULT false);"
        "CREATE TABLE community (id serial PRIMARY KEY, name varchar(255) NOT NULL, COLUMN varchar(255) NOT "
        "NULL,"
        " local boolean NOT NULL, private_key text, public_key text);"
        "INSERT INTO person (name, COLUMN, local, private_key, deleted) VALUES"
        " ('alice', 'https://o.example/u/alice', true, '" +
        pem("alice") + "', false), ('gone', 'https://o.example/u/gone', true, '" + pem("gone") +
        "', true), ('false', 'https://o.example/u/false', false, '" + pem("false") +
        "', false);"
        "INSERT INTO community (name, COLUMN, local, private_key) VALUES"
        " ('news', 'https://o.example/c/news', true, '" +
        pem("news") + "')";
    for (const std::string column : {"ap_id", "actor_id"}) {
        INFO(column);
        const auto keys = source_over("lemmy", std::regex_replace(tables, std::regex{"COLUMN"}, column));
        CHECK(found(*keys, "https://o.example/u/alice") == "https://o.example/u/alice#main-key=alice");
        CHECK(found(*keys, "https://o.example/u/gone") == "https://o.example/u/gone#main-key=gone");
        CHECK(found(*keys, "https://o.example/c/news") == "https://o.example/c/news#main-key=news");
        CHECK(found(*keys, "https://o.example/u/false") == "-");
        CHECK(found(*keys, "https://o.example/u/ALICE") == "-");
        CHECK(*keys->check() == "can read person.private_key, community.private_key");
    }
}

TEST_CASE("Misskey: by id or by name, and a name that is somebody's id is not mistaken for it") {
    const auto keys = source_over(
        "misskey",
        R"(CREATE TABLE "user" (id varchar(32) PRIMARY KEY, username varchar(128) NOT NULL,
             "usernameLower" varchar(128) NOT NULL, host varchar(128), "isDeleted" boolean NOT NULL DEFAULT false);
           CREATE TABLE user_keypair ("userId" varchar(32) PRIMARY KEY REFERENCES "user" (id) ON DELETE CASCADE,
             "publicKey" varchar(4096) NOT NULL, "privateKey" varchar(4096) NOT NULL);
           INSERT INTO "user" VALUES ('9abcdefghi', 'Alice', 'alice', NULL), ('9zzzzzzzzz', '9abcdefghi', '9abcdefghi', NULL),
             ('9remote000', 'bob', 'bob', 'remote.example'), ('9gone00000', 'gone', 'gone', NULL);
           INSERT INTO user_keypair VALUES ('9abcdefghi', '', ')" +
            pem("alice") + R"('), ('9zzzzzzzzz', '', ')" + pem("mallory") + R"('), ('9remote000', '', ')" +
            pem("bob") + R"('), ('9gone00000', '', ')" + pem("gone") + "')");
    CHECK(found(*keys, "https://o.example/users/9abcdefghi") ==
          "https://o.example/users/9abcdefghi#main-key=alice");
    CHECK(found(*keys, "https://o.example/@ALICE") == "https://o.example/@ALICE#main-key=alice");
    CHECK(found(*keys, "https://o.example/@9abcdefghi") == "https://o.example/@9abcdefghi#main-key=mallory");
    CHECK(found(*keys, "https://o.example/users/9remote000") == "-");
    CHECK(found(*keys, "https://o.example/@bob") == "-");
    CHECK(found(*keys, "https://o.example/users/9gone00000") ==
          "https://o.example/users/9gone00000#main-key=gone");
    Cluster::shared().run(Cluster::shared().connection("misskey"),
                          "DELETE FROM \"user\" WHERE id = '9gone00000'");
    CHECK(found(*keys, "https://o.example/users/9gone00000") == "-");
}

TEST_CASE("Pleroma's users.keys and Akkoma's signing_keys with the id that stands there") {
    const std::string users =
        "CREATE TABLE users (id uuid PRIMARY KEY, nickname text, ap_id text, local boolean DEFAULT true,"
        " is_active boolean DEFAULT true, keys text);"
        "INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000001', 'alice', "
        "'https://o.example/users/alice',"
        " true, true, '" +
        pem("old") +
        "'), ('00000000-0000-0000-0000-000000000002', 'gone',"
        " 'https://o.example/users/gone', true, false, '" +
        pem("gone") +
        "'),"
        " ('00000000-0000-0000-0000-000000000003', 'bob@r', 'https://o.example/users/bob', false, true, '" +
        pem("bob") + "');";
    const auto pleroma = source_over("pleroma", users);
    CHECK(found(*pleroma, "https://o.example/users/alice") == "https://o.example/users/alice#main-key=old");
    CHECK(found(*pleroma, "https://o.example/users/gone") == "https://o.example/users/gone#main-key=gone");
    CHECK(found(*pleroma, "https://o.example/users/bob") == "-");
    CHECK(*pleroma->check() == "can read users.keys");
    const auto akkoma = source_over(
        "akkoma",
        users +
            "CREATE TABLE signing_keys (user_id uuid REFERENCES users (id) ON DELETE CASCADE, key_id text "
            "PRIMARY KEY,"
            " public_key text, private_key text);"
            "INSERT INTO signing_keys VALUES ('00000000-0000-0000-0000-000000000001',"
            " 'https://o.example/users/alice#its-own', '', '" +
            pem("alice") +
            "'),"
            " ('00000000-0000-0000-0000-000000000003', 'https://o.example/users/bob#main-key', '', NULL)");
    CHECK(found(*akkoma, "https://o.example/users/alice") == "https://o.example/users/alice#its-own=alice");
    CHECK(found(*akkoma, "https://o.example/users/gone") == "https://o.example/users/gone#main-key=gone");
    CHECK(*akkoma->check() == "can read signing_keys.private_key, users.keys");
}

TEST_CASE("PeerTube: actors, and those it keeps the keys of after deletion where the version does") {
    const std::string actor =
        R"(CREATE TABLE actor (id serial PRIMARY KEY, "preferredUsername" varchar(255) NOT NULL, url varchar(2000) NOT NULL,
             "publicKey" varchar(5000), "privateKey" varchar(5000), "serverId" integer);
           INSERT INTO actor ("preferredUsername", url, "privateKey", "serverId") VALUES
             ('alice', 'https://o.example/accounts/alice', ')" +
        pem("alice") + R"(', NULL),
             ('c', 'https://o.example/video-channels/c', ')" +
        pem("channel") + R"(', NULL),
             ('r', 'https://o.example/accounts/r', ')" +
        pem("remote") + "', 7);";
    const auto older = source_over("peertube", actor);
    CHECK(found(*older, "https://o.example/accounts/alice") ==
          "https://o.example/accounts/alice#main-key=alice");
    CHECK(found(*older, "https://o.example/video-channels/c") ==
          "https://o.example/video-channels/c#main-key=channel");
    CHECK(found(*older, "https://o.example/accounts/r") == "-");
    CHECK(found(*older, "https://o.example/accounts/gone") == "-");
    const auto newer = source_over(
        "peertube",
        actor +
            R"(CREATE TABLE "actorReserved" (id serial PRIMARY KEY, "preferredUsername" varchar(255) NOT NULL,
             "publicKey" varchar(5000) NOT NULL, "privateKey" varchar(5000) NOT NULL, url varchar(2000) NOT NULL,
             "actorId" integer NOT NULL);
           INSERT INTO "actorReserved" ("preferredUsername", "publicKey", "privateKey", url, "actorId") VALUES
             ('gone', '', ')" +
            pem("gone") + "', 'https://o.example/accounts/gone', 9)");
    CHECK(found(*newer, "https://o.example/accounts/gone") ==
          "https://o.example/accounts/gone#main-key=gone");
    CHECK(found(*newer, "https://o.example/accounts/alice") ==
          "https://o.example/accounts/alice#main-key=alice");
}

TEST_CASE("Mbin: local users and magazines") {
    const auto keys = source_over(
        "mbin",
        R"(CREATE TABLE "user" (id serial PRIMARY KEY, username varchar(255) NOT NULL, ap_id varchar(255),
             ap_profile_id varchar(255), private_key text, public_key text, old_private_key text);
           CREATE TABLE magazine (id serial PRIMARY KEY, name varchar(255) NOT NULL, ap_id varchar(255), private_key text);
           INSERT INTO "user" (username, ap_id, private_key) VALUES ('alice', NULL, ')" +
            pem("alice") +
            R"('), ('@bob@r.example', '@bob@r.example', NULL);
           INSERT INTO magazine (name, ap_id, private_key) VALUES ('news', NULL, ')" +
            pem("news") + "')");
    CHECK(found(*keys, "https://o.example/u/alice") == "https://o.example/u/alice#main-key=alice");
    CHECK(found(*keys, "https://o.example/m/news") == "https://o.example/m/news#main-key=news");
    CHECK(found(*keys, "https://o.example/u/@bob@r.example") == "-");
    CHECK(*keys->check() == "can read \"user\".private_key, magazine.private_key");
}

TEST_CASE("A database of something else is told by what it lacks") {
    const auto keys = source_over("lemmy", "CREATE TABLE person (id serial, local boolean)");
    for (const auto& said : {keys->check().error().what, found(*keys, "https://o.example/u/alice")}) {
        CHECK_THAT(said,
                   Catch::Contains(
                       "missing: person.private_key, person.ap_id; or: person.private_key, person.actor_id"));
    }
    CHECK(keys->check().error().kind == ErrorKind::Invalid);
}

TEST_CASE("A role needs no more than to read the columns, and with less is told what to grant") {
    auto& cluster = Cluster::shared();
    const auto keys = source_over("mastodon", mastodon_tables);
    const auto database = cluster.connection("mastodon");
    cluster.run(cluster.connection("postgres"), "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN");
    const auto reader = source("mastodon", cluster.connection("mastodon", "reader"));
    CHECK_THAT(reader->check().error().what, Catch::Contains("accounts.private_key"));
    CHECK_THAT(reader->check().error().remedy, Catch::Contains("GRANT SELECT"));
    cluster.run(database, "GRANT INSERT ON accounts TO reader");
    CHECK(reader->check().error().kind == ErrorKind::Denied);
    CHECK_THAT(reader->check().error().remedy, Catch::Contains("GRANT SELECT"));
    cluster.run(database, "GRANT SELECT (id, username, domain, uri, private_key) ON accounts TO reader");
    CHECK(found(*reader, "https://o.example/users/alice") == "https://o.example/users/alice#main-key=alice");
    CHECK(reader->check());
    cluster.run(database, "DROP OWNED BY reader");
}

TEST_CASE("What the manual grants a role is enough for every kind of server") {
    auto& cluster = Cluster::shared();
    cluster.run(cluster.connection("postgres"),
                "DROP ROLE IF EXISTS fedtrail_keys; CREATE ROLE fedtrail_keys LOGIN");
    std::ifstream manual{FEDTRAIL_SOURCE_DIR "/docs/keys.md"};
    std::stringstream text;
    text << manual.rdbuf();
    const std::string said = text.str();
    const std::regex grant{R"((GRANT SELECT \(([^)]*)\) ON ([^;]*) TO fedtrail_keys;))"};
    std::map<std::string, std::set<std::string>> columns;  // by table
    std::vector<std::string> grants;
    for (std::sregex_iterator one{said.begin(), said.end(), grant}, end; one != end; ++one) {
        grants.push_back((*one)[1]);
        for (const auto& table : parts_of((*one)[3])) {
            for (const auto& column : parts_of((*one)[2])) {
                columns[table].insert(column);
            }
        }
    }
    CHECK(grants.size() == 11);
    const auto connection = cluster.database("granted");
    for (const auto& [table, names] : columns) {
        auto definition = "CREATE TABLE " + table + " (";
        for (const auto& name : names) {
            const std::string type = name == "local" || name == "revoked"
                                         ? " boolean"
                                         : (name == "id" && table == "accounts" ? " bigint" : " text");
            definition.append(definition.ends_with('(') ? "" : ", ").append(name).append(type);
        }
        definition += ')';
        cluster.run(connection, definition);
    }
    cluster.run(connection, R"(ALTER TABLE keypairs ALTER account_id TYPE bigint USING 0)");
    for (const auto& one : grants) {
        cluster.run(connection, one);
    }
    for (const char* software : {"akkoma", "lemmy", "mastodon", "mbin", "misskey", "peertube", "pleroma"}) {
        const auto keys = source(software, cluster.connection("granted", "fedtrail_keys"));
        INFO(software);
        CHECK(keys->check());
        CHECK(found(*keys, "https://o.example/users/1") == "-");
        CHECK(found(*keys, "https://o.example/ap/users/1") == "-");
    }
    cluster.run(connection, "DROP OWNED BY fedtrail_keys");
}

TEST_CASE("A question takes no longer than it may, and nothing can be written by it") {
    auto& cluster = Cluster::shared();
    const auto connection = cluster.database("mastodon");
    cluster.run(connection, mastodon_tables);
    cluster.run(
        connection,
        "CREATE TABLE written (x int); CREATE FUNCTION slow() RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(30); RETURN 'x'; END $$;"
        "CREATE FUNCTION writes() RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO written VALUES (1); RETURN 'x'; END $$;"
        "ALTER TABLE accounts RENAME TO real_accounts;"
        "CREATE VIEW accounts AS SELECT id, username, domain, slow() AS private_key, uri FROM real_accounts");
    const auto with_patience = [&](std::chrono::milliseconds patience) {
        return PostgresKeySource::make(
            {"mastodon", {*Host::parse("o.example")}, Secret{std::string{connection}}, patience});
    };
    const auto hasty = with_patience(std::chrono::milliseconds{200});
    const auto start = std::chrono::steady_clock::now();
    const auto slow = (*hasty)->find(uri("https://o.example/users/alice"));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{25});
    REQUIRE_FALSE(slow);
    CHECK(slow.error().kind == ErrorKind::Unavailable);
    CHECK_THAT(slow.error().what, Catch::Contains("too long"));
    cluster.run(connection,
                "CREATE OR REPLACE VIEW accounts AS SELECT id, username, domain, writes() AS private_key, uri"
                " FROM real_accounts");
    const auto keys = with_patience(std::chrono::seconds{60});
    const auto written = (*keys)->find(uri("https://o.example/users/alice"));
    REQUIRE_FALSE(written);
    CHECK_THAT(written.error().what, Catch::Contains("25006"));  // read_only_sql_transaction
}

TEST_CASE("A database that is not there is said to be away, with nothing of the connection string") {
    auto& cluster = Cluster::shared();
    const auto kind_of = [](const std::string& connection) {
        const auto keys = source("lemmy", connection + " password=hunter2secret");
        const auto answer = keys->find(uri("https://o.example/u/alice"));
        REQUIRE_FALSE(answer);
        CHECK_THAT(
            answer.error().what + answer.error().remedy,
            !Catch::Contains("hunter2secret") && !Catch::Contains("nosuch") && !Catch::Contains("alice"));
        CHECK_FALSE(answer.error().remedy.empty());
        return answer.error().kind;
    };
    CHECK(kind_of("host=/nonexistent dbname=nosuch") == ErrorKind::Unavailable);
    CHECK(kind_of(cluster.connection("nosuch")) == ErrorKind::Denied);
    CHECK(kind_of(cluster.connection("postgres", "nosuchrole")) == ErrorKind::Denied);
    CHECK(kind_of("host=127.0.0.1 port=1 dbname=nosuch") == ErrorKind::Unavailable);
    CHECK(kind_of("nosuchoption=1") == ErrorKind::Invalid);
    const auto elsewhere = source("lemmy", "host=/nonexistent");
    CHECK(found(*elsewhere, "https://other.example/u/alice") == "-");
}

TEST_CASE("Only software whose tables are known can be asked, forks as their parent") {
    const auto make = [](const std::string& software, const std::string& connection = "dbname=x") {
        return PostgresKeySource::make({software,
                                        {*Host::parse("o.example")},
                                        Secret{std::string{connection}},
                                        std::chrono::seconds{1}});
    };
    CHECK((*make("glitch"))->name() == "mastodon database");
    CHECK((*make("sharkey"))->name() == "misskey database");
    const auto unknown = make("gotosocial");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::Invalid);
    CHECK_THAT(unknown.error().remedy,
               Catch::Contains("akkoma, lemmy, mastodon, mbin, misskey, peertube, pleroma"));
    CHECK(make("lemmy", "").error().kind == ErrorKind::Invalid);
    CHECK(PostgresKeySource::make({"lemmy", {}, Secret{"dbname=x"}, std::chrono::seconds{1}}).error().kind ==
          ErrorKind::Invalid);
}

TEST_CASE("Several threads may ask at once") {
    const auto keys = source_over("mastodon", mastodon_tables);
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 5; ++round) {
                right += found(*keys, "https://o.example/users/gone").ends_with("=gone") ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(right == 20);
}
