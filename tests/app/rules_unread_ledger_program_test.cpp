/// Rules are checked also where the ledger cannot be read; that no host of theirs was looked for is told.

#include <chrono>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "home.hpp"

namespace fedtrail::testing {

namespace {

constexpr const char* kNoB =
    R"({"format": "fedtrail/transfer-rules/1", "rules": [{"name": "no-b", "effect": "block",
        "recipient": {"hosts": ["b.example"]}, "why": "A test."}]})";

nlohmann::json checked_by_command(const Home& home) {
    const auto ended = home.program.run({"rules", "check", "--json"});
    INFO(ended.err);
    CHECK(ended.exit == 0);
    return checked(ended.out, "rules-check.schema.json");
}

nlohmann::json checked_by_sidecar(const Home& home, const std::string& token) {
    const auto client = poco::client("127.0.0.1", static_cast<std::uint16_t>(home.api), kPatience);
    const auto answer =
        client->send({"POST", "/api/v1/rules/check", {{"Authorization", "Bearer " + token}}, kNoB});
    REQUIRE(answer);
    INFO(answer->body);
    REQUIRE(answer->status == 200);
    return checked(answer->body, "rules-check.schema.json");
}

}  // namespace

TEST_CASE("That rules were checked without the ledger is told by the command and over the API",
          "[app][program][rules]") {
    const Home home;
    home.program.write("data/transfer-rules.json", kNoB);
    auto token = home.program.run({"token", "create", "--scope", "audit:read"}).out;
    token.erase(token.find('\n'));
    const Serving serving{home.program};
    for (const auto& check : {checked_by_command(home), checked_by_sidecar(home, token)}) {
        CHECK(check["ledger_compared"] == true);
        REQUIRE(check["notes"].size() == 1);
        CHECK(check["notes"][0]["fault"] == "unseen_host");
    }
    SQLite::Database{(home.dir.path() / "data/ledger.db").string(), SQLite::OPEN_READWRITE}.exec(
        "ALTER TABLE recipient RENAME TO lost");
    for (const auto& check : {checked_by_command(home), checked_by_sidecar(home, token)}) {
        CHECK(check["ledger_compared"] == false);
        CHECK(check["usable"] == true);
        CHECK(check["notes"].empty());
    }
    CHECK_THAT(home.program.text("serve.err"), Catch::Contains("hosts are not compared with the ledger"));
}

}  // namespace fedtrail::testing
