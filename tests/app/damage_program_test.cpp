/// A damaged ledger, as whoever runs the program meets it.

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "deliveries.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::HttpResponse;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

constexpr const char* kActors = "https://origin.example/users/";

std::string observation(const std::string& who, int number, const std::string& day) {
    return fedtrail::testing::accepted_post("origin.example",
                                            "a.example",
                                            kActors + who,
                                            kActors + who + "/statuses/" + std::to_string(number),
                                            day + "T07:00:00Z");
}

/// A house where alice and bob posted long ago; a sidecar folds that after `fold_interval`.
struct DamageHome {
    TempDir dir;
    Program program{dir.path()};
    int proxy = fedtrail::testing::free_port();
    int api = fedtrail::testing::free_port();

    explicit DamageHome(const std::string& fold_interval) {
        program.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(proxy)},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
                             {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
                             {"FEDTRAIL_LEDGER_FOLD_INTERVAL", fold_interval},
                             {"FEDTRAIL_PROXY_ALLOW_ADDRESSES", "127.0.0.0/8"},
                             {"FEDTRAIL_PROXY_RESOLVE", "a.example:80=127.0.0.1:1"}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        std::string lines;
        for (int i = 0; i < 70; ++i) {
            lines += observation("alice", i, "2026-01-05") + observation("bob", i, "2026-01-05");
        }
        REQUIRE(program.run({"import", "ndjson", "-"}, lines).exit == 0);
    }

    void damage(const std::string& sql) const {
        SQLite::Database ledger{(dir.path() / "data/ledger.db").string(), SQLite::OPEN_READWRITE};
        REQUIRE(ledger.exec(sql) > 0);
    }

    [[nodiscard]] HttpResponse get(const std::string& path) const {
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(api), fedtrail::testing::kPatience);
        const auto answer = client->send({"GET", path, {}, {}});
        REQUIRE(answer);
        return *answer;
    }

    [[nodiscard]] int deliver(const std::string& who) const {
        const auto note = kActors + who + "/statuses/9000";
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(proxy), fedtrail::testing::kPatience);
        const auto answer = client->send(
            {"POST",
             "http://a.example/inbox",
             {{"Host", "a.example"}, {"Content-Type", "application/activity+json"}},
             Json{{"@context", "https://www.w3.org/ns/activitystreams"},
                  {"id", note + "/activity"},
                  {"type", "Create"},
                  {"actor", kActors + who},
                  {"to", {"as:Public"}},
                  {"object",
                   {{"id", note}, {"type", "Note"}, {"attributedTo", kActors + who}, {"content", "words"}}}}
                 .dump()});
        REQUIRE(answer);
        return answer->status;
    }

    /// The check of this name in what doctor says.
    [[nodiscard]] Json check(const std::vector<std::string>& words, const std::string& name) const {
        const auto said = Json::parse(program.run(words).out);
        for (const auto& each : said["checks"]) {
            if (each["name"] == name) {
                return each;
            }
        }
        return {};
    }
};

}  // namespace

TEST_CASE("A delivery that is held for damaged rows of one person is told", "[app][program][damage]") {
    const DamageHome home{"1h"};
    home.damage("UPDATE shape SET lookup = lookup + 2 WHERE subject = 1");
    const auto ledger = home.check({"doctor", "--json"}, "ledger");
    CHECK(ledger["verdict"] == "fail");
    CHECK_THAT(ledger["remedy"].get<std::string>(), Contains("fedtrail restore"));
    Serving serving{home.program};
    CHECK(home.get("/readyz").status == 200);
    CHECK(home.deliver("bob") != 503);
    CHECK(home.get("/readyz").status == 200);
    CHECK(home.deliver("alice") == 503);
    const auto ready = home.get("/readyz");
    CHECK(ready.status == 503);
    CHECK_THAT(ready.body, Contains("rows about a person are damaged") && Contains("doctor"));
    CHECK(home.deliver("alice") == 503);
    CHECK(home.deliver("bob") != 503);
    const auto status = home.program.run({"status"}).out;
    CHECK_THAT(status,
               Contains("2 deliveries were held back because rows about their person are damaged") &&
                   !Contains("could not be written"));
    CHECK(serving.stop(SIGTERM) == 0);
    const auto log = home.program.text("serve.err");
    CHECK_THAT(log, Contains("rows about a person are damaged") && !Contains("alice"));
}

TEST_CASE("A fold that meets damaged rows makes the sidecar say so too", "[app][program][damage]") {
    const DamageHome home{"1s"};
    home.damage("UPDATE shape SET lookup = lookup + 2 WHERE subject = 1");
    Serving serving{home.program};
    bool ready = true;
    for (int tries = 0; ready && tries < 900; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        ready = home.get("/readyz").status == 200;
    }
    CHECK_FALSE(ready);
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE("doctor derives again what is derived, and nothing else", "[app][program][damage]") {
    const DamageHome home{"1s"};
    {
        Serving serving{home.program};  // folds what is old
        for (int tries = 0; tries < 900; ++tries) {
            if (home.get("/metrics").body.find("fedtrail_folds_total 0") == std::string::npos) {
                break;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
        CHECK(home.program.run({"doctor", "--rebuild"}).exit != 0);
        CHECK(serving.stop(SIGTERM) == 0);
    }
    const auto whole = home.program.run({"report", "alice@origin.example", "--items", "--format", "csv"});
    REQUIRE(whole.exit == 0);
    SECTION("where nothing is wrong") {
        const auto sound = home.check({"doctor", "--rebuild", "--json"}, "rebuild");
        CHECK(sound["verdict"] == "ok");
        CHECK_THAT(sound["finding"].get<std::string>(), Contains("nothing"));
    }
    SECTION("where a key was flipped") {
        home.damage("UPDATE pairs SET key = key + 1");
        const auto ill = home.program.run({"report", "alice@origin.example"});
        CHECK(ill.exit == 1);
        CHECK_THAT(ill.err, Contains("doctor --rebuild"));
        CHECK_THAT(home.check({"doctor", "--json"}, "ledger")["remedy"].get<std::string>(),
                   Contains("doctor --rebuild"));
        const auto mended = home.program.run({"doctor", "--rebuild"});
        CHECK(mended.exit == 0);
        CHECK_THAT(mended.out, Contains("ok    rebuild: ") && Contains("ok    ledger: "));
        CHECK_THAT(mended.err, Contains("checking again"));
    }
    SECTION("where the chunks themselves are damaged") {
        home.damage("UPDATE chunk SET first_at = first_at + 1 WHERE key >> 24 = 1");
        const auto refused = home.program.run({"doctor", "--rebuild"});
        CHECK(refused.exit == 1);
        CHECK_THAT(refused.out, Contains("fail  rebuild: ") && Contains("fedtrail restore"));
        return;
    }
    CHECK(home.program.run({"report", "alice@origin.example", "--items", "--format", "csv"}).out ==
          whole.out);
}
