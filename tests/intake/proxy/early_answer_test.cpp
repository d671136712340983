/// Peers that answer before they have the whole request, and keep their connection.

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

namespace {

constexpr const char* kRefusal = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";

/// Refuses the first request of the first connection by its head; accepts each other one.
Peer::Script refusing_the_first(Received& received, std::atomic<int>& connections) {
    return [&](Wire& wire) {
        if (connections++ == 0) {
            wire.read_until("\r\n\r\n");
            wire.send(kRefusal);
            wire.read_to_end();  // what comes now is the body of that request, until the end
            return;
        }
        received.add(wire.read_message());
        wire.send(kAccepted);
        wire.read_to_end();
    };
}

}  // namespace

TEST_CASE("A connection whose peer refused an expected body by its head carries no other delivery") {
    House house;
    Received received;
    std::atomic<int> connections{0};
    const Peer peer{house.leaf("peer.example"), refusing_the_first(received, connections)};
    house.name("peer.example", peer);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note(), "Expect: 100-continue\r\n"));
    CHECK(client.read_message().head == kRefusal);
    client.send(post("peer.example", note(500)));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(1).at(0).body == note(500));
    CHECK(peer.connections() == 2);
    const auto outcomes = house.sink.settled(2);
    CHECK(outcomes.at(0) == Outcome{OutcomeKind::RefusedBeforeBody, 413});
    CHECK(outcomes.at(1) == Outcome{OutcomeKind::Accepted, 202});
}
