/// The program as its users meet it: commands, exit codes, files.

#include "program.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "home.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::checked;
using fedtrail::testing::Home;
using fedtrail::testing::observation;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;

TEST_CASE("init makes everything once and keeps it afterwards", "[app][program]") {
    const Home home;
    const auto key = home.program.text("data/master.key");
    CHECK(key.size() == 65);
    const auto permissions = [&](const char* name) {
        return std::filesystem::status(home.dir.path() / name).permissions() & std::filesystem::perms::all;
    };
    CHECK(permissions("data") == std::filesystem::perms::owner_all);
    const auto owner_only = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
    for (const auto* file : {"data/master.key", "data/ca.key", "data/vault.db", "data/ledger.db"}) {
        INFO(file);
        CHECK(permissions(file) == owner_only);
    }
    const auto again = home.program.run({"init", "--origin", "origin.example", "--json"});
    CHECK(again.exit == 0);
    CHECK(checked(again.out, "cli/init.schema.json")["made"].empty());
    CHECK(home.program.text("data/master.key") == key);
    CHECK(home.program.run({"init", "--origin", "second.example"}).exit == 0);
    CHECK_THAT(home.program.text("fedtrail.toml"), Contains("host = \"second.example\""));
    REQUIRE(home.program.run({"init", "--origin", "third.example", "--software", "mastodon"}).exit == 0);
    const auto other = home.program.run({"init", "--origin", "third.example", "--software", "misskey"});
    CHECK(other.exit == 0);
    CHECK_THAT(other.out, Contains("third.example with software = \"mastodon\", which was not changed"));
    const auto same = home.program.run({"init", "--origin", "third.example", "--software", "mastodon"});
    CHECK_THAT(same.out, !Contains("not changed"));
    const auto fourth = home.program.run({"init", "--origin", "fourth.example", "--software", "misskey"});
    CHECK_THAT(fourth.out, Contains("fedtrail ca guide mastodon ") && Contains("fedtrail ca guide misskey "));
}

TEST_CASE("init refuses what it cannot use", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    const auto no_host = program.run({"init", "--origin", "https://x/"});
    CHECK(no_host.exit == 2);
    CHECK_THAT(no_host.err, Contains("is not a host name"));
    const auto unknown = program.run({"init", "--origin", "a.example", "--software", "mastadon"});
    CHECK(unknown.exit == 2);
    CHECK_THAT(unknown.err, Contains("Did you mean \"mastodon\"?"));
    CHECK_FALSE(std::filesystem::exists(dir.path() / "fedtrail.toml"));
}

TEST_CASE("Wrong usage ends with 2 and says what is near", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    const auto ends = [&](const std::vector<std::string>& words, const std::string& says) {
        const auto ended = program.run(words);
        INFO(ended.err);
        CHECK(ended.exit == 2);
        CHECK_THAT(ended.err, Catch::StartsWith("fedtrail: ") && Contains(says));
        CHECK(ended.out.empty());
    };
    ends({"reprot"}, "Did you mean \"report\"?");
    ends({"recipients", "lst"}, "Did you mean \"list\"?");
    ends({"ca"},
         "`fedtrail ca` needs the name of one of its commands: print, guide. See `fedtrail ca --help`.");
    ends({"--config"}, "--config");
    ends({"report"}, "SUBJECT");
    ends({"report", "alice@a.example", "--format", "doc"}, "--format");
    ends({"report", "alice@a.example", "--since", "soon"}, "is neither a day");
    ends({"notice", "--format", "pdf"}, "--format: \"pdf\" is none of its words. Known are: md, html, json.");
    ends({"ropa", "--columns", "cnl"}, "Did you mean \"cnil\"?");
    ends({"report", "alice@a.example", "--lang", "sv"}, "Take one of these: de, en, es, fr, it, nl, pl.");
    ends({"report", "alice@a.example", "--lang", "../en"}, "Take one of these: de, en,");
    ends({"report", "alice@a.example", "--lang", "DE_de"},
         "before a country there is a hyphen, as in de-AT.");
    ends({"report", "alice@a.example", "--since", "2026-11-22", "--until", "2026-11-22"}, "is empty");
    ends({"audit", "export", "--since", "2026-11-22", "--until", "2026-11-01", "-o", "x"},
         "ends before it begins");
    for (const auto* nobody :
         {"bob", "@bob", "bob@", "ftp://a.example/bob", "bob@b@c", "bob@no host", "https://bob b/"}) {
        ends({"report", nobody}, "this names no person");
        ends({"erase", nobody}, "this names no person");
        CHECK_THAT(program.run({"report", nobody}).err, !Contains("bob"));
    }
    ends({"requests", "answer", "1", "--lang", "sv"}, "Take one of these: de, en,");
    ends({"serve", "--port", "1"}, "--port");
    ends({"token", "create", "--scope", "audit:raed"}, "Did you mean \"audit:read\"?");
    ends({"token", "create", "--scope", "subject:self"}, "needs the person");
}

TEST_CASE("A group or a command without its words is a usage error", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    for (const auto* word : {"erase", "requests", "retention", "assess", "rules", "audit", "transfers"}) {
        CHECK(program.run({word}).exit == 2);
    }
}

TEST_CASE("Without arguments it says how to begin", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    const auto ended = program.run({});
    CHECK(ended.exit == 0);
    CHECK_THAT(ended.out, Contains("fedtrail init") && Contains("fedtrail serve"));
}

TEST_CASE("Without a configuration it says where it looked", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    const auto ended = program.run({"status"});
    CHECK(ended.exit == 1);
    CHECK_THAT(ended.err, Contains("/etc/fedtrail/fedtrail.toml") && Contains("fedtrail init"));
    CHECK_THAT(program.run({"status", "--config", "gone.toml"}).err,
               Contains("gone.toml (named by --config)"));
    std::filesystem::create_symlink("fedtrail.toml", dir.path() / "fedtrail.toml");
    for (const auto& words : {std::vector<std::string>{"status"},
                              std::vector<std::string>{"status", "--config", "fedtrail.toml"}}) {
        CHECK_THAT(program.run(words).err, Contains("fedtrail.toml cannot be read: Too many levels"));
    }
}

TEST_CASE("serve answers, takes imports for others, and holds its folder alone", "[app][program]") {
    const Home home;
    Serving serving{home.program};
    const auto& program = home.program;
    CHECK_THAT(program.text("serve.out"), Contains("http://127.0.0.1:" + std::to_string(home.proxy)));
    const auto second = program.run({"serve"});
    CHECK(second.exit == 1);
    CHECK_THAT(second.err, Contains("process " + std::to_string(serving.process())));

    program.write("in.ndjson", observation(1, "a.example") + "{}\n" + observation(2, "a.example"));
    const auto import =
        checked(program.run({"import", "ndjson", "in.ndjson", "--json"}).out, "cli/import.schema.json");
    CHECK(import["new"] == 2);
    CHECK(import["rejected"][0]["line"] == 2);
    CHECK(program.text("in.ndjson.rejected") == "{}\n");

    const auto status = checked(program.run({"status", "--json"}).out, "cli/status.schema.json");
    CHECK(status["running"]["pid"] == serving.process());
    CHECK(status["running"]["ready"] == true);
    CHECK(status["flow"]["last_hour"] == 2);
    CHECK_THAT(program.run({"status"}).out, Contains("flow        2 since the start\n"));
    CHECK(status["wrong"].empty());
    const auto made = program.run({"token", "create", "--scope", "audit:read", "--json"});
    const auto answer =
        home.get("/api/v1/status", checked(made.out, "cli/token.schema.json")["token"].get<std::string>());
    REQUIRE(answer.status == 200);
    auto told = checked(answer.body, "cli/status.schema.json");
    CHECK(told["log"]["leaves"] >= status["log"]["leaves"]);
    told["log"] = status["log"];  // it grows by itself
    CHECK(told == status);

    CHECK(serving.stop(SIGTERM) == 0);
    CHECK(checked(program.run({"status", "--json"}).out, "cli/status.schema.json")["ledger"]["disclosures"] ==
          2);
    CHECK_THAT(program.text("serve.err"), !Contains("alice"));
}

TEST_CASE("A token made beside a running sidecar counts at once, and so does its end", "[app][program]") {
    const Home home;
    REQUIRE(home.program.run({"import", "ndjson", "-"}, observation(1, "a.example")).exit == 0);
    const Serving serving{home.program};
    const auto made = checked(home.program.run({"token", "create", "--scope", "audit:read", "--json"}).out,
                              "cli/token.schema.json");
    const auto token = made["token"].get<std::string>();
    CHECK(home.get("/api/v1/recipients", token).status == 200);
    checked(home.get("/api/v1/recipients", token).body, "recipients.schema.json");
    CHECK(home.get("/api/v1/subjects/1/report", token).status == 200);
    CHECK_THAT(home.program.text("data/tokens.json"), !Contains(token) && !Contains(token.substr(12)));
    const auto list = checked(home.program.run({"token", "list", "--json"}).out, "cli/tokens.schema.json");
    CHECK(list["tokens"][0]["scopes"][0] == "audit:read");
    CHECK(home.program.run({"token", "revoke", made["id"].get<std::string>()}).exit == 0);
    CHECK(home.get("/api/v1/recipients", token).status == 401);
    const auto after = checked(home.program.run({"token", "list", "--json"}).out, "cli/tokens.schema.json");
    CHECK(after["tokens"][0]["id"] == made["id"]);
    CHECK(after["tokens"][0]["revoked_at"].is_string());
    CHECK(home.program.run({"token", "revoke", "nothere"}).exit == 3);
    const auto own = home.program.run({"token", "create", "--scope", "subject:self", "--subject", "1"});
    CHECK(home.get("/api/v1/subjects/1/report", own.out.substr(0, own.out.size() - 1)).status == 200);
}

TEST_CASE("serve says that an origin has a software that it does not know", "[app][program]") {
    const Home home;
    auto config = home.program.text("fedtrail.toml");
    const std::string host = "host = \"origin.example\"\n";
    REQUIRE(config.find(host) != std::string::npos);
    config.insert(config.find(host) + host.size(), "software = \"mastadon\"\n");
    home.program.write("fedtrail.toml", config);
    const Serving serving{home.program};
    CHECK_THAT(home.program.text("serve.err"),
               Contains("origin.software of origin.example") && Contains("Did you mean \"mastodon\"?"));
}

TEST_CASE("SIGHUP reads policies again and SIGINT stops", "[app][program]") {
    const Home home;
    Serving serving{home.program};
    ::kill(serving.process(), SIGHUP);
    CHECK(serving.stop(SIGINT) == 0);
    CHECK_THAT(home.program.text("serve.err"), Contains("policies were read again") && Contains("stopped"));
}

TEST_CASE("The certificate of the authority is printed, and guides need no configuration", "[app][program]") {
    const Home home;
    const auto pem = home.program.run({"ca", "print"});
    CHECK_THAT(pem.out, Catch::StartsWith("-----BEGIN CERTIFICATE-----"));
    checked(home.program.run({"ca", "print", "--json"}).out, "cli/ca.schema.json");
    home.program.write("data/ca.pem", "no certificate");
    const auto broken = home.program.run({"ca", "print"});
    CHECK(broken.exit == 1);
    CHECK(broken.out.empty());
    CHECK_THAT(broken.err, Contains("is no certificate"));
    home.program.write("data/ca.pem", pem.out);
    checked(home.program.run({"ca", "guide", "--json"}).out, "cli/guides.schema.json");
    const TempDir elsewhere;
    const Program bare{elsewhere.path()};
    checked(bare.run({"ca", "guide", "misskey", "--json"}).out, "cli/guide.schema.json");
    CHECK(bare.run({"ca", "guide", "nothing-like-it"}).exit == 3);
}

TEST_CASE("A master key that is not the vault's is refused", "[app][program]") {
    const Home home;
    std::filesystem::permissions(home.dir.path() / "data/master.key", std::filesystem::perms{0600});
    home.program.write("data/master.key", std::string(64, 'a') + "\n");
    const auto ended = home.program.run({"subjects", "list"});
    CHECK(ended.exit == 4);
    home.program.write("data/master.key", "short\n");
    const auto broken = home.program.run({"subjects", "list"});
    CHECK(broken.exit == 1);
    CHECK_THAT(broken.err, Contains("64 hexadecimal digits") && !Contains("short"));
}

TEST_CASE("A master key that is lost is not replaced", "[app][program]") {
    const Home home;
    const auto key = home.dir.path() / "data/master.key";
    std::filesystem::remove(key);
    for (const auto* command : {"serve", "init"}) {
        const auto ended = home.program.run({command});
        CAPTURE(command, ended.err);
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err,
                   Contains("master.key is not there") && Contains("Put the key back") &&
                       !Contains("`fedtrail init`"));
        CHECK_FALSE(std::filesystem::exists(key));
    }
}

TEST_CASE("A ledger without its vault is refused, not given a new one", "[app][program]") {
    const Home home;
    const auto vault = home.dir.path() / "data/vault.db";
    std::filesystem::rename(vault, home.dir.path() / "vault.aside");
    for (const auto* command : {"serve", "init"}) {
        const auto ended = home.program.run({command});
        CAPTURE(command, ended.err);
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err, Contains("without its vault") && Contains("Restore"));
        CHECK_FALSE(std::filesystem::exists(vault));
    }
    std::ofstream{vault}.close();
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"serve"}, {"init"}, {"subjects", "list"}}) {
        const auto ended = home.program.run(words);
        CAPTURE(words.front(), ended.err);
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err, Contains("nothing is in its vault") && Contains("Restore"));
        CHECK(std::filesystem::file_size(vault) == 0);
    }
}
