#include "app/guide.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "app/json_schema.hpp"
#include "app/policies.hpp"

namespace app = fedtrail::app;

namespace {

const app::PolicyFolders policy_folders{FEDTRAIL_SOURCE_DIR "/policies", FEDTRAIL_SOURCE_DIR "/schemas"};

std::vector<app::Software> all() {
    const auto software = app::load_software(policy_folders);
    INFO((software ? "" : software.error().what));
    REQUIRE(software.has_value());
    return *software;
}

app::Software named(const std::string& name) {
    const auto found = app::software_named(all(), name);
    REQUIRE(found.has_value());
    return *found;
}

}  // namespace

TEST_CASE("There is a guide for every server software of the field", "[app][guide]") {
    for (const auto* name : {"mastodon",  "glitch-soc", "hometown",  "lemmy-0.19", "lemmy-1.0", "mbin",
                             "misskey",   "sharkey",    "firefish",  "pleroma",    "akkoma",    "peertube",
                             "funkwhale", "gotosocial", "friendica", "wordpress",  "pixelfed",  "snac",
                             "piefed",    "threads",    "nodebb",    "epicyon",    "calckey",   "snac2"}) {
        INFO(name);
        CHECK(app::software_named(all(), name).has_value());
    }
}

TEST_CASE("No two guides answer to one name", "[app][guide]") {
    std::vector<std::string> names;
    for (const auto& software : all()) {
        names.push_back(software.name);
        names.insert(names.end(), software.also.begin(), software.also.end());
    }
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("A guide leaves no placeholder open", "[app][guide]") {
    auto config = app::parse_config("", "test", "/base", {});
    REQUIRE(config.has_value());
    for (const auto& software : all()) {
        const auto guide = app::filled(software, app::guide_places(*config));
        for (const auto* step : {&guide.proxy, &guide.trust}) {
            for (const auto& line : step->lines) {
                INFO(line);
                CHECK(line.find("{proxy") == std::string::npos);
                CHECK(line.find("{redirected") == std::string::npos);
                CHECK(line.find("{ca}") == std::string::npos);
                CHECK(line.find("{copy}") == std::string::npos);
                CHECK(line.find("{bundle}") == std::string::npos);
            }
        }
    }
}

TEST_CASE("No server is pointed at a file in the data folder, which it may not enter", "[app][guide]") {
    const auto config = app::parse_config("data_dir = \"/var/lib/fedtrail\"", "test", "/base", {});
    REQUIRE(config.has_value());
    for (const auto& software : all()) {
        INFO(software.name);
        for (const auto& line : app::filled(software, app::guide_places(*config)).trust.lines) {
            const bool copies =
                line.starts_with("cat ") || line.starts_with("cp ") || line.starts_with("install -m 644 ");
            INFO(line);
            CHECK((copies || line.find("/var/lib/fedtrail") == std::string::npos));
        }
    }
    const auto text = app::guide_text(app::filled(named("misskey"), app::guide_places(*config)));
    CHECK_THAT(text,
               Catch::Contains("install -m 644 /var/lib/fedtrail/ca.pem /etc/ssl/fedtrail-ca.pem\n"
                               "    NODE_EXTRA_CA_CERTS=/etc/ssl/fedtrail-ca.pem\n"));
}

TEST_CASE("A guide says where root is needed", "[app][guide]") {
    for (const auto& software : all()) {
        INFO(software.name);
        for (const auto& line : software.trust.lines) {
            if (line.starts_with("cat ") || line.starts_with("cp ") || line.starts_with("install ")) {
                CHECK(software.trust.where.starts_with("as root"));
            }
        }
    }
}

TEST_CASE("No guide says the same line twice", "[app][guide]") {
    for (const auto& software : all()) {
        INFO(software.name);
        for (const auto* step : {&software.proxy, &software.trust}) {
            // Of two that define one name in PHP the second does not count.
            std::vector<std::string> settings;
            for (const auto& line : step->lines) {
                const auto end = line.starts_with("define('") ? line.find("',") : line.size();
                settings.push_back(line.substr(0, end));
            }
            std::sort(settings.begin(), settings.end());
            const auto twice = std::adjacent_find(settings.begin(), settings.end());
            INFO((twice == settings.end() ? "" : *twice));
            CHECK(twice == settings.end());
        }
    }
}

TEST_CASE("The guide of Mastodon names its lower-case variable with our address", "[app][guide]") {
    const auto config = app::parse_config("[proxy]\nlisten = \"127.0.0.1:9999\"", "test", "/base", {});
    const auto text = app::guide_text(app::filled(named("Mastodon"), app::guide_places(*config)));
    CHECK_THAT(text, Catch::Contains("\n    http_proxy=http://127.0.0.1:9999\n"));
}

TEST_CASE("What goes into our own configuration can be read there", "[app][guide]") {
    const auto config = app::parse_config("", "test", "/base", {});
    const auto guide = app::filled(named("nodebb"), app::guide_places(*config));
    std::string toml;
    for (const auto& line : guide.proxy.lines) {
        toml += line.starts_with("nft ") ? "" : line + "\n";
    }
    const auto read = app::parse_config(toml, "test", "/base", {});
    INFO((read ? "" : read.error().what));
    REQUIRE(read.has_value());
    CHECK(read->proxy.transparent_listen.has_value());
    for (const auto& software : all()) {
        CHECK(software.proxy.where.find("in in ") == std::string::npos);
        CHECK_THAT(app::guide_text(software),
                   !Catch::Contains(", in in ") && !Catch::Contains(", in as root"));
    }
}

TEST_CASE("The guide of NodeBB and the manual have the same rules for the firewall", "[app][guide]") {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/proxy.md"};
    std::ostringstream manual;
    manual << in.rdbuf();
    int rules = 0;
    const auto config = app::parse_config("", "test", "/base", {});
    const auto guide = app::filled(named("nodebb"), app::guide_places(*config));
    for (const auto& line : guide.proxy.lines) {
        if (const auto at = line.find("meta skuid"); at != std::string::npos) {
            CHECK_THAT(manual.str(), Catch::Contains("    " + line.substr(at, line.size() - 1 - at) + "\n"));
            ++rules;
        }
    }
    CHECK(rules == 2);
}

TEST_CASE("A proxy that asks for a password has it in every guide that leads to it", "[app][guide]") {
    const auto open = app::parse_config("", "test", "/base", {});
    const auto closed = app::parse_config("[proxy]\ntoken = \"s3cret\"", "test", "/base", {});
    for (const auto& software : all()) {
        if (software.capture != app::Capture::Intercept) {
            continue;
        }
        INFO(software.name);
        CHECK_THAT(app::guide_text(app::filled(software, app::guide_places(*closed))),
                   Catch::Contains("PASSWORD"));
        CHECK_THAT(app::guide_text(app::filled(software, app::guide_places(*open))),
                   !Catch::Contains("PASSWORD"));
    }
}

TEST_CASE("A password that the proxy asks for has its place in the guide, not its value", "[app][guide]") {
    const auto config = app::parse_config("[proxy]\ntoken = \"s3cret\"", "test", "/base", {});
    const auto text = app::guide_text(app::filled(named("snac"), app::guide_places(*config)));
    CHECK_THAT(text, Catch::Contains("http://fedtrail:PASSWORD@127.0.0.1:7117"));
    CHECK_THAT(text, !Catch::Contains("s3cret"));
}

TEST_CASE("What cannot be intercepted says so, and what to use instead", "[app][guide]") {
    CHECK(named("lemmy-0.19").capture == app::Capture::Tunnel);
    CHECK_THAT(app::guide_text(named("lemmy-0.19")), Catch::Contains("Instead: "));
    CHECK(named("nodebb").capture == app::Capture::Transparent);
    CHECK(named("threads").capture == app::Capture::None);
}

TEST_CASE("An unknown software gets the nearest known one", "[app][guide]") {
    const auto missing = app::software_named(all(), "gotosocail");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().kind == fedtrail::ErrorKind::NotFound);
    CHECK(missing.error().remedy == "Did you mean \"gotosocial\"?");
}

TEST_CASE("A policy file that breaks its schema is refused with the place", "[app][guide]") {
    std::ifstream in{std::string{FEDTRAIL_SOURCE_DIR} + "/schemas/software.schema.json"};
    std::ostringstream schema;
    schema << in.rdbuf();
    const auto entry = [](const std::string& rest) {
        return R"({"format":"fedtrail/software/1","software":[{"name":"x","title":"X","evidence":"read",)"
               R"("source":["s"],"checked_at":"2026-11-22","why":"w",)" +
               rest + "}]}";
    };
    CHECK(app::check_schema(entry(R"("capture":"none","instead":"i")"), schema.str(), "f").has_value());
    for (const auto* wrong : {R"("capture":"none")",
                              R"("capture":"maybe","instead":"i")",
                              R"("capture":"intercept")",
                              R"("capture":"none","instead":"i","color":"red")"}) {
        INFO(wrong);
        const auto kept = app::check_schema(entry(wrong), schema.str(), "f");
        REQUIRE_FALSE(kept.has_value());
        CHECK_THAT(kept.error().what, Catch::Contains("[software][0]"));
    }
    CHECK_FALSE(app::check_schema("{", schema.str(), "f").has_value());
}
