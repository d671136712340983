#include "app/people_finder.hpp"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/remote_http.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::app;
using namespace fedtrail::testing;
using Catch::Contains;

namespace {

constexpr const char* kNumeric = "https://o.example/ap/users/115678901234567890";

std::string finger(const std::string& host, const std::string& name) {
    return "https://" + host + "/.well-known/webfinger?resource=acct:" + name + "@" + host;
}

RemoteResponse self_link(const std::string& handle, const std::string& actor) {
    return answered(200,
                    {},
                    R"({"subject":"acct:)" + handle +
                        R"(","links":[{"rel":"self","type":"application/activity+json","href":")" + actor +
                        R"("}]})");
}

/// An origin that answers at o.example and web.example, and another one.
struct Desks {
    FakeSubjectVault vault;
    FakeRemoteHttp http;
    StoppedClock clock;
    std::map<std::string, RemoteResponse> pages;
    std::map<std::uint64_t, std::string> kept;
    bool keeps{true};
    int opened{};
    PeopleFinder finder{{vault,
                         [this](privacy::SubjectNumber who, std::string_view handle) -> Result<void> {
                             if (!keeps) {
                                 return fail(ErrorKind::Denied, "read only");
                             }
                             kept[who.get()] = std::string{handle};
                             return {};
                         },
                         [this]() -> Result<std::shared_ptr<RemoteHttp>> {
                             ++opened;
                             return std::shared_ptr<RemoteHttp>{std::shared_ptr<void>{}, &http};
                         },
                         clock},
                        {{{*Host::parse("o.example"), "", {*Host::parse("web.example")}, ""},
                          {*Host::parse("second.example"), "", {}, ""}},
                         "Fedtrail/1"}};

    Desks() {
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            const auto found = pages.find(request.url.text());
            return found == pages.end() ? answered(404, {}, "") : found->second;
        };
    }
    privacy::SubjectNumber add(const std::string& actor) { return *vault.enrol(*Uri::parse(actor), ""); }
};

}  // namespace

TEST_CASE("Whose account's address holds no name is found by their handle, and by their profile's address",
          "[app][people]") {
    Desks d;
    const std::string actor = GENERATE(as<std::string>{},
                                       kNumeric,
                                       "https://o.example/users/atutkhhq4yf40003",
                                       "https://o.example/sue",
                                       "https://o.example/?author=1");
    const std::string subject = GENERATE(as<std::string>{},
                                         "sue@o.example",
                                         "@sue@o.example",
                                         "acct:sue@o.example",
                                         "https://o.example/@sue",
                                         "https://o.example/@sue/");
    CAPTURE(actor, subject);
    d.add("https://o.example/somebody");
    const auto who = d.add(actor);
    d.pages[finger("o.example", "sue")] = self_link("sue@o.example", actor);
    CHECK(d.finder.find(subject) == who);
    CHECK(d.kept == std::map<std::uint64_t, std::string>{{who.get(), "sue@o.example"}});
    d.keeps = false;
    CHECK(d.finder.find(subject) == who);
}

TEST_CASE("Nobody is asked for whom the vault knows, nor about other servers' people", "[app][people]") {
    Desks d;
    const auto who = *d.vault.enrol(*Uri::parse("https://o.example/users/alice"), "alice");
    CHECK(d.finder.find("alice@o.example") == who);
    CHECK(d.finder.find("https://o.example/@alice") == who);
    for (const auto* const other : {"sue@elsewhere.example",
                                    "https://elsewhere.example/@sue",
                                    "https://o.example/users/sue",
                                    "https://o.example/@sue/1",
                                    "https://o.example/@sue@elsewhere.example",
                                    "17"}) {
        CAPTURE(other);
        CHECK(d.finder.find(other).error().kind == ErrorKind::NotFound);
    }
    CHECK(d.opened == 0);
    CHECK(d.http.requests().empty());
}

TEST_CASE("The other hosts of an origin are asked too", "[app][people]") {
    Desks d;
    const auto who = d.add("https://web.example/ap/users/115678901234567890");
    const auto page = self_link("sue@o.example", "https://web.example/ap/users/115678901234567890");
    d.pages[finger("web.example", "sue")] = page;
    SECTION("a handle that its own host does not confirm is not kept") {
        CHECK(d.finder.find("sue@o.example") == who);
        CHECK(d.kept.empty());
    }
    SECTION("one that it confirms is") {
        d.pages[finger("o.example", "sue")] = page;
        CHECK(d.finder.find("sue@o.example") == who);
        CHECK(d.kept[who.get()] == "sue@o.example");
    }
}

TEST_CASE("One origin does not speak for another", "[app][people]") {
    Desks d;
    d.add("https://second.example/sue");
    d.pages[finger("o.example", "sue")] = self_link("sue@o.example", "https://second.example/sue");
    CHECK(d.finder.find("sue@o.example").error().kind == ErrorKind::NotFound);
    CHECK(d.kept.empty());
}

TEST_CASE("Where the server does not say whose it is, the way out is named", "[app][people]") {
    Desks d;
    d.add(kNumeric);
    SECTION("it names nobody") {
        const auto found = d.finder.find("sue@o.example");
        REQUIRE(found.error().kind == ErrorKind::NotFound);
        CHECK_THAT(found.error().what, Contains("names no such account"));
        CHECK_THAT(found.error().remedy, Contains("its actor URI"));
        CHECK(d.http.requests().size() == 2);
    }
    SECTION("it cannot be reached") {
        d.pages[finger("o.example", "sue")] = failed(RemoteFault::NoConnection, false);
        const auto found = d.finder.find("sue@o.example");
        REQUIRE(found.error().kind == ErrorKind::NotFound);
        CHECK_THAT(found.error().what, Contains("could not be asked") && Contains("no connection"));
        CHECK_THAT(found.error().what, !Contains("sue"));
        CHECK_THAT(found.error().remedy, Contains("let the sidecar reach your server"));
    }
    SECTION("it names somebody whose data never went anywhere") {
        d.pages[finger("o.example", "sue")] = self_link("sue@o.example", "https://o.example/other");
        const auto found = d.finder.find("sue@o.example");
        REQUIRE(found.error().kind == ErrorKind::NotFound);
        CHECK_THAT(found.error().what, !Contains("asked"));
    }
}
