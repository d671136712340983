#include "fedtrail/core/address.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail;

namespace {
bool open(const std::string& text) {
    return IpAddress::parse(text)->is_public();
}
}  // namespace

TEST_CASE("Addresses that are not public are closed, in every form they can be written") {
    const std::string address = GENERATE(as<std::string>{},
                                         "0.0.0.0",
                                         "0.1.2.3",
                                         "10.0.0.1",
                                         "100.64.0.1",
                                         "100.100.100.200",
                                         "127.0.0.1",
                                         "127.255.255.254",
                                         "168.63.129.16",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.0.0.192",
                                         "192.0.2.1",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.7",
                                         "224.0.0.1",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::7f00:1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:169.254.169.254",
                                         "::ffff:0:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b::a9fe:a9fe",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::1",
                                         "3fff::1",
                                         "fc00::1",
                                         "fd00:ec2::254",
                                         "fe80::1",
                                         "fec0::1",
                                         "ff02::1");
    CAPTURE(address);
    CHECK_FALSE(open(address));
}

TEST_CASE("Public addresses are open") {
    const std::string address = GENERATE(as<std::string>{},
                                         "1.1.1.1",
                                         "9.255.255.255",
                                         "11.0.0.0",
                                         "100.63.255.255",
                                         "100.128.0.0",
                                         "126.255.255.255",
                                         "172.15.255.255",
                                         "172.32.0.0",
                                         "192.167.255.255",
                                         "198.17.255.255",
                                         "198.20.0.0",
                                         "223.255.255.255",
                                         "::ffff:1.1.1.1",
                                         "64:ff9b::101:101",
                                         "2606:4700:4700::1111",
                                         "2a01:4f8::1");
    CAPTURE(address);
    CHECK(open(address));
}

TEST_CASE("What is allowed by the configuration is permitted, and nothing beside it") {
    const std::vector<std::string> allowed{"127.0.0.0/8", "10.1.2.3", "fd00::/16"};
    const auto guard = AddressGuard::make(allowed);
    REQUIRE(guard);
    const auto permits = [&](const std::string& text) { return guard->permits(*IpAddress::parse(text)); };
    CHECK(permits("127.9.9.9"));
    CHECK(permits("::ffff:127.0.0.1"));
    CHECK(permits("10.1.2.3"));
    CHECK_FALSE(permits("10.1.2.4"));
    CHECK(permits("fd00:1::1"));
    CHECK_FALSE(permits("fd01::1"));
    CHECK_FALSE(permits("::1"));
    CHECK(permits("1.1.1.1"));
}

TEST_CASE("Loopback is this machine, by address alone") {
    for (const auto* const own : {"127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"}) {
        CAPTURE(own);
        CHECK(is_loopback(own));
    }
    for (const auto* const other :
         {"127.evil.example", "localhost", "[::1]", "0.0.0.0", "::", "::2", "10.0.0.1", ""}) {
        CAPTURE(other);
        CHECK_FALSE(is_loopback(other));
    }
}

TEST_CASE("A network that is none is refused") {
    const std::string text = GENERATE(as<std::string>{},
                                      "",
                                      "10.0.0.0/33",
                                      "10.0.0/8",
                                      "10.0.0.0/",
                                      "fd00::/129",
                                      "::ffff:10.0.0.0/104",
                                      "10.0.0.1%lo",
                                      "x");
    CAPTURE(text);
    CHECK(AddressGuard::make(std::vector<std::string>{text}).error().kind == ErrorKind::Invalid);
}

TEST_CASE("An IPv4 network written as IPv6 is refused, whatever its prefix would be taken for") {
    const std::string text = GENERATE(as<std::string>{},
                                      "::ffff:0:0/8",
                                      "::ffff:10.0.0.0/8",
                                      "::ffff:10.0.0.0/104",
                                      "64:ff9b::/0",
                                      "64:ff9b::/96",
                                      "64:ff9b::10.0.0.0/24");
    CAPTURE(text);
    const auto network = AddressNetwork::parse(text);
    REQUIRE_FALSE(network);
    CHECK(network.error().what == "\"" + text + "\" is a network of IPv4 addresses written as IPv6");
    CHECK(AddressNetwork::parse("::ffff:10.0.0.5")->holds(*IpAddress::parse("10.0.0.5")));
    CHECK(AddressNetwork::parse("64:ff9b:1::/48")->holds(*IpAddress::parse("64:ff9b:1::1")));
}
