#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

TEST_CASE("A host on the bypass list is tunnelled, and only that something went there is recorded") {
    House house;
    Received received;
    const Peer peer{house.leaf("a.cdn.example"), answering(received, kAccepted)};
    house.name("a.cdn.example", peer);
    house.options.bypass = {"*.CDN.example"};
    house.start();
    {
        auto client = house.connect();
        client.send(connect_to("a.cdn.example:443"));
        REQUIRE(client.read_until("\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
        REQUIRE(client.start_client(house.theirs->root(), "a.cdn.example"));  // the peer's own certificate
        client.send(post("a.cdn.example", note()));
        CHECK(client.read_message().head == kAccepted);
    }
    const auto tunnels = house.sink.tunnels(1);
    REQUIRE(tunnels.size() == 1);
    CHECK(tunnels[0].recipient.text() == "a.cdn.example");
    CHECK(tunnels[0].bytes_sent > note().size());
    CHECK(tunnels[0].bytes_received > 500);
    CHECK(house.sink.intents().empty());
    CHECK(house.proxy().figures().tunnels == 1);
}

TEST_CASE("A client that refuses our authority gets a tunnel the next time") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    {
        auto client = house.connect();
        client.send(connect_to("peer.example:443"));
        client.read_until("\r\n\r\n");
        CHECK_FALSE(client.start_client(house.theirs->root(), "peer.example"));
    }
    house.wait_for(&proxy::ProxyFigures::ca_refused, 1);
    CHECK(house.proxy().figures().ca_refused == 1);
    {
        auto client = house.connect();
        client.send(connect_to("peer.example:443"));
        client.read_until("\r\n\r\n");
        REQUIRE(client.start_client(house.theirs->root(), "peer.example"));
        client.send(post("peer.example", note()));
        CHECK(client.read_message().head == kAccepted);
    }
    CHECK(house.sink.tunnels(1).size() == 1);
}

TEST_CASE("What is neither TLS nor HTTP passes through a tunnel with its first bytes") {
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000"));
    client.read_until("\r\n\r\n");
    client.send("\x01\x02hello");
    CHECK(client.read_exactly(7) == "\x01\x02hello");
    client.finish_sending();
    CHECK(client.read_to_end().empty());
    const auto tunnel = house.sink.tunnels(1).at(0);
    CHECK(tunnel.recipient.text() == "peer.example:7000");
    CHECK(tunnel.bytes_sent == 7);
    CHECK(tunnel.bytes_received == 7);
}

TEST_CASE("A delivery in clear through CONNECT is recorded like any other") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:80"));
    client.read_until("\r\n\r\n");
    const auto request = post("peer.example", note());
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head + received.get(1).at(0).body == request);
    CHECK(house.sink.intents().at(0).recipient.text() == "peer.example");
}

TEST_CASE("A delivery with an absolute target gets to its host in origin form") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.start();
    auto client = house.connect();
    auto request = post("peer.example", note(), "Proxy-Connection: keep-alive\r\n");
    request.insert(5, "http://Peer.Example");
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head + received.get(1).at(0).body == post("peer.example", note()));
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
    client.send("GET http://peer.example?a=b HTTP/1.1\r\nHost: peer.example\r\n\r\n");
    client.read_message();
    CHECK(received.get(2).at(1).head == "GET /?a=b HTTP/1.1\r\nHost: peer.example\r\n\r\n");
}

TEST_CASE("A request without a host to send it to is refused") {
    House house;
    house.start();
    const std::string request = GENERATE(as<std::string>{},
                                         "GET / HTTP/1.1\r\nHost: peer.example\r\n\r\n",
                                         "GET ftp://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n",
                                         "GET http://a@peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n",
                                         "GET http://peer.example/ HTTP/1.1\r\n\r\n",
                                         "CONNECT peer.example HTTP/1.1\r\nHost: peer.example\r\n\r\n",
                                         "CONNECT peer.example:0 HTTP/1.1\r\nHost: peer.example\r\n\r\n",
                                         "CONNECT / HTTP/1.1\r\nHost: peer.example\r\n\r\n");
    auto client = house.connect();
    client.send(request);
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 400");
    CHECK(client.read_to_end().empty());
}

TEST_CASE("Addresses that are not public are refused after the name was resolved") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.name("peer.example:443", peer);
    house.options.allow_addresses.clear();
    house.options.bypass = {"peer.example"};
    house.start();
    {
        auto client = house.connect();
        client.send("GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n\r\n");
        const auto got = client.read_message();
        CHECK(got.head.substr(0, 12) == "HTTP/1.1 403");
        CHECK(got.head.find("error=destination_ip_prohibited") != std::string::npos);
    }
    {
        auto client = house.connect();
        client.send(connect_to("peer.example:443"));
        CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 403");
    }
    {
        auto client = house.connect();
        client.send("GET http://127.0.0.1:" + peer.address().substr(10) +
                    "/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 403");
    }
    CHECK(peer.connections() == 0);
    CHECK(house.proxy().figures().guard_refused == 3);
}

TEST_CASE("The proxy does not connect to itself") {
    House house;
    house.start();
    auto client = house.connect();
    client.send("GET http://" + house.proxy().listening()[0] + "/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 403");
}

TEST_CASE("A name that does not resolve is a bad gateway") {
    House house;
    house.start();
    auto client = house.connect();
    client.send("GET http://nobody.invalid/ HTTP/1.1\r\nHost: nobody.invalid\r\n\r\n");
    const auto got = client.read_message();
    CHECK(got.head.substr(0, 9) == "HTTP/1.1 ");
    CHECK(got.head.find("error=dns_error") != std::string::npos);
}

TEST_CASE("With a token the proxy asks for it and does not pass it on") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.options.token = "s3cret";
    house.start();
    const std::string good = "Proxy-Authorization: Basic ZmVkdHJhaWw6czNjcmV0\r\n";  // fedtrail:s3cret
    const std::string bad = GENERATE(as<std::string>{},
                                     "",
                                     "Proxy-Authorization: Basic ZmVkdHJhaWw6d3Jvbmc=\r\n",
                                     "Proxy-Authorization: Basic czNjcmV0\r\n",
                                     "Proxy-Authorization: Basic !!!!\r\n",
                                     "Proxy-Authorization: Bearer s3cret\r\n");
    {
        auto client = house.connect();
        client.send("GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n" + bad + "\r\n");
        const auto got = client.read_message();
        CHECK(got.head.substr(0, 12) == "HTTP/1.1 407");
        CHECK(got.head.find("Proxy-Authenticate: Basic") != std::string::npos);
    }
    {
        auto client = house.connect();
        client.send(connect_to("peer.example:443", bad));
        CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 407");
    }
    auto client = house.connect();
    client.send("GET http://peer.example/ HTTP/1.1\r\nHost: peer.example\r\n" + good + "\r\n");
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head == "GET / HTTP/1.1\r\nHost: peer.example\r\n\r\n");
}

TEST_CASE("A redirected connection finds its host in the hello") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.transparent = {"127.0.0.1:0"};
    house.start();
    auto client = house.connect(1);
    REQUIRE(client.start_client(house.ours->root(), "peer.example"));
    const auto request = post("peer.example", note());
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head + received.get(1).at(0).body == request);
    CHECK(house.sink.intents().at(0).recipient.text() == "peer.example");
}

TEST_CASE("A redirected connection to a host on the bypass list is passed on whole") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.transparent = {"127.0.0.1:0"};
    house.options.bypass = {"peer.example"};
    house.start();
    {
        auto client = house.connect(1);
        REQUIRE(client.start_client(house.theirs->root(), "peer.example"));
        client.send(post("peer.example", note()));
        CHECK(client.read_message().head == kAccepted);
    }
    CHECK(house.sink.tunnels(1).at(0).recipient.text() == "peer.example");
}

TEST_CASE("A redirected connection in clear finds its host in the head") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:80", peer);
    house.options.transparent = {"127.0.0.1:0"};
    house.start();
    auto client = house.connect(1);
    const auto request = post("peer.example", note());
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head + received.get(1).at(0).body == request);
}

TEST_CASE("A client that speaks nothing but HTTP/2 is passed on") {
    House house;
    std::string first;
    const Peer peer{house.leaf("peer.example"), [](Wire& wire) { wire.send(wire.read_exactly(3)); }};
    house.name("peer.example", peer);
    house.start();
    {
        auto client = house.connect();
        client.send(connect_to("peer.example:443"));
        client.read_until("\r\n\r\n");
        REQUIRE(client.start_client(house.theirs->root(), "peer.example", "h2"));
        client.send("PRI");
        CHECK(client.read_exactly(3) == "PRI");
    }
    CHECK(house.sink.tunnels(1).size() == 1);
}

TEST_CASE("A host that the authority may not speak for is passed on") {
    House house;
    Received received;
    std::filesystem::create_directory(house.folder / "limited");
    const std::vector<Host> excluded{*Host::parse("origin.example")};
    house.ours =
        *openssl::LocalCertificateAuthority::create_or_open(house.folder / "limited", excluded, house.clock);
    const Peer peer{house.leaf("origin.example"), answering(received, kAccepted)};
    house.name("origin.example", peer);
    house.start();
    auto client = house.connect();
    client.send(connect_to("origin.example:443"));
    client.read_until("\r\n\r\n");
    CHECK(client.start_client(house.theirs->root(), "origin.example"));
}

TEST_CASE("The hello may come together with the CONNECT and in pieces") {
    House house;
    const Peer peer{std::nullopt, echo};
    house.name("peer.example:7000", peer);
    house.start();
    auto client = house.connect();
    client.send(connect_to("peer.example:7000") + "PO");
    client.read_until("\r\n\r\n");
    client.send("X!");
    CHECK(client.read_exactly(4) == "POX!");
}

TEST_CASE("Slow heads, silent tunnels and too many connections have an end") {
    House house;  // a limit at a time: on a busy machine the others could be over before
    SECTION("a head") {
        house.options.limits.head = std::chrono::milliseconds{100};
        house.start();
        auto slow = house.connect();
        slow.send("GET http://peer.example/ HT");
        CHECK(slow.read_message().head.substr(0, 12) == "HTTP/1.1 408");
    }
    SECTION("a client that says nothing") {
        house.options.limits.client_idle = std::chrono::milliseconds{150};
        house.start();
        auto silent = house.connect();
        CHECK(silent.read_to_end().empty());
    }
    SECTION("a tunnel in which nobody shakes hands") {
        house.options.limits.handshake = std::chrono::milliseconds{100};
        house.start();
        auto idle = house.connect();
        idle.send(connect_to("peer.example:443"));
        idle.read_until("\r\n\r\n");
        CHECK(idle.read_to_end().empty());
    }
    SECTION("one connection too many") {
        house.options.max_connections = 2;
        house.start();
        for (int i = 0; i < 3; ++i) {  // those that are over do not count
            auto before = house.connect();
            before.send("nothing that is understood\r\n\r\n");
            CHECK_FALSE(before.read_message().head.empty());
            before.close();
            house.wait_for(&proxy::ProxyFigures::open_connections, 0);
        }
        auto first = house.connect();
        auto second = house.connect();
        auto third = house.connect();
        CHECK(third.read_message().head.substr(0, 12) == "HTTP/1.1 503");
        CHECK(house.proxy().figures().refused_connections == 1);
    }
}

TEST_CASE("A drain ends idle connections and lets a delivery in flight finish") {
    House house;
    Received received;
    std::atomic<bool> go{false};
    const Peer peer{house.leaf("peer.example"), [&](Wire& wire) {
                        received.add(wire.read_message());
                        while (!go) {
                            std::this_thread::yield();
                        }
                        wire.send(kAccepted);
                    }};
    house.name("peer.example", peer);
    house.start();
    auto idle = house.open("peer.example");
    auto busy = house.open("peer.example");
    busy.send(post("peer.example", note()));
    REQUIRE(received.get(1).size() == 1);
    std::thread drain{[&] { house.proxy().drain(kPatience); }};
    CHECK(idle.read_to_end().empty());
    go = true;
    CHECK(busy.read_message().head ==
          "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    drain.join();
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
    CHECK(house.proxy().figures().open_connections == 0);
}

TEST_CASE("A drain does not wait for quiet tunnels, handshakes that stopped and half a head") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.bypass = {"peer.example"};
    house.options.limits.drain_quiet = std::chrono::milliseconds{20};
    house.start();
    auto client = house.connect();
    const auto open = [&](std::string_view first) {
        client.send(connect_to(first.empty() ? "peer.example:443" : "other.example:443"));
        client.read_until("\r\n\r\n");
        client.send(first);
    };
    SECTION("a tunnel") {
        open("");
        REQUIRE(client.start_client(house.theirs->root(), "peer.example"));
        client.send(post("peer.example", note()));
        CHECK(client.read_message().head == kAccepted);
    }
    SECTION("a handshake") {
        open(std::string{"\x16\x03\x01", 3});
    }
    SECTION("half a head") {
        client.send("GET http://peer.example/ HT");
    }
    house.wait_for(&proxy::ProxyFigures::open_connections, 1);
    const auto before = std::chrono::steady_clock::now();
    house.proxy().drain(std::chrono::seconds{60});
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds{30});
    CHECK(house.proxy().figures().open_connections == 0);
}

TEST_CASE("A drain that takes too long ends what is left") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), [&](Wire& wire) {
                        received.add(wire.read_message());
                        wire.read_to_end();
                    }};
    house.name("peer.example", peer);
    house.start();
    auto busy = house.open("peer.example");
    busy.send(post("peer.example", note()));
    REQUIRE(received.get(1).size() == 1);
    house.proxy().drain(std::chrono::seconds{0});
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 0});
    CHECK(house.proxy().figures().open_connections == 0);
}

TEST_CASE("Options that cannot be right are refused with the place") {
    House house;
    const auto error_of = [&](const proxy::ProxyOptions& options) {
        const auto opened = proxy::EgressProxy::open(options, house.sink, *house.ours);
        return opened ? std::string{} : opened.error().what;
    };
    auto options = house.options;
    options.listen = {"localhost"};
    CHECK(error_of(options).find("localhost") != std::string::npos);
    options = house.options;
    options.allow_addresses = {"10/8"};
    CHECK(error_of(options).find("proxy.allow_addresses") != std::string::npos);
    options = house.options;
    options.extra_ca = "/nowhere.pem";
    CHECK(error_of(options).find("proxy.extra_ca") != std::string::npos);
    const Peer peer{std::nullopt, [](Wire&) {}};
    options = house.options;
    options.listen = {peer.address()};
    CHECK(error_of(options).find("proxy.listen") != std::string::npos);
    options = house.options;
    options.transparent = {peer.address()};
    CHECK(error_of(options).find("proxy.transparent_listen") != std::string::npos);
}
