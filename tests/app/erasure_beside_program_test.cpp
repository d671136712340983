/// Erasures beside a running sidecar: what it does by itself.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/case_room.hpp"
#include "documents.hpp"
#include "erasure_home.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::contents;
using fedtrail::testing::ErasureHome;
using fedtrail::testing::kAlice;
using fedtrail::testing::Serving;
using Json = nlohmann::json;

namespace {

/// Nobody answered there for 20 days, and the notice was given up. No sidecar runs.
void give_up_reaching(const ErasureHome& home, const std::string& host) {
    const auto config = fedtrail::app::load_config(home.dir / "fedtrail.toml", {});
    REQUIRE(config);
    const auto reading = fedtrail::app::open_reading_room(*config, {});
    REQUIRE(reading);
    const auto cases = fedtrail::sqlite::SqliteCases::open_file(
        fedtrail::app::cases_file(*config), *reading->vault, fedtrail::sqlite::OpenMode::ReadWrite);
    REQUIRE(cases);
    fedtrail::NoticeFilter filter;
    filter.recipient = *fedtrail::Host::parse(host);
    const auto notices = (*cases)->notices(filter);
    REQUIRE(notices);
    REQUIRE(notices->size() == 1);
    fedtrail::NoticeChange change;
    change.notices = *notices;
    auto& notice = change.notices.front();
    notice.state = fedtrail::fediverse::NoticeState::Unreachable;
    notice.next_at.reset();
    fedtrail::records::NoticeAttempt attempt;
    attempt.notice = notice.number;
    attempt.at = fedtrail::app::SystemClock{}.now() - std::chrono::hours{24 * 20};
    attempt.result = fedtrail::records::AttemptResult::Unreachable;
    change.attempts.push_back(attempt);
    REQUIRE((*cases)->apply(change));
}

/// What her server tells others when alice deletes her account, as a line of NDJSON.
std::string deletion_line(const std::string& to) {
    const std::string alice = "https://origin.example/users/alice";
    return Json{{"at", fedtrail::format_rfc3339(fedtrail::app::SystemClock{}.now())},
                {"channel", "push"},
                {"origin", "origin.example"},
                {"recipient", to},
                {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                {"digest",
                 {{"actor", alice},
                  {"id", alice + "#delete"},
                  {"object", alice},
                  {"type", "Delete"},
                  {"categories", {"deletion"}},
                  {"visibility", "public"}}}}
               .dump() +
           "\n";
}

/// The lines that `name` has said so far, once there are so many of them, each as its schema says.
std::vector<Json> lines_of(const ErasureHome& home, const std::string& name, std::size_t wanted) {
    std::vector<Json> lines;
    for (int tries = 0; tries < 1'800 && lines.size() < wanted; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        lines.clear();
        std::istringstream said{home.program.text(name + ".out")};
        for (std::string line; std::getline(said, line) && !said.eof();) {
            lines.push_back(fedtrail::testing::checked(line, "erasure-progress.schema.json"));
        }
    }
    REQUIRE(lines.size() == wanted);
    return lines;
}

}  // namespace

TEST_CASE("Who watches a request sees each change of it, and its end", "[app][program][erasure]") {
    const ErasureHome home;
    const auto& program = home.program;
    const Serving serving{program};
    REQUIRE(program.run({"erase", kAlice}).exit == 0);
    const auto watching = program.start({"requests", "show", "1", "--watch", "--json"}, "watch");
    const auto first = lines_of(home, "watch", 1)[0];
    CHECK(first["state"] == "in_progress");
    CHECK(first["stopped"] == false);
    CHECK(first["progress"]["states"]["planned"] == 2);
    REQUIRE(program
                .run({"requests",
                      "give-up",
                      "1",
                      "--recipient",
                      "a.example",
                      "--ground",
                      "impossible",
                      "--reason",
                      "nobody runs it"})
                .exit == 0);
    const auto second = lines_of(home, "watch", 2)[1];
    CHECK(second["progress"]["states"]["planned"] == 1);
    CHECK(second["progress"]["states"]["disproportionate"] == 1);
    REQUIRE(program.run({"requests", "stop", "1"}).exit == 0);
    CHECK(lines_of(home, "watch", 3)[2]["stopped"] == true);
    REQUIRE(program.run({"requests", "close", "1"}).exit == 0);
    CHECK(fedtrail::testing::Program::wait(watching) == 0);
    CHECK(lines_of(home, "watch", 4)[3]["state"] == "partly_fulfilled");
    CHECK(program.text("watch.err").empty());  // a sidecar runs
}

namespace {

/// What `keys list` says at the latest five seconds after the origin was seen to delete alice.
std::string keys_right_after_deletion() {
    ErasureHome home;
    const auto keys = (home.dir / "keys").string();
    REQUIRE(std::system(("mkdir -m 700 '" + keys + "' && openssl genpkey -algorithm ed25519 -out '" + keys +
                         "/alice@origin.example.pem' 2>/dev/null && chmod 600 '" + keys +
                         "/alice@origin.example.pem'")
                            .c_str()) == 0);
    home.program.variables["FEDTRAIL_ERASURE_KEYS_FOLDER"] = keys;
    const Serving serving{home.program};
    std::this_thread::sleep_for(std::chrono::seconds{1});  // it has looked, and does so every ten seconds
    CHECK(home.program.run({"keys", "list"}).out == "SUBJECT\tALGORITHM\n");
    REQUIRE(home.program.run({"import", "ndjson", "-"}, deletion_line("a.example")).exit == 0);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    std::string listed;
    while (listed.find("ed25519") == std::string::npos && std::chrono::steady_clock::now() < until) {
        listed = home.program.run({"keys", "list"}).out;
    }
    return listed;
}

}  // namespace

TEST_CASE("Whose server deletes them by itself has their key taken at once", "[app][program][erasure]") {
    std::string listed;
    // Later it would be found anyway: a busy machine gets another try, not more time.
    for (int tries = 0; tries < 4 && listed.find("ed25519") == std::string::npos; ++tries) {
        listed = keys_right_after_deletion();
    }
    CHECK(listed == "SUBJECT\tALGORITHM\n1\ted25519\n");
}

TEST_CASE("An operator whose address was declared is written to", "[app][program][erasure]") {
    const ErasureHome home;
    REQUIRE(home.program.run({"erase", kAlice}).exit == 0);
    give_up_reaching(home, "a.example");
    give_up_reaching(home, "b.example");
    REQUIRE(
        home.program
            .run({"recipients", "set", "a.example", "contact=ops@a.example", "--reason", "found in its blog"})
            .exit == 0);
    const Serving serving{home.program};
    Json letters;
    for (int tries = 0; tries < 1'800 && letters.empty(); ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        letters = home.json({"requests", "letters"}, "cli/letters.schema.json")["letters"];
    }
    REQUIRE(letters.size() == 1);
    CHECK(letters[0]["recipient"] == "a.example");
    CHECK(letters[0]["rung"] == "letter-unreachable");
    CHECK(letters[0]["note"] == "the recipient's language is not known; no mail server is configured");
    std::string written;
    for (const auto& file : std::filesystem::directory_iterator{home.dir / "data" / "letters"}) {
        written += contents(file.path());
    }
    CHECK_THAT(written, Contains("To: ops@a.example"));
}
