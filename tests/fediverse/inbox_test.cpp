#include "fedtrail/fediverse/inbox.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

bool is_own(const std::string& inbox, const std::string& host) {
    return is_inbox_of(*Uri::parse(inbox), *Host::parse(host));
}

}  // namespace

TEST_CASE("An inbox lies on its server's host or on one below it", "[fediverse][inbox]") {
    CHECK(is_own("https://a.example/inbox", "a.example"));
    CHECK(is_own("https://social.a.example/inbox", "a.example"));
    CHECK(is_own("https://a.example/inbox", "www.a.example"));
    CHECK(is_own("https://www.a.example/inbox", "a.example"));
    CHECK(is_own("https://a.example:8443/inbox", "a.example:8443"));
    CHECK_FALSE(is_own("http://a.example/inbox", "a.example"));
    CHECK_FALSE(is_own("https://b.example/inbox", "a.example"));
    CHECK_FALSE(is_own("https://example/inbox", "a.example"));
    CHECK_FALSE(is_own("https://bada.example/inbox", "a.example"));
    CHECK_FALSE(is_own("https://a.example:8443/inbox", "a.example"));
    CHECK_FALSE(is_own("https://a.example.evil.example/inbox", "a.example"));
    CHECK_FALSE(is_inbox_of(*Uri::parse("https://a.example/inbox"), Host{}));
}

TEST_CASE("A server's own actor is found by its links", "[fediverse][inbox]") {
    const auto a = *Host::parse("a.example");
    const auto link = [&](const std::string& rel, const std::string& type, const std::string& href) {
        return R"({"links":[7,{"rel":"other","href":"https://a.example/no"},{"rel":")" + rel +
               R"(","type":")" + type + R"(","href":")" + href + R"("}]})";
    };
    const std::string application = "https://www.w3.org/ns/activitystreams#Application";
    CHECK(application_link(link(application, "", "https://a.example/actor"), a)->text() ==
          "https://a.example/actor");
    CHECK_FALSE(application_link(link(application, "", "https://b.example/actor"), a));
    CHECK_FALSE(application_link(link("self", "", "https://a.example/actor"), a));
    CHECK(self_link(link("self", "application/activity+json", "https://s.a.example/actor"), a)->text() ==
          "https://s.a.example/actor");
    CHECK_FALSE(self_link(link("self", "text/html", "https://a.example/about"), a));
    CHECK_FALSE(self_link(link("self", "", "http://a.example/actor"), a));
    for (const auto* bad : {"", "[]", "7", "{}", R"({"links":7})", R"({"links":{}})", "<html>"}) {
        CHECK_FALSE(self_link(bad, a));
        CHECK_FALSE(application_link(bad, a));
    }
}

TEST_CASE("Of an actor's inboxes only those that are the server's count", "[fediverse][inbox]") {
    const auto a = *Host::parse("a.example");
    CHECK(
        inboxes_in_actor(
            R"({"inbox":"https://a.example/actor/inbox","endpoints":{"sharedInbox":"https://a.example/inbox"}})",
            a) == ActorInboxes{"https://a.example/inbox", "https://a.example/actor/inbox"});
    CHECK(
        inboxes_in_actor(
            R"({"inbox":"https://a.example/actor/inbox","endpoints":{"sharedInbox":"https://b.example/inbox"}})",
            a) == ActorInboxes{"", "https://a.example/actor/inbox"});
    for (const auto* bad : {"", "[]", R"({"inbox":7,"endpoints":[]})", R"({"inbox":{"id":"x"}})", "<html>"}) {
        CHECK(inboxes_in_actor(bad, a) == ActorInboxes{});
    }
}
