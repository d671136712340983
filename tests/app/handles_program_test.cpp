/// Accounts at another domain than their server: the real program, over TLS, and a recipient that keeps all.

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "servers.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Servers;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

constexpr const char* kActorAtWeb = "https://web.social.test/users/alice";

/// A note of `actor` at the origin `host`, accepted by keeps.social.test.
std::string note_of(const std::string& host, const std::string& actor) {
    return Json{{"at", "2026-11-20T07:00:01Z"},
                {"channel", "push"},
                {"origin", host},
                {"recipient", "keeps.social.test"},
                {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                {"digest",
                 {{"actor", actor},
                  {"id", actor + "/a/1"},
                  {"object", actor + "/1"},
                  {"type", "Create"},
                  {"categories", {"post_text"}},
                  {"visibility", "public"}}}}
               .dump() +
           "\n";
}

/// An origin that is configured as the web domain alone, with alice's note at keeps.social.test.
struct HandlesHome {
    TempDir dir;
    Program program{dir.path()};
    Servers servers{dir.path().string()};

    HandlesHome() {
        std::string resolve;
        for (const auto* const host : {"web", "accounts", "keeps"}) {
            resolve += std::string{host} + ".social.test=127.0.0.1:" + servers.port + ",";
        }
        resolve += "ids.social.test=127.0.0.1:" + servers.port + ",ids.other.test=127.0.0.1:" + servers.port;
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_PROXY_ALLOW_ADDRESSES", "127.0.0.0/8"},
            {"FEDTRAIL_PROXY_EXTRA_CA", (dir / "ca.pem").string()},
            {"FEDTRAIL_PROXY_RESOLVE", resolve},
            {"FEDTRAIL_ERASURE_TIMEOUT", "20s"},
            {"FEDTRAIL_ERASURE_ORIGIN_INTERVALS", "1s"},
            {"FEDTRAIL_ERASURE_ORIGIN_PAUSE", "1s"},
            {"FEDTRAIL_ERASURE_LOOK_INTERVALS", "1s,2s,2s,2s"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        REQUIRE(program.run({"init", "--origin", "web.social.test"}).exit == 0);
        program.write("in.ndjson", note_of("web.social.test", kActorAtWeb));
        REQUIRE(program.run({"import", "ndjson", "in.ndjson"}).exit == 0);
    }
    [[nodiscard]] std::string notices() const {
        return program.run({"requests", "show", "1", "--notices"}).out;
    }
    /// Whether `holds` does so within two minutes.
    template <typename Condition>
    [[nodiscard]] static bool soon(Condition holds) {
        for (int i = 0; i < 600; ++i) {
            if (holds()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
        return false;
    }
};

}  // namespace

TEST_CASE("doctor finds the host that handles have, and names the setting", "[app][program][handles]") {
    HandlesHome home;
    const auto said = home.program.run({"doctor"}).out;
    CHECK_THAT(said,
               Contains("warn  handles: those of web.social.test end in @accounts.social.test") &&
                   Contains(R"(host = "accounts.social.test" and aliases = ["web.social.test"])"));
    CHECK_THAT(said, !Contains("alice"));
    home.program.variables["FEDTRAIL_ORIGIN_HOST"] = "accounts.social.test";
    home.program.variables["FEDTRAIL_ORIGIN_ALIASES"] = "web.social.test";
    CHECK_THAT(home.program.run({"doctor"}).out,
               Contains("ok    handles: those of web.social.test end in @accounts.social.test"));
}

TEST_CASE("A copy under a handle at another domain is not called gone", "[app][program][handles]") {
    const HandlesHome home;
    REQUIRE(home.program.run({"keys", "import", "actor.pem", "--subject", kActorAtWeb}).exit == 0);
    const Serving serving{home.program};
    REQUIRE(home.program.run({"erase", kActorAtWeb}).exit == 0);
    const auto requests = [&home] { return home.program.text("requests"); };
    CHECK(HandlesHome::soon([&] { return requests().find("keeps.social.test POST") != std::string::npos; }));
    CHECK(
        HandlesHome::soon([&] { return requests().find("accounts.social.test GET") != std::string::npos; }));
    home.program.write("gone", "");
    const bool seen =
        HandlesHome::soon([&] { return home.notices().find("still_present") != std::string::npos; });
    INFO(home.notices() << requests());
    CHECK(seen);
    CHECK_THAT(home.notices(), !Contains("verified_gone"));
    CHECK_THAT(home.program.text("serve.err") + home.program.text("serve.out"), !Contains("alice"));
}

TEST_CASE("Whose address holds no name is asked for over TLS, of a server that proves its name",
          "[app][program][handles]") {
    HandlesHome home;
    const std::string actor = "https://ids.social.test/ap/users/115678901234567890";
    home.program.variables["FEDTRAIL_ORIGIN_HOST"] = "ids.social.test";
    home.program.write("ids.ndjson", note_of("ids.social.test", actor));
    REQUIRE(home.program.run({"import", "ndjson", "ids.ndjson"}).exit == 0);
    const auto report = [&home](const std::string& who) {
        return home.program.run({"report", who, "--format", "json"});
    };
    const auto refused = [&](const std::string& who) {
        const auto said = report(who);
        INFO(said.out << said.err);
        CHECK(said.exit == 3);
        CHECK_THAT(said.err, Contains("could not be asked whose it is (bad certificate)"));
        CHECK_THAT(home.program.text("requests"), !Contains("webfinger"));
    };
    home.program.write("requests", "");
    SECTION("an authority that nobody here trusts") {
        home.program.variables.erase("FEDTRAIL_PROXY_EXTRA_CA");
        refused("sue@ids.social.test");
    }
    SECTION("a certificate for another name") {
        home.program.variables["FEDTRAIL_ORIGIN_HOST"] = "ids.other.test";
        refused("sue@ids.other.test");
    }
    SECTION("a good certificate") {
        const auto said = report("sue@ids.social.test");
        INFO(said.err);
        REQUIRE(said.exit == 0);
        CHECK_THAT(home.program.text("requests"), Contains("ids.social.test GET /.well-known/webfinger"));
        CHECK(Json::parse(said.out)["subject"] == "sue@ids.social.test");
        home.program.variables.erase("FEDTRAIL_PROXY_EXTRA_CA");  // kept: nobody is asked again
        CHECK(report("sue@ids.social.test").exit == 0);
    }
}
