/// Peers that say more than they were asked.

#include <future>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::Outcome;
using privacy::OutcomeKind;

TEST_CASE("An answer that nobody asked for is not the next delivery's, though it was read ahead") {
    House house;
    Received received;
    std::atomic<int> connections{0};
    std::promise<void> both;
    const Peer peer{house.leaf("peer.example"), [&](Wire& wire) {
                        const bool first = connections++ == 0;
                        if (first) {  // before it is asked, so that both come with one read
                            wire.send(kAccepted);
                            wire.send("HTTP/1.1 299 Unasked\r\nContent-Length: 0\r\n\r\n");
                            both.set_value();
                        }
                        received.add(wire.read_message());
                        if (!first) {
                            wire.send(kAccepted);
                        }
                        wire.read_message();
                    }};
    house.name("peer.example", peer);
    house.sink.hold();
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()));
    REQUIRE(both.get_future().wait_for(kPatience) == std::future_status::ready);
    house.sink.release();
    CHECK(client.read_message().head == kAccepted);
    client.send(post("peer.example", note(500)));
    CHECK(client.read_message().head == kAccepted);
    CHECK(peer.connections() == 2);
    CHECK(received.get(2).at(1).body == note(500));
    CHECK(house.sink.settled(2).at(1) == Outcome{OutcomeKind::Accepted, 202});
}
