/// Erasures from the command line: numbers, exit codes, JSON that keeps to its schema.

#include <csignal>
#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "fedtrail/fediverse/category.hpp"

#include "app/files.hpp"
#include "documents.hpp"
#include "erasure_home.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::checked;
using fedtrail::testing::contents;
using fedtrail::testing::delivery_line;
using fedtrail::testing::ErasureHome;
using fedtrail::testing::kAlice;
using fedtrail::testing::Serving;
using Json = nlohmann::json;

TEST_CASE("What was imported and what was declared says where a server is told", "[app][erasure]") {
    const ErasureHome home;
    const auto row_of = [&](const std::string& host) {
        const auto plan = home.json({"erase", kAlice, "--dry-run"}, "erasure-plan.schema.json");
        for (const auto& row : plan.at("recipients")) {
            if (row.at("host") == host) {
                return row;
            }
        }
        FAIL("it is not in the plan");
        return Json{};
    };
    CHECK(row_of("b.example").at("channel") == "to_be_asked");
    auto line = Json::parse(delivery_line("04", "b.example", "3"));
    line["inbox"] = "https://b.example/users/bob/inbox";
    std::ofstream{home.dir / "more.ndjson"} << line.dump() << "\n";
    REQUIRE(home.program.run({"import", "ndjson", "more.ndjson"}).exit == 0);
    CHECK(row_of("b.example").at("channel") == "personal_known");
    REQUIRE(
        home.program
            .run({"recipients", "set", "b.example", "inbox=https://b.example/in", "--reason", "they said"})
            .exit == 0);
    CHECK(row_of("b.example").at("channel") == "declared");
    CHECK(row_of("a.example").at("channel") == "to_be_asked");
}

TEST_CASE("A dry run prints the plan and writes nothing", "[app][program][erasure]") {
    const ErasureHome home;
    const auto plan = home.json({"erase", kAlice, "--dry-run"}, "erasure-plan.schema.json");
    CHECK(plan["recipients"].size() == 2);
    CHECK(plan["totals"]["objects"] == 2);
    const auto told = home.program.run({"erase", kAlice, "--dry-run"});
    CHECK_THAT(told.out, Contains("b.example\t?\tdefault\t"));
    CHECK_THAT(told.err, Contains("no request was made") && Contains("No key to sign with was found"));
    const auto one = home.json({"erase", kAlice, "--dry-run", "--object", "https://origin.example/o/2"},
                               "erasure-plan.schema.json");
    CHECK(one["recipients"].size() == 1);
    CHECK(home.json({"requests", "list", "--all"}, "erasure-requests.schema.json")["requests"].empty());
}

TEST_CASE("A dry run shows which hosts are one recipient, and the request keeps them",
          "[app][program][erasure][joined]") {
    const ErasureHome home;
    fedtrail::testing::join_hosts(home.dir / "data", "a.example", "b.example");
    const std::vector<std::string> removal{"erase", kAlice, "--recipient", "a.example"};
    auto dry = removal;
    dry.emplace_back("--dry-run");
    const auto plan = home.json(dry, "erasure-plan.schema.json");
    REQUIRE(plan["recipients"].size() == 2);
    CHECK(plan["recipients"][0]["joined_to"].is_null());
    CHECK(plan["recipients"][1]["host"] == "b.example");
    CHECK(plan["recipients"][1]["joined_to"] == "a.example");
    CHECK_THAT(home.program.run(dry).out, Contains("the same recipient as a.example"));
    REQUIRE(home.program.run(removal).exit == 0);
    const auto shown = home.json({"requests", "show", "1"}, "erasure-request.schema.json");
    CHECK(shown["progress"]["notices"] == 2);
    CHECK(shown["scope"]["recipients"] == Json{"a.example", "b.example"});

    home.program.write("none.json", R"({"format": "fedtrail/transfer-rules/1", "rules": []})");
    const auto trial = home.json({"rules", "try", "none.json"}, "rules-trial.schema.json");
    CHECK(trial["totals"]["blocked_by_objection"]["disclosures"] == 3);
}

TEST_CASE("A server that was declared a relay is told as one", "[app][program][erasure]") {
    const ErasureHome home;
    REQUIRE(
        home.program.run({"recipients", "set", "a.example", "relay=yes", "--reason", "it says so"}).exit ==
        0);
    const auto plan = home.json({"erase", kAlice, "--dry-run"}, "erasure-plan.schema.json")["recipients"];
    REQUIRE(plan.size() == 2);
    CHECK(plan[0]["dialect"] == "relay");
    CHECK(plan[0]["passes_on"] == true);
    CHECK(plan[1]["dialect"] == "default");
    CHECK(plan[1]["passes_on"] == false);

    REQUIRE(home.program.run({"erase", kAlice}).exit == 0);
    const std::string words = "passes on to others what it gets; who has it from there is not known";
    const auto told = home.program.run({"requests", "show", "1", "--notices"}).out;
    const auto second = told.find("b.example\t");
    CHECK_THAT(told.substr(0, second), Contains(words));
    CHECK_THAT(told.substr(second), !Contains(words));
    CHECK_THAT(home.program.run({"requests", "show", "1", "--recipient", "a.example"}).out,
               Contains("passes on   to others what it gets"));
    const auto notices =
        home.json({"requests", "show", "1", "--notices"}, "erasure-notices.schema.json")["notices"];
    CHECK(notices[0]["passes_on"] == true);
    CHECK(notices[1]["passes_on"] == false);
    CHECK(home.json({"requests", "show", "1", "--recipient", "a.example"},
                    "erasure-notice.schema.json")["passes_on"] == true);
    const auto answer = home.json({"requests", "answer", "1"}, "erasure-answer.schema.json")["recipients"];
    CHECK(answer[0]["passes_on"] == true);
    CHECK(answer[1]["passes_on"] == false);
    const auto letter = home.program.run({"requests", "answer", "1", "--lang", "en"}).out;
    CHECK_THAT(letter,
               Contains("- a.example: will be told; it passes on what it gets to others, whom we do"));
}

TEST_CASE("The rate that an erasure is asked for with stays with the request", "[app][program][erasure]") {
    const ErasureHome home;
    REQUIRE(home.program.run({"erase", kAlice, "--max-rate", "5"}).exit == 0);
    CHECK(home.json({"requests", "show", "1"}, "erasure-request.schema.json")["max_rate"] == 5);
    CHECK_THAT(home.program.run({"requests", "show", "1"}).out, Contains("at most     5 messages a second"));
}

TEST_CASE("Erase prints the request's number, and requests go their way", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    const auto erased = program.run({"erase", kAlice});
    CHECK(erased.exit == 0);
    CHECK(erased.out == "1\n");
    CHECK_THAT(erased.err,
               Contains("2 servers will be told") && Contains("No sidecar runs") &&
                   Contains("No key to sign with was found"));

    const auto twice = home.json({"erase", kAlice}, "erasure-act.schema.json");
    CHECK(twice["state"] == "duplicate");
    CHECK(twice["duplicate_of"] == 1);

    const auto list = home.json({"requests", "list"}, "erasure-requests.schema.json");
    REQUIRE(list["requests"].size() == 1);
    const auto shown = home.json({"requests", "show", "1"}, "erasure-request.schema.json");
    CHECK(shown["state"] == "in_progress");
    CHECK(shown["clock"]["holidays_known"] == true);
    CHECK(shown["progress"]["notices"] == 2);
    CHECK_THAT(program.run({"requests", "list"}).out, Contains("fedtrail keys check 1: no key to sign with"));
    home.import_key();
    CHECK_THAT(program.run({"requests", "list"}).out, Contains("wait: 2 servers are to be told before you"));
    CHECK_THAT(program.run({"requests", "show", "1", "--notices"}).out, Contains("a.example\tplanned"));
    home.json({"requests", "show", "1", "--recipient", "a.example"}, "erasure-notice.schema.json");
    CHECK(program.run({"requests", "show", "1", "--recipient", "c.example"}).exit == 3);
    CHECK(program.run({"requests", "show", "9"}).exit == 3);

    CHECK(home.json({"requests", "stop", "1", "--reason", "wait"}, "erasure-act.schema.json")["stopped"] ==
          true);
    CHECK_THAT(program.run({"requests", "list"}).out, Contains("in_progress (stopped)"));
    CHECK_THAT(program.run({"requests", "resume", "1"}).out, Contains("request 1: in_progress\n"));
    CHECK_THAT(
        program.run({"requests", "hold", "1", "--object", "https://origin.example/o/2", "--reason", "law"})
            .out,
        Contains("request 1: in_progress, stopped\n"));
    CHECK_THAT(program.run({"requests", "release", "1", "--object", "https://origin.example/o/2"}).out,
               Contains("request 1: in_progress, stopped\n"));
    CHECK(program.run({"requests", "resume", "1"}).exit == 0);

    home.json({"requests", "answer", "1"}, "erasure-answer.schema.json");
    CHECK(program.run({"requests", "answer", "1", "-o", "answer.md"}).exit == 0);
    CHECK_THAT(contents((home.dir / "answer.md").string()), Contains("b.example"));
    REQUIRE(program.run({"requests", "answer", "1", "-o", "answer.json"}).exit == 0);
    checked(contents((home.dir / "answer.json").string()), "erasure-answer.schema.json");
    REQUIRE(::mkfifo((home.dir / "pipe").c_str(), 0600) == 0);
    const fedtrail::app::Descriptor reader{
        ::open((home.dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};  // NOLINT(*-vararg)
    CHECK(program.run({"requests", "answer", "1", "-o", "pipe"}).exit == 0);
    CHECK(std::filesystem::is_fifo(home.dir / "pipe"));
    const auto refused = program.run({"requests", "answer", "1", "-o", "answer.docx"});
    CHECK(refused.exit == 2);
    CHECK_THAT(refused.err, Contains("this is written as md or json, not as docx"));
    CHECK_FALSE(std::filesystem::exists(home.dir / "answer.docx"));
    CHECK(program.run({"requests", "answer", "1", "--lang", "../en"}).exit == 2);
    CHECK(home.json({"requests", "letters"}, "cli/letters.schema.json")["letters"].empty());
    CHECK(program.run({"requests", "letters"}).err == "No letter was written for an open request.\n");
    CHECK(program.run({"requests", "letters", "1"}).err == "No letter was written for request 1.\n");
    CHECK(program.run({"requests", "letters", "1", "--sent", "a.example"}).exit == 3);  // none waits
    CHECK(program.run({"requests", "letters", "--sent", "a.example"}).exit == 2);       // of which request?

    const auto given_up = home.json({"requests",
                                     "give-up",
                                     "1",
                                     "--recipient",
                                     "a.example",
                                     "--ground",
                                     "impossible",
                                     "--reason",
                                     "the company is gone"},
                                    "erasure-notice.schema.json");
    CHECK(given_up["state"] == "disproportionate");
    for (const std::string ground : {"disproportionate", "impossible"}) {
        const auto said = program.run(
            {"requests", "give-up", "1", "--recipient", "a.example", "--ground", ground, "--reason", "x"});
        CHECK(said.out == "a.example: " + ground + "\n");
        CHECK_THAT(program.run({"requests", "show", "1"}).out, Contains("1 given up"));
        CHECK_THAT(program.run({"requests", "show", "1", "--notices"}).out, Contains("a.example\t" + ground));
    }
    CHECK(program.run({"requests", "give-up", "1", "--recipient", "a.example", "--ground", "tired"}).exit ==
          2);
    CHECK(program.run({"requests", "withdraw", "1"}).exit == 0);
    CHECK(program.run({"requests", "start", "1"}).exit == 4);
    const auto watched = program.run({"requests", "show", "1", "--watch", "--json"});
    CHECK(watched.exit == 0);
    CHECK(checked(watched.out, "erasure-progress.schema.json")["state"] == "withdrawn");
}

TEST_CASE("Erase says of how many servers it is known that they cannot be reached",
          "[app][program][erasure]") {
    const ErasureHome home;
    fedtrail::testing::fall_silent(home.dir / "data", "b.example");
    const auto plan = home.json({"erase", kAlice, "--dry-run"}, "erasure-plan.schema.json");
    CHECK(plan["totals"]["unreachable"] == 1);
    const auto erased = home.program.run({"erase", kAlice});
    CHECK_THAT(erased.err,
               Contains("1 of these servers cannot be reached so far: fedtrail requests show 1 --notices"));
}

TEST_CASE("Why a server was not told yet is shown beside it", "[app][program][erasure]") {
    const ErasureHome home;
    REQUIRE(home.program.run({"erase", kAlice}).exit == 0);
    CHECK_THAT(home.program.run({"requests", "show", "1", "--notices"}).out, !Contains("failing since"));
    fedtrail::testing::fall_silent(home.dir / "data", "b.example");
    const auto notices = home.program.run({"requests", "show", "1", "--notices"}).out;
    CHECK_THAT(notices.substr(notices.find("b.example\t")),
               Contains("failing since 2026-11-18T11:06:40Z: timed out"));
    CHECK_THAT(home.program.run({"requests", "show", "1", "--recipient", "b.example"}).out,
               Contains("\tquestion\tno answer\t") &&
                   Contains("failing     since 2026-11-18T11:06:40Z: timed out\n") &&
                   Contains("left alone  until 2100-01-01T00:00:00Z, as it asked\n"));
    CHECK_THAT(home.program.run({"requests", "show", "1", "--recipient", "a.example"}).out,
               !Contains("question") && !Contains("failing") && !Contains("left alone"));
}

TEST_CASE("Who is not known to be the person waits", "[app][program][erasure]") {
    const ErasureHome home;
    const auto opened = home.program.run({"erase", kAlice, "--unverified"});
    CHECK(opened.out == "1\n");
    CHECK_THAT(opened.err, Contains("requests verify-identity 1"));
    CHECK(home.program.run({"requests", "start", "1"}).exit == 4);
    CHECK(home.program.run({"requests", "ask-identity", "1"}).exit == 0);
    CHECK(home.program.run({"requests", "verify-identity", "1"}).exit == 0);
    CHECK(home.json({"requests", "start", "1"}, "erasure-act.schema.json")["plan"]["recipients"] == 2);
}

TEST_CASE("A refusal names its ground, and a part can be kept", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    CHECK(program.run({"erase", kAlice, "--review"}).out == "1\n");
    CHECK(program.run({"requests", "refuse", "1", "--reason", "x"}).exit == 2);
    const auto wrong = program.run({"requests", "refuse", "1", "--reason", "x", "--ground", "17(9)"});
    CHECK(wrong.exit == 2);
    CHECK_THAT(wrong.err, Contains("17(3)(e)"));
    CHECK(program
              .run({"requests",
                    "refuse",
                    "1",
                    "--reason",
                    "a lawsuit",
                    "--ground",
                    "17(3)(e)",
                    "--object",
                    "https://origin.example/o/2"})
              .exit == 0);
    CHECK(home.json({"requests", "start", "1"}, "erasure-act.schema.json")["plan"]["held_back"] == 1);
}

TEST_CASE("What erase does not understand is a usage error", "[app][program][erasure]") {
    const ErasureHome home;
    const auto exit = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"erase", kAlice});
        return home.program.run(words).exit;
    };
    CHECK(exit({"--category", "posts"}) == 2);
    const auto refused = home.program.run({"erase", kAlice, "--category", "posts"}).err;
    const auto help = home.program.run({"erase", "--help"}).out;
    for (const auto& [category, name] : fedtrail::fediverse::kDataCategories) {
        CHECK_THAT(refused, Contains(std::string{name}));
        CHECK_THAT(help, Contains(std::string{name}));
    }
    CHECK(exit({"--before", "yesterday"}) == 2);
    CHECK(exit({"--object", "not a uri"}) == 2);
    CHECK(exit({"--recipient", "a b"}) == 2);
    CHECK(exit({"--object", "https://o.example/1", "--category", "media"}) == 2);
    CHECK(exit({"--received", "2037-01-01"}) == 2);
    CHECK(exit({"--received", "2037-01-01", "--dry-run"}) == 2);
    CHECK(home.program.run({"requests", "show", "-1"}).exit == 2);
    CHECK(home.program.run({"requests", "show", "0"}).exit == 2);
    CHECK(home.program.run({"erase", "nobody@origin.example"}).exit == 3);
    CHECK(home.program.run({"erase"}).exit == 2);
}

TEST_CASE("Keys go in sealed and come out as a word", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    CHECK(program.run({"keys", "check", kAlice}).exit == 3);
    REQUIRE(std::system(("openssl genpkey -algorithm ed25519 -out '" + (home.dir / "k.pem").string() +
                         "' 2>/dev/null && chmod 600 '" + (home.dir / "k.pem").string() + "'")
                            .c_str()) == 0);
    const auto kept = home.json({"keys", "import", "k.pem", "--subject", kAlice}, "cli/key.schema.json");
    CHECK(kept["algorithm"] == "ed25519");
    CHECK(kept["key_id"] == "#main-key");
    const auto list = program.run({"keys", "list"});
    CHECK(list.out == "SUBJECT\tALGORITHM\n1\ted25519\n");
    CHECK(home.json({"keys", "check", kAlice}, "cli/key-check.schema.json")["usable"] == true);
    home.json({"keys", "list"}, "cli/kept-keys.schema.json");
    CHECK(program.run({"keys", "import", "k.pem", "--subject", kAlice, "--key-id", "x\" y"}).exit == 2);
    std::ofstream{home.dir / "no.pem"} << "s3cret";
    const auto refused = program.run({"keys", "import", "no.pem", "--subject", kAlice});
    CHECK(refused.exit == 1);
    CHECK_THAT(refused.err, !Contains("s3cret"));
    CHECK(home.json({"keys", "drop", kAlice}, "cli/keys-dropped.schema.json")["dropped"] == true);
    CHECK(home.json({"keys", "drop", kAlice}, "cli/keys-dropped.schema.json")["dropped"] == false);
    CHECK(program.run({"keys", "drop", kAlice}).out == "no key was kept of subject 1\n");
    CHECK(program.run({"keys", "list"}).out == "SUBJECT\tALGORITHM\n");
}

TEST_CASE("Status says what is due, doctor what is missing", "[app][program][erasure]") {
    const ErasureHome home;
    REQUIRE(home.program.run({"erase", kAlice}).exit == 0);
    const auto status = home.json({"status"}, "cli/status.schema.json");
    CHECK(status["erasures"]["open"] == 1);
    CHECK(status["erasures"]["messages_left"].get<int>() > 0);
    CHECK(status["erasures"]["next"]["number"] == 1);
    CHECK_THAT(
        status["wrong"].dump(),
        Contains("wait for a sidecar") && Contains("for 1 erasure request no key to sign with was found"));
    home.import_key();
    CHECK_THAT(home.program.run({"status"}).out, !Contains("no key to sign with"));
    CHECK_THAT(home.program.run({"status"}).out, Contains("erasures    1 open"));

    const auto doctor = home.program.run({"doctor", "--json"});
    const auto checks = checked(doctor.out, "cli/doctor.schema.json")["checks"];
    const auto verdict = [&](const std::string& name) {
        for (const auto& check : checks) {
            if (check["name"] == name) {
                return check["verdict"].get<std::string>();
            }
        }
        return std::string{"absent"};
    };
    CHECK(verdict("erasure_policies") == "ok");
    CHECK(verdict("calendar") == "ok");
    CHECK(verdict("keys") == "warn");
    CHECK(verdict("smtp") == "ok");
    CHECK(verdict("cases") == "ok");
    CHECK(verdict("directory") == "ok");
}

TEST_CASE("Commands work beside a running sidecar, which ends at once", "[app][program][erasure]") {
    const ErasureHome home;
    Serving serving{home.program};
    CHECK(home.program.run({"erase", kAlice}).out == "1\n");
    CHECK(home.program.run({"requests", "stop", "1"}).exit == 0);
    CHECK(home.program.run({"status"}).exit == 0);
    ::kill(serving.process(), SIGHUP);
    CHECK(home.program.run({"requests", "list"}).exit == 0);
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE("A report as a zip can be checked with openssl alone, and answers a request",
          "[app][program][report]") {
    const ErasureHome home;
    const auto& program = home.program;
    REQUIRE(program.run({"erase", kAlice}).exit == 0);
    const auto made = program.run({"report", kAlice, "--request", "1", "--lang", "de", "-o", "r.zip"});
    INFO(made.err);
    REQUIRE(made.exit == 0);
    const auto folder = home.dir.path().string();
    const auto sh = [&folder](const std::string& command) {
        // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): what docs/formats/report-zip.md tells people to
        // do.
        return std::system(("cd " + folder + " && " + command + " >said 2>&1").c_str());
    };
    REQUIRE(sh("unzip -q r.zip -d report") == 0);
    const std::string check =
        "openssl pkeyutl -verify -pubin -inkey report/report-key.pem -rawin -in report/manifest.json "
        "-sigfile report/manifest.sig";
    CHECK(sh(check) == 0);
    const auto list = Json::parse(program.text("report/manifest.json"));
    CHECK(list["format"] == "fedtrail/report-zip/1");
    CHECK(list["request"] == 1);
    CHECK(list["language"] == "de");
    std::string sums;
    for (const auto& file : list["files"]) {
        sums += file["sha256"].get<std::string>() + "  report/" + file["name"].get<std::string>() + "\n";
    }
    program.write("sums", sums);
    CHECK(sh("sha256sum -c sums") == 0);
    const auto report = checked(program.text("report/report.json"), "transfer-report.schema.json");
    CHECK(report["request"]["number"] == 1);
    CHECK(report["totals"]["told"] == 0);  // they will be: no sidecar runs
    checked(program.text("report/items.json"), "transfer-report-items.schema.json");
    CHECK(sh("grep -q '^%PDF-' report/report.pdf") == 0);
    program.write("report/manifest.json", program.text("report/manifest.json") + " ");
    CHECK(sh(check) != 0);
    CHECK(program.run({"report", "1", "--request", "2"}).exit == 3);
}

TEST_CASE("What the person is still to be told stays in list and status", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    REQUIRE(program.run({"erase", kAlice, "--review", "--received", "2026-09-01"}).exit == 0);
    REQUIRE(program.run({"requests", "refuse", "1", "--ground", "17(1) no ground", "--reason", "x"}).exit ==
            0);
    const auto listed = home.json({"requests", "list"}, "erasure-requests.schema.json")["requests"];
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["clock"]["unanswered"] == true);
    CHECK(listed[0]["clock"]["overdue"] == true);
    CHECK_THAT(program.run({"requests", "list"}).out,
               Contains("2026-10-01, overdue") && Contains("fedtrail requests answer 1"));
    CHECK_THAT(program.run({"requests", "show", "1"}).out,
               Contains("2026-10-01, overdue") && Contains("the person was not told yet") &&
                   Contains("Next: fedtrail requests answer 1"));
    const auto due = home.json({"status"}, "cli/status.schema.json")["erasures"];
    CHECK(due["open"] == 0);
    CHECK(due["waiting_for_you"] == 1);
    CHECK(due["overdue"] == 1);
    CHECK_THAT(program.run({"status"}).out, Contains("0 open, 1 waits for you, 0 messages to go"));
    REQUIRE(program.run({"requests", "answer", "1", "-o", "answer.md"}).exit == 0);
    CHECK(program.run({"requests", "answered", "1", "--paper", "nowhere.md"}).exit == 3);
    CHECK(program.run({"requests", "answered", "1", "--paper", "answer.md", "--reason", "x"}).exit == 2);
    REQUIRE(program.run({"requests", "answered", "1", "--paper", "answer.md"}).exit == 0);
    CHECK_THAT(program.run({"requests", "show", "1"}).out, Contains("the paper itself, "));
    REQUIRE(program
                .run({"audit",
                      "export",
                      "--request",
                      "1",
                      "--level",
                      "full",
                      "--reason",
                      "a court",
                      "-o",
                      "made.zip"})
                .exit == 0);
    const auto paper = program.text("answer.md");
    CHECK_THAT(program.text("made.zip"), Contains("fedtrail/told/1\n" + paper));
    const auto verified = program.run({"audit", "verify", "made.zip"});
    CHECK(verified.exit == 5);  // nobody said whose log it is
    CHECK_THAT(verified.out, Contains("1 paper is what the log says that somebody was told"));
    CHECK(home.json({"requests", "list"}, "erasure-requests.schema.json")["requests"].empty());
    CHECK(home.json({"status"}, "cli/status.schema.json")["erasures"]["overdue"] == 0);
}

TEST_CASE("An extension is told to the person, or the next step is to tell it", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    REQUIRE(program.run({"erase", kAlice, "--review"}).exit == 0);
    CHECK_THAT(program.run({"requests", "extend", "1", "--reason", "many servers"}).err,
               Contains("fedtrail requests answer 1: the person is to be told of the extension by"));
    CHECK_THAT(program.run({"requests", "show", "1"}).out, Contains("the person was not told yet"));
    REQUIRE(program.run({"requests", "answered", "1"}).exit == 0);
    CHECK_THAT(
        program.run({"requests", "show", "1"}).out,
        Contains("extended    the person was told on 20") && Contains("Next: fedtrail requests start"));
}
