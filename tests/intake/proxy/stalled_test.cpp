/// Clients and peers that stop, or break off, in the middle.

#include <future>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

/// The head of a request that is no delivery, and with it the first hundred octets of its body.
std::string begin_of_upload(const std::string& host) {
    return "POST /media HTTP/1.1\r\nHost: " + host +
           "\r\nContent-Type: text/plain\r\nContent-Length: 50000\r\n\r\n" + std::string(100, 'y');
}

}  // namespace

TEST_CASE("A peer that stops in the middle of a TLS record makes nobody else wait") {
    House house;
    std::promise<void> stopped;
    std::promise<void> on;
    const Peer slow{house.leaf("slow.example"), [&](Wire& wire) {
                        wire.read_until("\r\n\r\n");
                        const auto record = wire.sealed("HTTP/1.1 100 Continue\r\n\r\n");
                        wire.send_raw(record.substr(0, 3));
                        stopped.set_value();
                        on.get_future().wait_for(kPatience);
                        wire.send_raw(record.substr(3));
                        wire.read_exactly(note().size());
                        wire.send(kAccepted);
                    }};
    Received received;
    const Peer other{house.leaf("other.example"), answering(received, kAccepted)};
    house.name("slow.example", slow);
    house.name("other.example", other);
    house.start();

    auto client = house.open("slow.example");
    client.send(post("slow.example", note(), "Expect: 100-continue\r\n"));
    REQUIRE(stopped.get_future().wait_for(kPatience) == std::future_status::ready);
    auto another = house.open("other.example");
    another.send(post("other.example", note()));
    CHECK(another.read_message().head == kAccepted);

    on.set_value();
    CHECK(client.read_message().head == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(client.read_message().head == kAccepted);
    CHECK(house.sink.settled(2).at(0) == Outcome{OutcomeKind::Accepted, 202});
}

TEST_CASE("A client that stops in the middle of a TLS record is given up in time") {
    House house;
    const Peer peer{house.leaf("peer.example"), [](Wire& wire) { wire.read_to_end(); }};
    house.name("peer.example", peer);
    house.options.limits.body = std::chrono::milliseconds{300};
    house.start();

    auto client = house.open("peer.example");
    client.send(begin_of_upload("peer.example"));
    client.send_raw(client.sealed(std::string(10'000, 'y')).substr(0, 500));
    house.wait_for(&proxy::ProxyFigures::open_connections, 0);
    CHECK(house.proxy().figures().open_connections == 0);
}

TEST_CASE("A client that stops is given up in time also where its peer's connection is older than its own") {
    House house;
    const Peer peer{house.leaf("peer.example"), [](Wire& wire) {
                        wire.read_message();
                        wire.send(kAccepted);
                        wire.read_to_end();
                    }};
    house.name("peer.example", peer);
    house.options.limits.body = std::chrono::milliseconds{300};
    house.options.limits.peer_idle = kPatience;
    house.start();

    auto first = house.open("peer.example");
    first.send("GET / HTTP/1.1\r\nHost: peer.example\r\n\r\n");
    CHECK(first.read_message().head == kAccepted);
    auto client = house.open("peer.example");
    client.send(begin_of_upload("peer.example"));
    house.wait_for(&proxy::ProxyFigures::open_connections, 1);
    CHECK(house.proxy().figures().open_connections == 1);
    CHECK(peer.connections() == 1);
}

TEST_CASE("An answer in clear that ends with the connection and is cut off does not look whole") {
    House house;
    std::promise<void> seen;
    const Peer peer{std::nullopt, [&](Wire& wire) {
                        wire.read_message();
                        wire.send("HTTP/1.1 200 OK\r\n\r\nhalf");
                        seen.get_future().wait_for(kPatience);
                        wire.reset();
                    }};
    house.name("peer.example:80", peer);
    house.start();

    auto client = house.connect();
    client.send("GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n");
    CHECK(client.read_until("half") == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
    seen.set_value();
    CHECK(client.read_to_end().empty());
    CHECK_FALSE(client.ended_cleanly());
}

TEST_CASE("A tunnel in which nothing moves ends also where it had to wait for a reader before") {
    House house;
    const std::string much(8UL << 20U, 'z');
    const Peer peer{std::nullopt, [&](Wire& wire) {
                        wire.send(much);
                        wire.finish_sending();
                        wire.read_to_end();
                    }};
    house.name("peer.example", peer);
    house.options.bypass = {"peer.example"};
    house.options.limits.tunnel_idle = std::chrono::seconds{2};
    house.start();

    auto client = house.connect();
    client.send(connect_to("peer.example:443"));
    client.read_until("\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds{300});  // until the buffers of all are full
    CHECK((client.read_to_end() == much));
    house.wait_for(&proxy::ProxyFigures::open_connections, 0);
    CHECK(house.proxy().figures().open_connections == 0);
}
