/// What the program says of configurations that it cannot reach, and of options that it does not have.

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;

TEST_CASE("init takes no configuration for absent that it cannot reach", "[app][program]") {
    const TempDir dir;
    const auto file = dir / "fedtrail.toml";
    std::filesystem::create_symlink("fedtrail.toml", file);
    Program program{dir.path()};
    const auto refused = [&](const std::vector<std::string>& words) {
        const auto ended = program.run(words);
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err, Contains("cannot be read: Too many levels"));
        CHECK(std::filesystem::is_symlink(file));
        CHECK_FALSE(std::filesystem::exists(dir / "data"));
    };
    refused({"init", "--origin", "o.example"});
    refused({"init", "--origin", "o.example", "--config", "fedtrail.toml"});
    program.variables["FEDTRAIL_CONFIG"] = file.string();
    refused({"init", "--origin", "o.example"});
}

TEST_CASE("An option where a command is missing is named, without what was given with it", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    for (const std::string option : {"--foo", "--foo=alice@o.example"}) {
        const auto ended = program.run({"ca", option});
        CHECK(ended.exit == 2);
        CHECK(ended.err ==
              "fedtrail: `fedtrail ca` has no option --foo, and needs the name of one of its commands: "
              "print, guide. See `fedtrail ca --help`.\n");
    }
}
