#include <string>

#include <catch2/catch.hpp>

#include "backends/poco/raw_client.hpp"

using namespace fedtrail;

namespace {

/// What a server that echoes says to `request`; all of it, with its NULs.
std::string echo_of(std::string_view request) {
    const auto server = testing::serving({}, testing::echo);
    const testing::Raw raw{server->port()};
    raw.say(request);
    raw.finish_saying();
    return raw.rest();
}

}  // namespace

TEST_CASE("A method that carries no body, or nobody knows, needs no length", "[poco]") {
    for (const std::string method : {"TRACE", "BREW", "PROPFIND", "OPTIONS", "DELETE"}) {
        CAPTURE(method);
        CHECK_THAT(echo_of(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n"),
                   Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith(method + " /x "));
    }
    for (const std::string method : {"PUT", "PATCH"}) {
        CAPTURE(method);
        CHECK_THAT(echo_of(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n"), Catch::StartsWith("HTTP/1.1 411"));
    }
}

TEST_CASE("A control character in a header is refused, and a tab is not", "[poco]") {
    for (const char odd : {'\0', '\x01', '\b', '\v', '\x1b', '\x1f', '\x7f'}) {
        CAPTURE(static_cast<int>(odd));
        CHECK_THAT(echo_of("GET /x HTTP/1.1\r\nHost: x\r\nX-One: a" + std::string(1, odd) + "b\r\n\r\n"),
                   Catch::StartsWith("HTTP/1.1 400"));
    }
    CHECK_THAT(echo_of("GET /x HTTP/1.1\r\nHost: x\r\nX-One: a\tb\xc3\xa9\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 200"));
}
