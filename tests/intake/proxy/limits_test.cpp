/// Every wait for a peer ends, and no side can make the proxy hold what the other does not take.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

/// A delivery that is handed over in clear, for a peer under TLS.
std::string delivery_in_clear() {
    auto request = post("peer.example", note());
    request.insert(5, "https://peer.example");
    return request;
}

/// A port at which nobody takes connections any more, so that the next one waits.
class FullPort {
public:
    FullPort() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        place_.sin_family = AF_INET;
        place_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof place_;
        REQUIRE(::bind(listener_, address(), size) == 0);
        REQUIRE(::listen(listener_, 0) == 0);
        REQUIRE(::getsockname(listener_, address(), &size) == 0);
        while (!is_full_ && callers_.size() < 8) {
            callers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            ::connect(callers_.back(), address(), sizeof place_);
            pollfd wait{callers_.back(), POLLOUT, 0};
            is_full_ = ::poll(&wait, 1, 20) == 0;
        }
    }
    FullPort(const FullPort&) = delete;
    FullPort& operator=(const FullPort&) = delete;
    FullPort(FullPort&&) = delete;
    FullPort& operator=(FullPort&&) = delete;
    ~FullPort() {
        for (const auto caller : callers_) {
            ::close(caller);
        }
        ::close(listener_);
    }
    [[nodiscard]] bool is_full() const { return is_full_; }
    [[nodiscard]] std::string text() const { return "127.0.0.1:" + std::to_string(ntohs(place_.sin_port)); }

private:
    sockaddr* address() { return reinterpret_cast<sockaddr*>(&place_); }  // NOLINT: as sockets have it

    sockaddr_in place_{};
    int listener_;
    std::vector<int> callers_;
    bool is_full_{};
};

/// 48 MiB, far more than all buffers of the system between two ends.
class Flood {
public:
    static constexpr std::size_t kPieces = 768;
    static std::size_t size() { return kPieces * piece().size(); }

    void send(Wire& wire) {
        for (std::size_t i = 0; i < kPieces && wire.send(piece()); ++i) {
            ++sent_;
        }
    }
    static bool arrives(Wire& wire) {
        for (std::size_t i = 0; i < kPieces; ++i) {
            if (wire.read_exactly(piece().size()) != piece()) {
                return false;
            }
        }
        return true;
    }
    /// Waits until nothing more leaves; how much has.
    [[nodiscard]] std::size_t stalled() const {
        std::size_t before = 0;
        do {
            before = sent_;
            std::this_thread::sleep_for(std::chrono::milliseconds{30});
        } while (before == 0 || sent_ != before);
        return before;
    }

private:
    static const std::string& piece() {
        static const std::string kPiece(64UL * 1024, 'z');
        return kPiece;
    }
    std::atomic<std::size_t> sent_{};
};

}  // namespace

TEST_CASE("A peer that accepts the connection and never shakes hands got nothing", "[limits]") {
    House house;
    const Peer peer{std::nullopt, [](Wire& wire) { wire.read_to_end(); }};
    house.name("peer.example", peer);
    house.options.limits.handshake = std::chrono::milliseconds{50};
    house.start();
    auto client = house.connect();
    client.send(delivery_in_clear());
    const auto got = client.read_message();
    CHECK(got.head.substr(0, 12) == "HTTP/1.1 504");
    CHECK(got.head.find("error=connection_timeout") != std::string::npos);
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
}

TEST_CASE("A connection that nobody accepts is given up in time", "[limits]") {
    const FullPort full;
    if (!full.is_full()) {
        WARN("this system accepts connections beyond the backlog: not tested");
        return;
    }
    House house;
    house.options.resolve["peer.example:443"] = full.text();
    house.options.limits.connect = std::chrono::milliseconds{50};
    house.start();
    auto client = house.connect();
    client.send(delivery_in_clear());
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 504");
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
}

TEST_CASE("A peer's connection that nobody uses is not kept longer than its time", "[limits]") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.options.limits.peer_idle = std::chrono::milliseconds{1};
    house.start();
    auto client = house.connect();
    const std::string request = "GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n";
    for (std::size_t i = 1; i <= 2; ++i) {
        client.send(request);
        CHECK(client.read_message().head == kAccepted);
        peer.wait_for_closed(i);
        CHECK(peer.connections() == i);
    }
}

TEST_CASE("A slow reader holds the sender back, not the proxy's memory", "[limits]") {
    House house;
    Flood flood;
    std::promise<void> on;
    SECTION("of an answer") {
        const Peer peer{
            std::nullopt, [&](Wire& wire) {
                wire.read_message();
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(Flood::size()) + "\r\n\r\n");
                flood.send(wire);
            }};
        house.name("peer.example:80", peer);
        house.start();
        auto client = house.connect();
        client.send("GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n");
        client.read_until("\r\n\r\n");
        CHECK(flood.stalled() < Flood::kPieces);
        CHECK(Flood::arrives(client));
    }
    SECTION("of a request") {
        const Peer peer{std::nullopt, [&](Wire& wire) {
                            wire.read_until("\r\n\r\n");
                            on.get_future().wait_for(kPatience);
                            wire.send(Flood::arrives(wire) ? kAccepted : "");
                        }};
        house.name("peer.example:80", peer);
        house.start();
        auto client = house.connect();
        std::thread sender{[&] {
            client.send(
                "POST http://peer.example/media HTTP/1.1\r\nHost: peer.example\r\nContent-Type: "
                "text/plain\r\nContent-Length: " +
                std::to_string(Flood::size()) + "\r\n\r\n");
            flood.send(client);
        }};
        CHECK(flood.stalled() < Flood::kPieces);
        on.set_value();
        sender.join();
        CHECK(client.read_message().head == kAccepted);
    }
}

TEST_CASE("Peers are verified against the system's authorities too, beside those of extra_ca", "[limits]") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    const auto other = house.folder / "other.pem";
    std::ofstream{other} << house.ours->root();
    const auto system = house.options.extra_ca;
    house.options.extra_ca = GENERATE(false, true) ? other.string() : "";
    ::setenv("SSL_CERT_FILE", system.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): nothing runs yet
    house.start();
    ::unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe): nobody else asks for it
    auto client = house.connect();
    client.send(delivery_in_clear());
    CHECK(client.read_message().head == kAccepted);
}
