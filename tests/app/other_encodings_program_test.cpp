/// Paths and words in another encoding than UTF-8, which JSON cannot hold: a folder's name may be any octets,
/// and a terminal of Latin-1 sends them.

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;

namespace {

constexpr const char* kLatin1 = "caf\xe9";

}  // namespace

TEST_CASE("A folder whose name is not UTF-8 is told in JSON too", "[app][program]") {
    const TempDir dir;
    const auto home = dir / kLatin1;
    std::filesystem::create_directory(home);
    Program program{home};
    program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
    const auto made = program.run({"init", "--json"});
    CHECK(made.exit == 0);
    CHECK_THAT(nlohmann::json::parse(made.out)["config"].get<std::string>(), Contains("fedtrail.toml"));
    const auto checked = program.run({"doctor", "--json"});
    CHECK_THAT(nlohmann::json::parse(checked.out)["format"].get<std::string>(), Contains("doctor"));
    CHECK_THAT(made.err + checked.err, !Contains("should not have happened"));
}

TEST_CASE("A note that is not UTF-8 is wrong usage, and makes no token", "[app][program]") {
    const TempDir dir;
    Program program{dir.path()};
    program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
    REQUIRE(program.run({"init"}).exit == 0);
    const auto ended = program.run({"token", "create", "--scope", "admin", "--note", kLatin1});
    CHECK(ended.exit == 2);
    CHECK_THAT(ended.err, Contains("the note is not text in UTF-8"));
    CHECK(nlohmann::json::parse(program.run({"token", "list", "--json"}).out)["tokens"].empty());
}
