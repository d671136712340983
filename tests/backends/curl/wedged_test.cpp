/// A server that speaks HTTP/2, and does not answer on its first connection.

#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

constexpr char kHeaders = 1;
constexpr char kSettings = 4;
constexpr char kEndOfStream = 1;
constexpr char kEndOfHeaders = 4;

std::string frame(char type, int flags, char stream, const std::string& payload) {
    std::string octets{'\0', '\0', static_cast<char>(payload.size()), type, static_cast<char>(flags)};
    octets += std::string{'\0', '\0', '\0', stream};
    return octets + payload;
}

/// False if the connection ended before the request did.
bool read_request(Wire& wire) {
    for (;;) {
        const auto head = wire.read_exactly(9);
        if (head.size() < 9) {
            return false;
        }
        std::size_t size = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            size = size * 256 + static_cast<unsigned char>(head[i]);
        }
        wire.read_exactly(size);
        if ((head[3] == 0 || head[3] == kHeaders) && (head[4] & kEndOfStream) != 0) {
            return true;
        }
    }
}

/// Asks such a server twice: what the first came to within `patience`, and the second.
std::array<RemoteResponse, 2> ask_twice(std::chrono::milliseconds patience) {
    Outside outside;
    std::atomic<int> connections{};
    const auto certificate = outside.leaf("a.example");
    const Peer peer{std::nullopt, [&](Wire& wire) {
                        if (!wire.start_server(certificate, 0, "h2")) {
                            return;
                        }
                        const bool answers = ++connections > 1;
                        wire.send(frame(kSettings, 0, 0, {}));
                        wire.read_exactly(std::string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}.size());
                        if (answers && read_request(wire)) {  // ":status: 202", a literal
                            wire.send(frame(kHeaders,
                                            kEndOfStream + kEndOfHeaders,
                                            1,
                                            "\x08\x03"
                                            "202"));
                        }
                        wire.read_to_end();
                    }};
    outside.name("a.example", peer);
    outside.start();
    auto request = post_of("https://a.example/inbox", "{}");
    request.timeout = patience;
    auto first = outside.ask(request);
    request.timeout = 10s;
    return {std::move(first), outside.ask(request)};
}

}  // namespace

TEST_CASE("A connection on which a request of HTTP/2 was given up is not used again") {
    std::array<RemoteResponse, 2> responses;
    for (const auto patience : {100ms, 3'000ms, 30'000ms}) {  // more, where a busy machine needs it
        responses = ask_twice(patience);
        if (responses[0].left) {
            break;
        }
    }
    CHECK(responses[0].fault == RemoteFault::TimedOut);
    CHECK(responses[1].fault == RemoteFault::None);
    CHECK(responses[1].status == 202);
}

TEST_CASE("A request that is given up cuts no connection to another server") {
    Outside outside;
    Received received;
    const Peer steady{outside.leaf("a.example"),
                      answering(received, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")};
    const Peer silent{outside.leaf("b.example"), [](Wire& wire) { wire.read_to_end(); }};
    outside.name("a.example", steady);
    outside.name("b.example", silent);
    outside.start();
    REQUIRE(outside.ask(post_of("https://a.example/inbox", "{}")).status == 202);
    auto request = post_of("https://b.example/inbox", "{}");
    request.timeout = 300ms;
    REQUIRE(outside.ask(request).fault == RemoteFault::TimedOut);
    CHECK(outside.ask(post_of("https://a.example/inbox", "{}")).status == 202);
    CHECK(steady.connections() == 1);
}
