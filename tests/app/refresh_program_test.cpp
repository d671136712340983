/// Refreshing the directory with the real program and real servers, friendly and hostile.

#include <chrono>
#include <csignal>
#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "backends/poco/http_server.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "servers.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::contents;
using fedtrail::testing::Program;
using fedtrail::testing::Servers;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

/// A sidecar whose ledger knows the recipients that it is made with.
struct RefreshHome {
    TempDir dir;
    Program program{dir.path()};
    Servers servers{dir.path().string()};

    explicit RefreshHome(const std::vector<std::string>& names) {
        std::string resolve;
        std::ofstream in{dir / "in.ndjson"};
        int second = 10;
        for (const auto& name : names) {
            const auto host = name + ".social.test";
            resolve += (resolve.empty() ? "" : ",") + host + "=127.0.0.1:" + servers.port;
            in << Json{{"at", "2026-11-20T07:00:" + std::to_string(second++) + "Z"},
                       {"channel", "push"},
                       {"origin", "origin.example"},
                       {"recipient", host},
                       {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                       {"digest",
                        {{"actor", "https://origin.example/users/alice"},
                         {"id", "https://origin.example/a/1"},
                         {"object", "https://origin.example/o/1"},
                         {"type", "Create"},
                         {"categories", {"post_text"}},
                         {"visibility", "public"}}}}
                      .dump()
               << "\n";
        }
        in.close();
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_PROXY_ALLOW_ADDRESSES", "127.0.0.0/8"},
            {"FEDTRAIL_PROXY_EXTRA_CA", (dir / "ca.pem").string()},
            {"FEDTRAIL_PROXY_RESOLVE", resolve},
            {"FEDTRAIL_ERASURE_TIMEOUT", "10s"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        REQUIRE(program.run({"import", "ndjson", "in.ndjson"}).exit == 0);
    }

    Json json(std::vector<std::string> words, const std::string& schema, int exit = 0) const {
        words.emplace_back("--json");
        const auto ended = program.run(words);
        INFO(ended.err);
        CHECK(ended.exit == exit);
        const auto kept = fedtrail::app::check_schema(
            ended.out, contents(FEDTRAIL_SOURCE_DIR "/schemas/" + schema), schema);
        INFO(ended.out << (kept ? "" : kept.error().what));
        CHECK(kept.has_value());
        return Json::parse(ended.out, nullptr, false);
    }
    std::string requests() const { return contents((dir / "requests").string()); }
};

}  // namespace

TEST_CASE("Recipients say who they are and what they promise", "[app][program][refresh]") {
    const RefreshHome home{{"masto", "alice"}};
    const auto first = home.json({"recipients", "refresh"}, "cli/refresh.schema.json");
    CHECK(first["visits"] == 2);
    CHECK(first["answered"] == 2);
    CHECK(first["policies"] == 1);
    CHECK(first["due"] == 0);
    CHECK(home.json({"recipients", "refresh"}, "cli/refresh.schema.json")["visits"] == 0);

    const auto policies =
        home.json({"recipients", "policies", "masto.social.test"}, "cli/recipient-policies.schema.json");
    REQUIRE(policies["versions"].size() == 1);
    CHECK(policies["versions"][0]["url"] == "https://masto.social.test/privacy-policy");
    CHECK(policies["summary"]["languages"] == Json::array({"en"}));
    CHECK(policies["summary"]["statements"][2]["sentence"] ==
          "We retain the addresses of registered users for no more than 12 months.");
    CHECK(policies["summary"]["statements"][5]["sentence"].is_null());

    const auto placed = home.json({"recipients", "show", "masto.social.test"}, "recipient.schema.json");
    CHECK(placed["country"]["code"] == "NL");
    CHECK(placed["country"]["source"] == "imprint");
    CHECK(placed["country"]["why"] == "1015 CN Amsterdam, Netherlands");
    CHECK(placed["basis"]["kind"] == "none_needed");

    const auto changes = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"recipients", "policies", "--changed"};
        words.insert(words.end(), more.begin(), more.end());
        return home.json(words, "cli/policy-changes.schema.json")["changes"];
    };
    CHECK(changes({}).empty());
    CHECK(home.json({"status"}, "cli/status.schema.json")["policies"]["changes"] == 0);
    CHECK_THAT(home.program.run({"status"}).out, !Contains("policies "));
    home.program.write("policy", "10 years");
    const auto again = home.json({"recipients", "refresh", "masto.social.test"}, "cli/refresh.schema.json");
    CHECK(again["visits"] == 1);
    CHECK(again["not_modified"] == 3);
    CHECK(again["policy_changes"] == 1);
    const auto shown = home.program.run({"recipients", "policies", "masto.social.test", "--diff"});
    CHECK(shown.exit == 0);
    CHECK_THAT(shown.out,
               Contains("- We retain the addresses of registered users for no more than 12 months."));
    CHECK_THAT(shown.out,
               Contains("+ We retain the addresses of registered users for no more than 10 years."));
    const auto listed = changes({"--since", "2026-01-01"});
    REQUIRE(listed.size() == 1);
    CHECK(listed[0]["host"] == "masto.social.test");
    CHECK(listed[0]["kind"] == "privacy");
    CHECK(listed[0]["from"] == 1);
    CHECK(listed[0]["difference"] == "fedtrail recipients policies masto.social.test --diff");
    CHECK(changes({"--since", "2999-01-01"}).empty());
    CHECK_THAT(home.program.run({"recipients", "policies", "--changed"}).out,
               Contains("masto.social.test\tprivacy\t1\t2\t"));
    CHECK(home.json({"status"}, "cli/status.schema.json")["policies"]["servers"] == 1);
    CHECK_THAT(home.program.run({"status"}).out, Contains("1 changed at 1 server in the last 30 days"));
    CHECK(home.program.run({"recipients", "policies"}).exit == 2);
    CHECK(home.program.run({"recipients", "policies", "a.example", "--changed"}).exit == 2);
    CHECK_THAT(home.requests(), !Contains("robots"));
    CHECK(home.json({"recipients", "refresh", "--all"}, "cli/refresh.schema.json")["visits"] == 2);
    CHECK(home.program.run({"recipients", "policies", "alice.social.test"}).exit == 3);
    CHECK(home.program.run({"recipients", "refresh", "no host"}).exit == 2);
}

TEST_CASE("Hostile recipients cost time and nothing else", "[app][program][refresh]") {
    const RefreshHome home{{"masto",
                            "liar",
                            "endless",
                            "slow",
                            "circle",
                            "inside",
                            "deep",
                            "swollen",
                            "busy",
                            "nobody-listens"}};
    const auto done = home.json({"recipients", "refresh"}, "cli/refresh.schema.json");
    CHECK(done["visits"] == 10);
    CHECK(done["answered"] ==
          4);  // masto, liar, deep, nobody-listens (whose name says nothing to the servers)
    const auto requests = home.requests();
    CHECK(requests.size() < 20'000);
    CHECK_THAT(requests, Contains("busy.social.test GET /.well-known/nodeinfo"));
    const auto ended = home.program.run({"recipients", "refresh", "busy.social.test"});
    CHECK(ended.exit == 1);
    CHECK_THAT(ended.err, Contains("busy.social.test asked to be left alone until "));
    CHECK(home.requests() == requests);
    CHECK_THAT(home.program.run({"doctor"}).out, !Contains("fail  directory"));
}

TEST_CASE("Interrupted or killed, refreshing goes on where it was", "[app][program][refresh]") {
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) {
        names.push_back("plain" + std::to_string(i));
    }
    const RefreshHome home{names};
    const int signal = GENERATE(SIGINT, SIGKILL);
    home.program.write("hold", "");  // nor is it done before it is interrupted
    const auto process = home.program.start({"recipients", "refresh", "--json"}, "refresh");
    while (home.requests().size() < 1'500) {
        ::usleep(20'000);
    }
    ::kill(process, signal);
    const int exit = Program::wait(process);
    std::filesystem::remove(home.dir / "hold");
    CHECK(exit == (signal == SIGINT ? 1 : 128 + SIGKILL));
    if (signal == SIGINT) {
        const auto rest = home.json({"recipients", "refresh"}, "cli/refresh.schema.json");
        const auto before = Json::parse(home.program.text("refresh.out"));
        CHECK(before["stopped"] == true);
        CHECK(before["visits"].get<int>() + rest["visits"].get<int>() == 40);
    } else {
        // Who was being asked is due again when the lease is over; --all does not wait for that.
        CHECK(home.json({"recipients", "refresh", "--all"}, "cli/refresh.schema.json")["answered"] == 40);
    }
}

TEST_CASE("A running sidecar refreshes by itself", "[app][program][refresh]") {
    const RefreshHome home{{"masto"}};
    Serving serving{home.program};
    for (int i = 0; i < 500 && home.program.run({"recipients", "policies", "masto.social.test"}).exit != 0;
         ++i) {
        ::usleep(50'000);
    }
    CHECK(home.program.run({"recipients", "policies", "masto.social.test"}).exit == 0);
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE(
    "A running sidecar asks a recipient again when it is told to, also after its policies were read again",
    "[app][program][refresh]") {
    const RefreshHome home{{"masto"}};
    REQUIRE(home.json({"recipients", "refresh"}, "cli/refresh.schema.json")["answered"] == 1);
    auto token = home.program.run({"token", "create", "--scope", "admin"}).out;
    token.resize(token.find('\n'));
    Serving serving{home.program};
    const auto& listen = home.program.variables.at("FEDTRAIL_API_LISTEN");
    const auto client =
        fedtrail::poco::client("127.0.0.1",
                               static_cast<std::uint16_t>(std::stoi(listen.substr(listen.find(':') + 1))),
                               fedtrail::testing::kPatience);
    const auto is_asked = [&] {
        const auto before = home.requests().size();
        const auto answer = client->send({"POST",
                                          "/api/v1/recipients/masto.social.test/refresh",
                                          {{"Authorization", "Bearer " + token}},
                                          ""});
        REQUIRE(answer);
        CHECK(answer->status == 202);
        for (int i = 0; i < 2'400 && home.requests().size() == before; ++i) {
            ::usleep(50'000);
        }
        return home.requests().size() > before;
    };
    const auto becomes_quiet = [&] {
        std::size_t before = 0;
        for (int i = 0; i < 20 && home.requests().size() != before; ++i) {
            before = home.requests().size();
            ::usleep(1'500'000);
        }
        return home.requests().size() == before;
    };
    CHECK(is_asked());
    CHECK(becomes_quiet());
    ::kill(serving.process(), SIGHUP);
    CHECK(becomes_quiet());  // by then it has read them
    CHECK(is_asked());
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE("A damaged recipient is passed over and told, and the others are asked",
          "[app][program][refresh][damage]") {
    const RefreshHome home{{"masto", "alice"}};
    REQUIRE(home.json({"recipients", "refresh"}, "cli/refresh.schema.json")["damaged"] == 0);
    {
        SQLite::Database directory{(home.dir.path() / "data/directory.db").string(), SQLite::OPEN_READWRITE};
        REQUIRE(directory.exec(
                    "UPDATE recipient SET content = zeroblob(40) WHERE host = 'alice.social.test'") == 1);
    }
    const auto again = home.json({"recipients", "refresh", "--all"}, "cli/refresh.schema.json", 1);
    CHECK(again["damaged"] >= 1);
    CHECK(again["visits"] == 2);
    CHECK(again["due"] == 0);
    home.program.write("policy", "10 years");
    const auto told = home.program.run({"recipients", "refresh", "--all"});
    CHECK(told.exit == 1);
    CHECK_THAT(told.out, Contains("1 changed"));
    CHECK_THAT(told.err, Contains("damaged and w") && Contains("fedtrail doctor"));
}
