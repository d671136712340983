#include <catch2/catch.hpp>

#include "app/config.hpp"

using fedtrail::app::parse_config;

TEST_CASE("Redirected connections are taken where nobody else comes", "[app][config][listen]") {
    const auto listening_at = [](const std::string& address) {
        return parse_config("[proxy]\ntransparent_listen = \"" + address + "\"", "f.toml", "/base", {});
    };
    for (const auto* closed : {"127.0.0.1:7119", "[::1]:7119", "172.17.0.1:7119", "[fd00::1]:7119"}) {
        INFO(closed);
        CHECK(listening_at(closed).has_value());
    }
    for (const auto* open : {"0.0.0.0:7119", "[::]:7119", "[::ffff:0.0.0.0]:7119", "198.41.0.4:7119"}) {
        INFO(open);
        const auto refused = listening_at(open);
        REQUIRE_FALSE(refused.has_value());
        CHECK_THAT(refused.error().what, Catch::Contains("anybody could use it"));
    }
}
