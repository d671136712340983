#include "intake/proxy/http_head.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

using namespace fedtrail::proxy;

namespace {

std::variant<RequestHead, Refused> request(const std::string& text) {
    std::size_t scanned = 0;
    const auto found = find_head(text, scanned);
    if (const auto* refused = std::get_if<Refused>(&found)) {
        return *refused;
    }
    REQUIRE(std::holds_alternative<std::size_t>(found));
    return parse_request(std::string_view{text}.substr(0, std::get<std::size_t>(found)));
}

std::uint16_t refusal(const std::string& text) {
    const auto parsed = request(text);
    const auto* refused = std::get_if<Refused>(&parsed);
    return refused == nullptr ? std::uint16_t{0} : refused->status;
}

std::string forwarded(const std::string& text) {
    const auto parsed = request(text);
    REQUIRE(std::holds_alternative<RequestHead>(parsed));
    const auto& head = std::get<RequestHead>(parsed);
    std::string out;
    append_forwarded(out, head, head.target);
    return out;
}

const std::string some_post = "POST /inbox HTTP/1.1\r\nHost: a.example\r\n";

}  // namespace

TEST_CASE("A head passes byte for byte, with names that no grammar allows") {
    const std::string text =
        "POST /users/bob/inbox HTTP/1.1\r\n(request-target): post /users/bob/inbox\r\nhost:a.example\r\n"
        "X-[odd]@name:  two  spaces \t\r\nX-Empty:\r\nX-Latin: caf\xe9\r\nContent-Length: 889\r\n\r\n";
    CHECK(forwarded(text) == text);
}

TEST_CASE("Lines for this hop are taken out, the ones a signature covers are not") {
    CHECK(forwarded(
              "POST /inbox HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, X-Mine, Host, Digest\r\n"
              "X-Mine: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nDigest: SHA-256=x\r\n"
              "Proxy-Authorization: Basic Zm9v\r\nUpgrade: h2c\r\nDate: now\r\n\r\n") ==
          "POST /inbox HTTP/1.1\r\nHost: a.example\r\nDigest: SHA-256=x\r\nDate: now\r\n\r\n");
}

TEST_CASE("Framing is read from the head") {
    const auto none = std::get<RequestHead>(request("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(none.framing.kind == BodyKind::None);
    CHECK(none.keep_alive);
    const auto counted = std::get<RequestHead>(request(some_post + "content-LENGTH:  42 \r\n\r\n"));
    CHECK(counted.framing.kind == BodyKind::Length);
    CHECK(counted.framing.length == 42);
    const auto chunked = std::get<RequestHead>(request(
        some_post + "Transfer-Encoding: gzip\r\ntransfer-encoding: Chunked\r\nConnection: x, Close\r\n\r\n"));
    CHECK(chunked.framing.kind == BodyKind::Chunked);
    CHECK_FALSE(chunked.keep_alive);
    CHECK(std::get<RequestHead>(request(some_post + "Expect: 100-continue\r\n\r\n")).expects_continue);
    CHECK_FALSE(std::get<RequestHead>(request("GET / HTTP/1.0\r\n\r\n")).keep_alive);
}

TEST_CASE("A request that could be read in two ways is refused") {
    const std::string lines = GENERATE(as<std::string>{},
                                       "Content-Length: 5\r\nContent-Length: 6\r\n",
                                       "Content-Length: 5\r\nContent-Length: 5\r\n",
                                       "Content-Length: 5, 5\r\n",
                                       "Content-Length: +5\r\n",
                                       "Content-Length: 0x5\r\n",
                                       "Content-Length: \r\n",
                                       "Content-Length: 9999999999999999999\r\n",
                                       "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                       "Transfer-Encoding: chunked, gzip\r\n",
                                       "Transfer-Encoding: chunked, chunked\r\n",
                                       "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                       "Transfer-Encoding: identity\r\n",
                                       "Transfer-Encoding: xchunked\r\n",
                                       "Transfer-Encoding: chunked,\r\n",
                                       "Transfer-Encoding:\r\n",
                                       "Transfer-Encoding: chu\nnked\r\n",
                                       "Transfer-Encoding : chunked\r\n",
                                       "Transfer_Encoding: chunked\r\n",
                                       "(Content-Length): 5\r\n",
                                       "Content-Length;: 5\r\n",
                                       "X-A: b\r\n Content-Length: 5\r\n",
                                       "X-A: b\r\n\tc\r\n",
                                       "X-A: b\rContent-Length: 5\r\n",
                                       "X-A: b\nContent-Length: 5\r\n",
                                       "X-A b\r\n",
                                       ": b\r\n",
                                       "X A: b\r\n",
                                       "X-\x01: b\r\n",
                                       "X-A: \x7f\r\n");
    CAPTURE(lines);
    CHECK(refusal(some_post + lines + "\r\n") == 400);
}

TEST_CASE("NUL is refused wherever it stands") {
    using namespace std::string_literals;
    CHECK(refusal(some_post + "X-A: b\0c\r\n\r\n"s) == 400);
    CHECK(refusal(some_post + "X\0A: bc\r\n\r\n"s) == 400);
    CHECK(refusal("GET /\0 HTTP/1.1\r\n\r\n"s) == 400);
}

TEST_CASE("A request line must be a method, a target and a version") {
    CHECK(refusal("GET / HTTP/2.0\r\n\r\n") == 505);
    CHECK(refusal("GET / HTTP/1.2\r\n\r\n") == 505);
    CHECK(refusal("GET / FTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET /\r\n\r\n") == 400);
    CHECK(refusal("GET  / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET /a b HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("G(T / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET /a\tb HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal(" GET / HTTP/1.1\r\n\r\n") == 400);
}

TEST_CASE("Transfer-Encoding is refused with HTTP/1.0") {
    CHECK(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("A head is found octet by octet as well as at once") {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    std::size_t scanned = 0;
    for (std::size_t size = 0; size < text.size() - 4; ++size) {
        REQUIRE(
            std::holds_alternative<Incomplete>(find_head(std::string_view{text}.substr(0, size), scanned)));
    }
    CHECK(std::get<std::size_t>(find_head(text, scanned)) == text.size() - 4);
}

TEST_CASE("A head has at most 64 KiB and 200 headers") {
    const std::string large = some_post + "X-A: " + std::string(70'000, 'a') + "\r\n\r\n";
    CHECK(refusal(large) == 431);
    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 200; ++i) {
        many += "X-" + std::to_string(i) + ": a\r\n";
    }
    CHECK(refusal(many + "\r\n") == 0);
    CHECK(refusal(many + "X-200: a\r\n\r\n") == 431);
}

TEST_CASE("An answer's framing follows its status and the request's method") {
    const auto parse = [](const std::string& text, bool to_head = false) {
        return std::get<ResponseHead>(parse_response(text, to_head));
    };
    CHECK(parse("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n").framing.length == 4);
    CHECK(parse("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", true).framing.kind == BodyKind::None);
    CHECK(parse("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n").framing.kind == BodyKind::None);
    CHECK(parse("HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n").framing.kind == BodyKind::None);
    CHECK(parse("HTTP/1.1 200\r\n\r\n").framing.kind == BodyKind::UntilClose);
    CHECK_FALSE(parse("HTTP/1.1 200\r\n\r\n").keep_alive);
    CHECK_FALSE(parse("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n").keep_alive);
    CHECK(parse("HTTP/1.1 202 \xc3\xa9t\xc3\xa9\r\nTransfer-Encoding: chunked\r\n\r\n").framing.kind ==
          BodyKind::Chunked);
}

TEST_CASE("An answer that could be read in two ways is refused") {
    const std::string text =
        GENERATE(as<std::string>{},
                 "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                 "HTTP/1.1 99 No\r\n\r\n",
                 "HTTP/1.1 2000 No\r\n\r\n",
                 "HTTP/2 200\r\n\r\n",
                 "ICY 200 OK\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n");
    CAPTURE(text);
    const auto parsed = parse_response(text, false);
    REQUIRE(std::holds_alternative<Refused>(parsed));
    CHECK(std::get<Refused>(parsed).status == 502);
}

TEST_CASE("Connection: close is added to an answer where it stands for this hop") {
    std::string out;
    append_forwarded(
        out,
        std::get<ResponseHead>(parse_response(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nX-A: b\r\n\r\n", false)),
        true);
    CHECK(out == "HTTP/1.1 200 OK\r\nX-A: b\r\nConnection: close\r\n\r\n");
}
