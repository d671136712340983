#include "api/target.hpp"

#include <catch2/catch.hpp>

using fedtrail::api::parse_target;
using fedtrail::api::percent_encoded;

TEST_CASE("An address is taken apart and decoded once", "[api][target]") {
    const auto target = parse_target("/a/b%2Fc/%2525?x=1+2&y=%26&z&x=3");
    REQUIRE(target.has_value());
    CHECK(target->segments == std::vector<std::string>{"a", "b/c", "%25"});
    CHECK(target->query("x") == "1 2");
    CHECK(target->query("y") == "&");
    CHECK(target->query("z") == "");
    CHECK_FALSE(target->query("w").has_value());
}

TEST_CASE("A flag is true, false or left out", "[api][target]") {
    const auto target = parse_target("/a?on=true&off=false&yes=yes&one=1&empty");
    REQUIRE(target.has_value());
    CHECK(target->flag("on").value());
    CHECK_FALSE(target->flag("off").value());
    CHECK_FALSE(target->flag("left_out").value());
    for (const auto* name : {"yes", "one", "empty"}) {
        INFO(name);
        CHECK_FALSE(target->flag(name).has_value());
    }
}

TEST_CASE("The root has no segments", "[api][target]") {
    CHECK(parse_target("/")->segments.empty());
    CHECK(parse_target("/?a=b")->query("a") == "b");
}

TEST_CASE("Too many parameters are refused", "[api][target]") {
    std::string target = "/?a=b";
    for (int i = 0; i < 40; ++i) {
        target += "&a=b";
    }
    CHECK_FALSE(parse_target(target).has_value());
}

TEST_CASE("What is percent-encoded decodes to itself", "[api][target]") {
    const std::string text = "a b/c?d=é&~-._%";
    CHECK(percent_encoded("a b") == "a%20b");
    CHECK(parse_target("/" + percent_encoded(text))->segments.at(0) == text);
}
