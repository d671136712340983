#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "recipients/rules_check.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;

namespace {

/// The note on a rule that does `effect` to `host`; "" where there is none.
std::string bypass_note(const std::string& effect,
                        const std::string& host,
                        const std::vector<std::string>& bypass,
                        const privacy::JoinedHosts& joined = {}) {
    auto found = check_rules_file(
        R"({"format": "fedtrail/transfer-rules/1", "rules": [{"name": "no", "effect": ")" + effect +
            R"(", "recipient": {"hosts": [")" + host + R"("]}, "why": "A test."}]})",
        {},
        nullptr);
    REQUIRE(found.notes.empty());
    note_bypassed(found, bypass, joined);
    CHECK(found.usable());
    if (found.notes.empty()) {
        return "";
    }
    CHECK(found.notes.size() == 1);
    CHECK(found.notes[0].level == RuleNoteLevel::Warning);
    CHECK(found.notes[0].rule == "no");
    return found.notes[0].fault + ": " + found.notes[0].what;
}

}  // namespace

TEST_CASE("A rule that a declared tunnel goes past is warned of", "[rules][check]") {
    CHECK(bypass_note("block", "a.example", {"b.example", "A.Example"}) ==
          "bypassed_host: proxy.bypass declares tunnels to a.example, and no rule stops those");
    CHECK_FALSE(bypass_note("block", "a.example", {"*.example"}).empty());
    CHECK_FALSE(bypass_note("block", "*.example", {"a.example"}).empty());
    CHECK_FALSE(bypass_note("block", "a.example", {"*"}).empty());
    CHECK(bypass_note("block", "a.example", {}).empty());
    CHECK(bypass_note("block", "a.example", {"b.example", "*.a.example"}).empty());
    CHECK(bypass_note("flag", "a.example", {"a.example"}).empty());
}

TEST_CASE("A declared tunnel to another host of the recipient is warned of as well", "[rules][check]") {
    privacy::JoinedHosts joined;
    joined.join(*Host::parse("a.example"), *Host::parse("social.elsewhere.example:8443"));
    joined.join(*Host::parse("b.example"), *Host::parse("www.b.example"));
    CHECK(bypass_note("block", "a.example", {"social.elsewhere.example"}, joined) ==
          "bypassed_host: proxy.bypass declares tunnels to social.elsewhere.example, a host of the same "
          "recipient as a.example, and no rule stops those");
    CHECK_FALSE(bypass_note("block", "*.elsewhere.example", {"a.example"}, joined).empty());
    CHECK_FALSE(bypass_note("block", "social.elsewhere.example", {"a.example"}, joined).empty());
    CHECK(bypass_note("block", "a.example", {"www.b.example"}, joined).empty());
    CHECK(bypass_note("block", "*.b.example", {"c.example"}, joined).empty());
    CHECK(bypass_note("flag", "a.example", {"social.elsewhere.example"}, joined).empty());
}
