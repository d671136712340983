#include "fedtrail/core/handle.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;

TEST_CASE("A handle is a name and a host, however it is written", "[core][handle]") {
    for (const auto* text : {"alice@origin.example",
                             "@alice@origin.example",
                             "acct:alice@origin.example",
                             "acct:@alice@Origin.Example.:443"}) {
        CAPTURE(text);
        const auto handle = Handle::parse(text);
        REQUIRE(handle);
        CHECK(handle->name == "alice");
        CHECK(handle->host.text() == "origin.example");
    }
    CHECK(Handle::parse("Jo.é-1@localhost:8443")->name == "Jo.é-1");
}

TEST_CASE("What is no handle is refused without repeating it", "[core][handle]") {
    for (const auto* text : {"",
                             "@",
                             "alice",
                             "@alice",
                             "alice@",
                             "@origin.example",
                             "@@origin.example",
                             "a@b@c",
                             "@a@b@c.example",
                             "@@a@b.example",
                             "al ice@origin.example",
                             "alice @origin.example",
                             "a\nb@origin.example",
                             "alice@not a host",
                             "alice@origin.example/x",
                             "https://origin.example/@alice"}) {
        CAPTURE(text);
        const auto handle = Handle::parse(text);
        REQUIRE_FALSE(handle);
        CHECK(handle.error().kind == ErrorKind::Invalid);
        CHECK(handle.error().what == "this is no handle");
    }
    CHECK_FALSE(Handle::parse(std::string(600, 'a') + "@origin.example"));
}
