#include "backends/libpsl/public_suffix.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;

TEST_CASE("Some names are nobody's own") {
    const auto is = [](const char* host) { return libpsl::is_public_suffix(*Host::parse(host)); };
    CHECK(is("com"));
    CHECK(is("co.uk"));
    CHECK(is("github.io"));
    CHECK_FALSE(is("mastodon.social"));
    CHECK_FALSE(is("www.example.org"));
}
