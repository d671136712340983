#include "recipients/rules_check.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;
using recipients::check_rules_file;
using recipients::CheckedRules;
using recipients::RuleNoteLevel;

namespace {

std::string file(const std::string& rules) {
    return "{\"format\": \"fedtrail/transfer-rules/1\", \"rules\": [\n" + rules + "\n]}\n";
}

CheckedRules checked(const std::string& text, const recipients::SeenHosts* seen = nullptr) {
    return check_rules_file(text, {}, seen);
}

}  // namespace

TEST_CASE("A file that cannot be read has one note, with its line", "[rules][check]") {
    for (const auto& [text, line] : std::vector<std::pair<std::string, std::size_t>>{
             {"", 1},
             {"{\n\"format\": 1,\n}", 3},
             {file(R"({"name": "a", "effect": "allow", "why": "x"},
                      {"name": "b", "effect": "perhaps", "why": "x"})"),
              3}}) {
        CAPTURE(text);
        const auto found = checked(text);
        CHECK_FALSE(found.usable());
        REQUIRE(found.notes.size() == 1);
        CHECK(found.notes[0].fault == "unreadable");
        CHECK(found.notes[0].line == line);
        CHECK_FALSE(found.notes[0].remedy.empty());
    }
}

TEST_CASE("Words that mean nothing are errors, unless their rule is off", "[rules][check]") {
    const auto found = checked(file(
        R"({"name": "off", "enabled": false, "effect": "block", "recipient": {"countries": ["QQ"]}, "why": "x"},
           {"name": "on", "effect": "block", "recipient": {"countries": ["QQ"]}, "why": "x"})"));
    REQUIRE(found.notes.size() == 2);
    CHECK(found.notes[0].rule == "on");
    CHECK(found.notes[0].line == 3);
    CHECK(found.notes[0].level == RuleNoteLevel::Error);
    CHECK(found.notes[1].rule == "off");
    CHECK(found.notes[1].level == RuleNoteLevel::Warning);
    CHECK_FALSE(found.usable());
}

TEST_CASE("What the schema says is put to the rule's line", "[rules][check]") {
    const auto text =
        file(R"({"name": "a", "effect": "allow", "recipient": {"hosts": ["a.example"]}, "why": "x"},
                              {"name": "b", "effect": "allow"})");
    const Result<void> schema =
        fail(ErrorKind::Invalid, "the file does not keep to its schema at <root>[rules][1]: why is missing");
    const auto found = check_rules_file(text, schema, nullptr);
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].fault == "schema");
    CHECK(found.notes[0].rule == "b");
    CHECK(found.notes[0].line == 3);
    CHECK_FALSE(found.usable());
}

TEST_CASE("Hosts that nothing ever went to are hinted at, by rule", "[rules][check]") {
    recipients::SeenHosts seen;
    seen.add(*Host::parse("a.example.org:8443"));
    const auto text = file(
        R"({"name": "seen", "effect": "block", "recipient": {"hosts": ["a.example.org", "*.example.org", "*.org"]}, "why": "x"},
           {"name": "off", "enabled": false, "effect": "block", "recipient": {"hosts": ["x.example"]}, "why": "x"},
           {"name": "unseen", "effect": "flag", "recipient": {"hosts": ["example.net", "*.a.example.net", "c.net", "d.net", "e.net", "f.net", "g.net"]}, "why": "x"})");
    const auto found = checked(text, &seen);
    REQUIRE(found.notes.size() == 1);
    CHECK(found.notes[0].level == RuleNoteLevel::Hint);
    CHECK(found.notes[0].rule == "unseen");
    CHECK(found.notes[0].what.find("example.net, *.a.example.net, c.net, d.net, e.net and 2 more") !=
          std::string::npos);
    CHECK(found.usable());
    CHECK(found.ledger_compared);
    CHECK(checked(text).notes.empty());
    CHECK_FALSE(checked(text).ledger_compared);
}

TEST_CASE("A conflict says what the later rule still decides of", "[rules][check]") {
    const auto said = [](const std::string& rules) {
        const auto found = checked(file(rules));
        REQUIRE(found.notes.size() == 1);
        CHECK(found.notes[0].fault == "conflict");
        return found.notes[0].what;
    };
    const std::string before = R"({"name": "one", "why": "x", "effect": )";
    const std::string after = R"(, {"name": "two", "why": "x", "effect": )";
    CHECK(said(before + R"("block"})" + after + R"("flag"})").find("nothing but what takes data back") !=
          std::string::npos);
    CHECK(said(before + R"("allow", "object": {"visibilities": ["public"]}})" + after +
               R"("block", "object": {"visibilities": ["public"]}})")
              .find("nothing but what cannot be read") != std::string::npos);
    CHECK(said(before + R"("allow"})" + after + R"("block"})").find("is never reached") != std::string::npos);
    CHECK(said(before + R"("flag"})" + after + R"("allow"})").find("is never reached") != std::string::npos);
}

TEST_CASE("Conflicts name both rules and both lines", "[rules][check]") {
    const auto found = checked(file(
        R"({"name": "all", "effect": "block", "recipient": {"hosts": ["*.example"]}, "why": "x"},
           {"name": "one", "effect": "allow", "recipient": {"hosts": ["a.example"]}, "why": "x"},
           {"name": "all", "effect": "flag", "why": "x"})"));
    REQUIRE(found.notes.size() == 2);
    CHECK(found.notes[0].fault == "conflict");
    CHECK(found.notes[0].line == 3);
    CHECK(found.notes[0].other == "all");
    CHECK(found.notes[0].other_line == 2);
    CHECK(found.notes[1].fault == "name_twice");
    CHECK(found.usable());
}
