#include <catch2/catch.hpp>

#include "intake/proxy/client_hello.hpp"
#include "intake/proxy/target.hpp"

using namespace fedtrail;
using namespace fedtrail::proxy;

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
