#include "fedtrail/core/uri.hpp"

#include <random>
#include <string>
#include <vector>

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

TEST_CASE("An encoded character that has a meaning keeps its own", "[core][uri]") {
    const auto normal = [](std::string_view text) { return Uri::parse(text)->text(); };
    CHECK(normal("https://a.example/x%2fy/%2e%2E/z") == "https://a.example/z");
    CHECK(normal("https://a.example/accounts/b%40c%3a1") == "https://a.example/accounts/b%40c%3A1");
    CHECK(normal("https://a.example/posts/https%3A%2F%2Fb.example%2F..%2Fn") ==
          "https://a.example/posts/https%3A%2F%2Fb.example%2F..%2Fn");
    CHECK(normal("https://a.example/s?q=a%26b%3Dc%7e#x%2Fy") == "https://a.example/s?q=a%26b%3Dc~#x%2Fy");
    CHECK(normal("https://a.example/%e9%00%25%41") == "https://a.example/%E9%00%25A");
}

TEST_CASE("Dot segments are taken out as RFC 3986 does it", "[core][uri]") {
    const auto path = [](const std::string& text) {
        return std::string{Uri::parse("https://a.example" + text)->path()};
    };
    CHECK(path("/a/b/c/./../../g") == "/a/g");
    CHECK(path("/a/..") == "/");
    CHECK(path("/../..") == "/");
    CHECK(path("/a/.") == "/a/");
    CHECK(path("/a//../b") == "/a/b");
    CHECK(path("/a//b/") == "/a//b/");
    CHECK(path("/.../..a/b..") == "/.../..a/b..");
    CHECK(path("/a?x=/../y") == "/a");
    CHECK(Uri::parse("https://1.2.3.4x/..")->text() == "https://1.2.3.4x/");
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

namespace {

/// A URI put together from pieces that are in normal form, and pieces that are not.
std::string made_up_uri(std::mt19937& random) {
    static const std::vector<std::string> some_hosts{"a.example",
                                                     "A.example",
                                                     "xn--bcher-kva.example",
                                                     "a.example.",
                                                     "127.0.0.1",
                                                     "a..b",
                                                     "-a.example",
                                                     "a_b.c",
                                                     "a.example:443",
                                                     "a.example:8443",
                                                     "[::1]",
                                                     "a.example:",
                                                     "u@a.example",
                                                     std::string(64, 'a'),
                                                     "",
                                                     "a%41.b"};
    static const std::vector<std::string> some_pieces{"/",
                                                      "/",
                                                      "/",
                                                      "/users",
                                                      "/@alice",
                                                      "/~x",
                                                      "/.",
                                                      "/..",
                                                      "/...",
                                                      "//",
                                                      "/a.b",
                                                      "?",
                                                      "?p=11",
                                                      "#",
                                                      "#main-key",
                                                      "&x=y",
                                                      "%41",
                                                      "%2F",
                                                      "%zz",
                                                      "%c3%a9",
                                                      "[",
                                                      "]",
                                                      "|",
                                                      "\"",
                                                      " ",
                                                      "\t",
                                                      "\\",
                                                      "^",
                                                      "`",
                                                      "{",
                                                      "}",
                                                      "<",
                                                      ">",
                                                      "é",
                                                      "\x7f",
                                                      "!$&'()*+,;=:@",
                                                      "=",
                                                      ".",
                                                      "..",
                                                      "a",
                                                      "Z9",
                                                      "-_.~",
                                                      std::string(700, 'x')};
    const auto one_of = [&random](const std::vector<std::string>& list) {
        return list[random() % list.size()];
    };
    std::string text = one_of(some_hosts);
    for (auto pieces = random() % 7; pieces > 0; --pieces) {
        text += one_of(some_pieces);
    }
    return text;
}

}  // namespace

TEST_CASE("A URI in normal form is taken as it is, and that is what normalising gives", "[core][uri]") {
    std::mt19937 random{20260807};
    int parsed = 0;
    for (int i = 0; i < 200'000; ++i) {
        const auto text = made_up_uri(random);
        const auto quick = Uri::parse("https://" + text);
        const auto thorough = Uri::parse("HTTPS://" + text);  // the capitals rule the short way out
        CAPTURE(text);
        REQUIRE(quick.has_value() == thorough.has_value());
        if (quick) {
            ++parsed;
            REQUIRE(quick->text() == thorough->text());
            REQUIRE(quick->host() == thorough->host());
            REQUIRE(Uri::parse(quick->text())->text() == quick->text());
        }
    }
    CHECK(parsed > 20'000);
}
