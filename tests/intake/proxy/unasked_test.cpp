/// Peers that say more than they were asked.

#include <algorithm>
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
    const auto both_of_them = received.get(2);  // the first was answered before it was read: in either order
    CHECK(std::count_if(both_of_them.begin(), both_of_them.end(), [](const Message& message) {
              return message.body == note(500);
          }) == 1);
    CHECK(house.sink.settled(2).at(1) == Outcome{OutcomeKind::Accepted, 202});
}
