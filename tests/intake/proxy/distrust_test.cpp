/// Clients that refuse our authority, beside others that trust it, and what is written down of tunnels.

#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>

#include "house.hpp"
#include "intake/proxy/client_hello.hpp"
#include "intake/proxy/client_trust.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using proxy::ClientTrust;
using proxy::ProxyFigures;

namespace {

/// What the proxy told; outlives it.
struct Told {
    std::vector<std::string> all_told() {
        const std::lock_guard lock{told_guard};
        return told;
    }
    std::mutex told_guard;
    std::vector<std::string> told;
};

/// A house with servers that accept everything.
struct TrustStreet : Told, House {
    TrustStreet() {
        name("peer.example", peer);
        name("other.example", other);
        events.untrusted = [this](const Host& host) {
            const std::lock_guard lock{told_guard};
            told.push_back(host.text());
        };
    }

    /// A program that trusts the peers' authority alone, through CONNECT; whether it could connect.
    std::optional<Wire> foreign(const std::string& host, std::string_view alpn = "http/1.1") {
        auto wire = connect();
        wire.send(connect_to(host + ":443"));
        wire.read_until("\r\n\r\n");
        return wire.start_client(theirs->root(), host, alpn) ? std::optional<Wire>{std::move(wire)}
                                                             : std::nullopt;
    }
    /// A delivery of a program that trusts ours; whether it was recorded.
    bool delivers(const std::string& host) {
        const auto before = sink.intents().size();
        auto wire = connect();
        wire.send(connect_to(host + ":443"));
        wire.read_until("\r\n\r\n");
        if (!wire.start_client(ours->root(), host)) {
            return false;
        }
        wire.send(post(host, note()));
        return wire.read_message().head == kAccepted && sink.intents().size() == before + 1;
    }
    Received received;
    Peer peer{leaf("peer.example"), answering(received, kAccepted)};
    Peer other{leaf("other.example"), answering(received, kAccepted)};
};

}  // namespace

TEST_CASE("A client that refuses our authority is told of once, and counted by host") {
    TrustStreet street;
    street.start();
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::ca_refused, 1);
    for (int i = 0; i < 2; ++i) {
        auto client = street.foreign("peer.example");
        REQUIRE(client);
        client->send(post("peer.example", note()));
        CHECK(client->read_message().head == kAccepted);
    }
    CHECK(street.all_told() == std::vector<std::string>{"peer.example"});
    CHECK(street.sink.opened(2).at(0).why == TunnelReason::Untrusting);
    CHECK_FALSE(street.foreign("other.example"));  // each host is tried
    const auto figures = street.proxy().untrusting();
    CHECK(figures.hosts == 1);
    CHECK(figures.tunnels == 2);
    REQUIRE(figures.most.size() == 1);
    CHECK(figures.most[0].host.text() == "peer.example");
    CHECK(figures.most[0].tunnels == 2);
}

TEST_CASE("A client that refuses our authority does not stop the recording of another's deliveries") {
    TrustStreet street;
    street.start();
    CHECK(street.delivers("peer.example"));
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(street.foreign("peer.example"));
        CHECK_FALSE(street.foreign("other.example"));  // where nobody was intercepted yet
    }
    street.wait_for(&ProxyFigures::ca_refused, 6);
    CHECK(street.delivers("peer.example"));
    CHECK(street.delivers("other.example"));
    CHECK(street.proxy().figures().tunnels == 0);
    CHECK(street.all_told().empty());
}

TEST_CASE("Who is intercepted once gets no tunnel for what another refused before") {
    TrustStreet street;
    street.start();
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::ca_refused, 1);
    CHECK(street.delivers("other.example"));
    CHECK(street.delivers("peer.example"));
    CHECK(street.proxy().figures().tunnels == 0);
}

TEST_CASE("A program with another TLS gets its tunnels beside one that is intercepted at the same host") {
    TrustStreet street;
    street.start();
    CHECK(street.delivers("peer.example"));
    CHECK_FALSE(street.foreign("peer.example", ""));
    street.wait_for(&ProxyFigures::ca_refused, 1);
    auto client = street.foreign("peer.example", "");
    REQUIRE(client);
    client->send(post("peer.example", note()));
    CHECK(client->read_message().head == kAccepted);
    CHECK(street.delivers("peer.example"));
    CHECK(street.proxy().figures().tunnels == 1);
}

TEST_CASE("Where a tunnel could evade a rule there is none") {
    TrustStreet street;
    street.start();
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::ca_refused, 1);
    street.sink.fail(ErrorKind::Denied);
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::tunnels_refused, 1);
    CHECK(street.proxy().figures().tunnels == 0);
    CHECK(street.received.count() == 0);
    CHECK(street.sink.tunnels(0).empty());
    CHECK(street.proxy().untrusting().tunnels == 0);
}

TEST_CASE("With untrusting = refuse no client gets a tunnel for refusing") {
    TrustStreet street;
    street.options.untrusting = proxy::Untrusting::Refuse;
    street.start();
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::ca_refused, 1);
    CHECK_FALSE(street.foreign("peer.example"));
    street.wait_for(&ProxyFigures::ca_refused, 2);
    CHECK(street.proxy().figures().tunnels == 0);
    CHECK(street.all_told().empty());
}

TEST_CASE("A tunnel begins when that is durable, and not before") {
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.options.bypass = {"peer.example"};
    house.sink.hold();
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000") + "early");
    const auto opened = house.sink.opened(1);
    REQUIRE(opened.size() == 1);
    CHECK(opened[0].why == TunnelReason::Declared);
    CHECK(opened[0].tunnel.recipient.text() == "peer.example:7000");
    CHECK(opened[0].tunnel.connections == 1);
    CHECK(opened[0].tunnel.bytes_sent == 0);
    CHECK(house.proxy().figures().tunnels == 0);
    house.sink.release();
    CHECK(client.read_until("\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
    CHECK(client.read_exactly(5) == "early");
    client.finish_sending();
    CHECK(client.read_to_end().empty());
    const auto tunnels = house.sink.tunnels(1);
    REQUIRE(tunnels.size() == 1);
    CHECK(tunnels[0].connections == 0);
    CHECK(tunnels[0].bytes_sent == 5);
}

TEST_CASE("A tunnel that cannot be written down is held, or passes and is written later") {
    const bool pass = GENERATE(false, true);
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.options.bypass = {"peer.example"};
    house.options.on_ledger_failure = pass ? proxy::OnLedgerFailure::Pass : proxy::OnLedgerFailure::Hold;
    house.sink.fail(ErrorKind::Unavailable);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000"));
    const auto answer = client.read_until("\r\n\r\n");
    CHECK(answer.substr(0, 12) == (pass ? "HTTP/1.1 200" : "HTTP/1.1 503"));
    CHECK((answer.find("Retry-After") != std::string::npos) == !pass);
    CHECK(house.proxy().figures().tunnels_refused == (pass ? 0 : 1));
    const auto tunnels = house.sink.tunnels(pass ? 1 : 0);
    REQUIRE(tunnels.size() == (pass ? 1 : 0));
    if (pass) {
        CHECK(tunnels[0].connections == 1);
    }
}

TEST_CASE("A rule stops a tunnel with pass too") {
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.options.on_ledger_failure = proxy::OnLedgerFailure::Pass;
    house.sink.fail(ErrorKind::Denied);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000"));
    client.read_until("\r\n\r\n");
    client.send("\x01hello");
    CHECK(client.read_to_end().empty());
    CHECK(house.proxy().figures().tunnels_refused == 1);
}

TEST_CASE("What passes through a tunnel is written down while it is open") {
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.options.bypass = {"peer.example"};
    house.options.limits.tunnel_report = std::chrono::milliseconds{100};
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000"));
    client.read_until("\r\n\r\n");
    // A report may fall between an octet and its echo.
    const auto octets = [&house] {
        std::pair<std::uint64_t, std::uint64_t> sum;
        for (const auto& tunnel : house.sink.tunnels(0)) {
            CHECK(tunnel.connections == 0);
            sum.first += tunnel.bytes_sent;
            sum.second += tunnel.bytes_received;
        }
        return sum;
    };
    for (std::uint64_t i = 1; i < 3; ++i) {
        client.send("hello");
        CHECK(client.read_exactly(5) == "hello");
        const std::pair wanted{5 * i, 5 * i};
        const auto give_up = proxy::SteadyClock::now() + kPatience;
        while (octets() != wanted && proxy::SteadyClock::now() < give_up) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        }
        CHECK(octets() == wanted);
    }
    const auto written = house.sink.tunnels(2).size();
    CHECK(written >= 2);
    client.finish_sending();
    CHECK(client.read_to_end().empty());
    house.wait_for(&ProxyFigures::open_connections, 0);
    CHECK(house.sink.tunnels(written).size() == written);  // nothing new at the end
}

TEST_CASE("Trust and refusals are remembered within bounds, and trust outweighs") {
    ClientTrust trust;
    const auto soon = proxy::SteadyClock::now() + std::chrono::minutes{10};
    const auto host = [](int i) { return *Host::parse("h" + std::to_string(i) + ".example"); };
    CHECK(trust.refused("b", host(1), soon));
    CHECK_FALSE(trust.refused("b", host(1), soon));  // was so already
    CHECK(trust.refuses("b", host(1)));
    CHECK_FALSE(trust.refuses("b", host(2)));
    CHECK_FALSE(trust.refuses("a", host(1)));
    CHECK(trust.refused("b", host(3), proxy::SteadyClock::now() - std::chrono::seconds{1}));
    CHECK_FALSE(trust.refuses("b", host(3)));  // over
    CHECK(trust.refused("b", host(3), soon));  // again: told again
    trust.trusted("b");
    CHECK_FALSE(trust.refuses("b", host(1)));
    CHECK_FALSE(trust.refused("b", host(1), soon));
    for (int i = 0; i < 5'000; ++i) {
        CHECK(trust.refused("c", host(i), soon));
        trust.count_tunnel(host(i));
    }
    CHECK(trust.refuses("c", host(4'999)));
    CHECK(trust.figures().tunnels == 5'000);
    CHECK(trust.figures().most.size() == 20);
    for (int i = 0; i < 5'000; ++i) {
        trust.trusted("d" + std::to_string(i));
    }
    CHECK_FALSE(trust.refuses("c", host(4'999)));  // more trust us than can be remembered
    CHECK_FALSE(trust.refused("c", host(4'999), soon));
}

TEST_CASE("A hello has the same shape whatever order and passing extensions it has") {
    const auto hello = [](const std::vector<int>& suites, const std::vector<int>& extensions) {
        const auto two = [](std::size_t value) {
            return std::string{static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
        };
        std::string list;
        for (const auto suite : suites) {
            list += two(static_cast<std::size_t>(suite));
        }
        std::string more;
        for (const auto type : extensions) {
            more += two(static_cast<std::size_t>(type)) + two(0);
        }
        const auto body = "\x03\x03" + std::string(32, 'r') + std::string(1, '\0') + two(list.size()) + list +
                          std::string{"\x01\x00", 2} + two(more.size()) + more;
        const auto handshake = std::string{"\x01\x00", 2} + two(body.size()) + body;
        const auto read = proxy::read_client_hello("\x16\x03\x01" + two(handshake.size()) + handshake);
        REQUIRE(std::holds_alternative<proxy::ClientHello>(read));
        return std::get<proxy::ClientHello>(read).shape;
    };
    const auto usual = hello({0x1301, 0x1302}, {10, 43, 51});
    CHECK(usual == hello({0x1301, 0x1302}, {51, 10, 43}));
    CHECK(usual == hello({0x2A2A, 0x1301, 0x1302}, {10, 0x4A4A, 43, 51, 41, 21, 35}));
    CHECK(usual != hello({0x1302, 0x1301}, {10, 43, 51}));
    CHECK(usual != hello({0x1301, 0x1302}, {10, 43, 51, 23}));
}
