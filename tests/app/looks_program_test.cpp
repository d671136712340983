/// Nothing shows who somebody is without a look that was written down: every command, and the API's tokens,
/// by a name that is nowhere else.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::HttpHeaders;
using fedtrail::HttpResponse;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

namespace {

constexpr const char* kName = "zq7planted";
constexpr const char* kActor = "https://origin.example/users/zq7planted";
constexpr const char* kObject = "https://origin.example/users/zq7planted/1";
constexpr const char* kReason = "complaint of 3 May";

std::string delivery(const std::string& second, const Json& activity) {
    return Json{{"at", "2026-11-20T07:00:" + second + "Z"},
                {"channel", "push"},
                {"origin", "origin.example"},
                {"recipient", "a.example"},
                {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                {"activity", activity}}
               .dump() +
           "\n";
}

/// A post of theirs, and their profile, which says what they are called.
std::string history() {
    const Json everybody{"https://www.w3.org/ns/activitystreams#Public"};
    return delivery("01",
                    {{"@context", "https://www.w3.org/ns/activitystreams"},
                     {"id", std::string{kObject} + "/activity"},
                     {"type", "Create"},
                     {"actor", kActor},
                     {"to", everybody},
                     {"object",
                      {{"id", kObject},
                       {"type", "Note"},
                       {"attributedTo", kActor},
                       {"to", everybody},
                       {"content", "hello"}}}}) +
           delivery("02",
                    {{"@context", "https://www.w3.org/ns/activitystreams"},
                     {"id", std::string{kActor} + "#updates/1"},
                     {"type", "Update"},
                     {"actor", kActor},
                     {"to", everybody},
                     {"object", {{"id", kActor}, {"type", "Person"}, {"preferredUsername", kName}}}});
}

/// Lines of an access log about them: one of each form, and one of none.
std::string fetches() {
    const Json headers{{"User-Agent", {"Mastodon/4.3.0 (+https://b.example/)"}}};
    const Json nginx{{"time", 1795860000},
                     {"method", "GET"},
                     {"host", "origin.example"},
                     {"uri", "/users/zq7planted"},
                     {"status", 200},
                     {"agent", "Mastodon/4.3.0 (+https://b.example/)"}};
    const Json request{
        {"method", "GET"}, {"host", "origin.example"}, {"uri", "/users/zq7planted"}, {"headers", headers}};
    const Json caddy{{"ts", 1795860000}, {"request", request}, {"status", 200}};
    return nginx.dump() + "\n" + caddy.dump() + "\nzq7planted\n";
}

/// Somebody with an unusual name, and a request about the one post of theirs.
struct LooksHome {
    TempDir dir;
    Program program{dir.path()};
    int api{fedtrail::testing::free_port()};

    LooksHome() {
        program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
                             {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:0"},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)}};
        (void)must({"init", "--origin", "origin.example"});
        const auto taken = program.run({"import", "ndjson", "-"}, history());
        INFO(taken.err);
        REQUIRE(taken.exit == 0);
        (void)must({"erase", kActor, "--object", kObject, "--review"});
        program.write("access.log", fetches());
        program.write("rules.json", R"({"format": "fedtrail/transfer-rules/1", "rules": []})");
    }
    [[nodiscard]] std::string must(const Words& words) const {
        const auto ended = program.run(words);
        INFO(ended.err);
        REQUIRE(ended.exit == 0);
        return ended.out;
    }
    /// The looks at them, the newest first.
    [[nodiscard]] Json looks() const {
        return Json::parse(must({"subjects", "accesses", "1", "--json"}))["accesses"];
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        std::ifstream in{dir.path() / name, std::ios::binary};
        std::ostringstream text;
        text << in.rdbuf();
        return std::move(text).str();
    }
    [[nodiscard]] std::string token(const Words& scopes) const {
        Words words{"token", "create"};
        for (const auto& scope : scopes) {
            words.insert(words.end(), {"--scope", scope});
            if (scope == "subject:self") {
                words.insert(words.end(), {"--subject", "1"});
            }
        }
        auto out = must(words);
        return out.substr(0, out.find('\n'));
    }
    [[nodiscard]] HttpResponse get(const std::string& path,
                                   const std::string& token,
                                   const std::string& reason = {}) const {
        return send("GET", path, token, reason, "");
    }
    [[nodiscard]] HttpResponse bundle(const Json& order,
                                      const std::string& token,
                                      const std::string& reason = {}) const {
        return send("POST", "audit/export", token, reason, order.dump());
    }

private:
    [[nodiscard]] HttpResponse send(const std::string& method,
                                    const std::string& path,
                                    const std::string& token,
                                    const std::string& reason,
                                    const std::string& body) const {
        const auto client =
            fedtrail::poco::client("127.0.0.1", static_cast<std::uint16_t>(api), std::chrono::seconds{20});
        HttpHeaders headers{{"Authorization", "Bearer " + token}};
        if (!reason.empty()) {
            headers.emplace_back("Fedtrail-Reason", reason);
        }
        const auto answer = client->send({method, "/api/v1/" + path, headers, body});
        REQUIRE(answer.has_value());
        return *answer;
    }
};

/// One way to call a command; "-o out" writes a file that is searched too.
struct Call {
    Words words;
    bool names{};     ///< Whether it shows who they are.
    bool may_name{};  ///< It may: what it shows depends on what has reached the log by now.
};

/// Every command in every way that may show somebody; kElsewhere has those that never end, ask or destroy.
const std::map<std::string, std::vector<Call>>& calls() {
    static const std::map<std::string, std::vector<Call>> all{
        {"fedtrail status", {{{"status"}}, {{"status", "--json"}}}},
        {"fedtrail doctor", {{{"doctor"}}, {{"doctor", "--json"}}, {{"doctor", "--rebuild"}}}},
        {"fedtrail ca print", {{{"ca", "print"}}}},
        {"fedtrail ca guide", {{{"ca", "guide", "mastodon"}}}},
        {"fedtrail subjects list",
         {{{"subjects", "list"}},
          {{"subjects", "list", "--json"}},
          {{"subjects", "list", "--names"}},
          {{"subjects", "list", "--names", "--limit", "2000", "--reason", kReason}},
          {{"subjects", "list", "--names", "--reason", kReason}, true},
          {{"subjects", "list", "--names", "--json", "--reason", kReason}, true}}},
        {"fedtrail subjects show",
         {{{"subjects", "show", "1"}},
          {{"subjects", "show", kActor, "--json"}},
          {{"subjects", "show", "1", "--names"}},
          {{"subjects", "show", "1", "--names", "--reason", "two\nlines"}},
          {{"subjects", "show", "1", "--names", "--reason", kReason}, true},
          {{"subjects", "show", "1", "--names", "--json", "--reason", kReason}, true}}},
        {"fedtrail subjects set", {{{"subjects", "set", kActor, "minor=false"}}}},
        {"fedtrail subjects consent",
         {{{"subjects",
            "consent",
            kActor,
            "--country",
            "US",
            "--given",
            "2020-11-01",
            "--evidence",
            "form 17"}},
          {{"subjects", "consent", "1", "--country", "US", "--withdrawn", "2020-11-02", "--json"}},
          {{"subjects", "consent", "1", "--country", "US"}}}},
        {"fedtrail subjects consents",
         {{{"subjects", "consents", "1"}}, {{"subjects", "consents", kActor, "--json"}}}},
        {"fedtrail subjects object", {{{"subjects", "object", kActor, "b.example"}}}},
        {"fedtrail subjects objections",
         {{{"subjects", "objections", "1"}}, {{"subjects", "objections", kActor, "--json"}}}},
        {"fedtrail subjects allow", {{{"subjects", "allow", "1", "b.example", "--json"}}}},
        {"fedtrail subjects shredded", {{{"subjects", "shredded"}}}},
        {"fedtrail subjects accesses", {{{"subjects", "accesses", kActor}}}},
        {"fedtrail retention show", {{{"retention", "show"}}}},
        {"fedtrail retention run", {{{"retention", "run", "--dry-run"}}}},
        {"fedtrail recipients list", {{{"recipients", "list"}}}},
        {"fedtrail recipients show",
         {{{"recipients", "show", "a.example"}}, {{"recipients", "show", "a.example", "--json"}}}},
        {"fedtrail recipients set", {{{"recipients", "set", "a.example", "country=NL", "--reason", "x"}}}},
        {"fedtrail recipients unset", {{{"recipients", "unset", "a.example", "country"}}}},
        {"fedtrail recipients export", {{{"recipients", "export"}}}},
        {"fedtrail recipients software", {{{"recipients", "software"}}}},
        {"fedtrail recipients policies",
         {{{"recipients", "policies", "a.example"}}, {{"recipients", "policies", "--changed"}}}},
        {"fedtrail transfers bases", {{{"transfers", "bases"}}}},
        {"fedtrail transfers switch", {{{"transfers", "switch", "dpf"}}}},
        {"fedtrail rules list", {{{"rules", "list"}}}},
        {"fedtrail rules check", {{{"rules", "check", "rules.json"}}}},
        {"fedtrail rules try",
         {{{"rules", "try", "rules.json"}}, {{"rules", "try", "rules.json", "--json"}}}},
        {"fedtrail report",
         {{{"report", "1"}},
          {{"report", "1", "--items"}},
          {{"report", "1", "--reason", " "}},
          {{"report", "1", "--reason", kReason}, true},
          {{"report", "1", "--json", "--reason", kReason}, true},
          {{"report", "1", "--format", "jsonld", "--reason", kReason}, true},
          {{"report", "1", "--items", "--reason", kReason}, true},
          {{"report", kActor}, true},
          {{"report", "1", "--request", "1", "--json"}, true},
          {{"report", "1", "--reason", kReason, "--format", "html", "-o", "out"}, true}}},
        {"fedtrail notice", {{{"notice"}}}},
        {"fedtrail ropa", {{{"ropa"}}}},
        {"fedtrail assess", {{{"assess", "a.example"}}, {{"assess", "a.example", "--json"}}}},
        {"fedtrail erase",
         {{{"erase", kActor, "--dry-run"}},
          {{"erase", kActor, "--dry-run", "--json"}},
          {{"erase", kActor, "--object", kObject, "--review", "--json"}}}},
        {"fedtrail requests list", {{{"requests", "list"}}, {{"requests", "list", "--json"}}}},
        {"fedtrail requests show",
         {{{"requests", "show", "1"}},
          {{"requests", "show", "1", "--json"}},
          {{"requests", "show", "1", "--notices"}},
          {{"requests", "show", "1", "--json", "--names"}},
          {{"requests", "show", "1", "--json", "--names", "--reason", kReason}, true}}},
        {"fedtrail requests start", {{{"requests", "start", "1", "--json"}}}},
        {"fedtrail requests ask-identity", {{{"requests", "ask-identity", "1"}}}},
        {"fedtrail requests verify-identity", {{{"requests", "verify-identity", "1"}}}},
        {"fedtrail requests pause", {{{"requests", "pause", "1", "--reason", "x"}}}},
        {"fedtrail requests resume", {{{"requests", "resume", "1"}}}},
        {"fedtrail requests extend", {{{"requests", "extend", "1", "--reason", "x"}}}},
        {"fedtrail requests hold",
         {{{"requests", "hold", "1", "--ground", "17(3)(e)", "--reason", "x", "--object", kObject}}}},
        {"fedtrail requests release",
         {{{"requests", "show", "1", "--json"}},
          {{"requests", "release", "1", "--object", kObject, "--reason", "x"}}}},
        {"fedtrail requests stop", {{{"requests", "stop", "1", "--json"}}}},
        {"fedtrail requests duplicate", {{{"requests", "duplicate", "2", "--of", "1"}}}},
        {"fedtrail requests answer",
         {{{"requests", "answer", "1"}, true},
          {{"requests", "answer", "1", "--json"}, true},
          {{"requests", "answer", "1", "-o", "out"}, true}}},
        {"fedtrail requests answered", {{{"requests", "answered", "1"}}}},
        {"fedtrail requests refuse",
         {{{"requests", "refuse", "1", "--ground", "17(3)(e)", "--reason", "x"}}}},
        {"fedtrail requests close", {{{"requests", "close", "1"}}}},
        {"fedtrail requests withdraw", {{{"requests", "withdraw", "1"}}}},
        {"fedtrail requests wake", {{{"requests", "wake", "1"}}}},
        {"fedtrail requests letters", {{{"requests", "letters"}}}},
        {"fedtrail requests give-up",
         {{{"requests",
            "give-up",
            "1",
            "--recipient",
            "a.example",
            "--ground",
            "impossible",
            "--reason",
            "x"}}}},
        {"fedtrail import nginx",
         {{{"import", "nginx", "access.log"}}, {{"import", "nginx", "access.log", "--json"}}}},
        {"fedtrail import caddy",
         {{{"import", "caddy", "access.log"}}, {{"import", "caddy", "access.log", "--json"}}}},
        {"fedtrail keys import",
         {{{"keys", "import", "key.pem", "--subject", kActor}},
          {{"keys", "import", "key.pem", "--subject", kActor, "--json"}}}},
        {"fedtrail keys list", {{{"keys", "list"}}, {{"keys", "list", "--json"}}}},
        {"fedtrail keys check", {{{"keys", "check", kActor}}, {{"keys", "check", kActor, "--json"}}}},
        {"fedtrail keys drop", {{{"keys", "drop", kActor}}}},
        {"fedtrail audit export",
         {{{"audit", "export", "--all", "-o", "out"}},
          {{"audit", "export", "--subject", "1", "-o", "out"}},
          {{"audit", "export", "--all", "--level", "pseudonymised", "-o", "out"}},
          {{"audit", "export", "--all", "--level", "minimal", "-o", "out"}},
          {{"audit", "export", "--all", "--reason", kReason, "-o", "out"}, false, true},
          {{"audit", "export", "--subject", "1", "--reason", kReason, "-o", "out"}, false, true},
          {{"audit", "export", "--request", "1", "-o", "out"}, true}}},
        {"fedtrail audit verify", {{{"audit", "verify", "out"}}}},
        {"fedtrail audit checkpoint", {{{"audit", "checkpoint", "--now"}}}},
        {"fedtrail token create", {{{"token", "create", "--scope", "subject:self", "--subject", kActor}}}},
        {"fedtrail token list", {{{"token", "list"}}, {{"token", "list", "--json"}}}},
        {"fedtrail token revoke", {{{"token", "revoke", "nothere"}}}},
    };
    return all;
}

/// Servers, and what changes what the others look at; none of them shows people, and other tests run them.
const std::set<std::string> kElsewhere{"fedtrail init",
                                       "fedtrail serve",
                                       "fedtrail backup",
                                       "fedtrail restore",
                                       "fedtrail import caddy",
                                       "fedtrail import ndjson",
                                       "fedtrail import nginx",
                                       "fedtrail recipients import",
                                       "fedtrail recipients refresh",
                                       "fedtrail subjects shred"};

std::string line_of(const Words& words) {
    std::string line;
    for (const auto& word : words) {
        line += " " + word;
    }
    return line;
}

void check(const LooksHome& home, const Call& call) {
    INFO(line_of(call.words));
    const auto before = home.looks();
    std::error_code ignored;
    std::filesystem::remove(home.dir.path() / "out", ignored);
    const auto ended = home.program.run(call.words);
    INFO(ended.out << ended.err);
    const auto shown = ended.out + ended.err + home.file("out");
    const bool named = shown.find(kName) != std::string::npos;
    CHECK((named == call.names || call.may_name));
    if (named || call.may_name) {
        const auto looks = home.looks();
        REQUIRE(looks.size() == before.size() + 1);
        CHECK(looks[0]["revealed"] == true);
        CHECK(looks[0]["by"].get<std::string>().starts_with("cli:"));
    }
}

}  // namespace

TEST_CASE("No command shows who somebody is without a look that is written down", "[app][program][looks]") {
    const LooksHome home;
    // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): a key to import
    REQUIRE(
        std::system(("openssl genpkey -algorithm ed25519 -out '" + (home.dir.path() / "key.pem").string() +
                     "' 2>/dev/null && chmod 600 '" + (home.dir.path() / "key.pem").string() + "'")
                        .c_str()) == 0);
    for (const auto& [name, help] : fedtrail::testing::commands(home.program)) {
        INFO(name << " is a new command: say how it is to be called, and whether it shows people");
        REQUIRE((calls().count(name) == 1 || kElsewhere.count(name) == 1));
    }
    for (const auto& [name, ways] : calls()) {
        for (const auto& call : ways) {
            check(home, call);
        }
    }
}

TEST_CASE("A reason that is needed and missing ends with 2 and an example", "[app][program][looks]") {
    const LooksHome home;
    for (const auto& words : {Words{"subjects", "list", "--names"},
                              Words{"subjects", "show", "1", "--names"},
                              Words{"requests", "show", "1", "--json", "--names"},
                              Words{"report", "1"},
                              Words{"audit", "export", "--all", "-o", "out"}}) {
        INFO(line_of(words));
        const auto ended = home.program.run(words);
        CHECK(ended.exit == 2);
        CHECK(ended.out.empty());
        CHECK_THAT(ended.err, Contains("Add --reason") && Contains("For example: fedtrail "));
        auto longer = words;
        longer.insert(longer.end(), {"--reason", std::string(1001, 'x')});
        CHECK(home.program.run(longer).exit == 2);
    }
    CHECK(home.looks().empty());
    CHECK_FALSE(std::filesystem::exists(home.dir.path() / "out"));
}

TEST_CASE("What the command line looks at beside a running sidecar is in the person's own report",
          "[app][program][looks]") {
    const LooksHome home;
    const auto self = home.token({"subject:self"});
    Serving serving{home.program};
    CHECK_THAT(home.must({"report", "1", "--json", "--reason", kReason}), Contains(kName));
    (void)home.must({"subjects", "show", kActor});
    const auto answer = home.get("subjects/1/report", self);
    REQUIRE(answer.status == 200);
    const auto looks = Json::parse(answer.body)["accesses"];
    REQUIRE(looks.size() == 3);
    CHECK(looks[0]["by"] == "self");
    CHECK(looks[1]["what"] == "disclosures");
    CHECK(looks[1]["why"].is_null());
    CHECK(looks[2]["what"] == "report");
    CHECK(looks[2]["by"] == "operator");
    CHECK(looks[2]["why"] == kReason);
    CHECK_THAT(home.get("subjects/1/report?format=html&lang=de", self).body,
               Contains("Wer Ihre Daten angesehen hat") && Contains(kReason));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK_THAT(home.program.text("serve.err"), !Contains(kName) && !Contains(kReason));
    // Each look has its leaf. At level minimal, for the export is no look itself then.
    (void)home.must({"audit", "export", "--all", "--level", "minimal", "-o", "out"});
    CHECK_THAT(home.file("out"), Contains(R"("kind":"access")"));
}

TEST_CASE("A pseudonymised bundle is a look without a name, a minimal one is none", "[app][program][looks]") {
    const LooksHome home;
    const auto before = home.looks().size();
    (void)home.must({"audit", "export", "--all", "--level", "minimal", "-o", "out"});
    CHECK(home.looks().size() == before);
    (void)home.must({"audit", "export", "--all", "--level", "pseudonymised", "-o", "out"});
    const auto looks = home.looks();
    REQUIRE(looks.size() == before + 1);
    CHECK(looks[0]["what"] == "bundle");
    CHECK(looks[0]["revealed"] == false);
}

TEST_CASE("A bundle by the API is a look as one by the command line is, and holds", "[app][program][looks]") {
    const LooksHome home;
    const auto admin = home.token({"admin"});
    const auto audit = home.token({"audit:read"});
    Serving serving{home.program};
    const auto before = home.looks().size();
    CHECK(home.bundle({{"request", 1}, {"level", "full"}}, audit, kReason).status == 403);
    CHECK(home.bundle({{"all", true}, {"level", "full"}}, admin).status == 422);
    CHECK(home.bundle({{"request", 99}, {"level", "full"}}, admin).status == 404);
    CHECK(home.looks().size() == before);
    const auto holds = [&](const HttpResponse& made) {
        INFO(made.body.substr(0, 2000));
        REQUIRE(made.status == 200);
        home.program.write("made.zip", made.body);
        CHECK(home.program.run({"audit", "verify", "made.zip"}).exit == 5);
    };
    const auto full = home.bundle({{"request", 1}, {"level", "full"}}, admin);
    holds(full);
    CHECK_THAT(full.body, Contains(kName));
    auto looks = home.looks();
    REQUIRE(looks.size() == before + 1);
    CHECK(looks[0]["what"] == "bundle");
    CHECK(looks[0]["revealed"] == true);
    CHECK(looks[0]["why"] == "request 1");
    CHECK_THAT(looks[0]["by"].get<std::string>(), Catch::StartsWith("api:"));
    const auto numbers = home.bundle({{"all", true}, {"level", "pseudonymised"}}, audit);
    holds(numbers);
    CHECK_THAT(numbers.body, !Contains(kName));
    looks = home.looks();
    REQUIRE(looks.size() == before + 2);
    CHECK(looks[0]["revealed"] == false);
    const auto counts = home.bundle({{"all", true}, {"level", "minimal"}}, audit);
    holds(counts);
    CHECK(home.looks().size() == before + 2);
    CHECK_THAT(counts.body, Contains(R"("kind":"export")"));  // the two before it
    CHECK(std::filesystem::is_empty(home.dir.path() / "data/tmp"));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK_THAT(home.program.text("serve.err"), !Contains(kName));
}

TEST_CASE("If a look cannot be written down nothing is shown", "[app][program][looks]") {
    const LooksHome home;
    (void)home.looks();
    std::filesystem::remove(home.dir.path() / "data/cases.db");
    std::filesystem::remove(home.dir.path() / "data/cases.db-wal");
    std::filesystem::remove(home.dir.path() / "data/cases.db-shm");
    std::filesystem::create_directory(home.dir.path() / "data/cases.db");
    for (const auto& words : {Words{"subjects", "list", "--names", "--reason", kReason},
                              Words{"subjects", "show", "1", "--names", "--reason", kReason},
                              Words{"report", "1", "--reason", kReason}}) {
        const auto ended = home.program.run(words);
        INFO(ended.err);
        CHECK(ended.exit != 0);
        CHECK_THAT(ended.out + ended.err, !Contains(kName));
    }
}

TEST_CASE("Each scope sees what docs/looks.md says, on the wire", "[app][program][looks]") {
    const LooksHome home;
    const std::map<std::string, std::string> tokens{
        {"subject:self", home.token({"subject:self"})},
        {"requests:write", home.token({"requests:write"})},
        {"audit:read", home.token({"audit:read"})},
        {"admin", home.token({"admin"})},
        {"observations:write", home.token({"observations:write"})}};
    const Serving serving{home.program};
    struct Cell {
        std::string path;
        std::string scope;
        int plain{};     ///< Status without a reason …
        int reasoned{};  ///< … and with one.
        bool plain_names{};
        bool reasoned_names{};
    };
    const std::string report = "subjects/1/report";
    const std::string items = "subjects/1/report?part=items";
    const std::string zip = "subjects/1/report?format=zip";
    const std::string person = "subjects/1";
    const std::string one = "requests/1";
    const std::string answer = "requests/1/answer";
    std::vector<Cell> cells{
        {report, "subject:self", 200, 200, true, true},
        {report, "requests:write", 403, 403, false, false},
        {report, "audit:read", 200, 200, false, false},
        {report, "admin", 422, 200, false, true},
        {report + "?request=1", "admin", 200, 200, true, true},
        {items, "subject:self", 200, 200, true, true},
        {items, "requests:write", 403, 403, false, false},
        {items, "audit:read", 403, 403, false, false},
        {items, "admin", 422, 200, false, true},
        {zip, "audit:read", 200, 200, false, false},
        {person, "subject:self", 200, 200, true, true},
        {person, "requests:write", 403, 403, false, false},
        {person, "audit:read", 200, 200, false, false},
        {person, "admin", 200, 200, false, true},
        {one, "subject:self", 200, 200, true, true},
        {one, "requests:write", 200, 200, false, true},
        {one, "audit:read", 200, 200, false, false},
        {one, "admin", 200, 200, false, true},
        {answer, "subject:self", 200, 200, true, true},
        {answer, "requests:write", 200, 200, true, true},
        {answer, "audit:read", 200, 200, false, false},
        {answer, "admin", 200, 200, true, true},
    };
    for (const auto* path : {"subjects/1/accesses",
                             "subjects",
                             "letters",
                             "requests",
                             "requests/1/plan",
                             "requests/1/history",
                             "requests/1/notices",
                             "shreddings",
                             "status",
                             "recipients",
                             "recipients/a.example",
                             "rules"}) {
        const std::string text{path};
        const bool own = text.starts_with("subjects/") || text.starts_with("requests");
        const bool desk = text.starts_with("requests") || text == "letters";
        cells.push_back({path, "subject:self", own ? 200 : 403, own ? 200 : 403, false, false});
        cells.push_back({path, "requests:write", desk ? 200 : 403, desk ? 200 : 403, false, false});
        cells.push_back({path, "audit:read", 200, 200, false, false});
        cells.push_back({path, "admin", 200, 200, false, false});
        cells.push_back({path, "observations:write", 403, 403, false, false});
    }
    const auto checked = [&](const Cell& cell, const std::string& reason, int status, bool names) {
        INFO(cell.scope << " " << cell.path << " " << reason);
        const auto before = home.looks().size();
        const auto said = home.get(cell.path, tokens.at(cell.scope), reason);
        INFO(said.body.substr(0, 2000));
        CHECK(said.status == status);
        CHECK((said.body.find(kName) != std::string::npos) == names);
        const auto looks = home.looks();
        if (names) {
            REQUIRE(looks.size() == before + 1);
            CHECK(looks[0]["revealed"] == true);
            CHECK(looks[0]["by"].get<std::string>().starts_with(cell.scope == "subject:self" ? "self"
                                                                                             : "api:"));
        } else if (!looks.empty() && looks.size() > before) {
            CHECK(looks[0]["revealed"] == false);
        }
    };
    for (const auto& cell : cells) {
        checked(cell, "", cell.plain, cell.plain_names);
        checked(cell, kReason, cell.reasoned, cell.reasoned_names);
    }
}
