#include "intake/access_log/access_line.hpp"

#include <catch2/catch.hpp>

#include "intake/access_log/examples.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::access_log;
using fedtrail::test::Request;

namespace {

AccessLine read(Form form, const std::string& text) {
    const auto line = parse_line(form, text);
    INFO(text << (line ? "" : line.error().what));
    REQUIRE(line);
    REQUIRE(*line);
    return **line;
}

std::string fault(Form form, const std::string& text) {
    const auto line = parse_line(form, text);
    return line ? "" : line.error().what;
}

}  // namespace

TEST_CASE("Every form tells who asked for what, when, and with which answer", "[intake][access_log]") {
    const Request request{
        "/users/alice/statuses/1?page=true", test::kMastodon, test::kActivity, test::kCavage};
    const auto json = read(Form::Json, request.json());
    const auto combined = read(Form::Combined, request.combined());
    const auto caddy = read(Form::Caddy, request.caddy());
    for (const auto* line : {&json, &combined, &caddy}) {
        CHECK(line->method == "GET");
        CHECK(line->target.reveal() == "/users/alice/statuses/1?page=true");
        CHECK(line->status == 200);
        CHECK(line->agent == test::kMastodon);
        CHECK(to_unix_seconds(line->at) == to_unix_seconds(json.at));
    }
    CHECK(format_rfc3339(json.at) == "2026-11-30T10:23:20.250Z");
    CHECK(format_rfc3339(combined.at) == "2026-11-30T10:23:20Z");
    for (const auto* line : {&json, &caddy}) {
        CHECK(line->host == "origin.example");
        CHECK(line->accept == test::kActivity);
        CHECK(line->signature.starts_with("keyId=\"https://b.example/actor#main-key\",algorithm="));
    }
    CHECK(combined.host.empty());
}

TEST_CASE("What servers are told to write otherwise is read as well", "[intake][access_log]") {
    CHECK(format_rfc3339(
              read(Form::Caddy,
                   R"({"ts":"2026-11-30T10:23:20.25Z","request":{"method":"GET","uri":"/"},"status":200})")
                  .at) == "2026-11-30T10:23:20.250Z");
    CHECK(read(Form::Json, R"({"time":"1796034200.250","method":"GET","uri":"/","status":404,"ours":[{}]})")
              .status == 404);
    CHECK(read(Form::Json, R"({"time":1796034200,"method":"","uri":"","status":400,"agent":"-"})")
              .agent.empty());
    CHECK_FALSE(
        *parse_line(Form::Caddy, R"({"level":"error","ts":1.5,"logger":"tls","msg":"x","status":"bad"})"));
    const auto escaped =
        read(Form::Combined, R"(- - a [b [30/Nov/2026:10:23:20 +0000] "\x16\x03\x01" 400 150 "-" "-")");
    CHECK(escaped.status == 400);
    CHECK(escaped.target.reveal().empty());
    CHECK(
        read(Form::Combined,
             R"(::1 - - [30/Nov/2026:10:23:20 +0000] "GET /\xC3\xA9 HTTP/2.0" 200 1 "-" "a \x22b\x22 \"c\"")")
            .agent == "a \"b\" \"c\"");
}

TEST_CASE("A line that is not of the form is a fault that does not quote it", "[intake][access_log]") {
    for (const auto* text : {"",
                             "{",
                             "[]",
                             "{}",
                             "null",
                             R"({"time":1796034200,"method":"GET","uri":"/"})",
                             R"({"time":1796034200,"method":"GET","uri":"/secret","status":99})",
                             R"({"time":1796034200,"method":"GET","uri":"/secret","status":"200"})",
                             R"({"time":-1,"method":"GET","uri":"/secret","status":200})",
                             R"({"time":9e99,"method":"GET","uri":"/secret","status":200})",
                             R"({"time":4000000000,"method":"GET","uri":"/secret","status":200})",
                             R"({"time":1796034200,"method":7,"uri":"/secret","status":200})",
                             R"({"time":1796034200,"method":"GET","uri":"/secret","status":200}{})",
                             R"({"time":1796034200,"method":"GET","uri":"/secret\ud800","status":200})"}) {
        INFO(text);
        CHECK_FALSE(fault(Form::Json, text).empty());
        CHECK(fault(Form::Json, text).find("secret") == std::string::npos);
    }
    for (const auto* text : {"",
                             "x",
                             " [",
                             " [] ",
                             R"(- - - [30/Nov/2026:10:23:20 +0000] "GET / HTTP/1.1)",
                             R"(- - - [30/Nov/2026:10:23:20 +0000] "GET / HTTP/1.1" 200)",
                             R"(- - - [30/Nov/2026:10:23:20 +0000] "GET / HTTP/1.1" 200 1 "-" "x)",
                             R"(- - - [31/Nov/2026:10:23:20 +0000] "GET / HTTP/1.1" 200 1 "-" "x")",
                             R"(- - - [30/Foo/2026:10:23:20 +0000] "GET / HTTP/1.1" 200 1 "-" "x")",
                             R"(- - - [30/Nov/2026:10:23:20 +0000] "\x)"}) {
        INFO(text);
        CHECK_FALSE(fault(Form::Combined, text).empty());
    }
    CHECK_FALSE(fault(Form::Caddy, R"({"ts":1,"request":[]})").empty());
    CHECK_FALSE(
        fault(Form::Caddy, R"({"ts":1,"request":{"method":"GET","uri":"/","headers":{"Accept":"x"}}})")
            .empty());
    CHECK_FALSE(fault(Form::Json, std::string(kMaxLineBytes + 1, ' ')).empty());
}

TEST_CASE("Octets that are no text do not cost the line", "[intake][access_log]") {
    CHECK(read(Form::Json, Request{"/x\xff\xc3(", "\xed\xa0\x80"}.json()).target.reveal() ==
          "/x?"
          "?(");
}

TEST_CASE("A datagram of syslog holds a line", "[intake][access_log]") {
    CHECK(syslog_message("<190>Nov 30 10:23:20 web1 nginx: {\"a\": 1}") == "{\"a\": 1}");
    CHECK(syslog_message("<190>Nov 30 10:23:20 nginx: {}\n") == "{}");
    CHECK_FALSE(syslog_message("{\"a\": 1}"));
    CHECK_FALSE(syslog_message("<190>no tag"));
    CHECK_FALSE(syslog_message(""));
    for (const auto form : {Form::Json, Form::Combined, Form::Caddy}) {
        CHECK(form_named(name_of(form)) == form);
    }
}
