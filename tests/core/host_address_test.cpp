/// However an address of the network is written, it is one host: rules, imports and the proxy ask Host for
/// it.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fedtrail/core/uri.hpp"

using namespace fedtrail;

TEST_CASE("All spellings of an IPv6 address are one host", "[core][uri]") {
    const std::vector<std::vector<std::string>> spellings{
        {"[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[0:0::1]:443", "[::0.0.0.1]"},
        {"[2001:db8::1]", "[2001:DB8::1]", "[2001:0db8:0:0:0:0:0:1]", "[2001:db8:0::0:1]"},
        {"[2001:db8::1:0:0:1]", "[2001:db8:0:0:1::1]", "[2001:db8:0:0:1:0:0:1]"},
        {"[2001:0:0:1::1]", "[2001::1:0:0:0:1]", "[2001:0:0:1:0:0:0:1]"},
        {"[2001:db8::1:1:1:1:1]", "[2001:db8:0:1:1:1:1:1]"},
        {"[::ffff:192.0.2.1]", "[::FFFF:c000:201]", "[0:0:0:0:0:ffff:192.0.2.1]"},
        {"[::c000:201]", "[::192.0.2.1]"},
        {"[64:ff9b::c000:201]", "[64:FF9B::192.0.2.1]"},
        {"[::]:8443", "[0:0:0:0:0:0:0:0]:8443", "[0::0]:08443"}};
    for (const auto& of_one : spellings) {
        for (const auto& spelling : of_one) {
            CAPTURE(spelling);
            const auto host = Host::parse(spelling);
            REQUIRE(host);
            CHECK(host->text() == of_one.front());
            const auto uri = Uri::parse("https://" + spelling + "/x");
            REQUIRE(uri);
            CHECK(uri->text() == "https://" + of_one.front() + "/x");
            CHECK(uri->host() == *host);
        }
    }
    for (const auto* none :
         {"[fe80::1%25eth0]", "[1::2::3]", "[12345::]", "[::1.2.3]", "[1:2:3:4:5:6:7]", "::1"}) {
        CAPTURE(none);
        CHECK_FALSE(Host::parse(none));
    }
}
