/// Mail servers that answer otherwise than one expects, and what a letter looks like to one that is strict.

#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/poco/letter_form.hpp"
#include "backends/poco/scripted_mail.hpp"
#include "backends/poco/smtp_mailer.hpp"

using namespace fedtrail;
using fedtrail::testing::ScriptedMail;
using namespace std::chrono_literals;

namespace {

Result<void> handed_to(const ScriptedMail& server, const std::string& login = {}) {
    const auto mailer = poco::smtp_mailer({"smtp://" + login + "127.0.0.1:" + std::to_string(server.port()),
                                           "\"Example, Inc. Privacy\" <privacy@origin.example>",
                                           600s,
                                           {}});
    REQUIRE(mailer);
    return (*mailer)->send(Letter{Personal<std::string>{"privacy@recipient.example"},
                                  "Erasure",
                                  "Dear operator,\n.\n.hidden \r\nGr\xC3\xBC\xC3\x9F"
                                  "e\n.",
                                  "<fedtrail.7.12.first@origin.example>",
                                  "en"});
}

const std::vector<std::string> kTakes{
    "220 x\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n"};

/// As far as `step`, and then `last`.
std::vector<std::string> until(std::size_t step, const std::string& last) {
    std::vector<std::string> answers{kTakes.begin(), kTakes.begin() + static_cast<std::ptrdiff_t>(step)};
    answers.push_back(last);
    return answers;
}

}  // namespace

TEST_CASE("a server that hangs up is not waited for, wherever it does", "[smtp][answers]") {
    const auto step = GENERATE(range(std::size_t{0}, kTakes.size()));
    const std::string last = GENERATE("", "25", "250-half\r\n", "250-");
    CAPTURE(step, last);
    const auto start = std::chrono::steady_clock::now();
    const ScriptedMail server{until(step, last)};
    const auto sent = handed_to(server);
    CHECK(std::chrono::steady_clock::now() - start < 60s);  // patience is 600 s, and ten times that for all
    REQUIRE_FALSE(sent);
    CHECK(sent.error().kind == ErrorKind::Unavailable);
    CHECK_THAT(sent.error().what, !Catch::Contains("answered 0"));
    CHECK_FALSE(sent.error().remedy.empty());
}

TEST_CASE("a refusal is for good or for now, whichever step it answers", "[smtp][answers]") {
    const auto step = GENERATE(range(std::size_t{2}, kTakes.size()));
    const auto [last, kind] =
        GENERATE(std::pair<std::string, ErrorKind>{"550 no\r\n", ErrorKind::Denied},
                 std::pair<std::string, ErrorKind>{"421 bye\r\n", ErrorKind::Unavailable},
                 std::pair<std::string, ErrorKind>{"451 later\r\n", ErrorKind::Unavailable});
    CAPTURE(step, last);
    const ScriptedMail server{until(step, last)};
    const auto sent = handed_to(server);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().kind == kind);
}

TEST_CASE("LOGIN goes by the steps, whatever the server calls them", "[smtp][answers]") {
    const std::string asks =
        GENERATE("334 VXNlcm5hbWU6\r\n", "334 VXNlciBOYW1lAA==\r\n", "334 \r\n", "334\r\n");
    ScriptedMail server{{"220 x\r\n",
                         "250-mail.plain.example\r\n250 AUTH LOGIN\r\n",
                         asks,
                         "334 UGFzc3dvcmQ6\r\n",
                         "235 in\r\n",
                         "250 ok\r\n",
                         "250 ok\r\n",
                         "354 go\r\n",
                         "250 taken\r\n"}};
    CHECK(handed_to(server, "me:pw@"));
    CHECK_THAT(server.said(), Catch::Contains("AUTH LOGIN\r\nbWU=\r\ncHc=\r\nMAIL FROM"));
}

TEST_CASE("a server that hangs up while it asks for the name ends nothing but the letter",
          "[smtp][answers]") {
    const ScriptedMail server{{"220 x\r\n", "250 AUTH LOGIN\r\n", "334"}};
    const auto sent = handed_to(server, "me:pw@");
    REQUIRE_FALSE(sent);
    CHECK(sent.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("a letter's lines end as mail wants it, and no dot ends it early", "[smtp][answers]") {
    ScriptedMail server{kTakes};
    REQUIRE(handed_to(server));
    const auto& said = server.said();
    for (std::size_t at = 0; (at = said.find('\n', at)) != std::string::npos; ++at) {
        REQUIRE(at > 0);
        CHECK(said[at - 1] == '\r');
    }
    CHECK_THAT(said,
               Catch::EndsWith("\r\nDear operator,\r\n..\r\n..hidden=20\r\nGr=C3=BC=C3=9Fe\r\n..\r\n.\r\n"));
    CHECK_THAT(said, Catch::Contains("\r\nMIME-Version: 1.0\r\n"));
    CHECK_THAT(said, Catch::Contains("\r\nFrom: \"Example, Inc. Privacy\" <privacy@origin.example>\r\n"));
}

TEST_CASE("what is not ASCII stands in a header as whole characters", "[smtp]") {
    std::string name;
    for (int i = 0; i < 30; ++i) {
        name += "\xD0\x96";
    }
    const auto text = poco::header_text("a " + name);
    CHECK_THAT(text, Catch::StartsWith("=?UTF-8?q?a_=D0=96"));
    CHECK_THAT(text, Catch::EndsWith("=D0=96?="));
    CHECK_THAT(text, Catch::Contains("=D0=96?=\r\n =?UTF-8?q?=D0=96"));
    CHECK_THAT(text, !Catch::Contains("=D0?=") && !Catch::Contains("?q?=96"));
    CHECK(poco::header_text("plain") == "plain");
    CHECK(poco::sender_line({"A team", "a@b.example"}) == "A team <a@b.example>");
    CHECK(poco::sender_line({"A \"b\" \\", "a@b.example"}) == "\"A \\\"b\\\" \\\\\" <a@b.example>");
    CHECK(poco::sender_line({"=?UTF-8?q?x?=", "a@b.example"}) == "\"=?UTF-8?q?x?=\" <a@b.example>");
    CHECK(poco::sender_line({"", "a@b.example"}) == "a@b.example");
}
