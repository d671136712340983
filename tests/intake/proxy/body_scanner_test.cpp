#include "intake/proxy/body_scanner.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail::proxy;

namespace {

const std::string some_body = "5\r\nhello\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nX-Trailer: a\r\n\r\n";

/// How far a body goes when it is fed in pieces; nothing if it is refused.
std::optional<std::size_t> scan(Framing framing, std::string_view bytes, std::size_t piece) {
    BodyScanner scanner{framing};
    std::size_t total = 0;
    while (!bytes.empty() && !scanner.done()) {
        const auto part = bytes.substr(0, piece);
        const auto taken = scanner.feed(part);
        if (!taken) {
            return std::nullopt;
        }
        total += *taken;
        bytes.remove_prefix(part.size());
    }
    return scanner.done() ? std::optional{total} : std::nullopt;
}

}  // namespace

TEST_CASE("The end of a chunked body is found however it is cut") {
    const auto piece = GENERATE(range(1UL, 60UL));
    CHECK(scan(Framing{BodyKind::Chunked, 0}, some_body + "GET / HTTP/1.1", piece) == some_body.size());
}

TEST_CASE("The payload of a chunked body is what was put in") {
    CHECK(dechunked(some_body) == "hello0123456789");
    CHECK(dechunked("0\r\n\r\n").empty());
}

TEST_CASE("A counted body ends after its octets") {
    CHECK(scan(Framing{BodyKind::Length, 5}, "helloPOST", 2) == 5U);
    CHECK(BodyScanner{Framing{BodyKind::Length, 0}}.done());
    CHECK(BodyScanner{Framing{}}.done());
}

TEST_CASE("A body that ends with the connection is never done") {
    BodyScanner scanner{Framing{BodyKind::UntilClose, 0}};
    CHECK(scanner.feed("anything") == 8U);
    CHECK_FALSE(scanner.done());
}

TEST_CASE("Malformed chunks are refused") {
    const std::string body = GENERATE(as<std::string>{},
                                      "\r\n",
                                      "x\r\n",
                                      "5 \r\nhello\r\n0\r\n\r\n",
                                      "-5\r\n",
                                      "0x5\r\nhello\r\n",
                                      "5\nhello\r\n",
                                      "5\r\nhelloX",
                                      "5\r\nhello\rX",
                                      "5\r\nhello\n0\r\n\r\n",
                                      "5;a\nb\r\nhello\r\n",
                                      "5;a\rb\r\nhello\r\n",
                                      "1000000000000000\r\n",
                                      "0\r\nX: a\nb\r\n\r\n",
                                      "0\r\n\rX");
    CAPTURE(body);
    BodyScanner scanner{Framing{BodyKind::Chunked, 0}};
    CHECK_FALSE(scanner.feed(body));
}

TEST_CASE("Extensions and trailers are bounded") {
    const Framing chunked{BodyKind::Chunked, 0};
    CHECK_FALSE(BodyScanner{chunked}.feed("5;" + std::string(2000, 'x')));
    std::string trailers = "0\r\n";
    for (int i = 0; i < 1000; ++i) {
        trailers += "X-Some-Trailer: and its value\r\n";
    }
    CHECK_FALSE(BodyScanner{chunked}.feed(trailers));
}
