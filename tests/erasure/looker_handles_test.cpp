// Under which name somebody is looked for, and what follows where nobody confirmed it.

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using fediverse::Presence;

TEST_CASE("a handle that the origin did not confirm proves nothing by not being found", "[looker]") {
    Sight s;
    const bool confirmed = GENERATE(true, false);
    s.confirm(confirmed ? "alice@origin.example" : "");
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.look();
    CHECK(s.notice("a.example").state == (confirmed ? NoticeState::VerifiedGone : NoticeState::Acknowledged));
    CHECK(s.notice("a.example").presence == (confirmed ? Presence::Gone : Presence::Unknown));
    // What is found is found, under whatever name.
    s.http.server = [](const RemoteRequest&) { return says(200); };
    s.pass(25h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
}

TEST_CASE("who is not seen by a handle that nobody confirmed may be seen by another", "[looker]") {
    Sight s{real_probes()};
    s.confirm("");
    s.told("a.example", "pleroma");
    s.http.server = [](const RemoteRequest&) { return says(404, R"({"error": "Record not found"})"); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);  // not "not visible"
    s.confirm("alice@origin.example");
    s.pass(25h);
    CHECK(s.notice("a.example").state == NoticeState::NotVisible);
}

TEST_CASE("others are asked by the handle that the origin names, and by the host of the URI", "[looker]") {
    for (const auto* const known : {"a=alice%40example.org", "a=alice%40origin.example"}) {
        CAPTURE(known);
        Sight s;
        s.confirm("alice@example.org");
        s.told("a.example", "x");
        s.http.server = [known](const RemoteRequest& request) {
            return says(request.url.query() == known ? 200 : 404);
        };
        s.look();
        CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    }
    Sight s;
    s.confirm("alice@example.org");
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 2);
}

TEST_CASE("a copy is gone under no handle before it is known to be gone under the other", "[looker]") {
    for (const auto* const silent : {"a=alice%40example.org", "a=alice%40origin.example"}) {
        for (const int status : {400, 403, 500}) {  // a gateway's, a block's, a fault's
            CAPTURE(silent, status);
            Sight s;
            s.confirm("alice@example.org");
            s.told("a.example", "x");
            s.http.server = [&](const RemoteRequest& request) {
                return says(request.url.query() == silent ? status : 404);
            };
            s.look();
            CHECK(s.notice("a.example").presence == Presence::Missing);
            CHECK(s.notice("a.example").state == NoticeState::NotVisible);
            CHECK(s.looks("a.example").size() == 2);
            s.http.server = [](const RemoteRequest&) { return says(404); };
            s.pass(25h);
            CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
        }
    }
}

TEST_CASE("a handle host that others of the origin confirmed will do where the name is sure", "[looker]") {
    struct Case {
        bool told;
        bool names_in_uris;
        bool sure;
    };
    for (const auto& one : {Case{true, false, true},
                            Case{false, true, true},
                            Case{true, true, true},
                            Case{false, false, false}}) {
        Sight s;
        s.handles.facts[s.alice.get()] = {
            {}, one.told, HandleHost{*Host::parse("example.org"), one.names_in_uris}};
        s.told("a.example", "x");
        s.http.server = [](const RemoteRequest&) { return says(404); };
        s.look();
        CHECK(s.notice("a.example").state ==
              (one.sure ? NoticeState::VerifiedGone : NoticeState::Acknowledged));
        CHECK((s.http.requests().front().url.query() == "a=alice%40example.org") == one.sure);
    }
}

TEST_CASE("a handle that may be an id in disguise is not asked for, unless it is confirmed", "[looker]") {
    const bool confirmed = GENERATE(true, false);
    for (const bool opaque : {true, false}) {
        Sight s;
        s.alice = *s.vault.enrol(*Uri::parse("https://origin.example/users/abcdefghij"), "abcdefghij");
        s.handles.facts[s.alice.get()].host = HandleHost{*Host::parse("origin.example"), true};
        if (confirmed) {
            s.confirm("abcdefghij@origin.example");
        }
        s.options.opaque_ids = opaque;
        s.make();
        s.told("a.example", "x");
        s.http.server = [](const RemoteRequest&) { return says(404); };
        s.look();
        CHECK(s.notice("a.example").state ==
              (confirmed || !opaque ? NoticeState::VerifiedGone : NoticeState::Acknowledged));
        CHECK(s.http.requests().empty() == (opaque && !confirmed));
    }
    using erasure::may_be_an_id;
    CHECK(may_be_an_id("abcdefghij@o.example", "https://o.example/users/abcdefghij"));
    CHECK(!may_be_an_id("alice@o.example", "https://o.example/users/alice"));
    CHECK(!may_be_an_id("wintermute@o.example", "https://o.example/users/9abcdefghi"));
    CHECK(!may_be_an_id("wintermute@o.example", "https://o.example/@wintermute"));
}
