#include <algorithm>

#include "recipients/town.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using records::PolicyKind;

namespace {

const std::string kPrivacy =
    "<h1>Privacy</h1><p>We retain the addresses of registered users for no more than 12 months.</p>";

int total(const std::map<std::string, int>& asked) {
    int sum = 0;
    for (const auto& [url, times] : asked) {
        sum += times;
    }
    return sum;
}

}  // namespace

TEST_CASE("A recipient says who it is, who runs it and what it promises", "[refresh]") {
    Town town;
    town.serve("a.example", "Mastodon", 300);
    town.pages["https://a.example/api/v2/instance"] = json(
        R"({"domain":"a.example","contact":{"email":"admin@a.example","account":{"display_name":"Verein A"}},
            "languages":["de"],"registrations":{"enabled":true},
            "configuration":{"urls":{"privacy_policy":"https://a.example/privacy-policy"}}})");
    town.pages["https://a.example/api/v1/instance/privacy_policy"] =
        json(R"({"updated_at":"2026-01-01T00:00:00Z","content":")" + kPrivacy + "\"}");
    town.know("a.example");
    town.work();
    const auto entry = town.entry("a.example");
    CHECK(entry.software == "mastodon");
    CHECK(entry.users == 300);
    CHECK(entry.registrations_open == false);  // NodeInfo is nearer to the server than its API
    CHECK(entry.contact.reveal() == "admin@a.example");
    CHECK(entry.contact_source == "instance_api");
    CHECK(entry.operator_name.reveal().empty());
    CHECK(entry.contact_name.reveal() == "Verein A");
    CHECK(entry.language == "de");
    CHECK(entry.privacy_policy == "https://a.example/privacy-policy");
    CHECK(entry.known_at);
    CHECK(entry.main.empty());
    CHECK(entry.aliases.empty());
    CHECK_FALSE(entry.single_person);
    const auto versions = town.versions("a.example");
    REQUIRE(versions.size() == 1);
    CHECK(versions[0].kind == PolicyKind::Privacy);
    CHECK(versions[0].url == "https://a.example/privacy-policy");
    CHECK(town.text(versions[0]) ==
          "Privacy\nWe retain the addresses of registered users for no more than 12 months.\n");
    CHECK(town.asked["https://a.example/robots.txt"] == 0);
    CHECK(town.refresher->figures().policies == 1);
}

TEST_CASE("What has not changed is not sent again, and what has is a new version", "[refresh]") {
    Town town;
    town.serve("a.example", "mastodon");
    for (auto& [url, response] : town.pages) {
        response.headers.emplace_back("ETag", "\"1\"");
    }
    town.pages["https://a.example/api/v2/instance"] =
        json(R"({"contact":{"email":"admin@a.example"}})", {{"ETag", "W/\"2\""}});
    const std::string policy = "https://a.example/api/v1/instance/privacy_policy";
    town.pages[policy] = json(R"({"content":")" + kPrivacy + "\"}", {{"ETag", "\"3\""}});
    town.know("a.example");
    town.work();
    const auto first_seen = town.versions("a.example").at(0).last_seen;
    town.restart();
    town.again("a.example");
    CHECK(town.refresher->figures().not_modified == 4);
    CHECK(town.entry("a.example").contact.reveal() == "admin@a.example");
    CHECK(town.entry("a.example").software == "mastodon");
    REQUIRE(town.versions("a.example").size() == 1);
    CHECK(town.versions("a.example")[0].last_seen > first_seen);
    town.pages[policy] =
        json(R"({"content":"<p>We keep everything forever, and sell it.</p>"})", {{"ETag", "\"4\""}});
    town.again("a.example");
    CHECK(town.refresher->figures().changes == 1);
    REQUIRE(town.versions("a.example").size() == 2);
    CHECK(town.text(town.versions("a.example")[1]) == "We keep everything forever, and sell it.\n");
}

TEST_CASE("Who answered is asked again a week later, who does not less and less", "[refresh]") {
    Town town;
    town.serve("a.example", "snac");
    town.know("a.example");
    town.know("b.example");
    for (int hour = 0; hour < 24 * 30; ++hour) {
        town.work();
        town.clock.at += 1h;
    }
    CHECK(town.asked["https://a.example/n"] >= 4);
    CHECK(town.asked["https://a.example/n"] <= 6);
    const int failed = town.asked["https://b.example/.well-known/nodeinfo"];
    CHECK(failed >= 5);
    CHECK(failed <= 9);
    CHECK(town.book.totals(town.clock.at)->failing == 1);
    CHECK(town.entry("b.example").asked_at);
    CHECK_FALSE(town.entry("b.example").known_at);
}

TEST_CASE("What is damaged of one recipient holds up nothing of the others", "[refresh]") {
    Town town;
    for (const std::string host : {"a.example", "b.example"}) {
        town.serve(host, "mastodon");
        town.pages["https://" + host + "/api/v2/instance"] =
            json(R"({"contact":{"email":"admin@x.example"}})");
        town.pages["https://" + host + "/api/v1/instance/privacy_policy"] =
            json(R"({"content":")" + kPrivacy + "\"}");
        town.know(host);
    }
    town.archive.damaged = {named("a.example")};
    int failures = 0;
    for (int i = 0; i < 200; ++i) {
        const auto stepped = town.refresher->step();
        if (!stepped) {
            CHECK(stepped.error().kind == ErrorKind::Corrupt);
            ++failures;
        }
        town.clock.at += 1s;
    }
    CHECK(failures == 1);
    CHECK(town.refresher->idle());
    CHECK(town.versions("b.example").size() == 1);
    CHECK(town.entry("a.example").known_at);
    CHECK(town.book.state(named("a.example")).due > town.clock.at + 24h);
}

TEST_CASE("An entry that is damaged holds up nobody who is due with it", "[refresh]") {
    Town town;
    for (const std::string host : {"a.example", "b.example"}) {
        town.serve(host, "mastodon");
        town.know(host);
    }
    town.directory.damaged = {named("a.example")};
    int failures = 0;
    for (int i = 0; i < 200; ++i) {
        const auto stepped = town.refresher->step();
        if (!stepped) {
            CHECK(stepped.error().kind == ErrorKind::Corrupt);
            ++failures;
        }
        town.clock.at += 1s;
    }
    CHECK(failures == 1);
    CHECK(town.entry("b.example").known_at);
    CHECK(town.book.state(named("a.example")).due > town.clock.at + 24h);
}

TEST_CASE("A bridge is known by its name, whether it answers or not", "[refresh]") {
    Town town;
    town.know("bsky.brid.gy");
    town.know("b.example");
    town.work();
    CHECK(town.entry("bsky.brid.gy").asked_at);
    CHECK_FALSE(town.entry("bsky.brid.gy").known_at);
    CHECK(town.entry("bsky.brid.gy").bridge);
    CHECK_FALSE(town.entry("bsky.brid.gy").relay);
    CHECK_FALSE(town.entry("b.example").bridge);
}

TEST_CASE("Who asks to be left alone is", "[refresh]") {
    Town town;
    town.serve("a.example", "mastodon");
    SECTION("at the door") {
        town.pages["https://a.example/.well-known/nodeinfo"] = answered(429, {{"Retry-After", "7200"}});
        town.know("a.example");
        town.work();
        CHECK(total(town.asked) == 1);
        CHECK(town.book.state(named("a.example")).failures == 0);
    }
    SECTION("in the middle: what it said before that counts") {
        town.pages["https://a.example/api/v2/instance"] = answered(503, {{"Retry-After", "7200"}});
        town.know("a.example");
        town.work();
        CHECK(total(town.asked) == 3);
        CHECK(town.entry("a.example").software == "mastodon");
    }
    const auto due = town.book.state(named("a.example")).due;
    CHECK(due >= town.clock.at + 2h - 10s);
    CHECK(due >= town.entry("a.example").rest_until);
    CHECK(town.entry("a.example").rest_until >= town.clock.at + 2h - 10s);
}

TEST_CASE("Who asked others to be left alone is visited when that is over", "[refresh]") {
    Town town;
    town.serve("a.example", "mastodon");
    town.serve("b.example", "mastodon");
    const auto until = town.clock.at + 3h;
    REQUIRE(
        town.directory.update(named("a.example"), [&](RecipientEntry& entry) { note_rest(entry, until); }));
    town.know("a.example");
    town.know("b.example");
    town.work();
    auto& asked = town.asked["https://a.example/.well-known/nodeinfo"];
    CHECK(asked == 0);
    CHECK(town.entry("b.example").known_at);
    CHECK(town.book.state(named("a.example")).due == until);
    CHECK(town.book.state(named("a.example")).failures == 0);
    town.again("a.example");
    CHECK(asked == 0);
    town.clock.at = until;
    town.work();
    CHECK(asked == 1);
    CHECK(town.entry("a.example").known_at);
}

TEST_CASE("Pages are read as robots.txt allows", "[refresh]") {
    Town town;
    town.serve("a.example",
               "misskey",
               5,
               R"({"privacyPolicyUrl":"https://a.example/privacy","tosUrl":"https://law.example/tos"})");
    town.pages["https://a.example/robots.txt"] = answered(200, {}, "User-agent: *\nDisallow: /privacy\n");
    town.pages["https://a.example/privacy"] = page(kPrivacy);
    town.pages["https://law.example/tos"] = moved("https://law.example/tos/2026");
    town.pages["https://law.example/tos/2026"] =
        page("<p>The terms that everybody agrees to, at some length.</p>");
    town.know("a.example");
    town.work();
    CHECK(town.asked["https://a.example/privacy"] == 0);
    CHECK(town.asked["https://law.example/robots.txt"] == 1);
    REQUIRE(town.versions("a.example").size() == 1);
    CHECK(town.versions("a.example")[0].kind == PolicyKind::Terms);
    CHECK(town.versions("a.example")[0].url == "https://law.example/tos/2026");
    CHECK(town.entry("a.example").privacy_policy == "https://a.example/privacy");
    town.again("a.example");
    CHECK(town.asked["https://law.example/robots.txt"] == 1);
}

TEST_CASE("Pages that turn in a circle, say nothing or are no text end without one", "[refresh]") {
    Town town;
    town.serve("a.example",
               "misskey",
               5,
               R"({"privacyPolicyUrl":"https://a.example/p","tosUrl":"https://a.example/t"})");
    const auto response =
        GENERATE(moved("https://a.example/p"),
                 page("<div id=app></div><script src=x></script>"),
                 answered(200, {{"Content-Type", "application/pdf"}}, std::string(5'000, 'x')),
                 failed(RemoteFault::TooLarge, true),
                 failed(RemoteFault::TimedOut, true),
                 answered(500));
    town.pages["https://a.example/p"] = response;
    town.pages["https://a.example/t"] = answered(
        200, {{"Content-Type", "text/plain"}}, "Plain terms that somebody wrote, \xff with a mistake.");
    town.know("a.example");
    town.work();
    CHECK(town.asked["https://a.example/p"] <= 4);
    REQUIRE(town.versions("a.example").size() == 1);
    CHECK(town.text(town.versions("a.example")[0]) ==
          "Plain terms that somebody wrote, \ufffd with a mistake.");
}

TEST_CASE("Two hosts are one recipient only where both say so", "[refresh]") {
    Town town;
    const std::string webfinger =
        "https://example.org/.well-known/webfinger?resource=acct:example.org@example.org";
    SECTION("accounts at one host, the server at another, by WebFinger") {
        town.serve("social.example.org", "mastodon");
        town.pages["https://social.example.org/api/v2/instance"] = json(R"({"domain":"example.org"})");
        town.pages[webfinger] = from("https://social.example.org/.well-known/webfinger", answered(404));
        town.know("social.example.org");
        town.work();
        const auto entry = town.entry("social.example.org");
        CHECK(entry.main == named("example.org"));
        REQUIRE(entry.aliases.size() == 1);
        CHECK(entry.aliases[0] == records::HostAlias{named("example.org"), "webfinger"});
        const auto other = town.entry("example.org");
        CHECK(other.main.empty());
        REQUIRE(other.aliases.size() == 1);
        CHECK(other.aliases[0] == records::HostAlias{named("social.example.org"), "webfinger"});
        SECTION("and when one of them says so no more, they are two") {
            town.pages.erase(webfinger);
            town.again("social.example.org");
            CHECK(town.entry("social.example.org").main.empty());
            CHECK(town.entry("social.example.org").aliases.empty());
            CHECK(town.entry("example.org").aliases.empty());
        }
    }
    SECTION("by host-meta") {
        town.serve("social.example.org", "mastodon");
        town.pages["https://social.example.org/api/v2/instance"] = json(R"({"domain":"example.org"})");
        town.pages["https://example.org/.well-known/host-meta"] = answered(
            200,
            {},
            R"(<XRD><Link rel="lrdd" template="https://social.example.org/.well-known/webfinger?resource={uri}"/></XRD>)");
        town.know("social.example.org");
        town.work();
        CHECK(town.entry("social.example.org").aliases.at(0).why == "host_meta");
        CHECK(town.entry("social.example.org").main == named("example.org"));
    }
    SECTION("a server that says it is another one, which knows nothing of it") {
        town.serve("evil.example", "mastodon");
        town.pages["https://evil.example/api/v2/instance"] = json(R"({"domain":"mastodon.social"})");
        town.pages
            ["https://mastodon.social/.well-known/webfinger?resource=acct:mastodon.social@mastodon.social"] =
            json(R"({"links":[{"rel":"self","href":"https://mastodon.social/actor"}]})");
        town.know("evil.example");
        town.work();
        CHECK(town.entry("evil.example").software == "mastodon");
        CHECK(town.entry("evil.example").main.empty());
        CHECK(town.entry("evil.example").aliases.empty());
        CHECK(town.entry("mastodon.social").aliases.empty());
    }
    SECTION("a host whose NodeInfo lies elsewhere, where they say so") {
        town.pages["https://example.org/.well-known/nodeinfo"] = Town::links_to("social.example.org");
        town.serve("social.example.org", "mastodon");
        town.pages["https://social.example.org/api/v2/instance"] = json(R"({"domain":"example.org"})");
        town.know("example.org");
        town.work();
        CHECK(town.entry("example.org").software == "mastodon");
        CHECK(town.entry("example.org").aliases.at(0) ==
              records::HostAlias{named("social.example.org"), "nodeinfo"});
        CHECK(town.entry("social.example.org").main == named("example.org"));
    }
    SECTION("a host that borrows the NodeInfo of another") {
        town.pages["https://evil.example/.well-known/nodeinfo"] = Town::links_to("mastodon.social");
        town.serve("mastodon.social", "mastodon");
        town.pages["https://mastodon.social/api/v2/instance"] = json(R"({"domain":"mastodon.social"})");
        town.know("evil.example");
        town.work();
        CHECK(town.entry("evil.example").software.empty());
        CHECK(town.entry("evil.example").aliases.empty());
        CHECK(town.entry("mastodon.social").aliases.empty());
    }
    SECTION("www: who owns the name owns what is below it") {
        town.pages["https://www.a.example/.well-known/nodeinfo"] = Town::links_to("a.example");
        town.serve("a.example", "snac");
        town.know("www.a.example");
        town.work();
        CHECK(town.entry("www.a.example").main == named("a.example"));
        CHECK(town.entry("a.example").aliases.at(0) == records::HostAlias{named("www.a.example"), "www"});
    }
    SECTION("unless anybody may have a name below it") {
        town.options.is_public_suffix = [](const Host& host) { return host == named("pages.example"); };
        town.restart();
        town.pages["https://www.pages.example/.well-known/nodeinfo"] = Town::links_to("pages.example");
        town.serve("pages.example", "snac");
        town.know("www.pages.example");
        town.work();
        CHECK(town.entry("www.pages.example").software.empty());
        CHECK(town.entry("pages.example").aliases.empty());
    }
}

TEST_CASE("Relays, bridges, communities and single persons are marked", "[refresh]") {
    Town town;
    town.serve("relay.example", "activity-relay", 1);
    town.serve("fed.brid.gy", "bridgy-fed", 1);
    town.serve("forum.example", "lemmy", 2);
    town.serve("bob.example", "lemmy", 1);
    town.serve("alice.example", "gotosocial", 1);
    town.serve("two.example", "gotosocial", 2);
    for (const auto* host :
         {"relay.example", "fed.brid.gy", "forum.example", "bob.example", "alice.example", "two.example"}) {
        town.know(host);
    }
    town.work();
    CHECK(town.entry("relay.example").relay);
    CHECK(town.entry("fed.brid.gy").bridge);
    CHECK(town.entry("forum.example").community);
    CHECK(town.entry("bob.example").community);
    CHECK(town.entry("bob.example").single_person);
    CHECK(town.entry("alice.example").single_person);
    for (const auto* host : {"relay.example", "fed.brid.gy", "forum.example", "two.example"}) {
        CAPTURE(host);
        CHECK_FALSE(town.entry(host).single_person);
    }
}

TEST_CASE("Few servers are visited at once, at a pace", "[refresh]") {
    Town town;
    town.options.max_visits = 3;
    town.options.max_rate = 2;
    town.options.pause = 0ms;
    town.restart();
    for (int i = 0; i < 10; ++i) {
        town.serve("s" + std::to_string(i) + ".example", "snac");
        town.know("s" + std::to_string(i) + ".example");
    }
    const auto begun = town.clock.at;
    town.work();
    CHECK(town.refresher->figures().answered == 10);
    const auto took = std::chrono::duration<double>(town.clock.at - begun).count();
    CHECK(static_cast<double>(town.refresher->figures().questions) <= 2 * (took + 1));
}

TEST_CASE("Between two questions to a server lies a pause", "[refresh]") {
    Town town;
    std::vector<Instant> moments;
    town.serve("a.example", "gotosocial");
    const auto serve = town.http.server;
    town.http.server = [&](const RemoteRequest& request) {
        moments.push_back(town.clock.at);
        return serve(request);
    };
    town.know("a.example");
    town.work();
    REQUIRE(moments.size() >= 3);
    CHECK(std::adjacent_find(moments.begin(), moments.end(), [](Instant a, Instant b) {
              return b - a < 500ms;
          }) == moments.end());
}

TEST_CASE("Whatever ends the program, what was learned stays and nothing is forgotten", "[refresh]") {
    Town town;
    for (const auto* host : {"a.example", "b.example", "c.example"}) {
        town.serve(host, "snac");
        town.know(host);
    }
    town.options.max_visits = 1;
    town.restart();
    const auto serve = town.http.server;
    town.http.server = [&](const RemoteRequest& request) {
        return request.url.host() == named("b.example") ? std::nullopt : serve(request);
    };
    town.work();
    REQUIRE(town.http.waiting() == 1);
    SECTION("asked to end") {
        town.http.stop();
        REQUIRE(town.refresher->end());
        CHECK(town.entry("a.example").software == "snac");
        CHECK(town.book.totals(town.clock.at)->due == 2);
    }
    SECTION("killed") {
        town.http.lose();
        CHECK(town.book.totals(town.clock.at)->due == 1);
        town.clock.at += 11min;
        CHECK(town.book.totals(town.clock.at)->due >= 2);
    }
    FakeRemoteHttp next;
    town.restart();
    town.refresher = std::make_unique<recipients::Refresher>(
        recipients::RefresherPorts{
            town.book, town.directory, town.archive, next, town.html, town.cipher, town.clock},
        recipients::RefresherLore{town.dialects, town.marks},
        town.options,
        [&] { ++town.woken; });
    next.server = serve;
    town.work();
    for (const auto* host : {"a.example", "b.example", "c.example"}) {
        CHECK(town.entry(host).software == "snac");
    }
}

TEST_CASE("A store that is away costs nothing but time", "[refresh]") {
    Town town;
    town.serve("a.example", "snac");
    town.know("a.example");
    town.book.failures = 1;
    bool failed_once = false;
    for (int i = 0; i < 100 && !(failed_once && town.refresher->idle()); ++i) {
        const auto next = town.refresher->step();
        failed_once = failed_once || !next;
        town.clock.at += 600ms;
    }
    CHECK(failed_once);
    CHECK(town.entry("a.example").software == "snac");
    CHECK(town.book.totals(town.clock.at)->due == 0);
}

TEST_CASE("Answers that lie, nest or swell do no harm", "[refresh]") {
    Town town;
    town.serve("a.example", "mastodon");
    const auto body = GENERATE(
        std::string(200'000, '['),
        R"({"domain":")" + std::string(200'000, 'x') + "\"}",
        std::string{R"({"domain":5,"contact":[],"configuration":{"urls":{"privacy_policy":7}}})"},
        std::string{R"({"configuration":{"urls":{"privacy_policy":"file:///etc/passwd"}}})"},
        std::string{R"({"contact":{"account":{"display_name":")"} + std::string(100'000, 'n') + "\"}}}",
        std::string{"<html>"});
    town.pages["https://a.example/api/v2/instance"] = json(body);
    town.pages["https://a.example/api/v1/instance/privacy_policy"] = json(body);
    town.know("a.example");
    town.work();
    const auto entry = town.entry("a.example");
    CHECK(entry.software == "mastodon");
    CHECK(entry.operator_name.reveal().size() <= 200);
    CHECK(entry.privacy_policy.empty());
    CHECK(entry.aliases.empty());
    CHECK(town.versions("a.example").empty());
}
