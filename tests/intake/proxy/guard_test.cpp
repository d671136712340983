#include <catch2/catch.hpp>

#include "intake/proxy/address_guard.hpp"
#include "intake/proxy/client_hello.hpp"
#include "intake/proxy/target.hpp"

using namespace fedtrail;
using namespace fedtrail::proxy;

namespace {
bool open(const std::string& text) {
    return is_public(boost::asio::ip::make_address(text));
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
    const auto guard = AddressGuard::make({"127.0.0.0/8", "10.1.2.3", "fd00::/16"});
    REQUIRE(guard);
    const auto permits = [&](const std::string& text) {
        return guard->permits(boost::asio::ip::make_address(text));
    };
    CHECK(permits("127.9.9.9"));
    CHECK(permits("::ffff:127.0.0.1"));
    CHECK(permits("10.1.2.3"));
    CHECK_FALSE(permits("10.1.2.4"));
    CHECK(permits("fd00:1::1"));
    CHECK_FALSE(permits("fd01::1"));
    CHECK_FALSE(permits("::1"));
    CHECK(permits("1.1.1.1"));
}

TEST_CASE("A network that is none is refused") {
    const std::string text =
        GENERATE(as<std::string>{}, "", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "fd00::/129", "x");
    CAPTURE(text);
    CHECK(AddressGuard::make({text}).error().kind == ErrorKind::Invalid);
}

TEST_CASE("A target has a host, a port and a name for the ledger") {
    const auto target = target_of("Peer.Example:8443", true, 443);
    REQUIRE(target);
    CHECK(target->recipient.text() == "peer.example:8443");
    CHECK(target->name.text() == "peer.example");
    CHECK(target_of("peer.example:443", true, 443)->recipient.text() == "peer.example");
    CHECK(target_of("peer.example:80", false, 80)->recipient.text() == "peer.example");
    CHECK(target_of("[::1]:443", true, 443)->dialled() == "::1");
    CHECK(target_of("10.0.0.1:443", true, 443)->is_address());
    for (const auto* bad : {"", ":443", "a@b:443", "a:0", "a:65536", "a:4x", "a b:1", "[::1", "a/b:443"}) {
        CAPTURE(bad);
        CHECK_FALSE(target_of(bad, true, 443));
    }
}

TEST_CASE("Bypass patterns match whole labels") {
    const std::vector<std::string> patterns{"a.example", "*.cdn.example"};
    CHECK(matches_any(patterns, *Host::parse("a.example")));
    CHECK_FALSE(matches_any(patterns, *Host::parse("b.a.example")));
    CHECK(matches_any(patterns, *Host::parse("x.y.cdn.example")));
    CHECK_FALSE(matches_any(patterns, *Host::parse("cdn.example")));
    CHECK_FALSE(matches_any(patterns, *Host::parse("evilcdn.example")));
}

TEST_CASE("Bytes that begin no TLS connection are known at once") {
    CHECK(std::holds_alternative<NotTls>(read_client_hello("GET / HTTP/1.1\r\n")));
    CHECK(std::holds_alternative<NotTls>(read_client_hello("SSH-2.0-x\r\n")));
    CHECK(std::holds_alternative<HelloIncomplete>(read_client_hello(std::string{"\x16\x03\x01\x02"})));
    using namespace std::string_literals;
    CHECK(std::holds_alternative<NotTls>(read_client_hello("\x16\x03\x01\x00\x04\x02\x00\x00\x00"s)));
    // a hello whose inner lengths point outside it
    CHECK(std::holds_alternative<NotTls>(
        read_client_hello("\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\xff\xff"s)));
}
