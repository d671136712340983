#include <atomic>
#include <cstdlib>
#include <thread>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

constexpr const char* kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("A request arrives as it was given, with our name on it and nothing more") {
    Outside outside;
    Received received;
    const Peer peer{outside.leaf("a.example"),
                    answering(received,
                              "HTTP/1.1 202 Accepted\r\nX-Where: here\r\nSet-Cookie: id=1\r\n"
                              "Content-Length: 5\r\n\r\nhello")};
    outside.name("a.example", peer);
    ::setenv("https_proxy", "http://127.0.0.1:9", 1);  // NOLINT(concurrency-mt-unsafe)
    outside.start();
    auto request = post_of("https://a.example/inbox?x=1", "{\"id\":1}");
    request.headers.emplace_back("Signature", "keyId=\"k\"");
    request.headers.emplace_back("X-Empty", "");
    const auto response = outside.ask(request);
    ::unsetenv("https_proxy");  // NOLINT(concurrency-mt-unsafe)

    CHECK(response.fault == RemoteFault::None);
    CHECK(response.left);
    CHECK(response.status == 202);
    CHECK(response.body == "hello");
    CHECK(header_of(response.headers, "x-where") == "here");

    const auto message = received.get(1).at(0);
    CHECK(message.head.rfind("POST /inbox?x=1 HTTP/1.1\r\n", 0) == 0);
    CHECK(message.body == "{\"id\":1}");
    for (const std::string header : {"Host: a.example\r\n",
                                     "User-Agent: Fedtrail/test (+https://origin.example/contact)\r\n",
                                     "Content-Type: application/activity+json\r\n",
                                     "Signature: keyId=\"k\"\r\n",
                                     "X-Empty:",
                                     "Content-Length: 8\r\n"}) {
        CAPTURE(header);
        CHECK(occurrences(message.head, header) == 1);
    }
    CHECK(occurrences(message.head, "Expect:") == 0);
    CHECK(occurrences(message.head, "Accept-Encoding:") == 0);

    CHECK(outside.ask(request).status == 202);  // a cookie that was set is not shown again
    CHECK(occurrences(received.get(2).at(1).head, "Cookie:") == 0);
}

TEST_CASE("One host gets one request at a time over one connection") {
    Outside outside;
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    const Peer peer{outside.leaf("a.example"), [&](Wire& wire) {
                        while (!wire.read_message().head.empty()) {
                            most = std::max(most.load(), ++running);
                            std::this_thread::yield();
                            --running;
                            wire.send(kAccepted);
                        }
                    }};
    outside.name("a.example", peer);
    outside.start();
    Answers answers;
    for (int i = 0; i < 20; ++i) {
        outside.http->send(post_of("https://a.example/inbox", "{}"), answers.taker());
    }
    for (const auto& response : answers.get(20)) {
        CHECK(response.status == 202);
    }
    CHECK(peer.connections() == 1);
    CHECK(most == 1);
    CHECK(outside.http->figures().requests == 20);
}

TEST_CASE("Many hosts are asked at once, and never more than allowed") {
    Outside outside;
    outside.options.max_in_flight = 5;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t waiting = 0;
    bool open = false;
    const auto script = [&](Wire& wire) {
        while (!wire.read_message().head.empty()) {
            std::unique_lock lock{mutex};
            ++waiting;
            changed.notify_all();
            changed.wait_for(lock, std::chrono::seconds{90}, [&] { return open; });
            lock.unlock();
            wire.send(kAccepted);
        }
    };
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 12; ++i) {
        const auto host = "s" + std::to_string(i) + ".example";
        peers.push_back(std::make_unique<Peer>(outside.leaf(host), script));
        outside.name(host, *peers.back());
    }
    outside.start();
    Answers answers;
    for (int i = 0; i < 12; ++i) {
        outside.http->send(post_of("https://s" + std::to_string(i) + ".example/inbox", "{}"),
                           answers.taker());
    }
    {
        std::unique_lock lock{mutex};
        CHECK(changed.wait_for(lock, std::chrono::seconds{90}, [&] { return waiting == 5; }));
        // Nobody is answered yet, and the other seven have nothing to wait for but the limit.
        CHECK_FALSE(changed.wait_for(lock, std::chrono::milliseconds{50}, [&] { return waiting > 5; }));
        open = true;
    }
    changed.notify_all();
    CHECK(answers.get(12).size() == 12);
    outside.http.reset();
}

TEST_CASE("A connection is kept for the next request, however many others are in use") {
    Outside outside;
    outside.options.max_in_flight = 6;
    outside.options.max_idle_connections = 1;
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t waiting = 0;
    const auto script = [&](Wire& wire) {
        while (!wire.read_message().head.empty()) {
            std::unique_lock lock{mutex};
            const auto round = waiting++ / 6;
            changed.notify_all();
            changed.wait_for(lock, std::chrono::seconds{90}, [&] { return waiting >= 6 * (round + 1); });
            lock.unlock();
            wire.send(kAccepted);
        }
    };
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 6; ++i) {
        const auto host = "s" + std::to_string(i) + ".example";
        peers.push_back(std::make_unique<Peer>(outside.leaf(host), script));
        outside.name(host, *peers.back());
    }
    outside.start();
    Answers answers;
    for (std::size_t round = 1; round <= 3; ++round) {
        for (int i = 0; i < 6; ++i) {
            outside.http->send(post_of("https://s" + std::to_string(i) + ".example/inbox", "{}"),
                               answers.taker());
        }
        REQUIRE(answers.get(6 * round).size() == 6 * round);
    }
    for (const auto& peer : peers) {
        CHECK(peer->connections() == 1);
    }
    outside.http.reset();
}

TEST_CASE("A connection that nobody needs any more is closed") {
    Outside outside;
    Received received;
    const Peer peer{outside.leaf("a.example"), answering(received, kAccepted)};
    outside.name("a.example", peer);
    outside.start();
    auto request = post_of("https://a.example/inbox", "{}");
    CHECK(outside.ask(request).status == 202);
    request.keep = false;
    CHECK(outside.ask(request).status == 202);
    CHECK(peer.connections() == 1);
    peer.wait_for_closed(1);
    CHECK(outside.ask(request).status == 202);
    CHECK(peer.connections() == 2);
}

TEST_CASE("A request is asked for once more when its connection stands, and may be called back") {
    Outside outside;
    Received received;
    const Peer peer{outside.leaf("a.example"), answering(received, kAccepted)};
    outside.name("a.example", peer);
    outside.start();
    int asked = 0;
    bool may = false;
    auto request = post_of("https://a.example/inbox", "{}");
    request.may_leave = [&] {
        ++asked;
        CHECK(peer.connections() == 1);
        return may;
    };
    const auto recalled = outside.ask(request);
    CHECK(recalled.fault == RemoteFault::Recalled);
    CHECK_FALSE(recalled.left);
    CHECK(recalled.status == 0);
    CHECK(asked == 1);
    CHECK(received.count() == 0);
    may = true;
    request.may_leave = [&] { return ++asked > 0 && may; };
    CHECK(outside.ask(request).status == 202);
    CHECK(asked == 2);
    CHECK(received.count() == 1);
}

TEST_CASE("Addresses that are not public are not connected to") {
    Outside outside;
    Received received;
    const Peer peer{outside.leaf("a.example"), answering(received, kAccepted)};
    outside.options.allow_addresses.clear();
    outside.name("a.example", peer);
    outside.start();
    const auto port = peer.address().substr(peer.address().find(':') + 1);
    const std::string url = GENERATE_COPY(as<std::string>{},
                                          "https://a.example/",  // a name that leads inside
                                          "https://127.0.0.1:" + port + "/",
                                          "https://[::1]:" + port + "/",
                                          "https://[::ffff:127.0.0.1]:" + port + "/",
                                          "https://0.0.0.0:" + port + "/",
                                          "https://169.254.169.254/latest/meta-data/",
                                          "https://localhost:" + port + "/");
    CAPTURE(url);
    const auto response = outside.get(url);
    CHECK(response.fault == RemoteFault::Forbidden);
    CHECK_FALSE(response.left);
    CHECK(outside.http->figures().connections == 0);
    CHECK(peer.connections() == 0);
}

TEST_CASE("Other schemes, other ports and headers that would break out are refused") {
    Outside outside;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    outside.options.resolve["a.example:80"] = peer.address();
    outside.options.resolve["a.example:25"] = peer.address();
    SECTION("http") {
        outside.start();
        CHECK(outside.get("http://a.example/").fault == RemoteFault::Forbidden);
    }
    SECTION("the port of another service") {
        outside.options.allow_http = true;
        outside.start();
        CHECK(outside.get("http://a.example:25/").fault == RemoteFault::Forbidden);
        CHECK(received.count() == 0);
        CHECK(outside.get("http://a.example/").status == 202);
    }
    SECTION("a header of two lines") {
        outside.options.allow_http = true;
        outside.start();
        auto request = get_of("http://a.example/");
        request.headers.emplace_back("X-A", "b\r\nX-C: d");
        CHECK(outside.ask(request).fault == RemoteFault::Forbidden);
        CHECK(received.count() == 0);
    }
}

TEST_CASE("A certificate that does not prove the name ends it before anything is sent") {
    Outside outside;
    Received received;
    const TempDir other;
    const auto stranger =
        *openssl::LocalCertificateAuthority::create_or_open(other.path(), {}, outside.clock);
    const Peer strange{*stranger->issue(*Host::parse("a.example")), answering(received, kAccepted)};
    const Peer wrong{outside.leaf("b.example"), answering(received, kAccepted)};
    outside.name("a.example", strange);
    outside.name("c.example", wrong);
    outside.start();
    for (const auto* url : {"https://a.example/inbox", "https://c.example/inbox"}) {
        CAPTURE(url);
        const auto response = outside.ask(post_of(url, "{}"));
        CHECK(response.fault == RemoteFault::BadCertificate);
        CHECK_FALSE(response.left);
    }
    CHECK(received.count() == 0);
}

TEST_CASE("Names that do not exist and ports nobody listens at have faults of their own") {
    Outside outside;
    std::string closed;
    {
        const Peer peer{std::nullopt, [](Wire&) {}};
        closed = peer.address();
    }
    outside.options.resolve["a.example:443"] = closed;
    outside.start();
    const auto refused = outside.get("https://a.example/");
    CHECK(refused.fault == RemoteFault::NoConnection);
    CHECK_FALSE(refused.left);
    const auto nowhere = outside.get("https://nowhere.invalid/");
    CHECK(nowhere.fault == RemoteFault::NoSuchHost);
    CHECK_FALSE(nowhere.left);
}

TEST_CASE("HTTP/2 is spoken where it is offered") {
    Outside outside;
    const auto certificate = outside.leaf("a.example");
    std::string preface;
    const Peer peer{std::nullopt, [&](Wire& wire) {
                        if (!wire.start_server(certificate, 0, "h2")) {
                            return;
                        }
                        using namespace std::string_literals;
                        wire.send("\x00\x00\x00\x04\x00\x00\x00\x00\x00"s);  // SETTINGS
                        preface = wire.read_until("SM\r\n\r\n");
                        for (;;) {
                            const auto frame = wire.read_exactly(9);
                            if (frame.size() < 9) {
                                return;
                            }
                            const auto octet = [&](std::size_t i) {
                                return static_cast<std::size_t>(static_cast<unsigned char>(frame[i]));
                            };
                            wire.read_exactly(octet(0) << 16U | octet(1) << 8U | octet(2));
                            if (octet(3) == 1) {  // HEADERS: ":status: 200", the end
                                wire.send("\x00\x00\x01\x01\x05"s + frame.substr(5) + "\x88");
                            }
                        }
                    }};
    outside.name("a.example", peer);
    outside.start();
    const auto response = outside.get("https://a.example/");
    CHECK(response.fault == RemoteFault::None);
    CHECK(response.status == 200);
    CHECK(preface == "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

TEST_CASE("Stopping ends what is under way, what waits and what comes later") {
    Outside outside;
    std::mutex mutex;
    std::condition_variable changed;
    bool arrived = false;
    const Peer peer{outside.leaf("a.example"), [&](Wire& wire) {
                        wire.read_message();
                        {
                            const std::lock_guard lock{mutex};
                            arrived = true;
                        }
                        changed.notify_all();
                        wire.read_to_end();
                    }};
    outside.name("a.example", peer);
    outside.start();
    Answers answers;
    for (int i = 0; i < 3; ++i) {
        outside.http->send(post_of("https://a.example/inbox", "{}"), answers.taker());
    }
    {
        std::unique_lock lock{mutex};
        REQUIRE(changed.wait_for(lock, std::chrono::seconds{90}, [&] { return arrived; }));
    }
    outside.http->stop();
    outside.http->stop();
    CHECK(answers.count() == 3);
    outside.http->send(post_of("https://a.example/inbox", "{}"), answers.taker());
    const auto all = answers.get(4);
    REQUIRE(all.size() == 4);
    int left = 0;
    for (const auto& response : all) {
        CHECK(response.fault == RemoteFault::Stopped);
        left += response.left ? 1 : 0;
    }
    CHECK(left == 1);
}

TEST_CASE("Options that cannot be meant are refused") {
    Outside outside;
    auto& options = outside.options;
    SECTION("user agent") {
        options.user_agent = GENERATE("", "a\r\nb");
    }
    SECTION("networks") {
        options.allow_addresses = {"10.0.0.0/99"};
    }
    SECTION("resolve") {
        options.resolve["a.example"] = "127.0.0.1:1";
    }
    SECTION("authorities") {
        options.extra_ca = outside.folder / "missing.pem";
    }
    CHECK(curl::CurlHttp::open(options).error().kind == ErrorKind::Invalid);
}
