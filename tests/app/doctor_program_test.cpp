/// What doctor finds, and what it advises.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "home.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::checked;
using fedtrail::testing::Home;
using fedtrail::testing::observation;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

TEST_CASE("doctor finds a healthy house healthy, and says what is wrong with an ill one", "[app][program]") {
    Home home;
    REQUIRE(home.program.run({"import", "ndjson", "-"}, observation(1, "a.example")).exit == 0);
    const auto verdicts = [&](const fedtrail::testing::Ended& ended) {
        std::map<std::string, std::string> found;
        const auto document = checked(ended.out, "cli/doctor.schema.json");
        for (const auto& check : document["checks"]) {
            found[check["name"]] = check["verdict"];
            if (check["verdict"] == "fail") {
                CHECK_THAT(check["remedy"].get<std::string>(), !Contains("fedtrail doctor`"));
            }
        }
        return found;
    };
    const auto healthy = home.program.run({"doctor", "--json"});
    CHECK(healthy.exit == 0);
    for (const auto& [name, verdict] : verdicts(healthy)) {
        INFO(name);
        CHECK(verdict != "fail");
    }
    std::multiset<std::string> names;
    const auto document = Json::parse(healthy.out);
    for (const auto& check : document["checks"]) {
        names.insert(check["name"]);
    }
    for (const auto* name : {"cases", "directory", "ledger", "vault"}) {
        CHECK(names.count(name) <= 1);
    }
    SECTION("a key that others may read") {
        std::filesystem::permissions(home.dir.path() / "data/master.key", std::filesystem::perms{0644});
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        CHECK(verdicts(ill)["master_key"] == "fail");
    }
    SECTION("letters where this user cannot") {
        home.program.write("letters.txt", "no folder");
        const auto others = (home.dir.path() / "letters.txt").string();
        home.program.variables["FEDTRAIL_ERASURE_LETTERS"] = others;
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(verdicts(ill)["data_dir"] == "fail");
        CHECK_THAT(ill.out, Contains(others + " cannot be read and written by this user"));
    }
    SECTION("an authority that is gone") {
        std::filesystem::remove(home.dir.path() / "data/ca.pem");
        CHECK(verdicts(home.program.run({"doctor", "--json"}))["authority"] == "fail");
        CHECK(home.program.run({"serve"}).exit == 1);
    }
    SECTION("a ledger that is damaged") {
        const auto file = home.dir.path() / "data/ledger.db";
        std::fstream ledger{file, std::ios::in | std::ios::out | std::ios::binary};
        ledger.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
        ledger << std::string(4096, 'x');
        ledger.close();
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        auto found = verdicts(ill);
        CHECK((found["ledger"] == "fail" || found["stores"] == "fail"));
    }
    SECTION("books of erasures that are damaged") {
        REQUIRE(home.program.run({"requests", "list"}).exit == 0);
        auto sound = verdicts(home.program.run({"doctor", "--json"}));
        for (const std::string name : {"cases", "directory"}) {
            CHECK(sound[name] == "ok");
            const auto file = home.dir.path() / "data" / (name + ".db");
            std::fstream book{file, std::ios::in | std::ios::out | std::ios::binary};
            book.seekp(4096);
            book << std::string(4096, 'x');
        }
        auto ill = verdicts(home.program.run({"doctor", "--json"}));
        CHECK(ill["cases"] == "fail");
        CHECK(ill["directory"] == "fail");
    }
    SECTION("authorities that are none") {
        home.program.write("junk.pem", "junk\n");
        auto config = home.program.text("fedtrail.toml");
        config.replace(config.find("[proxy]\n"), 8, "[proxy]\nextra_ca = \"junk.pem\"\n");
        home.program.write("fedtrail.toml", config);
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        std::size_t told = 0;
        const auto told_checks = Json::parse(ill.out);
        for (const auto& check : told_checks["checks"]) {
            if (check["finding"].get<std::string>().find("junk.pem") != std::string::npos) {
                ++told;
                CHECK(check["name"] == "trust");
                CHECK_THAT(check["remedy"].get<std::string>(), !Contains("update-ca-certificates"));
            }
        }
        CHECK(told == 1);
    }
    SECTION("authorities that are not there") {
        auto config = home.program.text("fedtrail.toml");
        config.replace(config.find("[proxy]\n"), 8, "[proxy]\nextra_ca = \"nope.pem\"\n");
        home.program.write("fedtrail.toml", config);
        CHECK_THAT(home.program.run({"doctor"}).out, Contains("nope.pem failed: No such file"));
        const auto refused = home.program.run({"serve"});
        CHECK(refused.exit != 0);
        CHECK_THAT(refused.err, Contains("fedtrail.toml:") && Contains(": proxy.extra_ca: "));
    }
    SECTION("a ballast that is gone though there is room") {
        std::filesystem::remove(home.dir.path() / "data/ballast");
        CHECK_THAT(home.program.run({"doctor"}).out,
                   Contains("Start `fedtrail serve`") && !Contains("Make room"));
    }
    SECTION("a configuration that cannot be right") {
        home.program.write("fedtrail.toml", "[proxy]\nlisten_on = 1\n");
        const auto ill = home.program.run({"doctor", "--json"});
        CHECK(ill.exit == 1);
        CHECK(verdicts(ill)["configuration"] == "fail");
    }
}

TEST_CASE("Doctor tells how to get a log to whoever named no origin", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    REQUIRE(program.run({"init"}).exit == 0);
    CHECK_THAT(program.run({"doctor"}).out, Contains("no log yet") && Contains("init --origin"));
}

TEST_CASE("Doctor names the regions whose holidays are known", "[app][program]") {
    Home home;
    const auto calendar = [&home](const std::string& region, const std::string& country = "DE") {
        home.program.variables["FEDTRAIL_CONTROLLER_COUNTRY"] = country;
        home.program.variables["FEDTRAIL_CONTROLLER_REGION"] = region;
        const auto document = checked(home.program.run({"doctor", "--json"}).out, "cli/doctor.schema.json");
        for (const auto& check : document["checks"]) {
            if (check["name"] == "calendar") {
                return check;
            }
        }
        return Json{};
    };
    for (const auto* region : {"", "BY"}) {
        CHECK(calendar(region)["verdict"] == "ok");
    }
    CHECK_THAT(calendar("")["finding"].get<std::string>(), Contains("controller.region names it"));
    CHECK_THAT(calendar("BY")["finding"].get<std::string>(), Contains("DE-BY are known") && !Contains("but"));
    CHECK(calendar("MD", "ES")["verdict"] == "ok");
    CHECK_THAT(calendar("MD", "ES")["finding"].get<std::string>(), Contains("one municipality only"));
    const auto none = calendar("Bayern");
    CHECK(none["verdict"] == "warn");
    CHECK_THAT(none["finding"].get<std::string>(), Contains("\"Bayern\""));
    CHECK_THAT(none["remedy"].get<std::string>(), Contains("BW, BY, HB"));
}
