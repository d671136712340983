/// Imports with the real program, and what is in lists and reports afterwards.

#include <filesystem>
#include <memory>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "home.hpp"

using Catch::Contains;
using fedtrail::testing::checked;
using fedtrail::testing::Home;
using fedtrail::testing::observation;
using fedtrail::testing::Serving;
using Json = nlohmann::json;

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

TEST_CASE("An import whose bad lines cannot be kept is no success", "[app][program]") {
    const Home home;
    home.program.write("in.ndjson", "nonsense\n" + observation(1, "a.example"));
    const auto full = GENERATE(as<std::string>{}, "in.ndjson.rejected", "in.ndjson.rejected.reasons");
    std::filesystem::create_symlink("/dev/full", home.dir / full);
    const auto failed = home.program.run({"import", "ndjson", "in.ndjson"});
    CHECK(failed.exit == 1);
    CHECK_THAT(failed.err, Contains(full + " cannot be written"));
    std::filesystem::remove(home.dir / full);
    CHECK(home.program.run({"import", "ndjson", "in.ndjson"}).exit == 0);
    CHECK(home.program.text("in.ndjson.rejected") == "nonsense\n");
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
