#include "erasure/scout.hpp"

#include <fstream>
#include <map>
#include <sstream>

#include <catch2/catch.hpp>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

RemoteResponse json(const std::string& body) {
    return answered(200, {{"Content-Type", "application/json"}}, body);
}

/// A server with NodeInfo 2.0 of that software.
std::map<std::string, RemoteResponse> pages_of(const std::string& host, const std::string& software) {
    return {{"https://" + host + "/.well-known/nodeinfo",
             json(R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://)" +
                  host + R"(/n"}]})")},
            {"https://" + host + "/n",
             json(R"({"software":{"name":")" + software + R"(","version":"1.0"},"metadata":{}})")}};
}

struct ScoutHouse {
    CourierHouse house;
    erasure::ScoutOptions options;
    std::unique_ptr<erasure::Scout> scout;
    std::map<std::string, RemoteResponse> pages;
    std::map<std::string, int> asked;
    int woken = 0;

    ScoutHouse() { restart(); }
    void restart() {
        scout = std::make_unique<erasure::Scout>(
            erasure::ScoutPorts{house.requests, house.notices, house.directory, house.http, house.clock},
            real_dialects_once(),
            options,
            [this] { ++woken; });
    }
    void serve() {
        house.http.server = [this](const RemoteRequest& request) {
            ++asked[request.url.text()];
            const auto page = pages.find(request.url.text());
            return page == pages.end() ? answered(404) : page->second;
        };
    }
    void add(const std::map<std::string, RemoteResponse>& more) { pages.insert(more.begin(), more.end()); }
    std::optional<Instant> work() {
        for (int i = 0; i < 1'000; ++i) {
            const auto next = scout->step();
            REQUIRE(next);
            if (std::exchange(woken, 0) == 0 && (!*next || **next > house.clock.at)) {
                return *next;
            }
        }
        FAIL("the scout does not come to rest");
        return {};
    }
    RecipientEntry entry(const std::string& host) const { return house.entry(host); }
};

}  // namespace

TEST_CASE("Recipients of open requests are asked what they are and who runs them") {
    ScoutHouse town;
    town.add(pages_of("a.example", "Mastodon"));
    town.pages["https://a.example/api/v2/instance"] =
        json(R"({"contact":{"email":"admin@a.example"},"languages":["de"]})");
    town.serve();
    town.house.tell({"a.example"});
    town.work();
    const auto entry = town.entry("a.example");
    CHECK(entry.software == "mastodon");
    CHECK(entry.version == "1.0");
    CHECK(entry.contact.reveal() == "admin@a.example");
    CHECK(entry.contact_source == "instance_api");
    CHECK(entry.language == "de");
    CHECK(entry.asked_at == town.house.clock.at);
    CHECK(entry.known_at == town.house.clock.at);
    CHECK_FALSE(entry.relay);
    CHECK_FALSE(entry.community);
    for (const auto& request : town.house.http.requests()) {
        CHECK(request.follow_redirects);
        CHECK(request.max_body <= 256U * 1024U);
    }
}

TEST_CASE("What is known is not asked again for a month, what is new is") {
    ScoutHouse town;
    town.add(pages_of("a.example", "lemmy"));
    town.add(pages_of("b.example", "activity-relay"));
    town.serve();
    town.house.tell({"a.example"});
    town.work();
    CHECK(town.entry("a.example").community);
    town.house.clock.at += 24h;
    town.house.tell({"a.example", "b.example"});
    town.work();
    CHECK(town.entry("b.example").relay);
    CHECK(town.asked["https://a.example/n"] == 1);
    town.restart();
    town.work();
    CHECK(town.asked["https://a.example/n"] == 1);
    town.house.clock.at += 24h * 30;
    town.work();
    CHECK(town.asked["https://a.example/n"] == 2);
    CHECK(town.asked["https://b.example/n"] == 2);
}

TEST_CASE("Who does not answer is asked less and less") {
    ScoutHouse town;
    const auto response =
        GENERATE(failed(RemoteFault::TimedOut, false), answered(404), answered(500), json("<html>"));
    CAPTURE(response.status);
    town.house.http.server = [&](const RemoteRequest& request) {
        ++town.asked[request.url.text()];
        return response;
    };
    town.house.tell({"a.example"});
    auto& asked = town.asked["https://a.example/.well-known/nodeinfo"];
    town.work();
    CHECK(asked == 1);
    for (int day = 0; day < 60; ++day) {
        for (int hour = 0; hour < 24; ++hour) {
            town.house.clock.at += 1h;
            town.work();
        }
    }
    CHECK(asked >= 8);
    CHECK(asked <= 14);
    const auto entry = town.entry("a.example");
    CHECK(entry.asked_at);
    CHECK_FALSE(entry.known_at);
    CHECK(entry.failing_since.has_value() == (response.status == 0));
    CHECK(entry.failing_how == (response.status == 0 ? "timed out" : ""));
}

TEST_CASE("Who asked to be left alone is not asked what it is, not even on demand") {
    ScoutHouse town;
    const auto start = town.house.clock.at;
    const auto a = *Host::parse("a.example");
    auto& asked = town.asked["https://a.example/.well-known/nodeinfo"];
    town.house.tell({"a.example"});
    SECTION("it said so to others") {
        town.add(pages_of("a.example", "lemmy"));
        town.serve();
        REQUIRE(town.house.directory.update(a, [&](RecipientEntry& entry) { note_rest(entry, start + 2h); }));
        town.work();
        CHECK(asked == 0);
    }
    SECTION("it said so when it was asked") {
        town.pages["https://a.example/.well-known/nodeinfo"] = answered(429, {{"Retry-After", "7200"}});
        town.serve();
        town.work();
        CHECK(asked == 1);
        CHECK(town.entry("a.example").rest_until == start + 2h);
        CHECK_FALSE(town.entry("a.example").failing_since);
        town.pages.clear();
        town.add(pages_of("a.example", "lemmy"));
    }
    const auto before = asked;
    town.restart();
    town.scout->want(std::vector{a});
    town.house.clock.at = start + 2h - 1s;
    town.work();
    CHECK(asked == before);
    town.house.clock.at = start + 2h;
    town.work();
    CHECK(asked == before + 1);
    CHECK(town.entry("a.example").software == "lemmy");
}

TEST_CASE("A redirect's end cannot send anybody away from the server that led there") {
    ScoutHouse town;
    auto response = answered(429, {{"Retry-After", "7200"}});
    response.url = *Uri::parse("https://elsewhere.example/nodeinfo");
    town.pages["https://a.example/.well-known/nodeinfo"] = response;
    town.serve();
    town.house.tell({"a.example"});
    town.work();
    CHECK(town.entry("a.example").asked_at);
    CHECK_FALSE(town.entry("a.example").rest_until);
}

TEST_CASE("Few servers are asked at once") {
    ScoutHouse town;
    town.options.max_in_flight = 3;
    town.restart();
    std::vector<std::string> hosts;
    for (int i = 0; i < 10; ++i) {
        hosts.push_back("s" + std::to_string(i) + ".example");
    }
    town.house.tell(hosts);
    town.work();
    CHECK(town.house.http.waiting() == 3);
    for (int i = 0; i < 10; ++i) {
        town.house.http.answer(answered(404));
        town.work();
        CHECK(town.house.http.waiting() <= 3);
    }
    CHECK(town.house.http.requests().size() == 10);
}

TEST_CASE("On demand also what is known is asked, but not all the time") {
    ScoutHouse town;
    town.add(pages_of("a.example", "pleroma"));
    town.serve();
    const std::vector<Host> hosts{*Host::parse("a.example")};
    town.scout->want(hosts);
    CHECK(town.woken == 1);
    town.work();
    CHECK(town.entry("a.example").software == "pleroma");
    town.scout->want(hosts);
    const auto next = town.work();
    CHECK(town.asked["https://a.example/n"] == 1);
    CHECK(*next == town.house.clock.at + 10min);
    town.house.clock.at = *next;
    town.work();
    CHECK(town.asked["https://a.example/n"] == 2);
}

TEST_CASE("A server that names a NodeInfo elsewhere is not followed there") {
    ScoutHouse town;
    town.pages["https://a.example/.well-known/nodeinfo"] = json(
        R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://b.example/n"}]})");
    town.add(pages_of("b.example", "mastodon"));
    town.serve();
    town.house.tell({"a.example"});
    town.work();
    CHECK(town.entry("a.example").software.empty());
    CHECK(town.house.http.requests().size() == 1);
}
