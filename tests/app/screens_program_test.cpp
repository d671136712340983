/// What commands about recipients and rules say, as a whole: the approved screens in tests/app/golden.

#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "golden.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using fedtrail::testing::approved;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

constexpr const char* kShippedPolicies = FEDTRAIL_SOURCE_DIR "/policies";

Json delivery(const std::string& at,
              const std::string& recipient,
              int number,
              const std::string& person,
              const std::string& category,
              const std::string& visibility) {
    const auto id = std::to_string(number);
    return {{"at", "2026-11-22T" + at + "Z"},
            {"channel", "push"},
            {"origin", "origin.example"},
            {"recipient", recipient},
            {"outcome", {{"kind", "accepted"}, {"status", 202}}},
            {"digest",
             {{"actor", "https://origin.example/users/" + person},
              {"id", "https://origin.example/a/" + id},
              {"object", "https://origin.example/o/" + id},
              {"type", "Create"},
              {"categories", {"handle", category}},
              {"visibility", visibility}}}};
}

/// A sidecar whose ledger knows four deliveries to three servers.
class Screens {
public:
    Screens() {
        program_.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
            {"FEDTRAIL_POLICIES", kShippedPolicies},
            {"FEDTRAIL_BY", "anna"}};
        REQUIRE(program_.run({"init", "--origin", "origin.example"}).exit == 0);
        std::string lines;
        for (const auto& line :
             {delivery("07:00:00", "big.example", 1, "alice", "post_text", "public"),
              delivery("07:00:00", "relay.example", 1, "alice", "post_text", "public"),
              delivery("08:00:00", "big.example", 2, "bob", "direct_message", "direct"),
              delivery("09:00:00", "small.example", 3, "alice", "post_text", "followers")}) {
            lines += line.dump() + "\n";
        }
        REQUIRE(program_.run({"import", "ndjson", "-"}, lines).exit == 0);
    }

    void write(const std::string& name, const std::string& text) const { program_.write(name, text); }

    void run(const std::vector<std::string>& words) {
        const auto ended = program_.run(words);
        text_ += "$ fedtrail";
        for (const auto& word : words) {
            text_ += word.find(' ') == std::string::npos ? " " + word : " '" + word + "'";
        }
        text_ += "\n" + ended.out + ended.err + "[exit " + std::to_string(ended.exit) + "]\n\n";
    }

    /// All that was said so far, without what is different each time: this moment, this login, this folder.
    [[nodiscard]] std::string text() const {
        auto steady = text_;
        for (const auto& [what, word] :
             {std::pair{R"((?!2026-11-22T0[789]:00:00Z)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)", "MOMENT"},
              std::pair{R"(cli:anna/\S+)", "cli:anna/LOGIN"},
              std::pair{R"((\*\*As of:\*\*) [^\n]+)", "$1 MOMENT"}}) {
            steady = std::regex_replace(steady, std::regex{what}, word);
        }
        const std::string_view folder = kShippedPolicies;
        for (auto at = steady.find(folder); at != std::string::npos; at = steady.find(folder, at)) {
            steady.replace(at, folder.size(), "POLICIES");
        }
        return steady;
    }

private:
    TempDir dir_;
    Program program_{dir_.path()};
    std::string text_;
};

/// Two rules too many, one of them misspelt. `country` is that of the one that flags.
std::string some_rules(const std::string& country) {
    return R"({"format": "fedtrail/transfer-rules/1", "rules": [
{"name": "no-big", "effect": "block", "recipient": {"hosts": ["big.example"]}, "why": "Too big."},
{"name": "again", "effect": "block", "recipient": {"hosts": ["big.example"]}, "why": "Said twice."},
{"name": "watch", "effect": "flag", "recipient": {"countries": [")" +
           country + R"("]}, "object": {"visibilities": ["followers"]}, "why": "Where are they?"},
{"name": "typo", "effect": "block", "recipient": {"hosts": ["samll.example"]}, "why": "A slip."}]}
)";
}

}  // namespace

TEST_CASE("What is said of recipients is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.run({"recipients",
                 "set",
                 "big.example",
                 "country=DE",
                 "operator=Big GmbH",
                 "--reason",
                 "imprint of 22 November"});
    screens.run({"recipients", "set", "relay.example", "relay=yes", "--reason", "its front page"});
    screens.run({"recipients", "set", "big.example", "contry=DE", "--reason", "x"});
    screens.run({"recipients", "list"});
    screens.run({"recipients", "list", "--country", "DE"});
    screens.run({"recipients", "list", "--basis", "fine"});
    screens.run({"recipients", "unset", "big.example", "operator", "--reason", "sold"});
    screens.run({"recipients", "show", "nobody.example"});
    screens.run({"transfers", "bases", "--on", "2026-07-01"});
    CHECK(screens.text() == approved("app/golden/recipients.txt", screens.text()));
}

TEST_CASE("What is said of rules is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.write("new.json", some_rules("unknown"));
    screens.write("bad.json", some_rules("XX"));
    screens.run({"recipients", "set", "relay.example", "relay=yes", "--reason", "its front page"});
    screens.run({"rules", "check", "new.json"});
    screens.run({"rules", "check", "bad.json"});
    screens.run({"rules", "check", "none.json"});
    screens.run({"rules", "try", "new.json"});
    screens.run({"rules", "try", "bad.json"});
    screens.run({"rules", "list"});
    CHECK(screens.text() == approved("app/golden/rules.txt", screens.text()));
}

TEST_CASE("What is said of one recipient's assessment is the approved text", "[app][program][approval]") {
    Screens screens;
    screens.run({"assess", "big.example"});
    screens.run({"assess", "nobody.example"});
    screens.run({"assess", "a b"});
    CHECK(screens.text() == approved("app/golden/assess.txt", screens.text()));
}
