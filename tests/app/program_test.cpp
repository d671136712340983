/// The program as its users meet it: commands, exit codes, files.

#include "program.hpp"

#include <csignal>
#include <fstream>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "documents.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::checked;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

/// A folder with an initialised sidecar that listens on ports of its own.
struct Home {
    TempDir dir;
    Program program{dir.path()};
    int proxy = fedtrail::testing::free_port();
    int api = fedtrail::testing::free_port();

    Home() {
        program.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(proxy)},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
                             {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        const auto made = program.run({"init", "--origin", "origin.example"});
        INFO(made.err);
        REQUIRE(made.exit == 0);
    }

    [[nodiscard]] fedtrail::HttpResponse get(const std::string& target, const std::string& token) const {
        const auto client =
            fedtrail::poco::client("127.0.0.1", static_cast<std::uint16_t>(api), std::chrono::seconds{60});
        const auto answer = client->send({"GET", target, {{"Authorization", "Bearer " + token}}, ""});
        REQUIRE(answer.has_value());
        return *answer;
    }
};

std::string observation(int second, const std::string& host, const std::string& person = "alice") {
    const auto at =
        std::string{"2026-11-22T07:00:"} + (second < 10 ? "0" : "") + std::to_string(second) + "Z";
    const auto number = std::to_string(second);
    return Json{{"at", at},
                {"channel", "push"},
                {"origin", "origin.example"},
                {"recipient", host},
                {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                {"digest",
                 {{"actor", "https://origin.example/users/" + person},
                  {"id", "https://origin.example/a/" + person + number},
                  {"object", "https://origin.example/o/" + person + number},
                  {"type", "Create"},
                  {"categories", {"post_text", "handle"}},
                  {"visibility", "public"}}}}
               .dump() +
           "\n";
}

}  // namespace

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
    for (const auto* nobody : {"bob", "@bob", "bob@", "ftp://a.example/bob"}) {
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

TEST_CASE("An import takes the good lines, keeps the bad ones, and counts nothing twice", "[app][program]") {
    const Home home;
    home.program.write("in.ndjson",
                       observation(1, "a.example") + "nonsense\n\n" + observation(2, "b.example"));
    const auto first = home.program.run({"import", "ndjson", "in.ndjson", "--json"});
    INFO(first.err);
    CHECK(first.exit == 0);
    const auto told = checked(first.out, "cli/import.schema.json");
    CHECK(told["new"] == 2);
    CHECK(told["rejected_lines"] == 1);
    CHECK(told["rejected"][0]["line"] == 2);
    CHECK(home.program.text("in.ndjson.rejected") == "nonsense\n");
    const auto again =
        checked(home.program.run({"import", "ndjson", "in.ndjson", "--json"}).out, "cli/import.schema.json");
    CHECK(again["new"] == 0);
    CHECK(again["duplicate"] == 2);
    CHECK(home.program.text("in.ndjson.rejected") == "nonsense\n");
    const auto piped = home.program.run({"import", "ndjson", "-"}, observation(3, "c.example"));
    CHECK_THAT(piped.out, Contains("new 1, known already 0, rejected 0"));
    CHECK(home.program.run({"import", "ndjson", "gone"}).exit == 3);
}

TEST_CASE("A file of nothing but bad lines is a failure, a mark of its encoding is none", "[app][program]") {
    const Home home;
    home.program.write("other.ndjson", "nonsense\n{}\n");
    const auto other = home.program.run({"import", "ndjson", "other.ndjson"});
    CHECK(other.exit == 1);
    CHECK_THAT(other.err, Contains("none of the lines could be taken"));
    CHECK(home.program.text("other.ndjson.rejected") == "nonsense\n{}\n");
    home.program.write("empty.ndjson", "");
    CHECK(home.program.run({"import", "ndjson", "empty.ndjson"}).exit == 0);
    home.program.write("marked.ndjson", "\xEF\xBB\xBF" + observation(1, "a.example"));
    CHECK_THAT(home.program.run({"import", "ndjson", "marked.ndjson"}).out,
               Contains("new 1, known already 0, rejected 0"));
}

TEST_CASE("What a shell hands on is imported, and its bad lines are kept where it was called",
          "[app][program]") {
    const Home home;
    const auto piped =
        home.program.run({"import", "ndjson", "/dev/stdin"}, "nonsense\n" + observation(1, "a.example"));
    INFO(piped.err);
    CHECK(piped.exit == 0);
    CHECK_THAT(piped.err, Contains("stdin.rejected"));
    CHECK(home.program.text("stdin.rejected") == "nonsense\n");
}

TEST_CASE("An import tells what is about nobody here from what was known", "[app][program]") {
    const Home home;
    auto elsewhere = observation(1, "a.example");
    for (auto at = elsewhere.find("//origin.example"); at != std::string::npos;
         at = elsewhere.find("//origin.example", at)) {
        elsewhere.replace(at, 16, "//orgin.example");
    }
    const auto lines = elsewhere + observation(2, "origin.example") + observation(3, "a.example");
    for (const bool served : {false, true}) {
        CAPTURE(served);
        const auto serving = served ? std::make_unique<Serving>(home.program) : nullptr;
        const auto told = home.program.run({"import", "ndjson", "-", "--json"}, lines);
        const auto said = checked(told.out, "cli/import.schema.json");
        CHECK(said["new"] == (served ? 0 : 1));
        CHECK(said["duplicate"] == (served ? 1 : 0));
        CHECK(said["without_subject"] == 2);
        CHECK(said["to_own_origin"] == 1);
        const auto again = home.program.run({"import", "ndjson", "-"}, lines);
        CHECK_THAT(
            again.out,
            Contains("new 0, known already 1, rejected 0, about nobody here 1, to their own origin 1"));
        CHECK_THAT(again.err, Contains("an [[origin]] names") && Contains("your server's own actor"));
        const auto own = home.program.run({"import", "ndjson", "-"}, observation(2, "origin.example"));
        CHECK_THAT(own.out, Contains("rejected 0, to their own origin 1"));
        CHECK_THAT(own.err, !Contains("misspelt"));
    }
}

TEST_CASE("What was imported is in every list and in the report", "[app][program]") {
    const Home home;
    REQUIRE(home.program
                .run({"import", "ndjson", "-"},
                     observation(1, "a.example") + observation(2, "a.example") +
                         observation(3, "b.example", "bob"))
                .exit == 0);
    const auto& program = home.program;
    const auto recipients =
        checked(program.run({"recipients", "list", "--json"}).out, "recipients.schema.json");
    REQUIRE(recipients["recipients"].size() == 2);
    CHECK(recipients["recipients"][0]["host"] == "a.example");
    CHECK(recipients["recipients"][0]["disclosures"] == 2);
    const auto one =
        checked(program.run({"recipients", "show", "b.example", "--json"}).out, "recipient.schema.json");
    CHECK(one["subject_numbers"].size() == 1);
    CHECK(program.run({"recipients", "show", "c.example"}).exit == 3);
    CHECK(program.run({"recipients", "list", "--limit", "1"}).out.find("b.example") == std::string::npos);

    const auto people = checked(program.run({"subjects", "list", "--json"}).out, "cli/subjects.schema.json");
    CHECK(people["subjects"].size() == 2);
    CHECK_THAT(program.run({"subjects", "list"}).out, !Contains("alice"));
    CHECK_THAT(program.run({"subjects", "list", "--names", "--reason", "a call"}).out, Contains("alice"));
    const auto alice =
        checked(program.run({"subjects", "show", "https://origin.example/users/alice", "--json"}).out,
                "cli/subject.schema.json");
    CHECK(alice["recipients"][0]["disclosures"] == 2);

    const auto report =
        Json::parse(program.run({"report", "https://origin.example/users/alice", "--json"}).out);
    CHECK(report["totals"]["recipients"] == 1);
    CHECK(report["recipients"][0]["host"] == "a.example");
    const auto later = Json::parse(
        program.run({"report", "https://origin.example/users/alice", "--json", "--since", "2026-11-23"}).out);
    CHECK(later["totals"]["recipients"] == 0);
    CHECK(program.run({"report", "1", "--reason", "a call", "-o", "r.html"}).exit == 0);
    CHECK_THAT(program.text("r.html"), Catch::StartsWith("<!doctype html>"));
    CHECK(program.run({"report", "1", "--reason", "a call", "-o", "r.csv"}).exit == 0);
    CHECK_THAT(program.text("r.csv"), Catch::StartsWith("host,"));
    const auto items = program.run({"report", "1", "--reason", "a call", "--items"});
    CHECK_THAT(items.out, Catch::StartsWith("item,first,"));
    checked(program.run({"report", "1", "--reason", "a call", "--items", "--json"}).out,
            "transfer-report-items.schema.json");
    checked(program.run({"report", "1", "--reason", "a call", "--json"}).out, "transfer-report.schema.json");
    for (const std::vector<std::string>& form : {std::vector<std::string>{"--items", "--format", "pdf"},
                                                 {"--items", "-o", "r.html"},
                                                 {"-o", "r.docx"}}) {
        std::vector<std::string> words{"report", "1", "--reason", "a call"};
        words.insert(words.end(), form.begin(), form.end());
        const auto refused = program.run(words);
        CHECK(refused.exit == 2);
        CHECK_THAT(refused.err,
                   Contains("json") && Contains("csv") &&
                       Contains("not as " + form.back().substr(form.back().find('.') + 1)));
    }
    CHECK_FALSE(std::filesystem::exists(program.folder() / "r.docx"));
    CHECK(program.run({"report", "1", "--request", "9"}).exit == 3);
    CHECK(program.run({"report", "1", "--reason", "a call", "-o", "no/such/r.csv"}).exit == 1);
    const auto unknown = program.run({"report", "carol@origin.example"});
    CHECK(unknown.exit == 3);
    CHECK_THAT(unknown.err, !Contains("carol"));

    const auto status = checked(program.run({"status", "--json"}).out, "cli/status.schema.json");
    CHECK(status["running"].is_null());
    CHECK(status["ledger"]["disclosures"] == 3);
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

TEST_CASE("A report is in the language asked for, else in the first that is configured", "[app][program]") {
    Home home;
    REQUIRE(home.program.run({"import", "ndjson", "-"}, observation(1, "a.example")).exit == 0);
    const auto language_of = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"report", "1", "--reason", "a call", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const auto ended = home.program.run(words);
        INFO(ended.err);
        REQUIRE(ended.exit == 0);
        return Json::parse(ended.out)["language"].get<std::string>();
    };
    CHECK(language_of({}) == "en");
    CHECK(language_of({"--lang", "de-AT"}) == "de");
    home.program.variables["FEDTRAIL_CONTROLLER_LANGUAGES"] = "pl,en";
    CHECK(language_of({}) == "pl");
    CHECK(language_of({"--lang", "en"}) == "en");
    home.program.variables["FEDTRAIL_CONTROLLER_LANGUAGES"] = "sv,en";
    const auto ended = home.program.run({"report", "1", "--reason", "a call"});
    CHECK(ended.exit == 1);
    CHECK_THAT(ended.err, Contains("controller.languages") && Contains("de, en, es, fr, it, nl, pl"));
    CHECK(home.program.run({"serve"}).exit == 1);
}

TEST_CASE("A report that cannot be written says why", "[app][program]") {
    const Home home;
    REQUIRE(home.program.run({"import", "ndjson", "-"}, observation(1, "a.example")).exit == 0);
    const auto nowhere = home.program.run({"report", "1", "--reason", "a call", "-o", "no/a.html"});
    CHECK(nowhere.exit == 1);
    CHECK_THAT(nowhere.err, Contains("no/a.html cannot be written: No such file or directory."));
    const auto denied = home.program.run({"report", "1", "--reason", "a call", "-o", "/sys/kernel/a.html"});
    CHECK(denied.exit == 4);  // nobody can make a file there, root neither
    CHECK_THAT(denied.err, Contains("/sys/kernel/a.html cannot be written: "));
}

TEST_CASE("doctor finds a healthy house healthy, and says what is wrong with an ill one", "[app][program]") {
    const Home home;
    REQUIRE(home.program.run({"import", "ndjson", "-"}, observation(1, "a.example")).exit == 0);
    const auto verdicts = [&](const fedtrail::testing::Ended& ended) {
        std::map<std::string, std::string> found;
        const auto document = checked(ended.out, "cli/doctor.schema.json");
        for (const auto& check : document["checks"]) {
            found[check["name"]] = check["verdict"];
            if (check["verdict"] == "fail") {
                CHECK_THAT(check["remedy"].get<std::string>(), !Contains("fedtrail doctor`"));
            }
        }
        return found;
    };
    const auto healthy = home.program.run({"doctor", "--json"});
    CHECK(healthy.exit == 0);
    for (const auto& [name, verdict] : verdicts(healthy)) {
        INFO(name);
        CHECK(verdict != "fail");
    }
    std::multiset<std::string> names;
    const auto document = Json::parse(healthy.out);
    for (const auto& check : document["checks"]) {
        names.insert(check["name"]);
    }
    for (const auto* name : {"cases", "directory", "ledger", "vault"}) {
        CHECK(names.count(name) <= 1);
    }
    SECTION("a key that others may read") {
        std::filesystem::permissions(home.dir.path() / "data/master.key", std::filesystem::perms{0644});
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        CHECK(verdicts(ill)["master_key"] == "fail");
    }
    SECTION("an authority that is gone") {
        std::filesystem::remove(home.dir.path() / "data/ca.pem");
        CHECK(verdicts(home.program.run({"doctor", "--json"}))["authority"] == "fail");
        CHECK(home.program.run({"serve"}).exit == 1);
    }
    SECTION("a ledger that is damaged") {
        const auto file = home.dir.path() / "data/ledger.db";
        std::fstream ledger{file, std::ios::in | std::ios::out | std::ios::binary};
        ledger.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
        ledger << std::string(4096, 'x');
        ledger.close();
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        auto found = verdicts(ill);
        CHECK((found["ledger"] == "fail" || found["stores"] == "fail"));
    }
    SECTION("books of erasures that are damaged") {
        REQUIRE(home.program.run({"requests", "list"}).exit == 0);
        auto sound = verdicts(home.program.run({"doctor", "--json"}));
        for (const std::string name : {"cases", "directory"}) {
            CHECK(sound[name] == "ok");
            const auto file = home.dir.path() / "data" / (name + ".db");
            std::fstream book{file, std::ios::in | std::ios::out | std::ios::binary};
            book.seekp(4096);
            book << std::string(4096, 'x');
        }
        auto ill = verdicts(home.program.run({"doctor", "--json"}));
        CHECK(ill["cases"] == "fail");
        CHECK(ill["directory"] == "fail");
    }
    SECTION("authorities that are none") {
        home.program.write("junk.pem", "junk\n");
        auto config = home.program.text("fedtrail.toml");
        config.replace(config.find("[proxy]\n"), 8, "[proxy]\nextra_ca = \"junk.pem\"\n");
        home.program.write("fedtrail.toml", config);
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        std::size_t told = 0;
        const auto told_checks = Json::parse(ill.out);
        for (const auto& check : told_checks["checks"]) {
            if (check["finding"].get<std::string>().find("junk.pem") != std::string::npos) {
                ++told;
                CHECK(check["name"] == "trust");
                CHECK_THAT(check["remedy"].get<std::string>(), !Contains("update-ca-certificates"));
            }
        }
        CHECK(told == 1);
    }
    SECTION("authorities that are not there") {
        auto config = home.program.text("fedtrail.toml");
        config.replace(config.find("[proxy]\n"), 8, "[proxy]\nextra_ca = \"nope.pem\"\n");
        home.program.write("fedtrail.toml", config);
        CHECK_THAT(home.program.run({"doctor"}).out, Contains("nope.pem failed: No such file"));
        const auto refused = home.program.run({"serve"});
        CHECK(refused.exit != 0);
        CHECK_THAT(refused.err, Contains("fedtrail.toml:") && Contains(": proxy.extra_ca: "));
    }
    SECTION("a ballast that is gone though there is room") {
        std::filesystem::remove(home.dir.path() / "data/ballast");
        CHECK_THAT(home.program.run({"doctor"}).out,
                   Contains("Start `fedtrail serve`") && !Contains("Make room"));
    }
    SECTION("a configuration that cannot be right") {
        home.program.write("fedtrail.toml", "[proxy]\nlisten_on = 1\n");
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        CHECK(verdicts(ill)["configuration"] == "fail");
    }
}

TEST_CASE("Doctor tells how to get a log to whoever named no origin", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    REQUIRE(program.run({"init"}).exit == 0);
    CHECK_THAT(program.run({"doctor"}).out, Contains("no log yet") && Contains("init --origin"));
}

TEST_CASE("Doctor names the regions whose holidays are known", "[app][program]") {
    Home home;
    const auto calendar = [&home](const std::string& region, const std::string& country = "DE") {
        home.program.variables["FEDTRAIL_CONTROLLER_COUNTRY"] = country;
        home.program.variables["FEDTRAIL_CONTROLLER_REGION"] = region;
        const auto document = checked(home.program.run({"doctor", "--json"}).out, "cli/doctor.schema.json");
        for (const auto& check : document["checks"]) {
            if (check["name"] == "calendar") {
                return check;
            }
        }
        return Json{};
    };
    for (const auto* region : {"", "BY"}) {
        CHECK(calendar(region)["verdict"] == "ok");
    }
    CHECK_THAT(calendar("")["finding"].get<std::string>(), Contains("controller.region names it"));
    CHECK_THAT(calendar("BY")["finding"].get<std::string>(), Contains("DE-BY are known") && !Contains("but"));
    CHECK(calendar("MD", "ES")["verdict"] == "ok");
    CHECK_THAT(calendar("MD", "ES")["finding"].get<std::string>(), Contains("one municipality only"));
    const auto none = calendar("Bayern");
    CHECK(none["verdict"] == "warn");
    CHECK_THAT(none["finding"].get<std::string>(), Contains("\"Bayern\""));
    CHECK_THAT(none["remedy"].get<std::string>(), Contains("BW, BY, HB"));
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
}
