#include <catch2/catch.hpp>

#include "app/guide.hpp"
#include "app/policies.hpp"

namespace app = fedtrail::app;

namespace {

std::string guide_with(const std::string& name, const std::string& settings) {
    const auto all = app::load_software(
        app::PolicyFolders{FEDTRAIL_SOURCE_DIR "/policies", FEDTRAIL_SOURCE_DIR "/schemas"});
    REQUIRE(all.has_value());
    const auto software = app::software_named(*all, name);
    const auto config = app::parse_config("[proxy]\n" + settings, "test", "/base", {});
    REQUIRE(software.has_value());
    REQUIRE(config.has_value());
    return app::guide_text(app::filled(*software, app::guide_places(*config)));
}

std::string guide_of(const std::string& name, const std::string& listen) {
    return guide_with(name, "listen = \"" + listen + "\"");
}

}  // namespace

TEST_CASE("A proxy at an IPv6 address is written as each software reads it", "[app][guide]") {
    CHECK_THAT(guide_of("gotosocial", "[::1]:7117"), Catch::Contains("allow-ips: [\"::1/128\"]"));
    CHECK_THAT(guide_of("gotosocial", "127.0.0.1:7117"), Catch::Contains("allow-ips: [\"127.0.0.1/32\"]"));
    CHECK_THAT(guide_of("wordpress", "[::1]:7117"), Catch::Contains("'WP_PROXY_HOST', '[::1]'"));
    CHECK_THAT(guide_of("mastodon", "[::1]:7117"), Catch::Contains("http_proxy=http://[::1]:7117"));
}

TEST_CASE("A place where nothing is written is not named", "[app][guide]") {
    CHECK_THAT(guide_of("lemmy-1.0", "127.0.0.1:7117"), !Catch::Contains("as root, then"));
}

TEST_CASE("Redirected connections are led to where the configuration has them arrive", "[app][guide]") {
    const auto text = guide_with("nodebb", "transparent_listen = \"127.0.0.1:9119\"");
    CHECK_THAT(text, Catch::Contains("transparent_listen = \"127.0.0.1:9119\""));
    CHECK_THAT(text, Catch::Contains("redirect to :9119'") && !Catch::Contains("7119"));
}

TEST_CASE("A guide says what to write for the words that stand for something", "[app][guide]") {
    const auto text = guide_with("mastodon", "listen = \"0.0.0.0:7117\"\ntoken = \"s3cret\"");
    CHECK_THAT(text, Catch::Contains("http_proxy=http://fedtrail:PASSWORD@THIS.MACHINE:7117\n"));
    CHECK_THAT(text, Catch::Contains("\n\nPASSWORD is proxy.token of fedtrail.toml"));
    CHECK_THAT(text, Catch::Contains("\nTHIS.MACHINE is this machine as your server reaches it.\n"));
    CHECK_THAT(guide_of("mastodon", "127.0.0.1:7117"), !Catch::Contains("THIS.MACHINE"));
}
