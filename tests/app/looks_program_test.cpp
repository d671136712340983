/// Nothing shows who somebody is without a look that was written down, with a why: every command, by a name
/// that is nowhere else.

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "looks_home.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::looks::kActor;
using fedtrail::testing::looks::kName;
using fedtrail::testing::looks::kObject;
using fedtrail::testing::looks::kReason;
using fedtrail::testing::looks::LooksHome;
using Words = std::vector<std::string>;

namespace {

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
        {"fedtrail requests origin-gone", {{{"requests", "origin-gone", "1", "--reason", "x"}}}},
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

/// The report of the person says why they were looked at, whatever the command was and whether or not a
/// reason was stated; who shows a name has stated one, or whom or what it is for.
void check_why(const nlohmann::json& look) {
    INFO(look.dump());
    CHECK_FALSE(look["why"].get<std::string>().empty());
    CHECK_FALSE(look["purpose"].get<std::string>().empty());
    CHECK(look["purpose"] != "other");
    const bool named_them = look["what"] == "report" || look["what"] == "bundle";
    CHECK((look["stated"] == true || look["revealed"] == false || named_them));
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

/// `seen`: the looks before the call, and then those after it.
void check(const LooksHome& home, const Call& call, nlohmann::json& seen) {
    INFO(line_of(call.words));
    const auto before = seen.size();
    std::error_code ignored;
    std::filesystem::remove(home.dir.path() / "out", ignored);
    const auto ended = home.program.run(call.words);
    INFO(ended.out << ended.err);
    const auto shown = ended.out + ended.err + home.file("out");
    const bool named = shown.find(kName) != std::string::npos;
    CHECK((named == call.names || call.may_name));
    seen = home.looks();
    for (std::size_t i = 0; i + before < seen.size(); ++i) {
        check_why(seen[i]);
    }
    if (named || call.may_name) {
        REQUIRE(seen.size() == before + 1);
        CHECK(seen[0]["revealed"] == true);
        CHECK(seen[0]["by"].get<std::string>().starts_with("cli:"));
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
    auto seen = home.looks();
    for (const auto& [name, ways] : calls()) {
        for (const auto& call : ways) {
            check(home, call, seen);
        }
    }
    std::set<std::string> met;
    for (const auto& look : seen) {
        met.insert(look["what"]);
    }
    CHECK(met == std::set<std::string>{"report",
                                       "name",
                                       "objects",
                                       "answer",
                                       "disclosures",
                                       "bundle",
                                       "objections",
                                       "consents",
                                       "request",
                                       "plan"});
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
