/// Looks at what is shown of one person by number, at the command line.

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "looks_home.hpp"

using fedtrail::testing::looks::kActor;
using fedtrail::testing::looks::kName;
using fedtrail::testing::looks::kReason;
using fedtrail::testing::looks::LooksHome;

TEST_CASE("Objections and consents are listed after the look was written down, with its reason",
          "[app][program][looks]") {
    const LooksHome home;
    for (const std::string what : {"objections", "consents"}) {
        CAPTURE(what);
        const auto before = home.looks().size();
        CHECK(home.program.run({"subjects", what, kActor, "--reason", "two\nlines"}).exit == 2);
        CHECK(home.looks().size() == before);
        CHECK(home.must({"subjects", what, kActor, "--reason", kReason}).find(kName) == std::string::npos);
        const auto looks = home.looks();
        REQUIRE(looks.size() == before + 1);
        CHECK(looks[0]["what"] == what);
        CHECK(looks[0]["why"] == kReason);
        CHECK(looks[0]["revealed"] == false);
    }
    const auto report = home.must({"report", "1", "--reason", kReason, "--format", "html", "--lang", "en"});
    CHECK(report.find("to which transfers you consented") != std::string::npos);
}

TEST_CASE("A request is shown after the look was written down, with the request as the reason",
          "[app][program][looks]") {
    const LooksHome home;
    const auto look = [&home](const std::vector<std::string>& words) {
        const auto before = home.looks().size();
        CHECK(home.must(words).find(kName) == std::string::npos);
        const auto looks = home.looks();
        REQUIRE(looks.size() == before + 1);
        CHECK(looks[0]["revealed"] == false);
        return looks[0]["what"].get<std::string>() + ": " + looks[0]["why"].get<std::string>();
    };
    CHECK(look({"requests", "show", "1"}) == "request: request 1");
    CHECK(look({"requests", "show", "1", "--notices", "--json", "--reason", kReason}) ==
          std::string{"request: "} + kReason);
    CHECK(look({"erase", kActor, "--dry-run", "--reason", kReason}) == std::string{"plan: "} + kReason);
    const auto before = home.looks().size();
    CHECK(home.program.run({"requests", "show", "9"}).exit == 3);
    CHECK(home.program.run({"requests", "list"}).exit == 0);
    CHECK(home.looks().size() == before);
    const auto report = home.must({"report", "1", "--reason", kReason, "--format", "html", "--lang", "en"});
    CHECK(report.find("what became of a request of yours") != std::string::npos);
}
