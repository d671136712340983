#include <array>
#include <chrono>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

/// How long a server is waited for that ends nothing by itself: more, where a busy machine did not get that
/// far in less.
constexpr std::array kPatiences{
    std::chrono::milliseconds{300}, std::chrono::milliseconds{3'000}, std::chrono::milliseconds{30'000}};

/// Asks a server that answers as `script` says once it has read the request.
RemoteResponse ask(const std::function<void(Wire&)>& script,
                   std::chrono::milliseconds timeout = std::chrono::seconds{60},
                   std::size_t max_body = 1'000) {
    Outside outside;
    const Peer peer{outside.leaf("a.example"), [&](Wire& wire) {
                        wire.read_message();
                        script(wire);
                    }};
    outside.name("a.example", peer);
    outside.start();
    auto request = post_of("https://a.example/inbox", "{}");
    request.timeout = timeout;
    request.max_body = max_body;
    return outside.ask(std::move(request));
}

}  // namespace

TEST_CASE("A server that never answers is given up; it may have what was sent") {
    RemoteResponse response;
    for (const auto patience : kPatiences) {
        response = ask([](Wire& wire) { wire.read_to_end(); }, patience);
        if (response.left) {
            break;
        }
    }
    CHECK(response.fault == RemoteFault::TimedOut);
    CHECK(response.left);
    CHECK(response.status == 0);
}

TEST_CASE("A server that trickles its answer is given up when the time is over") {
    RemoteResponse response;
    for (const auto patience : kPatiences) {
        response = ask(
            [](Wire& wire) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
                wire.read_to_end();
            },
            patience);
        if (!response.body.empty()) {
            break;
        }
    }
    CHECK(response.fault == RemoteFault::TimedOut);
    CHECK(response.status == 200);
    CHECK(response.body == "x");
}

TEST_CASE("A server that never shakes hands is given up; nothing has left") {
    Outside outside;
    outside.options.connect_timeout = std::chrono::milliseconds{300};
    const Peer peer{std::nullopt, [](Wire& wire) { wire.read_to_end(); }};
    outside.name("a.example", peer);
    outside.start();
    const auto response = outside.ask(post_of("https://a.example/inbox", "{}"));
    CHECK(response.fault == RemoteFault::TimedOut);
    CHECK_FALSE(response.left);
}

TEST_CASE("A connection that ends in the handshake is no connection") {
    Outside outside;
    const Peer peer{std::nullopt, [](Wire& wire) {
                        wire.read_exactly(100);
                        wire.reset();
                    }};
    outside.name("a.example", peer);
    outside.start();
    const auto response = outside.ask(post_of("https://a.example/inbox", "{}"));
    CHECK(response.fault == RemoteFault::NoConnection);
    CHECK_FALSE(response.left);
}

TEST_CASE("A connection that ends before or within the answer is broken") {
    SECTION("before") {
        const auto response = ask([](Wire& wire) { wire.close(); });
        CHECK(response.fault == RemoteFault::Broken);
        CHECK(response.left);
        CHECK(response.status == 0);
    }
    SECTION("after an interim answer") {
        const auto response = ask([](Wire& wire) { wire.send("HTTP/1.1 102 Processing\r\n\r\n"); });
        CHECK(response.fault == RemoteFault::Broken);
        CHECK(response.status == 0);
    }
    SECTION("within the head") {
        const auto response = ask([](Wire& wire) { wire.send("HTTP/1.1 200 OK\r\nContent-Le"); });
        CHECK(response.fault == RemoteFault::Broken);
        CHECK(response.left);
    }
    SECTION("within the body, shorter than it said") {
        const auto response =
            ask([](Wire& wire) { wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 50\r\n\r\nabc"); });
        CHECK(response.fault == RemoteFault::Broken);
        CHECK(response.status == 202);
        CHECK(response.body == "abc");
    }
    SECTION("within a chunk") {
        const auto response = ask(
            [](Wire& wire) { wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"); });
        CHECK(response.fault == RemoteFault::Broken);
    }
}

TEST_CASE("A body without an end is cut off") {
    const auto response = ask([](Wire& wire) {
        wire.send("HTTP/1.1 200 OK\r\n\r\n");
        while (wire.send(std::string(1'000, 'x'))) {
        }
    });
    CHECK(response.fault == RemoteFault::TooLarge);
    CHECK(response.status == 200);
    CHECK(response.body == std::string(1'000, 'x'));
}

TEST_CASE("A body as long as allowed is whole, one octet more is too large") {
    const std::size_t size = GENERATE(std::size_t{1'000}, std::size_t{1'001});
    const auto response = ask([size](Wire& wire) {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                  std::string(size, 'x'));
    });
    CHECK(response.fault == (size == 1'000 ? RemoteFault::None : RemoteFault::TooLarge));
    CHECK(response.body.size() == 1'000);
}

TEST_CASE("Headers without an end are cut off") {
    const std::string line =
        GENERATE(as<std::string>{}, "X: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n", std::string(4'000, 'x'));
    const auto response = ask([&](Wire& wire) {
        wire.send("HTTP/1.1 200 OK\r\n");
        while (wire.send(line)) {
        }
    });
    CHECK((response.fault == RemoteFault::TooLarge || response.fault == RemoteFault::Broken));
    CHECK(response.headers.size() <= 201);
}

TEST_CASE("A size that cannot be is no answer; what follows an answer is not the next one") {
    SECTION("no number") {
        const auto response =
            ask([](Wire& wire) { wire.send("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"); });
        CHECK(response.fault == RemoteFault::Broken);
    }
    SECTION("more than was said") {
        Outside outside;
        const Peer peer{outside.leaf("a.example"), [](Wire& wire) {
                            while (!wire.read_message().head.empty()) {
                                wire.send(
                                    "HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\n"
                                    "aHTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
                            }
                        }};
        outside.name("a.example", peer);
        outside.start();
        for (int i = 0; i < 3; ++i) {
            const auto response = outside.ask(post_of("https://a.example/inbox", "{}"));
            CHECK(response.status == 202);
            CHECK(response.body == "a");
        }
    }
}

TEST_CASE("What is not HTTP is broken") {
    const std::string garbage = GENERATE(as<std::string>{},
                                         "SSH-2.0-OpenSSH_9.2\r\n",
                                         "hello",
                                         std::string{"\0\x01\x02\xff", 4},
                                         "HTTP/9.9 200 OK\r\n\r\n",
                                         "HTTP/1.1 xyz OK\r\n\r\n");
    CAPTURE(garbage);
    const auto response = ask([&](Wire& wire) { wire.send(garbage); });
    CHECK(response.fault == RemoteFault::Broken);
    CHECK(response.left);
}

TEST_CASE("A request is never sent twice by itself") {
    Outside outside;
    std::atomic<int> requests{0};
    const Peer peer{outside.leaf("a.example"), [&](Wire& wire) {
                        if (!wire.read_message().head.empty()) {
                            ++requests;
                            wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
                        }
                        if (!wire.read_message().head.empty()) {
                            ++requests;  // read, and the connection ends without an answer
                        }
                    }};
    outside.name("a.example", peer);
    outside.start();
    CHECK(outside.ask(post_of("https://a.example/inbox", "{}")).status == 202);
    const auto second = outside.ask(post_of("https://a.example/inbox", "{}"));
    CHECK(second.fault == RemoteFault::Broken);
    CHECK(second.left);
    peer.wait_for_closed(1);
    CHECK(requests == 2);
}

TEST_CASE("Slow servers do not hold up the others") {
    Outside outside;
    Received received;
    const Peer slow{outside.leaf("slow.example"), [](Wire& wire) { wire.read_to_end(); }};
    const Peer quick{outside.leaf("quick.example"),
                     answering(received, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")};
    outside.name("slow.example", slow);
    outside.name("quick.example", quick);
    outside.start();
    Answers slow_answers;
    auto request = post_of("https://slow.example/inbox", "{}");
    request.timeout = std::chrono::seconds{30};
    outside.http->send(request, slow_answers.taker());
    for (int i = 0; i < 10; ++i) {
        CHECK(outside.ask(post_of("https://quick.example/inbox", "{}")).status == 202);
    }
    CHECK(slow_answers.count() == 0);
    outside.http->stop();
    CHECK(slow_answers.count() == 1);
}
