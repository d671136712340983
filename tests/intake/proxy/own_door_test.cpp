/// The proxy's own door, by other names of its address.

#include <catch2/catch.hpp>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

TEST_CASE("The proxy does not connect to itself by an IPv6 form of its address either") {
    House house;
    house.start();
    const auto own = house.proxy().listening()[0];
    const auto port = own.substr(own.rfind(':'));
    for (const std::string address : {"[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"}) {
        INFO(address);
        auto client = house.connect();
        client.send("GET http://" + address + port + "/ HTTP/1.1\r\nHost: " + address + port + "\r\n\r\n");
        CHECK(client.read_message().head.substr(0, 12) == "HTTP/1.1 403");
    }
    CHECK(house.proxy().figures().guard_refused == 2);
}
