// What a look finds, and what it says of the recipient.

#include <algorithm>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using fediverse::Presence;

TEST_CASE("a copy whose account is gone is verified gone, and the recipient is honoured for it", "[looker]") {
    Sight s;
    s.told("a.example", "x", 2);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").presence == Presence::Gone);
    CHECK(s.looks("a.example").size() == 3);
    REQUIRE(s.http.requests().size() == 3);
    CHECK(s.http.requests()[0].url.text() == "https://a.example/account?a=alice%40origin.example");
    CHECK(!header_of(s.http.requests()[0].headers, "Signature").empty());
    CHECK(header_of(s.http.requests()[1].headers, "Signature").empty());
    CHECK(header_of(s.http.requests()[1].headers, "User-Agent") == s.options.user_agent);
    const auto entry = *s.directory.entry(*Host::parse("a.example"));
    CHECK(entry.told == 1);
    CHECK(entry.gone == 1);
    CHECK(entry.present == 0);
}

TEST_CASE("who took a Delete and cannot be looked at is neither honoured for it nor blamed", "[looker]") {
    Sight s;
    s.told("a.example", "shows-nothing");
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::Unprobeable);
    const auto entry = *s.directory.entry(*Host::parse("a.example"));
    CHECK(entry.told == 1);
    CHECK(records::judged(entry) == 0);
    CHECK(entry.not_visible == 0);
}

TEST_CASE("a person's copy counts once, with the latest verdict", "[looker]") {
    Sight s;
    const auto entry = [&] { return *s.directory.entry(*Host::parse("a.example")); };
    int status = 200;
    s.http.server = [&](const RemoteRequest&) { return says(status); };
    s.told("a.example", "x", 1);
    s.look();
    CHECK(entry().present == 1);
    s.again();
    s.told("a.example", "x", 1);
    status = 406;
    s.look();
    CHECK(s.notice("a.example").presence == Presence::NotVisible);
    CHECK(entry().told == 1);
    CHECK(entry().present == 0);
    CHECK(entry().not_visible == 1);
    s.again();
    s.told("a.example", "x", 1);
    status = 404;
    s.look();
    CHECK(entry().told == 1);
    CHECK(entry().gone == 1);
    CHECK(records::judged(entry()) == 1);
    CHECK(entry().not_visible == 0);
    s.again();  // told once more, and nobody has looked since
    s.told("a.example", "x", 1);
    auto ports = s.verdicts();
    REQUIRE(erasure::count_honour(ports, *Host::parse("a.example")));
    CHECK(entry().gone == 1);
    CHECK(entry().told == 1);
}

TEST_CASE("what was taken back says nothing about who was told", "[looker]") {
    using privacy::RequestState;
    for (const auto state : {RequestState::Withdrawn, RequestState::Refused, RequestState::Duplicate}) {
        Sight s;
        s.told("a.example", "x");
        s.http.server = [](const RemoteRequest&) { return says(200); };
        s.look();
        const auto entry = [&] { return *s.directory.entry(*Host::parse("a.example")); };
        CHECK(entry().present == 1);
        s.change([&](auto& one) { one.state = state; });
        s.pass(25h);
        CHECK(entry().told == 0);
        CHECK(records::judged(entry()) == 0);
    }
}

TEST_CASE("who refused a Delete and keeps the copy did not honour it; who never heard of it did not fail",
          "[looker]") {
    Sight s;
    const auto unheard = s.told("down.example", "x");
    const auto refused = s.told("refuses.example", "x");
    NoticeChange change;
    for (const auto& host : {"down.example", "refuses.example"}) {
        auto notice = s.notice(host);
        notice.acknowledged_at.reset();
        notice.state = notice.number == refused ? NoticeState::Refused : NoticeState::Unreachable;
        notice.declined = notice.number == refused ? 1 : 0;
        notice.left = notice.number == refused;
        change.notices.push_back(notice);
    }
    REQUIRE(s.notices.apply(change));
    s.http.server = [](const RemoteRequest&) { return says(200); };
    s.look();
    CHECK(s.notice("down.example").number == unheard);
    CHECK(s.notice("down.example").presence == Presence::Present);
    const auto down = *s.directory.entry(*Host::parse("down.example"));
    CHECK(records::judged(down) == 0);
    CHECK(down.told == 0);
    const auto refuses = *s.directory.entry(*Host::parse("refuses.example"));
    CHECK(refuses.present == 1);
    CHECK(refuses.told == 1);  // no copy is judged whose server was not told
}

TEST_CASE("nothing is looked at before the origin is gone", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.change([](auto& one) { one.origin_gone_at.reset(); });
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(24h);
    CHECK(s.http.requests().empty());
    s.change([&](auto& one) { one.origin_gone_at = s.clock.at; });
    s.pass(2h);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a removal from one server alone is looked at where no look can bring the copy back", "[looker]") {
    records::ErasureScope there;
    there.recipients = {*Host::parse("a.example"), *Host::parse("f.example"), *Host::parse("n.example")};
    Sight s{probes_from(kProbes), there};
    s.change([](auto& one) { one.origin_gone_at.reset(); });  // and it never will be
    s.told("a.example", "x");
    s.told("f.example", "fetching");
    s.told("n.example", "nothing-known");
    s.look();
    REQUIRE(s.http.requests().size() == 1);
    CHECK(s.http.requests()[0].url.host().text() == "a.example");
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").reason.empty());
    CHECK(s.notice("f.example").state == NoticeState::Unprobeable);
    CHECK(s.notice("f.example").reason == "would_import");
    CHECK(!s.notice("f.example").next_look_at);
    CHECK(s.looks("f.example").at(0).probe == "none");
    CHECK(s.notice("n.example").state == NoticeState::Unprobeable);
    CHECK(s.notice("n.example").reason.empty());  // it could not be looked at anyway
}

TEST_CASE("an answer that is too long to be read makes nothing gone, and nothing present", "[looker]") {
    Sight s;
    s.told("a.example", "x", 1);
    s.told("b.example", "x", 1);
    s.told("c.example", "x", 1);
    s.http.server = [](const RemoteRequest& request) {
        const auto host = request.url.host().text();
        const bool object = request.url.path() == "/object";
        auto endless = failed(RemoteFault::TooLarge, true);
        endless.status = object || host == "b.example" ? 200 : 404;
        const bool cut = host == "b.example" || (host == "a.example" && object);
        return cut ? endless : says(404);
    };
    s.look();
    CHECK(s.notice("a.example").state ==
          NoticeState::NotVisible);  // the account is gone; the post may lie there
    CHECK(s.notice("b.example").state == NoticeState::Acknowledged);
    CHECK(s.notice("c.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("one object that is still there outweighs everything", "[looker]") {
    Sight s;
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest& request) {
        return says(request.url.text().find("alice%2F1") != std::string::npos ? 200 : 404);
    };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    CHECK((*s.directory.entry(*Host::parse("a.example"))).present == 1);
}

TEST_CASE("what says nothing about the copy is never taken for gone", "[looker]") {
    for (const int status : {401, 429, 503}) {  // the probe itself would have it so
        Sight s;
        s.told("a.example", "x");
        s.http.server = [&](const RemoteRequest&) { return says(status); };
        s.look();
        CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
        CHECK(s.notice("a.example").looks == 1);
    }
    for (const auto fault : {RemoteFault::TimedOut,
                             RemoteFault::NoConnection,
                             RemoteFault::NoSuchHost,
                             RemoteFault::BadCertificate,
                             RemoteFault::Broken,
                             RemoteFault::TooLarge,
                             RemoteFault::Forbidden}) {
        Sight s;
        s.told("a.example", "x", 1);
        s.http.server = [&](const RemoteRequest& request) {
            return request.url.path() == "/account" ? says(404) : failed(fault, true);
        };
        s.look();
        const bool says_so_for_good = fault == RemoteFault::TooLarge || fault == RemoteFault::Forbidden;
        CHECK(s.notice("a.example").state ==
              (says_so_for_good ? NoticeState::VerifiedGone : NoticeState::Acknowledged));
    }
}

TEST_CASE("a server that blocks the origin is not believed that the copy is gone", "[looker]") {
    Sight s{real_probes()};
    s.told("blocks.example", "mastodon");
    s.told("unwilling.example", "mastodon");
    const auto refused = [&](const char* host, std::uint16_t status) {
        NoticeChange change;
        change.notices.push_back(s.notice(host));
        change.notices.back().state = NoticeState::Refused;
        change.notices.back().acknowledged_at.reset();
        change.notices.back().last_status = status;
        REQUIRE(s.notices.apply(change));
    };
    refused("blocks.example", 403);
    refused("unwilling.example", 400);
    s.http.server = [](const RemoteRequest&) { return says(404, R"({"error": "Record not found"})"); };
    s.look();
    CHECK(s.notice("blocks.example").state == NoticeState::NotVisible);
    CHECK(s.notice("blocks.example").presence == Presence::Missing);
    CHECK(s.notice("unwilling.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a hidden object makes the whole hidden", "[looker]") {
    Sight s;
    s.told("a.example", "x", 2);
    s.http.server = [](const RemoteRequest& request) {
        return says(request.url.text().find("alice%2F1") != std::string::npos ? 406 : 404);
    };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::NotVisible);
}

TEST_CASE("the real probes reach the real verdicts", "[looker]") {
    const auto verdict = [](const std::string& software,
                            const std::function<RemoteResponse(const RemoteRequest&)>& answer) {
        Sight s{real_probes()};
        s.told("a.example", software, 1);
        s.http.server = [&](const RemoteRequest& request) {
            return request.url.host().text() == "origin.example" ? says(410) : answer(request);
        };
        s.look();
        return s.notice("a.example").state;
    };
    const auto always = [](int status, const std::string& body) {
        return [=](const RemoteRequest&) { return says(status, body); };
    };
    CHECK(verdict("mastodon", always(200, R"({"id": "1", "acct": "alice@origin.example"})")) ==
          NoticeState::StillPresent);
    CHECK(verdict("mastodon", always(404, R"({"error": "Record not found"})")) == NoticeState::VerifiedGone);
    CHECK(verdict("mastodon", always(401, R"({"error": "This method requires an authenticated user"})")) ==
          NoticeState::Acknowledged);
    CHECK(verdict("peertube", [](const RemoteRequest& request) {
              return request.url.path().find("/accounts/") != std::string_view::npos
                         ? says(404, R"({"detail": "Account not found"})")
                         : says(200, R"({"total": 0, "data": []})");
          }) == NoticeState::VerifiedGone);
    CHECK(verdict("lemmy", always(404, R"({"error": "couldnt_find_person"})")) == NoticeState::NotVisible);
    CHECK(verdict("gotosocial", always(401, "{}")) == NoticeState::Unprobeable);
    CHECK(verdict("misskey", always(500, R"({"error": {"code": "FAILED_TO_RESOLVE_REMOTE_USER"}})")) ==
          NoticeState::VerifiedGone);
    CHECK(verdict("misskey", always(404, R"({"error": {"code": "NO_SUCH_USER"}})")) ==
          NoticeState::NotVisible);
    // The refresh did not get through: a row that is there would be asked for anew by the question after it.
    int shown = 0;
    CHECK(verdict("misskey", [&](const RemoteRequest& request) {
              shown += request.url.path() == "/api/users/show" ? 1 : 0;
              return shown == 1 ? failed(RemoteFault::TimedOut, true)
                                : says(500, R"({"error": {"code": "FAILED_TO_RESOLVE_REMOTE_USER"}})");
          }) == NoticeState::Acknowledged);
    CHECK(shown == 1);
}

TEST_CASE("an account that the origin serves again is not imported by a look", "[looker]") {
    Sight s{real_probes()};
    s.told("a.example", "misskey");
    bool served = true;
    s.http.server = [&](const RemoteRequest& request) {
        if (request.url.host().text() == "origin.example") {
            CHECK(request.url.text() == kAlice);
            return says(served ? 200 : 410, R"({"type": "Person"})");
        }
        return request.url.path() == "/api/users/show"
                   ? says(500, R"({"error": {"code": "FAILED_TO_RESOLVE_REMOTE_USER"}})")
                   : says(200, "[]");
    };
    const auto shown = [&] {
        return std::count_if(s.http.requests().begin(), s.http.requests().end(), [](const auto& request) {
            return request.url.path() == "/api/users/show";
        });
    };
    s.look();
    CHECK(shown() == 0);
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    CHECK(s.looks("a.example").back().probe == "origin");
    served = false;
    s.pass(25h);
    CHECK(shown() == 2);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}
