// Looks at single objects: the chosen ones, those that are held, and lists of them.

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;
using fediverse::Presence;

namespace {

records::ErasureScope some_objects() {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    return scope;
}

/// A page of alice's objects with these numbers, each its own id.
std::string listed(const std::vector<int>& numbers) {
    std::string json = "[";
    for (const auto number : numbers) {
        const auto text = std::to_string(number);
        json += (json.size() > 1 ? "," : "") + std::string{R"({"id":")"} + text + R"(","uri":")" + kAlice +
                "/" + text + R"("})";
    }
    return json + "]";
}

}  // namespace

TEST_CASE("of chosen objects all are asked for, and what was only sampled is not called gone", "[looker]") {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    Sight s{probes_from(kProbes), scope};
    s.options.objects_of_choice = 5;
    s.make();
    s.told("few.example", "x", 5);
    s.told("many.example", "x", 6);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.look();
    CHECK(s.notice("few.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("few.example").size() == 5);
    CHECK(s.notice("many.example").state == NoticeState::NotVisible);
}

TEST_CASE("chosen objects are looked for in what a recipient lists of the account, once for all of them",
          "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    s.told("a.example", "lists", 3);
    std::vector<std::string> asked;
    std::vector<int> kept;
    s.http.server = [&](const RemoteRequest& request) {
        asked.push_back(std::string{request.url.path()} + "?" + std::string{request.url.query()});
        const bool first_page = request.url.query().empty();
        return request.url.path() == "/who" ? says(200, R"({"id": "7"})")
                                            : says(200, listed(first_page ? kept : std::vector<int>{}));
    };

    SECTION("one that stands there is a copy") {
        kept = {9, 1, 8};
        s.look();
        CHECK(asked == std::vector<std::string>{"/who?a=alice%40origin.example", "/of/7?", "/of/7?before=8"});
        CHECK(s.notice("a.example").state == NoticeState::StillPresent);
        const auto entry = *s.directory.entry(*Host::parse("a.example"));
        CHECK(entry.present == 1);
    }
    SECTION("where the list has ended without them they are not visible, and not gone") {
        kept = {9, 8};
        s.look();
        CHECK(asked.size() == 3);
        CHECK(s.notice("a.example").state == NoticeState::NotVisible);
        CHECK(s.looks("a.example").size() == 3);
    }
}

TEST_CASE("of a list that is not read to its end nothing follows", "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    int status = 200;
    int pages = 0;
    s.http.server = [&](const RemoteRequest& request) {
        if (request.url.path() == "/who") {
            return says(200, R"({"id": "7"})");
        }
        ++pages;
        return says(status, status == 200 ? listed({100 + pages}) : "{}");
    };
    SECTION("it is longer than what is read") {
        s.told("a.example", "lists", 2);
        s.look();
        CHECK(pages == 3);
    }
    SECTION("a page is refused") {
        status = 401;
        s.told("a.example", "lists", 2);
        s.look();
        CHECK(pages == 1);
    }
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    CHECK(s.notice("a.example").presence == Presence::Unknown);
    CHECK(s.notice("a.example").next_look_at);
}

TEST_CASE("who has no such account has none of its objects, if that is the name", "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    s.http.server = [](const RemoteRequest&) { return says(404); };
    SECTION("it is confirmed") {
        s.told("a.example", "lists", 2);
        s.look();
        CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    }
    SECTION("nobody knows") {
        s.confirm("");
        s.told("a.example", "lists", 2);
        s.look();
        CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    }
}

TEST_CASE("where single objects cannot be looked for, that is the reason", "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    s.told("a.example", "pages", 2);
    s.told("b.example", "shows-nothing", 2);
    s.look();
    CHECK(s.http.requests().empty());
    CHECK(s.notice("a.example").state == NoticeState::Unprobeable);
    CHECK(s.notice("a.example").reason == "no_post_probe");
    CHECK(s.notice("b.example").state == NoticeState::Unprobeable);
    CHECK(s.notice("b.example").reason.empty());
}

TEST_CASE("an object of which nothing was learned keeps the others from being called gone", "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    s.told("a.example", "x", 2);
    s.http.server = [](const RemoteRequest& request) {
        return says(request.url.text().find("alice%2F1") != std::string::npos ? 418 : 404);
    };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
}

TEST_CASE("an account that was spared for what is held there is not looked at, what was erased is",
          "[looker]") {
    Sight s;
    s.told("a.example", "x", 2);
    auto objects = *s.notices.objects(s.request, {});
    objects.push_back({Personal<std::string>{std::string{kAlice} + "/held"}, {}, true});
    REQUIRE(s.notices.plan(s.request, objects, {}));
    s.http.server = [](const RemoteRequest& request) {
        return says(request.url.path() == "/account" ? 200 : 404);
    };
    s.look();
    CHECK(s.looks("a.example").size() == 2);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    s.told("pages.example", "pages", 2);
    s.look();
    CHECK(s.notice("pages.example").state == NoticeState::Unprobeable);
}

TEST_CASE("an object is asked for by its own address, whoever confirmed the handle", "[looker]") {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    Sight s{probes_from(kProbes), scope};
    s.confirm("");
    s.told("a.example", "x", 1);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("an object that the origin serves again is not imported because another of them is gone",
          "[looker]") {
    Sight s{probes_from(kProbes), some_objects()};
    s.told("a.example", "taking", 2);
    const auto served = std::string{kAlice} + "/1";
    std::vector<std::string> asked;
    s.http.server = [&](const RemoteRequest& request) {
        if (request.url.host().text() == "origin.example") {
            return says(request.url.text() == served ? 200 : 410);
        }
        asked.push_back(std::string{request.url.query()});
        return says(404);
    };
    s.look();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].find("%2F0") != std::string::npos);
    CHECK(s.looks("a.example").back().probe == "origin");
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
}
