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
    for (int i = 0; i < 20; ++i) {  // each what it runs, and for an inbox
        town.house.http.answer(answered(404));
        town.work();
        CHECK(town.house.http.waiting() <= 3);
    }
    CHECK(town.house.http.requests().size() == 20);
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
    CHECK(town.asked["https://b.example/n"] == 0);
}

TEST_CASE("Of whom no inbox is known is asked for that of the server's own actor") {
    ScoutHouse town;
    const std::string finger = "https://a.example/.well-known/webfinger?resource=acct:a.example@a.example";
    const std::string actor = "https://a.example/actor";
    const auto serve_actor = [&](const std::string& body) {
        town.pages[finger] = json(
            R"({"subject":"acct:a.example@a.example","links":[{"rel":"self","type":"application/activity+json","href":")" +
            actor + R"("}]})");
        town.pages[actor] = json(body);
    };
    const std::string inboxes =
        R"({"inbox":"https://a.example/actor/inbox","endpoints":{"sharedInbox":"https://a.example/in"}})";
    town.house.tell({"a.example"});
    SECTION("its software has none at a fixed path") {
        town.add(pages_of("a.example", "someware"));
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.entry("a.example").software == "someware");
        CHECK(town.entry("a.example").shared_inbox == "https://a.example/in");
        CHECK(town.entry("a.example").inbox == "https://a.example/actor/inbox");
    }
    SECTION("it does not say what it runs") {
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.entry("a.example").shared_inbox == "https://a.example/in");
        CHECK(town.entry("a.example").asked_at);
        CHECK_FALSE(town.entry("a.example").known_at);
    }
    SECTION("its NodeInfo links to the actor") {
        town.add(pages_of("a.example", "someware"));
        town.pages["https://a.example/.well-known/nodeinfo"] = json(
            R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://a.example/n"},)"
            R"({"rel":"https://www.w3.org/ns/activitystreams#Application","href":"https://a.example/actor"}]})");
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.asked[finger] == 0);
        CHECK(town.entry("a.example").shared_inbox == "https://a.example/in");
    }
    SECTION("another server's inbox is not taken") {
        town.add(pages_of("a.example", "someware"));
        serve_actor(
            R"({"inbox":"https://b.example/inbox","endpoints":{"sharedInbox":"http://a.example/in"}})");
        town.serve();
        town.work();
        CHECK(town.asked[actor] == 1);
        CHECK(town.entry("a.example").shared_inbox.empty());
        CHECK(town.entry("a.example").inbox.empty());
        town.house.clock.at += 24h;  // perhaps tomorrow
        town.work();
        CHECK(town.asked[actor] == 2);
    }
    SECTION("who has one at a fixed path is not asked") {
        town.add(pages_of("a.example", "lemmy"));
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.asked[finger] == 0);
    }
    SECTION("nor whose inbox is known") {
        REQUIRE(town.house.directory.update(*Host::parse("a.example"), [](RecipientEntry& entry) {
            entry.inbox = "https://a.example/users/bob/inbox";
        }));
        town.add(pages_of("a.example", "someware"));
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.asked[finger] == 0);
        CHECK(town.entry("a.example").inbox == "https://a.example/users/bob/inbox");
    }
    SECTION("nor who fails") {
        town.pages["https://a.example/.well-known/nodeinfo"] = answered(503);
        serve_actor(inboxes);
        town.serve();
        town.work();
        CHECK(town.asked[finger] == 0);
    }
    for (const auto& request : town.house.http.requests()) {
        CHECK(request.max_body <= 256U * 1024U);
    }
}

TEST_CASE("Who was given up without an inbox is planned anew once it has one") {
    ScoutHouse town;
    std::vector<records::RequestNumber> planned;
    town.options.replan = [&](records::RequestNumber request) -> Result<void> {
        planned.push_back(request);
        return {};
    };
    town.restart();
    town.serve();
    const auto request = town.house.tell({"a.example", "b.example"});
    auto notice = town.house.only("a.example");
    notice.inbox.clear();
    notice.next_at.reset();
    notice.state = fediverse::NoticeState::Unreachable;
    notice.reason = "not_sent: no inbox is known";
    REQUIRE(town.house.notices.apply({{notice}, {}, {}, {}}));
    town.work();
    CHECK(planned.empty());
    SECTION("it says what it runs") {
        town.add(pages_of("a.example", "gotosocial"));
        town.scout->want(std::vector{*Host::parse("a.example")});
        town.house.clock.at += 10min;
        town.work();
        town.house.clock.at += 1min;  // plans are made anew once a minute
        town.work();
    }
    SECTION("others learned it") {
        REQUIRE(town.house.directory.update(*Host::parse("a.example"), [](RecipientEntry& entry) {
            entry.declared_inbox = "https://a.example/in";
        }));
        town.house.clock.at += 10min;
        town.work();
    }
    CHECK(planned == std::vector{request});
    town.house.clock.at += 10min;
    town.work();
    CHECK(planned.size() == 1);

    // The new plan helps; later its inbox is lost, and found once more.
    for (const auto state : {fediverse::NoticeState::Planned, fediverse::NoticeState::Unreachable}) {
        CHECK(planned.size() == 1);
        notice = town.house.only("a.example");
        notice.state = state;
        REQUIRE(town.house.notices.apply({{notice}, {}, {}, {}}));
        town.house.clock.at += 10min;
        town.work();
    }
    CHECK(planned.size() == 2);
}
