#include "app/handle_checks.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "fakes/remote_http.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::app;
using namespace fedtrail::testing;
using Catch::Contains;

namespace {

constexpr const char* kName = "zq7planted";

std::string page(const std::string& host, const std::string& resource) {
    return "https://" + host + "/.well-known/webfinger?resource=" + resource;
}

RemoteResponse names(const std::string& name, const std::string& host) {
    return answered(200,
                    {},
                    R"({"subject":"acct:)" + name + "@" + host +
                        R"(","links":[{"rel":"self","href":"https://web.example/users/)" + name + R"("}]})");
}

struct House {
    FakeSubjectVault vault;
    FakeRemoteHttp http;
    StoppedClock clock;
    OriginConfig origin;
    std::map<std::string, RemoteResponse> pages;
    RemoteResponse otherwise = answered(404, {}, "");

    House() {
        origin.host = *Host::parse("web.example");
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            const auto found = pages.find(request.url.text());
            return found == pages.end() ? otherwise : found->second;
        };
    }
    void add(const std::string& name, const std::string& host = "web.example") {
        (void)*vault.enrol(*Uri::parse("https://" + host + "/users/" + name), name);
    }
    [[nodiscard]] Check check() {
        const auto check = check_handles_of(origin, {vault, http, clock}, {"Fedtrail/1"});
        REQUIRE(check);
        CHECK(check->name == "handles");
        CHECK_THAT(check->finding + check->remedy, !Contains(kName));
        return *check;
    }
};

}  // namespace

TEST_CASE("doctor is content where the handles end in the configured host", "[app][doctor]") {
    House house;
    CHECK(house.check().verdict == Verdict::Ok);
    CHECK(house.http.requests().empty());  // nobody is known yet
    house.add("other", "elsewhere.example");
    house.add(kName);
    house.pages[page("web.example", std::string{"acct:"} + kName + "@web.example")] =
        names(kName, "web.example");
    const auto check = house.check();
    CHECK(check.verdict == Verdict::Ok);
    CHECK_THAT(check.finding, Contains("@web.example"));
    CHECK(house.http.requests().size() == 1);
    CHECK(house.http.requests().front().max_body == 64U * 1024U);
}

TEST_CASE("doctor asks for others where one person is damaged", "[app][doctor][damage]") {
    House house;
    house.add("bea");
    house.add(kName);
    house.vault.damaged = {1};
    house.pages[page("web.example", "acct:" + std::string{kName} + "@web.example")] =
        names(kName, "web.example");
    CHECK(house.check().verdict == Verdict::Ok);
}

TEST_CASE("doctor says which setting to change where the handles end in another host", "[app][doctor]") {
    House house;
    house.add(kName);
    house.origin.aliases = {*Host::parse("old.example"), *Host::parse("example.org")};
    house.pages[page("web.example", std::string{"acct:"} + kName + "@web.example")] =
        names(kName, "example.org");
    SECTION("and that host says the same") {
        house.pages[page("example.org", std::string{"acct:"} + kName + "@example.org")] =
            names(kName, "example.org");
        const auto check = house.check();
        CHECK(check.verdict == Verdict::Warn);
        CHECK_THAT(check.finding, Contains("end in @example.org, not in @web.example"));
        CHECK_THAT(check.remedy,
                   Contains(R"(host = "example.org" and aliases = ["old.example", "web.example"])"));
    }
    SECTION("and that host says nothing") {
        const auto check = house.check();
        CHECK(check.verdict == Verdict::Warn);
        CHECK_THAT(check.remedy, Contains("https://example.org/.well-known/webfinger"));
    }
    SECTION("and it is configured so already") {
        house.origin = {*Host::parse("example.org"), "", {*Host::parse("web.example")}, ""};
        house.pages[page("example.org", std::string{"acct:"} + kName + "@example.org")] =
            names(kName, "example.org");
        CHECK(house.check().verdict == Verdict::Ok);
    }
}

TEST_CASE("doctor warns where nobody is named, and asks for a few only", "[app][doctor]") {
    House house;
    for (int i = 0; i < 9; ++i) {
        house.add(kName + std::to_string(i));
    }
    SECTION("they may be gone") {
        const auto check = house.check();
        CHECK(check.verdict == Verdict::Warn);
        CHECK_THAT(check.finding, Contains("it answers 404"));
        CHECK(house.http.requests().size() == 6);
    }
    SECTION("somebody else may be meant") {
        house.otherwise = names("somebody", "web.example");
        CHECK(house.check().verdict == Verdict::Warn);
        CHECK(house.http.requests().size() == 6);
    }
    SECTION("one of them may be there") {
        const auto third = kName + std::string{"2"};
        house.pages[page("web.example", "acct:" + third + "@web.example")] = names(third, "web.example");
        CHECK(house.check().verdict == Verdict::Ok);
    }
    SECTION("nobody may answer") {
        house.otherwise = failed(RemoteFault::NoConnection, false);
        const auto check = house.check();
        CHECK(check.verdict == Verdict::Warn);
        CHECK_THAT(check.finding, Contains("could not be asked"));
        CHECK(house.http.requests().size() == 1);
    }
}
