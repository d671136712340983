/// What commands about recipients and rules say, as a whole: the approved screens in tests/app/golden.

#include <string>

#include <catch2/catch.hpp>

#include "golden.hpp"
#include "screens.hpp"

using fedtrail::testing::approved;
using fedtrail::testing::Screens;

namespace {

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
