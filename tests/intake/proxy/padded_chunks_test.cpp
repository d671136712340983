/// Chunk sizes as old servers write them: filled up with blanks to the width of their line.

#include <algorithm>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "house.hpp"
#include "intake/proxy/body_scanner.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using proxy::BodyKind;
using proxy::BodyScanner;
using proxy::Framing;
using proxy::Padding;

namespace {

constexpr Framing kInChunks{BodyKind::Chunked, 0};
const std::string padded_body = "5   \r\nhello\r\n2\t ;x=y\r\n, \r\n0  \r\n\r\n";

}  // namespace

TEST_CASE("The end of a body with padded chunk sizes is found however it is cut", "[padded]") {
    const auto piece = GENERATE(range(1UL, 40UL));
    BodyScanner scanner{kInChunks, Padding::Passed};
    for (std::string_view rest{padded_body}; !rest.empty();
         rest.remove_prefix(std::min(piece, rest.size()))) {
        REQUIRE_FALSE(scanner.done());
        const auto part = rest.substr(0, piece);
        CHECK(scanner.feed(part) == part.size());
    }
    CHECK(scanner.done());
}

TEST_CASE("Padding is blanks behind a size, and bounded", "[padded]") {
    const std::string body = GENERATE(
        as<std::string>{}, " 5\r\n", "5 5\r\n", "5 \nhello", "5 x\r\n", "5" + std::string(2000, ' '));
    CAPTURE(body);
    CHECK_FALSE(BodyScanner{kInChunks, Padding::Passed}.feed(body));
}

TEST_CASE("A padded answer passes byte for byte, and its connection is used again", "[padded]") {
    const auto answer = "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n" + padded_body;
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, answer)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    for (int i = 0; i < 2; ++i) {
        client.send(post("peer.example", note()));
        CHECK(client.read_exactly(answer.size()) == answer);
    }
    CHECK(peer.connections() == 1);
}

TEST_CASE("A delivery with padded chunk sizes is refused before anything leaves", "[padded]") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(
        "POST /inbox HTTP/1.1\r\nHost: peer.example\r\nContent-Type: application/activity+json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n");
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 400");
    CHECK(received.count() == 0);
}
