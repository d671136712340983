#include <future>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

std::string get(const std::string& host, const std::string& path = "/") {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

/// A house with one TLS peer of that name.
struct Street {
    explicit Street(Peer::Script script) : peer{house.leaf("peer.example"), std::move(script)} {
        house.name("peer.example", peer);
    }
    Wire open() {
        house.start();
        return house.open("peer.example");
    }
    House house;
    Peer peer;
};

}  // namespace

TEST_CASE("A chunked delivery stays chunked, chunk for chunk") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    const auto request =
        "POST /inbox HTTP/1.1\r\nHost: peer.example\r\ncontent-type: application/ld+json; "
        "profile=\"https://www.w3.org/ns/activitystreams\"\r\nTransfer-Encoding: chunked\r\n\r\n" +
        chunked(note(5000), 333);
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    const auto got = received.get(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].head + got[0].body == request);
    CHECK(street.house.sink.intents().at(0).activity.type == "Create");
}

TEST_CASE("Epicyon's header with the name of a pseudo-header passes") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    const auto request = post("peer.example", note(), "(request-target): post /users/bob/inbox\r\n");
    client.send(request);
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head.find("\r\n(request-target): post /users/bob/inbox\r\n") !=
          std::string::npos);
    CHECK(received.get(1).at(0).head + received.get(1).at(0).body == request);
}

TEST_CASE("Requests sent at once are answered in order over one connection") {
    Received received;
    Street street{[&](Wire& wire) {
        for (int i = 0;; ++i) {
            auto message = wire.read_message();
            if (message.head.empty()) {
                return;
            }
            received.add(message);
            wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\n" + std::to_string(i));
        }
    }};
    auto client = street.open();
    const auto one = post("peer.example", note(400));
    client.send(one + get("peer.example") + one);
    CHECK(client.read_message().body == "0");
    CHECK(client.read_message().body == "1");
    CHECK(client.read_message().body == "2");
    CHECK(received.get(3).at(2).body == note(400));
    CHECK(street.house.sink.settled(2).size() == 2);
}

TEST_CASE("A client that waits for 100 Continue gets it before its body, and the peer's verdict counts") {
    Received received;
    Street street{[&](Wire& wire) {
        Message message{wire.read_until("\r\n\r\n"), {}};
        wire.send("HTTP/1.1 100 Continue\r\n\r\n");
        message.body = wire.read_exactly(note().size());
        received.add(message);
        wire.send(kAccepted);
    }};
    auto client = street.open();
    const auto request = post("peer.example", note(), "Expect: 100-continue\r\n");
    const auto head = request.substr(0, request.find("\r\n\r\n") + 4);
    client.send(head);
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(note());
    CHECK(client.read_message().head == kAccepted);  // the peer's 100 is not passed on a second time
    CHECK(received.get(1).at(0).head == head);
    CHECK(received.get(1).at(0).body == note());
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
}

TEST_CASE("A peer that refuses an expected delivery by its head gets no body") {
    std::atomic<bool> got_body{false};
    Street street{[&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        got_body = !wire.read_to_end().empty();
    }};
    auto client = street.open();
    const auto request = post("peer.example", note(), "Expect: 100-continue\r\n");
    client.send(request.substr(0, request.find("\r\n\r\n") + 4));
    client.read_until("\r\n\r\n");
    client.send(note());
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 413");
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::RefusedBeforeBody, 413});
    street.house.proxy().drain(std::chrono::seconds{5});
    CHECK_FALSE(got_body);
}

TEST_CASE("A peer that accepts an expected delivery by its head has refused nothing") {
    Street street{[&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        wire.read_to_end();
    }};
    auto client = street.open();
    const auto request = post("peer.example", note(), "Expect: 100-continue\r\n");
    client.send(request.substr(0, request.find("\r\n\r\n") + 4));
    client.read_until("\r\n\r\n");
    client.send(note());
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 202");
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 202});
}

TEST_CASE("A peer that says nothing to an expectation gets the body after a moment") {
    Received received;
    Street street{answering(received, kAccepted)};
    street.house.options.limits.expectation = std::chrono::milliseconds{50};
    auto client = street.open();
    client.send(post("peer.example", note(), "Expect: 100-continue\r\n"));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).body == note());
}

TEST_CASE("The expectation of an unread request is between client and peer") {
    Street street{[](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 100 Continue\r\n\r\n");
        const auto body = wire.read_exactly(5);
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body);
    }};
    auto client = street.open();
    client.send("PUT /x HTTP/1.1\r\nHost: peer.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    CHECK(client.read_message().body == "hello");
}

TEST_CASE("Interim answers are passed on before the final one") {
    Street street{[](Wire& wire) {
        wire.read_message();
        wire.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
        wire.send(kAccepted);
    }};
    auto client = street.open();
    client.send(post("peer.example", note()));
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 102 Processing\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    CHECK(client.read_message().head == kAccepted);
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 202});
}

TEST_CASE("An answer in the middle of a large body ends the upload") {
    std::promise<void> seen;
    auto done = seen.get_future().share();
    Street street{[done](Wire& wire) {
        wire.read_message();
        wire.send(kAccepted);
        wire.read_until("\r\n\r\n");
        wire.read_exactly(200'000);
        wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
        done.wait();  // it reads no more, and stays: a reset could take the answer off the wire
    }};
    auto client = street.open();
    client.send(get("peer.example"));
    client.read_message();  // with the session tickets: OpenSSL must not take them in while it writes
    const auto body = note(8UL << 20U);
    std::thread sender{[&] { client.send(post("peer.example", body)); }};
    const auto got = client.read_message();
    seen.set_value();
    sender.join();
    CHECK(got.head.substr(0, 12) == "HTTP/1.1 413");
    CHECK(got.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(got.body == "big");
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Rejected, 413});
}

TEST_CASE("Answers without a body end with their head") {
    Received received;
    Street street{answering(received, "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: a\r\n\r\n")};
    auto client = street.open();
    client.send(get("peer.example"));
    CHECK(client.read_message(true).head ==
          "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: a\r\n\r\n");
    client.send("HEAD / HTTP/1.1\r\nHost: peer.example\r\n\r\n");
    CHECK(client.read_message(true).head.substr(0, 12) == "HTTP/1.1 304");
    CHECK(street.peer.connections() == 1);
}

TEST_CASE("HEAD has no body, whatever length its answer names") {
    Received received;
    Street street{answering(received, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")};
    auto client = street.open();
    for (int i = 0; i < 2; ++i) {
        client.send("HEAD / HTTP/1.1\r\nHost: peer.example\r\n\r\n");
        CHECK(client.read_message(true).head == "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    }
    CHECK(street.peer.connections() == 1);
}

TEST_CASE("A chunked answer passes byte for byte with its trailers") {
    const std::string answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
        "5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n";
    Received received;
    Street street{answering(received, answer)};
    auto client = street.open();
    for (int i = 0; i < 2; ++i) {
        client.send(get("peer.example"));
        CHECK(client.read_until("X-T: 1\r\n\r\n") == answer);
    }
    CHECK(street.peer.connections() == 1);
}

TEST_CASE("An answer that ends with the connection ends the client's connection") {
    Street street{[](Wire& wire) {
        wire.read_message();
        wire.send("HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nuntil the end");
    }};
    auto client = street.open();
    client.send(get("peer.example"));
    CHECK(client.read_to_end() == "HTTP/1.1 200 OK\r\nX-A: b\r\nConnection: close\r\n\r\nuntil the end");
    CHECK(client.ended_cleanly());
}

TEST_CASE("An answer that is cut off is cut off for the client too") {
    Street street{[](Wire& wire) {
        wire.read_message();
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        wire.reset();
    }};
    auto client = street.open();
    client.send(post("peer.example", note()));
    CHECK(client.read_to_end() == "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    CHECK_FALSE(client.ended_cleanly());
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Accepted, 200});
}

TEST_CASE("An answer that nobody can understand is a bad gateway, and the delivery presumably arrived") {
    const std::string answer = GENERATE(as<std::string>{},
                                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                                        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                                        "SSH-2.0-OpenSSH\r\n\r\n");
    Street street{[&](Wire& wire) {
        wire.read_message();
        wire.send(answer);
        wire.read_to_end();
    }};
    auto client = street.open();
    client.send(post("peer.example", note()));
    const auto got = client.read_message();
    CHECK(got.head.substr(0, 12) == "HTTP/1.1 502");
    CHECK(got.head.find("error=http_protocol_error") != std::string::npos);
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 0});
}

TEST_CASE("Ambiguous requests are refused before anything leaves") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    const std::string lines = GENERATE(as<std::string>{},
                                       "Content-Length: 5\r\nContent-Length: 6\r\n",
                                       "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                       "Transfer-Encoding : chunked\r\n",
                                       "X-A: a\rb\r\n",
                                       "X-A: a\r\n b\r\n");
    client.send("POST /inbox HTTP/1.1\r\nHost: peer.example\r\nContent-Type: application/activity+json\r\n" +
                lines + "\r\nhello");
    const auto got = client.read_message();
    CHECK(got.head.substr(0, 12) == "HTTP/1.1 400");
    CHECK(got.head.find("application/problem+json") != std::string::npos);
    CHECK(client.read_to_end().empty());
    CHECK(received.count() == 0);
    CHECK(street.house.sink.intents().empty());
    CHECK(street.house.proxy().figures().malformed == 1);
}

TEST_CASE("Malformed chunks of a delivery are refused before anything leaves") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    client.send(
        "POST /inbox HTTP/1.1\r\nHost: peer.example\r\nContent-Type: application/activity+json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX");
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 400");
    CHECK(received.count() == 0);
    CHECK(street.house.sink.intents().empty());
}

TEST_CASE("A client that goes away in the middle of a delivery leaves nothing behind") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    const auto request = post("peer.example", note(2000));
    client.send(request.substr(0, request.size() - 100));
    client.close();
    street.house.wait_for(&proxy::ProxyFigures::open_connections, 0);
    CHECK(street.house.proxy().figures().activities == 1);
    CHECK(street.house.sink.intents().empty());
    CHECK(received.count() == 0);
}

TEST_CASE("A client that goes away in the middle of a large delivery has sent what it sent") {
    std::promise<void> begun;
    std::promise<std::string> seen;
    Street street{[&](Wire& wire) {
        auto bytes = wire.read_exactly(1UL << 20U);
        begun.set_value();
        seen.set_value(bytes + wire.read_to_end());
    }};
    auto client = street.open();
    const auto request = post("peer.example", note(3UL << 20U));
    client.send(request.substr(0, 2UL << 20U));
    begun.get_future().wait();
    client.reset();
    CHECK(street.house.sink.settled(1).at(0) == Outcome{OutcomeKind::Sent, 0});
    const auto got = seen.get_future().get();
    CHECK((got == request.substr(0, got.size())));
    CHECK(got.size() >= 1UL << 20U);
}

TEST_CASE("Connection: close is between the client and the proxy") {
    Received received;
    Street street{answering(received, kAccepted)};
    street.house.start();
    for (int i = 0; i < 2; ++i) {
        auto client = street.house.open("peer.example");
        client.send(post("peer.example", note(), "Connection: close\r\n"));
        CHECK(client.read_to_end() ==
              "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        CHECK(client.ended_cleanly());
    }
    CHECK(received.get(2).at(0).head ==
          post("peer.example", "").substr(0, received.get(2).at(0).head.find("Content-Length: ")) +
              "Content-Length: " + std::to_string(note().size()) + "\r\n\r\n");
    CHECK(street.peer.connections() == 1);
}

TEST_CASE("HTTP/1.0 is answered and closed") {
    Street street{[](Wire& wire) {
        CHECK(wire.read_until("\r\n\r\n") == "GET / HTTP/1.0\r\nHost: peer.example\r\n\r\n");
        wire.send("HTTP/1.0 200 OK\r\n\r\nold");
    }};
    auto client = street.open();
    client.send("GET / HTTP/1.0\r\nHost: peer.example\r\n\r\n");
    CHECK(client.read_to_end() == "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nold");
}

TEST_CASE("An upgrade is not passed on, the request is") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    client.send(
        "GET /ws HTTP/1.1\r\nHost: peer.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).head == "GET /ws HTTP/1.1\r\nHost: peer.example\r\n\r\n");
}

TEST_CASE("Another host than the one of the connection is misdirected") {
    Received received;
    Street street{answering(received, kAccepted)};
    auto client = street.open();
    client.send(post("other.example", note()));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 421");
    CHECK(received.count() == 0);
    CHECK(street.house.sink.intents().empty());
}

TEST_CASE("A kept connection that the peer has closed is not used for the next request") {
    Received received;
    Street street{[&](Wire& wire) {
        received.add(wire.read_message());
        wire.send(kAccepted);
    }};
    auto client = street.open();
    for (std::size_t i = 1; i <= 3; ++i) {
        client.send(post("peer.example", note()));
        CHECK(client.read_message().head == kAccepted);
        CHECK(received.get(i).size() == i);
        street.peer.wait_for_closed(i);
    }
    CHECK(street.peer.connections() == 3);
    CHECK(street.peer.resumptions() == 2);
    for (const auto& outcome : street.house.sink.settled(3)) {
        CHECK(outcome == Outcome{OutcomeKind::Accepted, 202});
    }
}

TEST_CASE("A delivery over a kept connection that dies is not sent a second time") {
    Received received;
    std::atomic<int> count{0};
    Street street{[&](Wire& wire) {
        received.add(wire.read_message());
        wire.send(kAccepted);
        received.add(wire.read_message());  // takes the second, and dies without a word
        ++count;
    }};
    auto client = street.open();
    client.send(post("peer.example", note()));
    CHECK(client.read_message().head == kAccepted);
    client.send(post("peer.example", note(500)));
    CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 502");
    CHECK(received.get(2).at(1).body == note(500));
    CHECK(street.house.sink.settled(2).at(1) == Outcome{OutcomeKind::Sent, 0});
    CHECK(street.peer.connections() == 1);
}

TEST_CASE("A GET over a kept connection that dies is asked again") {
    std::atomic<int> connections{0};
    Street street{[&](Wire& wire) {
        const bool first = connections++ == 0;
        wire.read_message();
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
        if (first) {
            wire.read_message();
            return;
        }
        wire.read_message();
    }};
    auto client = street.open();
    client.send(get("peer.example"));
    CHECK(client.read_message().body == "a");
    client.send(get("peer.example"));
    CHECK(client.read_message().body == "a");
    CHECK(street.peer.connections() == 2);
}

TEST_CASE("A large answer waits for a slow client") {
    const std::string body(4UL << 20U, 'z');
    Street street{[&](Wire& wire) {
        wire.read_message();
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        wire.read_message();
    }};
    auto client = street.open();
    client.send(get("peer.example"));
    CHECK((client.read_message().body == body));
}
