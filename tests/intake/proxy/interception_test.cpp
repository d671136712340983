#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::DataCategory;
using privacy::Outcome;
using privacy::OutcomeKind;

TEST_CASE("A delivery through CONNECT arrives byte for byte and is recorded with its outcome") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();

    auto client = house.open("peer.example");
    CHECK(client.peer_subject_alternative() == "peer.example");
    CHECK(client.protocol() == "http/1.1");
    const auto request = post("peer.example", note(1500));
    client.send(request);
    CHECK(client.read_message().head == kAccepted);

    const auto got = received.get(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].head + got[0].body == request);

    const auto intents = house.sink.intents();
    REQUIRE(intents.size() == 1);
    CHECK(intents[0].recipient.text() == "peer.example");
    CHECK(intents[0].inbox.reveal() == "https://peer.example/inbox");
    CHECK(intents[0].channel == privacy::Channel::Push);
    CHECK(intents[0].outcome == Outcome{OutcomeKind::Intended, 0});
    CHECK(intents[0].activity.type == "Create");
    REQUIRE_FALSE(intents[0].activity.shares.empty());
    CHECK(intents[0].activity.shares[0].actor.reveal() == "https://origin.example/users/alice");
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
    CHECK(house.proxy().figures().activities == 1);
    CHECK(house.proxy().figures().intercepted == 1);
}

TEST_CASE("Nothing of a delivery leaves before its intent is durable") {
    House house;
    Received received;
    std::atomic<bool> durable{false};
    std::atomic<bool> too_early{false};
    const Peer peer{house.leaf("peer.example"), [&](Wire& wire) {
                        const auto message = wire.read_message();
                        too_early = !durable;
                        received.add(message);
                        wire.send(kAccepted);
                    }};
    house.name("peer.example", peer);
    house.sink.hold();
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    house.sink.wait_for_intents(1);
    house.wait_for(&proxy::ProxyFigures::peer_connections, 1);  // connecting goes on meanwhile
    CHECK(received.count() == 0);
    durable = true;
    house.sink.release();
    CHECK(client.read_message().head == kAccepted);
    CHECK_FALSE(too_early);
}

TEST_CASE("A delivery that cannot be recorded is held, and the connection goes on") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.sink.fail(ErrorKind::Unavailable);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    const auto held = client.read_message();
    CHECK(held.head.substr(0, 12) == "HTTP/1.1 503");
    CHECK(held.head.find("Retry-After: ") != std::string::npos);
    CHECK(held.head.find("application/problem+json") != std::string::npos);
    CHECK(received.count() == 0);

    house.sink.fail(std::nullopt);
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).size() == 1);
    CHECK(house.proxy().figures().held == 1);
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
}

TEST_CASE("With pass, a delivery that cannot be recorded leaves and the gap is told") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.on_ledger_failure = proxy::OnLedgerFailure::Pass;
    house.sink.fail(ErrorKind::Unavailable);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).size() == 1);
    CHECK(house.sink.gaps() == 1);
    CHECK(house.proxy().figures().passed_unrecorded == 1);
}

TEST_CASE("A delivery that may not leave is prevented, with pass too, and the connection goes on") {
    const auto mode = GENERATE(proxy::OnLedgerFailure::Hold, proxy::OnLedgerFailure::Pass);
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.on_ledger_failure = mode;
    house.sink.fail(ErrorKind::Denied);
    house.sink.what = "the rule \"no-messages\" keeps it here";
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    const auto prevented = client.read_message();
    CHECK(prevented.head.substr(0, 12) == "HTTP/1.1 403");
    CHECK(prevented.head.find("application/problem+json") != std::string::npos);
    CHECK(prevented.head.find("Proxy-Status: fedtrail; error=http_request_denied") != std::string::npos);
    CHECK(prevented.head.find("Retry-After") == std::string::npos);
    CHECK(prevented.body.find(R"(the rule \"no-messages\" keeps it here free some space")") !=
          std::string::npos);
    CHECK(prevented.body.find("alice") == std::string::npos);
    CHECK(received.count() == 0);
    CHECK(house.sink.gaps() == 0);

    house.sink.fail(std::nullopt);
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).size() == 1);
    const auto figures = house.proxy().figures();
    CHECK(figures.prevented == 1);
    CHECK(figures.held == 0);
    CHECK(figures.passed_unrecorded == 0);
}

TEST_CASE("A delivery that cannot be decided on is held, with pass too") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.on_ledger_failure = proxy::OnLedgerFailure::Pass;
    house.sink.fail(ErrorKind::Conflict);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    const auto held = client.read_message();
    CHECK(held.head.substr(0, 12) == "HTTP/1.1 503");
    CHECK(held.head.find("Retry-After: ") != std::string::npos);
    CHECK(received.count() == 0);
    CHECK(house.sink.gaps() == 0);
    CHECK(house.proxy().figures().held == 1);
}

TEST_CASE("The inbox is where the delivery goes: scheme, host with its port, path") {
    House house;
    Received received;
    const Peer peer{std::nullopt, answering(received, kAccepted)};
    house.name("peer.example:8080", peer);
    house.start();

    auto client = house.connect();
    const std::string rest =
        " HTTP/1.1\r\nHost: peer.example:8080\r\nContent-Type: "
        "application/activity+json\r\nContent-Length: 2\r\n\r\n{}";
    client.send("POST http://peer.example:8080/users/bob/inbox?x=1" + rest);
    CHECK(client.read_message().head == kAccepted);
    CHECK(house.sink.intents().at(0).inbox.reveal() == "http://peer.example:8080/users/bob/inbox?x=1");

    // inside a connection an absolute target may name another scheme than the one that is spoken
    auto inside = house.connect();
    inside.send("CONNECT peer.example:8080 HTTP/1.1\r\nHost: peer.example:8080\r\n\r\n");
    CHECK(inside.read_until("\r\n\r\n").substr(0, 12) == "HTTP/1.1 200");
    inside.send("POST https://peer.example:8080/inbox" + rest);
    CHECK(inside.read_message().head == kAccepted);
    CHECK(house.sink.intents().at(1).inbox.reveal().empty());
}

TEST_CASE("An intent that never becomes durable holds the delivery after the time limit") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.limits.intent = std::chrono::milliseconds{50};
    house.sink.hold();
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 503");
    CHECK(received.count() == 0);
    house.sink.release();  // it becomes durable after all: then it says that nothing left
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
}

TEST_CASE("Requests that are no deliveries pass unrecorded") {
    House house;
    Received received;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Thing: a\r\n\r\nhello";
    const Peer peer{house.leaf("peer.example"), answering(received, answer)};
    house.name("peer.example", peer);
    house.start();

    auto client = house.open("peer.example");
    const std::vector<std::string> requests{
        "GET /users/bob HTTP/1.1\r\nHost: peer.example\r\nAccept: application/activity+json\r\n\r\n",
        "POST /api/x HTTP/1.1\r\nHost: peer.example\r\nContent-Type: application/json\r\nContent-Length: "
        "2\r\n\r\n{}",
        "GET /b HTTP/1.1\r\nHost: peer.example\r\nContent-Length: 0\r\n\r\n",
    };
    for (const auto& request : requests) {
        client.send(request);
        const auto got = client.read_message();
        CHECK(got.head + got.body == answer);
    }
    const auto got = received.get(3);
    REQUIRE(got.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(got[i].head + got[i].body == requests[i]);
    }
    CHECK(house.sink.intents().empty());
    CHECK(peer.connections() == 1);
    CHECK(house.proxy().figures().peer_reused == 2);
}

TEST_CASE("What one of ours signs is a delivery whatever its type") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    const std::vector<Host> ours{*Host::parse("origin.example")};
    house.options.is_local = fediverse::local_to(ours);
    house.start();
    auto client = house.open("peer.example");
    const auto send = [&](const std::string& from, const std::string& to, const std::string& body) {
        auto request = post("peer.example", body);
        request.replace(request.find(from), from.size(), to);
        client.send(request);
        CHECK(client.read_message().head == kAccepted);
        CHECK(received.get(received.count()).back().head.find(to) != std::string::npos);
    };
    send("application/activity+json", "application/json", note());
    send("application/activity+json", "application/json", R"({"type":"of another API"})");
    send("Content-Type: application/activity+json\r\n", "", "");
    send("POST", "PUT", note());
    send("Content-Type: application/activity+json\r\n", "X-None: 1\r\n", "plain");
    const auto intents = house.sink.intents();
    REQUIRE(intents.size() == 5);
    for (const auto& intent : intents) {
        REQUIRE(intent.activity.shares.size() == 1);
        CHECK(intent.activity.shares[0].actor.reveal() == "https://origin.example/users/alice");
    }
    CHECK(intents[0].activity.type == "Create");
    CHECK(intents[1].activity.shares[0].categories.has(DataCategory::Unread));
    CHECK(intents[2].activity.shares[0].categories.has(DataCategory::Unread));
    CHECK(intents[3].activity.type == "Create");
    CHECK(intents[4].activity.shares[0].categories.has(DataCategory::Unread));
}

TEST_CASE("What others sign under another type passes unrecorded, and our fetches are counted") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    const std::vector<Host> ours{*Host::parse("elsewhere.example")};
    house.options.is_local = fediverse::local_to(ours);
    house.start();
    auto client = house.open("peer.example");
    auto request = post("peer.example", note());
    request.replace(request.find("activity+json"), 13, "json");
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    client.send(
        "GET /users/bob HTTP/1.1\r\nHost: peer.example\r\n"
        "Signature: keyId=\"https://elsewhere.example/actor#main-key\",signature=\"AAAA\"\r\n\r\n");
    CHECK(client.read_message().head == kAccepted);
    CHECK(house.sink.intents().empty());
    CHECK(house.proxy().figures().signed_fetches == 1);
}

TEST_CASE("What the answer was decides the evidence") {
    const auto [status, kind] = GENERATE(table<int, OutcomeKind>({{200, OutcomeKind::Accepted},
                                                                  {204, OutcomeKind::Accepted},
                                                                  {301, OutcomeKind::Rejected},
                                                                  {401, OutcomeKind::Rejected},
                                                                  {410, OutcomeKind::Rejected},
                                                                  {500, OutcomeKind::Sent},
                                                                  {503, OutcomeKind::Sent}}));
    House house;
    Received received;
    const auto head = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
    const Peer peer{house.leaf("peer.example"),
                    answering(received, head + (status == 204 ? "\r\n" : "Content-Length: 0\r\n\r\n"))};
    house.name("peer.example", peer);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, head.size()) == head);
    CHECK(house.sink.settled(1).at(0) == Outcome{kind, static_cast<std::uint16_t>(status)});
}

TEST_CASE("A peer that ends without an answer has presumably received the delivery") {
    House house;
    const Peer peer{house.leaf("peer.example"), [](Wire& wire) { wire.read_message(); }};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 502");
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 0});
}

TEST_CASE("A peer that does not answer in time has presumably received the delivery") {
    House house;
    const Peer peer{house.leaf("peer.example"), [](Wire& wire) { wire.read_to_end(); }};
    house.name("peer.example", peer);
    house.options.limits.answer = std::chrono::milliseconds{100};
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 504");
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 0});
}

TEST_CASE("A refused connection is no disclosure") {
    House house;
    std::string nobody;
    {
        const Peer gone{std::nullopt, [](Wire&) {}};
        nobody = gone.address();
    }
    house.options.resolve["peer.example:443"] = nobody;
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 502");
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
}

TEST_CASE("A certificate for another name or by an unknown authority is refused before anything leaves") {
    House house;
    Received received;
    const bool wrong_name = GENERATE(true, false);
    const auto certificate =
        wrong_name ? house.leaf("other.example") : *house.ours->issue(*Host::parse("peer.example"));
    const Peer peer{certificate, answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    const auto got = client.read_message();
    CHECK(got.head.substr(0, 12) == "HTTP/1.1 502");
    CHECK(got.head.find("error=tls_certificate_error") != std::string::npos);
    CHECK(received.count() == 0);
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Unreachable, 0});
}

TEST_CASE("A peer with nothing newer than TLS 1.1 is refused") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted), TLS1_1_VERSION};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head.find("error=tls_protocol_error") != std::string::npos);
    CHECK(received.count() == 0);
}

TEST_CASE("A peer is offered HTTP/1.1 and nothing else") {
    const auto [knows, chosen] =
        GENERATE(table<const char*, std::string>({{"http/1.1", "http/1.1"}, {"http/1.0", ""}, {"h2", ""}}));
    House house;
    Received received;
    std::string protocol;
    const Peer peer{house.leaf("peer.example"),
                    [&protocol, answer = answering(received, kAccepted)](Wire& wire) {
                        protocol = wire.protocol();
                        answer(wire);
                    },
                    0,
                    knows};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head == kAccepted);
    REQUIRE(received.get(1).size() == 1);
    CHECK(protocol == chosen);
}

TEST_CASE("An activity that cannot be read is recorded as unread, with its signer") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    client.send(post("peer.example", "no JSON at all"));
    CHECK(client.read_message().head == kAccepted);
    const auto intents = house.sink.intents();
    REQUIRE(intents.size() == 1);
    CHECK(intents[0].activity.type.empty());
    REQUIRE(intents[0].activity.shares.size() == 1);
    CHECK(intents[0].activity.shares[0].actor.reveal() == "https://origin.example/users/alice");
    CHECK(intents[0].activity.shares[0].categories.has(DataCategory::Unread));
}

TEST_CASE("Certificates are kept for as many hosts as max_certificates says, the last used first") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.options.max_certificates = 2;
    house.start();
    const auto serial = [&](const std::string& host) { return house.open(host).peer_serial(); };
    const auto a = serial("a.example");
    const auto b = serial("b.example");
    CHECK(a != b);
    CHECK(serial("a.example") == a);
    const auto c = serial("c.example");  // in the place of b, which was not used for longest
    CHECK(serial("a.example") == a);
    CHECK(serial("c.example") == c);
    CHECK(serial("b.example") != b);
    CHECK(serial("a.example") != a);
}

TEST_CASE("The signer of what cannot be read is found in Authorization as well") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    const bool signs = GENERATE(true, false);
    auto client = house.open("peer.example");
    auto request = post("peer.example", "no JSON at all");
    request.replace(
        request.find("Signature: "), 11, signs ? "Authorization: Signature " : "Authorization: Digest ");
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    const auto shares = house.sink.intents().at(0).activity.shares;
    REQUIRE(shares.size() == (signs ? 1 : 0));
    CHECK((!signs || shares[0].actor.reveal() == "https://origin.example/users/alice"));
}

TEST_CASE("A body over one MiB streams through and is recorded as unread") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    const auto body = note(3UL << 20U);
    const bool in_chunks = GENERATE(false, true);
    const auto request = in_chunks ? "POST /inbox HTTP/1.1\r\nHost: peer.example\r\nContent-Type: "
                                     "application/activity+json\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                         chunked(body, 77'777)
                                   : post("peer.example", body);
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    const auto got = received.get(1);
    REQUIRE(got.size() == 1);
    CHECK((got[0].head + got[0].body == request));
    const auto intents = house.sink.intents();
    REQUIRE(intents.size() == 1);
    CHECK(intents[0].activity.type.empty());
    CHECK(house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
}

TEST_CASE("A recipient on another port keeps it") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example:8443", peer);
    house.start();
    auto client = house.open("peer.example", "8443");
    client.send(post("peer.example:8443", note()));
    CHECK(client.read_message().head == kAccepted);
    CHECK(house.sink.intents().at(0).recipient.text() == "peer.example:8443");
}
