/// Redirected connections that do not say where they were going.

#include <atomic>
#include <string>

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using proxy::ProxyFigures;

namespace {

std::string two_octets(std::size_t number) {
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

/// A ClientHello in one record; without a name, without the extension.
std::string hello_naming(const std::string& name) {
    std::string extensions;
    if (!name.empty()) {
        const auto entry = std::string(1, '\0') + two_octets(name.size()) + name;
        extensions = two_octets(0) + two_octets(entry.size() + 2) + two_octets(entry.size()) + entry;
    }
    const auto body = std::string{"\x03\x03"} + std::string(32, 'r') + std::string(1, '\0') + two_octets(2) +
                      "\xC0\x2B" + std::string("\x01\x00", 2) + two_octets(extensions.size()) + extensions;
    const auto handshake = std::string("\x01\x00", 2) + two_octets(body.size()) + body;
    return "\x16\x03\x01" + two_octets(handshake.size()) + handshake;
}

}  // namespace

TEST_CASE("A redirected connection that names no valid host is closed, counted and told of once") {
    std::atomic<int> told{0};
    House house;
    house.options.transparent = {"127.0.0.1:0"};
    house.events.unnamed = [&told] { ++told; };
    house.start();
    std::uint64_t closed = 0;
    for (const std::string name : {"", "bad name", "alice@peer.example", "peer.example:8443"}) {
        INFO(name);
        auto client = house.connect(1);
        client.send(hello_naming(name));
        CHECK(client.read_to_end().empty());
        CHECK(house.proxy().figures().unnamed == ++closed);
    }
    auto other = house.connect(1);
    other.send("\x01\x02 neither TLS nor HTTP");
    CHECK(other.read_to_end().empty());
    CHECK(house.proxy().figures().unnamed == closed + 1);
    CHECK(told == 1);
    CHECK(house.proxy().figures().tunnels == 0);
    CHECK(house.sink.intents().empty());
}

TEST_CASE("A redirected connection that says nothing at all is not counted as one without a name") {
    House house;
    house.options.transparent = {"127.0.0.1:0"};
    house.start();
    {
        auto silent = house.connect(1);
        silent.finish_sending();
        CHECK(silent.read_to_end().empty());
    }
    CHECK(house.proxy().figures().unnamed == 0);
}
