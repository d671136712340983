/// What some clients send between two requests.

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

TEST_CASE("Empty lines before a request are passed over, in however many parts they come") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();

    auto client = house.open("peer.example");
    client.send(post("peer.example", note()) + "\r\n\r\n");
    CHECK(client.read_message().head == kAccepted);
    for (const auto* part : {"\r", "\n\r"}) {
        client.send(part);
        std::this_thread::sleep_for(std::chrono::milliseconds{20});  // so that it is read by itself
    }
    client.send("\n" + post("peer.example", note(500)));
    CHECK(client.read_message().head == kAccepted);
    CHECK(received.get(2).at(1).body == note(500));
}
