#include "fedtrail/core/uri.hpp"

#include <catch2/catch.hpp>

using fedtrail::Host;
using fedtrail::Uri;

TEST_CASE("Hosts of one place are equal", "[core][uri]") {
    CHECK(Host::parse("Example.ORG.")->text() == "example.org");
    CHECK(Host::parse("BÜCHER.example")->text() == "xn--bcher-kva.example");
    CHECK(Host::parse("example.org:443")->text() == "example.org");
    CHECK(Host::parse("example.org:8443")->text() == "example.org:8443");
    CHECK(Host::parse("127.0.0.1:80")->text() == "127.0.0.1:80");
    CHECK(Host::parse("[2001:DB8:0:0::1]:443")->text() == "[2001:db8::1]");
}

TEST_CASE("What is no host is refused", "[core][uri]") {
    for (const auto* text : {"",
                             ".",
                             "a..b",
                             "-a.example",
                             "a b",
                             "a/b",
                             "user@a.example",
                             "a.example:0",
                             "a.example:x",
                             "a.example:99999",
                             "[::1",
                             "[zz::1]",
                             "a\tb",
                             "a%41.example"}) {
        CAPTURE(text);
        CHECK_FALSE(Host::parse(text));
    }
    CHECK_FALSE(Host::parse(std::string(64, 'a') + ".example"));
    CHECK_FALSE(Host::parse(std::string_view{"a\0b", 3}));
}

TEST_CASE("URIs of one place are equal", "[core][uri]") {
    CHECK(Uri::parse("HTTPS://Example.ORG:443/Users/../users/%61lice")->text() ==
          "https://example.org/users/alice");
    CHECK(Uri::parse("http://example.org:80")->text() == "http://example.org/");
    CHECK(Uri::parse("https://bücher.example/é")->text() == "https://xn--bcher-kva.example/%C3%A9");
    CHECK(Uri::parse("https://a.example:3000/x?y=1#z")->host().text() == "a.example:3000");
}

TEST_CASE("The parts of a URI", "[core][uri]") {
    const auto uri = Uri::parse("https://a.example/p/q?x=/#main-key");
    REQUIRE(uri);
    CHECK(uri->scheme() == "https");
    CHECK(uri->path() == "/p/q");
    CHECK(uri->query() == "x=/");
    CHECK(uri->fragment() == "main-key");
    CHECK(Uri::parse("https://a.example")->path() == "/");
}

TEST_CASE("Userinfo, other schemes and broken URIs are refused", "[core][uri]") {
    for (const auto* text : {"",
                             "https://",
                             "https:///x",
                             "https://user@a.example/",
                             "https://u:p@a.example/",
                             "ftp://a.example/",
                             "/relative",
                             "acct:alice@a.example",
                             "https://a.example/%zz",
                             "https://a b/"}) {
        CAPTURE(text);
        CHECK_FALSE(Uri::parse(text));
    }
    CHECK_FALSE(Uri::parse("https://a.example/" + std::string(3000, 'x')));
}
