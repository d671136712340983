/// Recipients and transfers on the command line: declared, imported, switched; with a sidecar beside.

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "backends/poco/http_server.hpp"
#include "backends/sqlite/declaration_store.hpp"
#include "policies_looked_at.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

/// A sidecar whose ledger knows of a delivery to each of four servers.
struct RecipientsHome {
    TempDir dir;
    Program program{dir.path()};
    int api = fedtrail::testing::free_port();

    RecipientsHome() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
            {"FEDTRAIL_POLICIES", fedtrail::testing::policies_looked_at().string()}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        std::string lines;
        for (const auto* host : {"a.example", "b.example", "deep.bad.example", "us.example"}) {
            lines += observation(host);
        }
        REQUIRE(program.run({"import", "ndjson", "-"}, lines).exit == 0);
    }

    static std::string observation(const std::string& host) {
        return Json{{"at", "2026-11-22T07:00:00Z"},
                    {"channel", "push"},
                    {"origin", "origin.example"},
                    {"recipient", host},
                    {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                    {"digest",
                     {{"actor", "https://origin.example/users/alice"},
                      {"id", "https://origin.example/a/" + host},
                      {"object", "https://origin.example/o/" + host},
                      {"type", "Create"},
                      {"categories", {"post_text", "handle"}},
                      {"visibility", "public"}}}}
                   .dump() +
               "\n";
    }

    [[nodiscard]] Json json(std::vector<std::string> words, const std::string& schema) const {
        words.emplace_back("--json");
        const auto ended = program.run(words);
        INFO(ended.out << ended.err);
        REQUIRE(ended.exit == 0);
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/" + schema};
        const std::string rules{std::istreambuf_iterator<char>{in}, {}};
        const auto kept = fedtrail::app::check_schema(ended.out, rules, schema);
        INFO((kept ? std::string{} : kept.error().what));
        REQUIRE(kept.has_value());
        return Json::parse(ended.out);
    }
    [[nodiscard]] Json show(const std::string& host) const {
        return json({"recipients", "show", host}, "recipient.schema.json");
    }
};

}  // namespace

TEST_CASE("What is declared on the command line decides, and the history keeps it", "[app][program]") {
    const RecipientsHome home;
    const auto set =
        home.program.run({"recipients", "set", "a.example", "country=de", "--reason", "imprint seen"});
    CHECK(set.exit == 0);
    CHECK_THAT(set.out, Contains("DE (admin, high)") && Contains("none_needed"));
    CHECK(home.show("a.example")["basis"]["kind"] == "none_needed");
    const auto listed =
        home.json({"recipients", "list", "--country", "DE"}, "recipients.schema.json")["recipients"];
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["host"] == "a.example");
    CHECK(home.json({"recipients", "list", "--basis", "undocumented"}, "recipients.schema.json")["recipients"]
              .size() == 3);
    CHECK_THAT(home.program.run({"recipients", "set", "a.example", "country=DE", "--reason", "again"}).err,
               Contains("Nothing changed"));
    CHECK(home.program.run({"recipients", "unset", "a.example", "country", "--reason", "moved"}).exit == 0);
    const auto after = home.show("a.example");
    CHECK(after["country"]["code"].is_null());
    CHECK(after["history"].size() == 2);
    CHECK(after["history"][1]["reason"] == "moved");

    CHECK(home.program.run({"recipients", "set", "a.example", "country=DE"}).exit == 2);
    CHECK(home.program.run({"recipients", "set", "a.example", "country", "--reason", "x"}).exit == 2);
    CHECK(home.program.run({"recipients", "set", "a b", "country=DE", "--reason", "x"}).exit == 2);
    CHECK(home.program.run({"recipients", "set", "a.example", "contry=DE", "--reason", "x"}).exit == 2);
    CHECK(home.program.run({"recipients", "list", "--basis", "fine"}).exit == 2);
}

TEST_CASE("That a server fails and wants to be left alone is shown", "[app][program]") {
    const RecipientsHome home;
    const auto well = home.show("a.example");
    CHECK(well["failing"].is_null());
    CHECK(well["rest_until"].is_null());
    fedtrail::testing::fall_silent(home.dir / "data", "a.example");
    const auto ill = home.show("a.example");
    CHECK(ill["failing"] == Json{{"since", "2026-11-18T11:06:40Z"}, {"how", "timed out"}});
    CHECK(ill["rest_until"] == "2100-01-01T00:00:00Z");
    CHECK_THAT(home.program.run({"recipients", "show", "a.example"}).out,
               Contains("failing     since 2026-11-18T11:06:40Z: timed out\n") &&
                   Contains("left alone  until 2100-01-01T00:00:00Z, as it asked\n"));
    const auto asked = home.program.run({"recipients", "refresh", "a.example"});
    CHECK(asked.exit == 1);
    CHECK_THAT(asked.err, Contains("asked to be left alone until 2100-01-01T00:00:00Z"));
}

TEST_CASE("What was exported is taken in again, whole or not at all", "[app][program]") {
    const RecipientsHome home;
    REQUIRE(
        home.program
            .run({"recipients", "set", "a.example", "country=DE", "operator=A, \"B\"", "--reason", "imprint"})
            .exit == 0);
    const auto csv = home.program.run({"recipients", "export"}).out;
    CHECK_THAT(csv, Catch::StartsWith("host,key,value,reason,at,by\r\na.example,country,DE,imprint,"));
    CHECK(home.json({"recipients", "export"}, "cli/recipients-declared.schema.json")["declared"].size() == 2);

    const RecipientsHome other;
    other.program.write("overrides.csv", csv);
    const auto rehearsed =
        other.json({"recipients", "import", "--format", "overrides", "--dry-run", "overrides.csv"},
                   "cli/recipients-import.schema.json");
    CHECK(rehearsed["dry_run"] == true);
    CHECK(other.show("a.example")["declared"].empty());
    const auto done = other.json({"recipients", "import", "--format", "overrides", "overrides.csv"},
                                 "cli/recipients-import.schema.json");
    CHECK(done["taken"] == 2);
    CHECK(done["changed"] == 1);
    CHECK(other.show("a.example")["operator"] == "A, \"B\"");
    CHECK(other.show("a.example")["declared"][0]["by"] == "import");

    other.program.write("wrong.csv",
                        "host,key,value,reason\nb.example,country,FR,x\nb.example,contry,FR,x\n");
    for (const auto& words :
         {std::vector<std::string>{"recipients", "import", "--format", "overrides", "wrong.csv"},
          {"recipients", "import", "--format", "overrides", "--dry-run", "wrong.csv"}}) {
        CHECK(other.program.run(words).exit == 1);
    }
    CHECK(other.show("b.example")["declared"].empty());
    CHECK(other.program.run({"recipients", "import", "--format", "overrides", "none.csv"}).exit == 3);
}

TEST_CASE("A list of blocks marks recipients, and says which of them got data before", "[app][program]") {
    const RecipientsHome home;
    home.program.write("ours.csv",
                       "#domain,#severity,#public_comment\nbad.example,suspend,spam\nb.example,silence,\n");
    const auto done = home.json({"recipients", "import", "--format", "mastodon", "ours.csv"},
                                "cli/recipients-import.schema.json");
    CHECK(done["list"] == "ours");
    CHECK(done["taken"] == 2);
    CHECK(done["already_there"] == Json{"deep.bad.example"});
    CHECK(home.show("deep.bad.example")["blocked"]["reason"] == "spam");
    CHECK(home.show("b.example")["blocked"]["severity"] == "limited");
    CHECK(home.json({"recipients", "list", "--blocked"}, "recipients.schema.json")["recipients"].size() == 2);

    home.program.write("lemmy.txt", "a.example\nb.example\n");
    const auto second = home.json({"recipients", "import", "--format", "lemmy", "lemmy.txt"},
                                  "cli/recipients-import.schema.json");
    CHECK(second["already_there"] == Json({"a.example", "b.example"}));  // those of this list alone
    const auto both = home.show("b.example")["blocked"];
    CHECK(both["list"] == "lemmy");
    CHECK(both["others"] == Json::parse(R"([{"severity": "limited", "list": "ours", "reason": ""}])"));
    const auto said = home.program.run({"recipients", "show", "b.example"}).out;
    CHECK_THAT(said, Contains("suspended by the list lemmy") && Contains("limited by the list ours"));
    CHECK(
        home.program.run({"recipients", "import", "--format", "lemmy", "--list", "lemmy", "-"}, "\n").exit ==
        0);

    const auto rules =
        home.program.run({"recipients", "import", "--format", "mastodon", "--as-rules", "ours.csv"});
    CHECK(Json::parse(rules.out)["rules"][0]["recipient"]["hosts"] == Json({"bad.example", "*.bad.example"}));
    const auto lemmy =
        home.program.run({"recipients", "import", "--format", "lemmy", "--list", "ours", "-"}, "a.example\n");
    CHECK(lemmy.exit == 0);
    CHECK(home.show("deep.bad.example")["blocked"].is_null());
    CHECK(home.show("a.example")["blocked"]["list"] == "ours");
    home.program.write("packed.csv", "\x1f\x8b\x08 and more");
    for (const auto& [file, why] : {std::pair{"packed.csv", "packed.csv is packed. Unpack it first."},
                                    std::pair{"/", "/ cannot be read to its end. Give a file"}}) {
        const auto refused =
            home.program.run({"recipients", "import", "--format", "lemmy", "--list", "ours", file});
        CHECK(refused.exit == 1);
        CHECK_THAT(refused.err, Contains(why));
    }
    CHECK(home.show("a.example")["blocked"]["list"] == "ours");
    CHECK(home.program.run({"recipients", "import", "--format", "excel", "ours.csv"}).exit == 2);
    CHECK(home.program.run({"recipients", "import", "--format", "whois", "--as-rules", "ours.csv"}).exit ==
          2);
}

TEST_CASE("A table of registrations places hosts", "[app][program]") {
    const RecipientsHome home;
    home.program.write("whois.csv",
                       "domain,country,organisation\nbad.example,FR,Exemple\na.example,US,Whois Privacy\n");
    const auto done = home.json({"recipients", "import", "--format", "whois", "whois.csv"},
                                "cli/recipients-import.schema.json");
    CHECK(done["taken"] == 1);
    CHECK(done["left_out"].size() == 1);
    const auto placed = home.show("deep.bad.example");
    CHECK(placed["country"]["code"] == "FR");
    CHECK(placed["country"]["source"] == "whois_file");
    CHECK(placed["basis"]["kind"] == "none_needed");
}

TEST_CASE("The switch is turned beside a running sidecar, which follows at once", "[app][program]") {
    const RecipientsHome home;
    REQUIRE(home.program
                .run({"recipients",
                      "set",
                      "us.example",
                      "dpf_list=yes",
                      "dpf_list.entity=Example Inc.",
                      "dpf_list.entry=EU-U.S. DPF",
                      "dpf_list.data_kind=non-HR",
                      "--reason",
                      "list looked at"})
                .exit == 0);
    const Serving serving{home.program};
    const auto made = home.json({"token", "create", "--scope", "audit:read"}, "cli/token.schema.json");
    const auto basis = [&] {
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(home.api), fedtrail::testing::kPatience);
        const auto answer = client->send({"GET",
                                          "/api/v1/recipients/us.example",
                                          {{"Authorization", "Bearer " + made["token"].get<std::string>()}},
                                          ""});
        REQUIRE(answer.has_value());
        return Json::parse(answer->body)["basis"]["kind"].get<std::string>();
    };
    CHECK(basis() == "A45-3");
    const std::vector<std::string> show{"transfers", "switch", "dpf"};
    const std::vector<std::string> off{"transfers", "switch", "dpf", "--off", "--reason", "the court"};
    auto dry = off;
    dry.emplace_back("--dry-run");
    for (const auto& words : {show, dry}) {
        const auto effect = home.json(words, "transfer-switch.schema.json");
        CHECK(effect["on"] == true);
        CHECK(effect["turned"] == false);
        REQUIRE(effect["effect"].size() == 1);
        CHECK(effect["effect"][0]["after"]["kind"] == "undocumented");
    }
    CHECK(basis() == "A45-3");
    CHECK(home.program.run({"transfers", "switch", "dpf", "--off"}).exit == 2);
    CHECK(home.json(off, "transfer-switch.schema.json")["turned"] == true);
    CHECK(basis() == "undocumented");
    CHECK(home.program.run(off).exit == 1);
    CHECK(home.program.run({"transfers", "switch", "psi"}).exit == 2);
    const auto counts = home.json({"transfers", "bases"}, "transfer-bases.schema.json");
    CHECK(counts["recipients"] == 4);
    CHECK(home.json({"transfers", "bases", "--on", "2026-11-01"}, "transfer-bases.schema.json")["day"] ==
          "2026-11-01");
    CHECK(home.program.run({"transfers", "bases", "--on", "soon"}).exit == 2);
}

TEST_CASE("A basis that an earlier release took counts for nothing, and show and doctor say so",
          "[app][program]") {
    const RecipientsHome home;
    {
        const auto book = fedtrail::sqlite::SqliteDeclarations::open_file(
            home.dir.path() / "data" / "directory.db", fedtrail::sqlite::OpenMode::ReadWrite);
        REQUIRE(book);
        const std::vector<fedtrail::Declaring> acts{
            {*fedtrail::Host::parse("a.example"),
             fedtrail::from_unix_seconds(1'790'000'000),
             "cli",
             "?",
             [](auto) {
                 const auto said = [](const char* key, const char* value) {
                     return fedtrail::WordChange{key, {}, fedtrail::Personal<std::string>{value}};
                 };
                 return fedtrail::Result<std::vector<fedtrail::WordChange>>{std::vector{
                     said("country", "CN"), said("basis", "45(3)"), said("basis.from", "2026-01-01")}};
             }}};
        REQUIRE((*book)->declare(acts));
    }
    const auto shown = home.program.run({"recipients", "show", "a.example"});
    CHECK_THAT(shown.out, Contains("undocumented: no_decision") && Contains("\"45(3)\" counts for nothing"));
    const auto doctor = home.program.run({"doctor"});
    CHECK_THAT(doctor.out, Contains("counts for nothing: a.example"));
    REQUIRE(
        home.program.run({"recipients", "set", "a.example", "basis=49(1)(c)", "--reason", "contract"}).exit ==
        0);
    CHECK_THAT(home.program.run({"recipients", "show", "a.example"}).out,
               Contains("admin-declared: declared_by_controller, Art. 49(1)(c)"));
    CHECK_THAT(home.program.run({"doctor"}).out, !Contains("counts for nothing"));
}
