/// Who did it, by the real program: operators and auditors read a name, the people whose data it is a role.

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "deliveries.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

constexpr const char* kOperator = "zq8operator";  // nowhere else
constexpr const char* kColleague = "zq9colleague";

/// Two people, of whom the first wants to be erased.
struct ByHome {
    TempDir dir;
    Program program{dir.path()};
    int api{fedtrail::testing::free_port()};

    ByHome() {
        program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
                             {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:0"},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)}};
        (void)must({"init", "--origin", "origin.example"});
        std::string lines;
        for (const auto* name : {"alice", "ben"}) {
            const auto actor = std::string{"https://origin.example/users/"} + name;
            lines += fedtrail::testing::accepted_post("origin.example", "a.example", actor, actor + "/1");
        }
        const auto taken = program.run({"import", "ndjson", "-"}, lines);
        INFO(taken.err);
        REQUIRE(taken.exit == 0);
    }
    [[nodiscard]] std::string must(const std::vector<std::string>& words) const {
        const auto ended = program.run(words);
        INFO(ended.err);
        REQUIRE(ended.exit == 0);
        return ended.out;
    }
    /// The newest look at the first of them.
    [[nodiscard]] std::string last_look() const {
        return Json::parse(must({"subjects", "accesses", "1", "--json"}))["accesses"][0]["by"];
    }
    [[nodiscard]] std::string bundle(const std::string& level) const {
        (void)must({"audit", "export", "--all", "--level", level, "--reason", "audit", "-o", "out.zip"});
        return program.text("out.zip");
    }
};

}  // namespace

TEST_CASE("What is done at the command line is written down with who did it", "[app][program][by]") {
    ByHome home;
    const std::vector<std::string> look{"subjects", "show", "1", "--names", "--reason", "complaint"};
    const auto said = [&look](const std::string& name) {
        auto words = look;
        words.insert(words.end(), {"--by", name});
        return words;
    };
    (void)home.must(look);
    const auto login = home.last_look();
    CHECK_THAT(login, Catch::StartsWith("cli:") && !Contains("/"));
    CHECK(login.size() > 4);
    const auto behind = "/" + login.substr(4);
    (void)home.must(said(kOperator));
    CHECK(home.last_look() == std::string{"cli:"} + kOperator + behind);
    home.program.variables["FEDTRAIL_BY"] = kColleague;
    (void)home.must(look);
    CHECK(home.last_look() == std::string{"cli:"} + kColleague + behind);
    (void)home.must(said(kOperator));  // the option wins
    CHECK(home.last_look() == std::string{"cli:"} + kOperator + behind);
    const auto before = home.must({"subjects", "accesses", "1"});
    for (const auto& name :
         {std::string{"anna muster"}, std::string{"a/b"}, std::string(65, 'x'), std::string{"a\nb"}}) {
        const auto refused = home.program.run(said(name));
        CHECK(refused.exit == 2);
        CHECK(refused.out.empty());
        home.program.variables["FEDTRAIL_BY"] = name;
        CHECK(home.program.run(look).exit == 2);
    }
    home.program.variables.erase("FEDTRAIL_BY");
    CHECK(home.must({"subjects", "accesses", "1"}) == before);
}

TEST_CASE("Operators and full bundles name who did it; the person and other bundles do not",
          "[app][program][by]") {
    const ByHome home;
    (void)home.must({"erase", "alice@origin.example", "--review", "--by", kOperator});
    (void)home.must({"subjects", "show", "1", "--names", "--reason", "complaint", "--by", kOperator});
    const auto shown = Json::parse(home.must({"requests", "show", "1", "--json"}))["history"];
    CHECK_THAT(shown[0]["by"], Catch::StartsWith(std::string{"cli:"} + kOperator + "/"));
    const auto token = home.must({"token", "create", "--scope", "subject:self", "--subject", "1"});
    const auto bearer = "Bearer " + token.substr(0, token.find('\n'));
    {
        Serving serving{home.program};
        (void)home.must({"subjects", "shred", "2", "--reason", "asked for by letter", "--by", kColleague});
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(home.api), fedtrail::testing::kPatience);
        for (const auto* path :
             {"requests/1", "requests/1/history", "subjects/1/accesses", "subjects/1/report"}) {
            const auto own =
                client->send({"GET", std::string{"/api/v1/"} + path, {{"Authorization", bearer}}, ""});
            REQUIRE(own);
            INFO(path << "\n" << own->body);
            CHECK(own->status == 200);
            CHECK_THAT(own->body, !Contains(kOperator));
            CHECK_THAT(own->body, Contains(R"("by")"));
            if (std::string_view{path}.starts_with("requests")) {
                CHECK(Json::parse(own->body)["history"][0]["by"] == "cli");
            }
        }
        CHECK(serving.stop(SIGTERM) == 0);
        CHECK_THAT(home.program.text("serve.err"), !Contains(kOperator) && !Contains(kColleague));
    }
    const auto full = home.bundle("full");
    CHECK_THAT(full, Contains(std::string{"cli:"} + kOperator + "/"));
    CHECK_THAT(full, Contains(std::string{R"("why":"asked for by letter","by":"cli:)"} + kColleague + "/"));
    const auto pseudonymised = home.bundle("pseudonymised");
    CHECK_THAT(pseudonymised, Contains(R"("by":"unnamed operator 1")") && Contains("unnamed operator 2"));
    CHECK_THAT(pseudonymised, !Contains(kOperator) && !Contains(kColleague) && !Contains("cli:"));
    CHECK_THAT(home.bundle("minimal"), !Contains("cli:") && !Contains("unnamed operator 1"));
}
