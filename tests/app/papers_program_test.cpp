/// The papers as the program writes them, from a configuration and a ledger.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "fedtrail/privacy/legal_clock.hpp"

#include "backends/poco/http_server.hpp"
#include "documents.hpp"
#include "policies_looked_at.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::header_of;
using fedtrail::testing::checked;
using fedtrail::testing::contents;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

constexpr const char* kComplete = R"toml(
data_dir = "data"
[[origin]]
host = "origin.example"
[notice]
required = "contract"
automated_decisions = "none"
processors = "none"
dpo = "none"
[ropa]
measures = ["tls", "backups"]
own_measures = {en = "a locked door", de = "eine verschlossene Tür"}
[[processing]]
activity = "accounts"
legal_basis = ["6(1)(b)"]
retention = "account+30d"
[[processing]]
activity = "publishing"
legal_basis = ["6(1)(b)"]
retention = "item"
[[processing]]
activity = "federation"
legal_basis = ["6(1)(b)"]
retention = "item"
[[processing]]
activity = "remote_copies"
legal_basis = ["6(1)(f)"]
legitimate_interest = {en = "showing what was sent here", de = "zeigen, was hierher gesendet wurde"}
retention = "6m"
[[processing]]
activity = "moderation"
legal_basis = ["6(1)(f)"]
legitimate_interest = {en = "a civil place", de = "ein friedlicher Ort"}
retention = "1y"
[[processing]]
activity = "logs"
legal_basis = ["6(1)(f)"]
legitimate_interest = {en = "safety", de = "Sicherheit"}
retention = "7d"
[[processing]]
activity = "backups"
done = "no"
[[processing]]
activity = "ledger"
legal_basis = ["6(1)(c)"]
law = {en = "GDPR Art. 5(2)", de = "Art. 5 Abs. 2 DSGVO"}
retention = "account+90d"
)toml";

/// An initialised sidecar whose ledger knows two recipients.
struct PapersHome {
    TempDir dir;
    Program program{dir.path()};
    int api = fedtrail::testing::free_port();

    PapersHome() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
            {"FEDTRAIL_POLICIES", fedtrail::testing::policies_looked_at().string()}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        std::string lines;
        for (const auto* recipient : {"a.example", "b.example"}) {
            lines += Json{{"at", "2026-11-22T07:00:00Z"},
                          {"channel", "push"},
                          {"origin", "origin.example"},
                          {"recipient", recipient},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"digest",
                           {{"actor", "https://origin.example/users/alice"},
                            {"id", "https://origin.example/a/1"},
                            {"object", "https://origin.example/o/1"},
                            {"type", "Create"},
                            {"categories", {"post_text", "handle"}},
                            {"visibility", "public"}}}}
                         .dump() +
                     "\n";
        }
        REQUIRE(program.run({"import", "ndjson", "-"}, lines).exit == 0);
    }

    void complete() {
        program.write("fedtrail.toml", kComplete);
        program.variables["FEDTRAIL_CONTROLLER_NAME"] = "Example";
        program.variables["FEDTRAIL_CONTROLLER_CONTACT"] = "privacy@origin.example";
        program.variables["FEDTRAIL_CONTROLLER_AUTHORITY"] = "AP";
        program.variables["FEDTRAIL_CONTROLLER_COUNTRY"] = "NL";
    }

    [[nodiscard]] fedtrail::HttpResponse get(const std::string& target,
                                             const std::string& token,
                                             const std::string& accept) const {
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(api), fedtrail::testing::kPatience);
        const auto answer =
            client->send({"GET", target, {{"Authorization", "Bearer " + token}, {"Accept", accept}}, ""});
        REQUIRE(answer.has_value());
        return *answer;
    }
};

}  // namespace

TEST_CASE("Without the operator's part no paper is written, and all of it is named",
          "[app][program][papers]") {
    const PapersHome home;
    const auto notice = home.program.run({"notice"});
    CHECK(notice.exit == 4);
    CHECK(notice.out.empty());
    for (const auto* key : {"Art. 13(1)(a)  controller.name",
                            "Art. 13(1)(b)  controller.dpo",
                            "Art. 13(2)(d)  controller.authority",
                            "processing.accounts",
                            "processing.ledger",
                            "notice.required",
                            "docs/papers.md"}) {
        CHECK_THAT(notice.err, Contains(key));
    }
    const auto ropa = home.program.run({"ropa", "-o", "r.csv"});
    CHECK(ropa.exit == 4);
    CHECK_THAT(ropa.err, Contains("Art. 30(1)(g)  ropa.measures"));
    CHECK_FALSE(std::filesystem::exists(home.dir.path() / "r.csv"));
}

TEST_CASE("A notice names what the ledger holds, in the form and language asked for",
          "[app][program][papers]") {
    PapersHome home;
    home.complete();
    const auto markdown = home.program.run({"notice"});
    INFO(markdown.err);
    REQUIRE(markdown.exit == 0);
    CHECK_THAT(markdown.out,
               Contains("# Your data at origin.example") && Contains("So far 2 servers received"));
    CHECK_THAT(home.program.run({"notice", "--lang", "de"}).out, Contains("Bisher haben 2 Server"));
    const auto french = home.program.run({"notice", "--lang", "fr"});
    CHECK(french.exit == 4);
    CHECK_THAT(french.err, Contains("processing.logs.legitimate_interest.fr"));
    CHECK(home.program.run({"notice", "--lang", "tlh"}).exit == 2);
    const auto json = checked(home.program.run({"notice", "--json"}).out, "privacy-notice.schema.json");
    CHECK(json["federation"]["recipients"] == 2);
    CHECK(json["controller"]["dpo"].is_null());
    CHECK(json["activities"].size() == 7);
    REQUIRE(home.program.run({"notice", "-o", "n.html"}).exit == 0);
    CHECK_THAT(home.program.text("n.html"), Contains("<!doctype html>"));
    struct stat file {};
    REQUIRE(::stat((home.dir.path() / "n.html").c_str(), &file) == 0);
    CHECK((file.st_mode & 0777U) == 0600U);
    CHECK(home.program.run({"notice", "-o", "nowhere/n.md"}).exit == 1);
    for (const auto* paper : {"notice", "ropa"}) {
        const auto refused = home.program.run({paper, "-o", "n.pdf"});
        CHECK(refused.exit == 2);
        CHECK_THAT(refused.err, Contains("not as pdf"));
        CHECK_FALSE(std::filesystem::exists(home.program.folder() / "n.pdf"));
    }
    CHECK(home.program.run({"notice", "-o", "n.txt", "--format", "md"}).exit == 0);
}

TEST_CASE("A record comes as CSV, JSON, JSON-LD and a spreadsheet", "[app][program][papers]") {
    PapersHome home;
    home.complete();
    const auto csv = home.program.run({"ropa"});
    INFO(csv.err);
    REQUIRE(csv.exit == 0);
    CHECK_THAT(csv.out, Contains("a locked door") && Contains("not known (2 servers)"));
    const auto german = home.program.run({"ropa", "--lang", "de"});
    CHECK_THAT(german.out, Contains("eine verschlossene Tür") && !Contains("a locked door"));
    CHECK_THAT(home.program.run({"ropa", "--columns", "cnil"}).out, Contains("Reference,"));
    checked(home.program.run({"ropa", "--json"}).out, "ropa.schema.json");
    const auto linked = Json::parse(home.program.run({"ropa", "--format", "jsonld"}).out);
    CHECK(linked["@context"]["dpv"] == "https://w3id.org/dpv#");
    REQUIRE(home.program.run({"ropa", "-o", "record.ods"}).exit == 0);
    home.program.write("read.py", R"py(
import sys, zipfile
from xml.dom import minidom
octets = open("record.ods", "rb").read()
assert octets[30:84] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", octets[:90]
z = zipfile.ZipFile("record.ods")
assert z.testzip() is None
assert z.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
for name in ("content.xml", "meta.xml", "META-INF/manifest.xml"):
    minidom.parseString(z.read(name))
content = minidom.parseString(z.read("content.xml"))
rows = content.getElementsByTagName("table:table")[1].getElementsByTagName("table:table-row")
assert len(rows) == 8, len(rows)
assert {len(r.getElementsByTagName("table:table-cell")) for r in rows} == {34}
)py");
    const auto command = "cd " + home.dir.path().string() + " && python3 read.py";
    CHECK(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c,concurrency-mt-unsafe): fixed command
}

TEST_CASE("A notice cannot promise another period for our own records than the sidecar keeps",
          "[app][program][papers]") {
    PapersHome home;
    home.complete();
    constexpr const char* kKept = "after its erasure 90 days";
    const auto verdict_of = [&] {
        const auto said = Json::parse(home.program.run({"doctor", "--json"}).out);
        for (const auto& check : said.at("checks")) {
            if (check.at("name") == "retention") {
                return check.at("verdict").get<std::string>() + ": " + check.at("finding").get<std::string>();
            }
        }
        return std::string{};
    };
    const auto agreeing = home.program.run({"notice"});
    CHECK_THAT(agreeing.out, Contains(kKept));
    CHECK(agreeing.err.empty());
    CHECK_THAT(verdict_of(), Contains("ok: "));
    const std::string agreed = "retention = \"account+90d\"";
    std::string settings = contents((home.dir.path() / "fedtrail.toml").string());
    settings.replace(settings.find(agreed), agreed.size(), "retention = \"3y\"");
    home.program.write("fedtrail.toml", settings);
    for (const auto* paper : {"notice", "ropa"}) {
        const auto disagreeing = home.program.run({paper});
        CHECK(disagreeing.exit == 0);
        CHECK_THAT(disagreeing.out, Contains(kKept));
        CHECK_THAT(disagreeing.err,
                   Contains("processing.ledger.retention says \"3y\", but policies/retention.json keeps"));
    }
    CHECK_THAT(verdict_of(), Contains("warn: processing.ledger.retention says"));
}

TEST_CASE("Doctor and start tell of letters that are kept longer than the cases that say whose they are",
          "[app][program][papers]") {
    PapersHome home;
    home.complete();
    const auto own = home.dir.path() / "own";
    const std::filesystem::path release{FEDTRAIL_SOURCE_DIR};
    std::filesystem::create_directories(own);
    std::filesystem::copy(release / "policies", own / "policies", std::filesystem::copy_options::recursive);
    std::filesystem::create_directory_symlink(release / "schemas", own / "schemas");
    auto rules = contents((own / "policies/retention.json").string());
    const std::string shipped = "\"keep_days\": 180";
    REQUIRE(rules.find(shipped) != std::string::npos);
    rules.replace(rules.find(shipped), shipped.size(), "\"keep_days\": 3650");
    home.program.write("own/policies/retention.json", rules);
    home.program.variables["FEDTRAIL_POLICIES"] = (own / "policies").string();
    constexpr const char* kOutlast = "letters may lie there longer than the cases that say whose they are";
    CHECK_THAT(home.program.run({"doctor"}).out, Contains(std::string{"warn  retention: "} + kOutlast));
    const Serving serving{home.program};
    CHECK_THAT(home.program.text("serve.err"), Contains(kOutlast));
}

TEST_CASE("The API writes the papers for who may audit", "[app][program][papers]") {
    PapersHome home;
    home.complete();
    const Serving serving{home.program};
    const auto token_for = [&](const std::string& scope) {
        const auto made = home.program.run({"token", "create", "--scope", scope});
        return made.out.substr(0, made.out.size() - 1);
    };
    const auto token = token_for("audit:read");
    checked(home.get("/api/v1/notice", token, "*/*").body, "privacy-notice.schema.json");
    const auto page = home.get("/api/v1/notice?lang=de", token, "text/html");
    CHECK(page.status == 200);
    CHECK(header_of(page.headers, "Content-Type") == "text/html; charset=utf-8");
    CHECK(header_of(page.headers, "Content-Language") == "de");
    CHECK_THAT(page.body, Contains("Datenschutzhinweise"));
    CHECK_THAT(home.get("/api/v1/notice?format=md", token, "*/*").body, Contains("# Your data at"));
    CHECK(home.get("/api/v1/notice?format=pdf", token, "*/*").status == 400);
    CHECK(home.get("/api/v1/notice?lang=tlh", token, "*/*").status == 400);
    const auto incomplete = home.get("/api/v1/notice?lang=fr", token, "*/*");
    CHECK(incomplete.status == 422);
    CHECK_THAT(incomplete.body, Contains("processing.logs.legitimate_interest.fr"));
    checked(home.get("/api/v1/ropa", token, "*/*").body, "ropa.schema.json");
    const auto sheet = home.get("/api/v1/ropa?format=ods", token, "*/*");
    CHECK(sheet.body.substr(0, 2) == "PK");
    CHECK_THAT(std::string{header_of(sheet.headers, "Content-Disposition")}, Contains("ropa.ods"));
    CHECK(home.get("/api/v1/ropa?columns=dpc", token, "*/*").status == 400);
    CHECK(home.get("/api/v1/notice", token_for("observations:write"), "*/*").status == 403);
}

TEST_CASE("An adequacy decision that a processor is said to have is looked up", "[app][program][papers]") {
    PapersHome home;
    home.complete();
    const auto with_processor = [&](const std::string& country, const std::string& more = "") {
        std::string text = kComplete;
        const std::string none = "processors = \"none\"\n";
        text.replace(text.find(none), none.size(), "");
        home.program.write("fedtrail.toml",
                           text +
                               "[[processor]]\nname = \"Cheap Host\"\nservice = \"hosting\"\ncountry = \"" +
                               country + "\"\nsafeguard = \"A45-3\"\n" + more);
    };
    with_processor("CN");
    for (const auto* paper : {"notice", "ropa"}) {
        const auto refused = home.program.run({paper});
        CHECK(refused.exit == 4);
        CHECK(refused.out.empty());
        CHECK_THAT(refused.err, Contains("processor.safeguard") && Contains("Cheap Host (CN)"));
    }
    with_processor("CH");
    const auto adequate = home.program.run({"notice"});
    CHECK(adequate.exit == 0);
    CHECK_THAT(adequate.out, Contains("adequacy decision, 2000/518/EC"));
    with_processor("US");
    const auto unlisted = home.program.run({"notice"});
    CHECK(unlisted.exit == 4);
    CHECK_THAT(unlisted.err, Contains("Cheap Host (US)") && Contains("dpf_checked_at, dpf_entity"));
    const fedtrail::privacy::Day today{
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    with_processor("US",
                   "dpf_checked_at = \"" + fedtrail::privacy::format_day(today) +
                       "\"\ndpf_entity = \"Cheap Host, Inc.\"\ndpf_entry = \"EU-U.S. DPF\"\n"
                       "dpf_data_kind = \"non-HR\"\n");
    CHECK_THAT(home.program.run({"notice"}).out, Contains("adequacy decision, (EU) 2023/1795"));
    const auto foreseen = home.program.run({"transfers", "switch", "dpf"});
    CHECK_THAT(foreseen.out, Contains("Cheap Host") && Contains("A45-3 (decision_holds)"));
    CHECK_THAT(foreseen.err, Contains("No notice and no record is written"));
    REQUIRE(home.program.run({"transfers", "switch", "dpf", "--off", "--reason", "in doubt"}).exit == 0);
    CHECK(home.program.run({"notice"}).exit == 4);
}
