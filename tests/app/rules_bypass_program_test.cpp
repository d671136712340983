/// A rule that proxy.bypass goes past is told by the command, by `doctor` and over the API alike.

#include <chrono>
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "home.hpp"

namespace fedtrail::testing {

namespace {

constexpr const char* kPassedRules =
    R"({"format": "fedtrail/transfer-rules/1", "rules": [{"name": "no-a", "effect": "block",
        "recipient": {"hosts": ["a.example"]}, "why": "A test."}]})";

/// What the notes say of tunnels; "" is nothing.
std::string told_of_tunnels(const nlohmann::json& check) {
    for (const auto& note : check["notes"]) {
        if (note["fault"] == "bypassed_host") {
            return note["what"];
        }
    }
    return "";
}

std::string bearer_of(const Home& home) {
    const auto made = home.program.run({"token", "create", "--scope", "audit:read"}).out;
    return "Bearer " + made.substr(0, made.find('\n'));
}

nlohmann::json checked_over_api(const Home& home, const std::string& bearer) {
    const auto client = poco::client("127.0.0.1", static_cast<std::uint16_t>(home.api), kPatience);
    const auto answer =
        client->send({"POST", "/api/v1/rules/check", {{"Authorization", bearer}}, kPassedRules});
    REQUIRE(answer);
    INFO(answer->body);
    CHECK(answer->status == 200);
    return checked(answer->body, "rules-check.schema.json");
}

}  // namespace

TEST_CASE("A rule that a declared tunnel goes past is told wherever rules are checked",
          "[app][program][rules]") {
    Home home;
    home.program.variables["FEDTRAIL_PROXY_BYPASS"] = "social.elsewhere.example";
    home.program.write("data/transfer-rules.json", kPassedRules);
    const auto by_command = [&home] {
        const auto ended = home.program.run({"rules", "check", "--json"});
        INFO(ended.err);
        CHECK(ended.exit == 0);
        return told_of_tunnels(checked(ended.out, "rules-check.schema.json"));
    };
    CHECK(by_command().empty());
    join_hosts(home.dir.path() / "data", "a.example", "social.elsewhere.example");
    const auto told = by_command();
    CHECK_THAT(told, Catch::Contains("social.elsewhere.example, a host of the same recipient as a.example"));
    CHECK_THAT(home.program.run({"doctor"}).out, Catch::Contains("does not do what it says"));
    const auto bearer = bearer_of(home);
    const Serving serving{home.program};
    const auto check = checked_over_api(home, bearer);
    CHECK(told_of_tunnels(check) == told);
    CHECK(check["joined_compared"] == true);
}

TEST_CASE("A directory that cannot be read keeps no rules from being checked over the API",
          "[app][program][rules]") {
    Home home;
    home.program.variables["FEDTRAIL_PROXY_BYPASS"] = "a.example";
    const auto bearer = bearer_of(home);
    const Serving serving{home.program};
    for (const auto* file : {"data/directory.db", "data/directory.db-wal", "data/directory.db-shm"}) {
        std::filesystem::remove(home.dir.path() / file);
    }
    home.program.write("data/directory.db", "no database");
    const auto check = checked_over_api(home, bearer);
    CHECK_THAT(told_of_tunnels(check), Catch::Contains("tunnels to a.example"));
    CHECK(check["joined_compared"] == false);
    CHECK_THAT(home.program.text("serve.err"), Catch::Contains("are not compared with proxy.bypass"));
}

}  // namespace fedtrail::testing
