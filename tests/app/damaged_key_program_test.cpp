/// What the lists of people, requests and looks say where one person's key is damaged.

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
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
using Words = std::vector<std::string>;

namespace {

constexpr const char* kFolks = "https://origin.example/users/";

/// Alice, bob and carol, subjects 1 to 3, with a request each; alice's has something sealed, and her key is
/// damaged.
struct DamagedKeyHome {
    TempDir dir;
    Program program{dir.path()};
    int api = fedtrail::testing::free_port();

    DamagedKeyHome() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
            {"FEDTRAIL_RECIPIENTS_REFRESH", "no"}};
        must({"init", "--origin", "origin.example"});
        std::string lines;
        for (const std::string who : {"alice", "bob", "carol"}) {
            lines += fedtrail::testing::accepted_post(
                "origin.example", "a.example", kFolks + who, kFolks + who + "/statuses/1");
        }
        REQUIRE(program.run({"import", "ndjson", "-"}, lines).exit == 0);
        must({"erase", "1", "--review", "--object", std::string{kFolks} + "alice/statuses/1"});
        must({"erase", "2", "--review"});
        must({"erase", "3", "--review", "--reason", "her words"});
        must({"requests", "show", "1", "--reason", "complaint 3"});
        SQLite::Database vault{(dir.path() / "data/vault.db").string(), SQLite::OPEN_READWRITE};
        REQUIRE(vault.exec("UPDATE subject SET wrapped_key = zeroblob(80) WHERE number = 1") == 1);
    }

    void must(const Words& words) const {
        const auto said = program.run(words);
        INFO(said.out << said.err);
        REQUIRE(said.exit == 0);
    }
    /// What is printed where something is damaged: all the rest, and a word about it.
    [[nodiscard]] std::string partly(const Words& words) const {
        const auto said = program.run(words);
        INFO(said.out << said.err);
        CHECK(said.exit == 1);
        CHECK_THAT(said.err, Contains("damaged") && Contains("fedtrail doctor"));
        return said.out;
    }
    [[nodiscard]] Json json(Words words) const {
        words.emplace_back("--json");
        return Json::parse(partly(words));
    }
    [[nodiscard]] Json get(const std::string& path, const std::string& token) const {
        const auto client =
            fedtrail::poco::client("127.0.0.1", static_cast<std::uint16_t>(api), std::chrono::seconds{20});
        const auto answer =
            client->send({"GET", "/api/v1/" + path, {{"Authorization", "Bearer " + token}}, {}});
        REQUIRE(answer);
        INFO(answer->body);
        CHECK(answer->status == 200);
        return Json::parse(answer->body);
    }
};

Json numbers_in(const Json& rows) {
    auto list = Json::array();
    for (const auto& row : rows) {
        list.push_back(row["number"]);
    }
    return list;
}

const Json kDamagedRequest = {{{"number", 1}, {"subject", 1}}};

}  // namespace

TEST_CASE("The request of one whose key is damaged hides no other", "[app][program][damage]") {
    const DamagedKeyHome home;
    const Words text{"requests", "list"};
    for (const auto& words : {text, Words{"requests", "list", "--all"}}) {
        CHECK_THAT(home.partly(words),
                   Contains("1\t1\t?\tdamaged\t") && Contains("2\t2\taccount\treceived\t") &&
                       Contains("3\t3\taccount\treceived\t"));
        const auto listed = home.json(words);
        CHECK(numbers_in(listed["requests"]) == Json{2, 3});
        CHECK(listed["damaged"] == kDamagedRequest);
    }
    CHECK(home.program.run({"requests", "list", "--subject", "2"}).exit == 0);
    CHECK(home.json({"requests", "letters"})["damaged"] == kDamagedRequest);
    const auto status = home.program.run({"status"}).out;
    CHECK_THAT(status, Contains("2 open") && Contains("1 erasure request is damaged"));
    CHECK_THAT(home.program.run({"doctor"}).out,
               Contains("vault: 1 fault: subject 1") && !Contains("fail  handles"));
}

TEST_CASE("A damaged key hides no other person, and no look", "[app][program][damage]") {
    const DamagedKeyHome home;
    CHECK_THAT(home.partly({"subjects", "list"}), Contains("1\tdamaged") && Contains("2\torigin.example"));
    const auto people = home.json({"subjects", "list"});
    CHECK(numbers_in(people["subjects"]) == Json{2, 3});
    CHECK(people["damaged"] == Json{1});
    CHECK_THAT(home.partly({"subjects", "accesses", "1"}), Contains("what was stated cannot be read"));
    const auto looks = home.json({"subjects", "accesses", "1"})["accesses"];
    REQUIRE(looks.size() == 1);
    CHECK(looks[0]["damaged"] == true);
    CHECK(looks[0]["stated"] == true);
    CHECK(looks[0]["purpose"] == "request");
}

TEST_CASE("The API lists past a damaged key", "[app][program][damage]") {
    const DamagedKeyHome home;
    auto token = home.program.run({"token", "create", "--scope", "admin"}).out;
    token.erase(token.find_last_not_of('\n') + 1);
    Serving serving{home.program};
    const auto listed = home.get("requests", token);
    CHECK(numbers_in(listed["requests"]) == Json{2, 3});
    CHECK(listed["damaged"] == kDamagedRequest);
    const auto page = home.get("requests?limit=1", token);
    CHECK(numbers_in(page["requests"]) == Json{2});
    CHECK(page["damaged"] == kDamagedRequest);
    CHECK(home.get("requests?limit=1&after=2", token)["damaged"].empty());
    CHECK(home.get("subjects", token)["damaged"] == Json{1});
    CHECK(home.get("subjects/1/accesses", token)["accesses"][0]["damaged"] == true);
    CHECK(home.get("letters", token)["damaged"] == kDamagedRequest);
    CHECK(serving.stop(SIGTERM) == 0);
}
