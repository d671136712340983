#include "erasure/looker.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "fakes/case_books.hpp"
#include "fakes/handle_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/signing.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::Looker;
using fediverse::NoticeState;
using fediverse::Presence;

namespace {

fediverse::Probes probes_from(const std::string& json) {
    auto probes = fediverse::Probes::parse(json);
    REQUIRE(probes);
    return std::move(*probes);
}

fediverse::Probes real_probes() {
    const std::ifstream file{FEDTRAIL_SOURCE_DIR "/policies/probes.json"};
    std::ostringstream text;
    text << file.rdbuf();
    return probes_from(text.str());
}

/// A software "x" with a probe of the account and one of an object, "pages" with one of a page.
constexpr const char* kProbes = R"({"format": "fedtrail/probes/1", "unprobeable": [], "probes": [
  {"name": "x-account", "software": ["x"], "target": "account", "method": "GET", "path": "/account?a={handle}",
   "accept": "application/json", "signed_get": true, "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404, 401, 429, 503], "presence": "gone"}]},
  {"name": "x-object", "software": ["x"], "target": "object", "method": "GET", "path": "/object?o={object}",
   "accept": "application/json", "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"},
     {"statuses": [406], "presence": "not_visible"}]},
  {"name": "page", "software": ["pages"], "target": "account", "method": "GET", "path": "/@{handle}",
   "accept": "text/html", "is_html": true, "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"}]},
  {"name": "knock", "software": ["knocks"], "target": "account", "method": "POST", "path": "/inbox",
   "body": {"actor": "{actor}"}, "accept": "application/json", "write_endpoint": true, "meanings": [
     {"statuses": [202], "presence": "gone"}]},
  {"name": "lists", "software": ["lists"], "target": "object", "method": "GET", "path": "/of/{id}",
   "accept": "application/json",
   "first": {"method": "GET", "path": "/who?a={handle}", "id": "/id", "meanings": [
     {"statuses": [200], "presence": "present"}, {"statuses": [404], "presence": "gone"}]},
   "list": {"uris": ["/uri"], "last": "/id", "next": {"path": "/of/{id}?before={last}"}, "pages": 3,
            "absent": "not_visible"}},
  {"name": "metered", "software": ["metered"], "target": "account", "method": "GET", "path": "/m?a={handle}",
   "accept": "application/json", "rate_limit": {"requests": 6, "seconds": 60, "source": "x"},
   "meanings": [{"statuses": [404], "presence": "gone"}]},
  {"name": "takes", "software": ["taking"], "target": "object", "method": "GET", "path": "/t?o={object}",
   "accept": "application/json", "imports": true, "meanings": [{"statuses": [404], "presence": "gone"}]},
  {"name": "fetches", "software": ["fetching"], "target": "account", "method": "GET", "path": "/f?a={handle}",
   "accept": "application/json", "imports": true, "meanings": [{"statuses": [200], "presence": "present"}]}
]})";

struct Sight {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    FakeHandleBook handles;
    FakeRemoteHttp http;
    StoppedClock clock;
    FakeSigner keys;
    FakeCipher cipher;
    erasure::RequestSigner signer{keys, cipher, clock};
    fediverse::Probes probes;
    erasure::LookerOptions options;
    std::optional<Looker> looker;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber request;
    bool woken = false;

    explicit Sight(fediverse::Probes of = probes_from(kProbes), records::ErasureScope scope = {})
        : probes(std::move(of)) {
        options.user_agent = "Fedtrail/1 (+https://origin.example/privacy)";
        records::ErasureRequest one;
        one.subject = alice;
        one.scope = std::move(scope);
        one.state = privacy::RequestState::InProgress;
        one.origin_gone_at = clock.at;
        http.server = [](const RemoteRequest&) { return says(404, "{}"); };
        request = requests.open(one, {})->number;
        confirm("alice@origin.example");
        make();
    }
    void make() {
        looker.emplace(
            erasure::LookerPorts{requests, notices, notices, directory, vault, handles, http, signer, clock},
            probes,
            options,
            [this] { woken = true; });
    }
    /// As the origin's WebFinger would; "" is not confirmed.
    void confirm(const std::string& handle) {
        handles.facts[alice.get()].confirmed = Personal<std::string>{handle};
    }
    void change(const std::function<void(records::ErasureRequest&)>& how) {
        auto one = *requests.request(request);
        how(one);
        REQUIRE(requests.record(one, {}));
    }
    /// A notice, told, whose first look is due; with so many objects.
    records::NoticeNumber told(const std::string& host,
                               const std::string& software,
                               std::size_t objects = 0) {
        std::vector<records::ErasedObject> all;
        records::Notice notice;
        notice.request = request;
        notice.subject = alice;
        notice.recipient = *Host::parse(host);
        notice.software = software;
        notice.state = NoticeState::Acknowledged;
        notice.acknowledged_at = clock.at - 1h;
        notice.next_look_at = clock.at;
        for (std::uint32_t i = 0; i < objects; ++i) {
            all.push_back({Personal<std::string>{std::string{kAlice} + "/" + std::to_string(i)}, {}, false});
            notice.steps.push_back({fediverse::StepKind::DeleteObject, {}, 1, i});
        }
        const std::vector<records::Notice> planned{notice};
        const auto known = *notices.objects(request, {});
        REQUIRE(notices.plan(request, all.size() > known.size() ? all : known, planned));
        return erasure::notice_to(notices, request, notice.recipient)->value().number;
    }
    /// Another request of the same person: what follows is about that one.
    void again() {
        records::ErasureRequest one = *requests.request(request);
        request = requests.open(one, {})->number;
    }
    [[nodiscard]] erasure::VerdictPorts verdicts() { return {requests, notices, notices, directory, clock}; }
    [[nodiscard]] records::Notice notice(const std::string& host) const {
        return **erasure::notice_to(notices, request, *Host::parse(host));
    }
    [[nodiscard]] std::vector<records::NoticeLook> looks(const std::string& host) const {
        return notices.history(notice(host).number)->looks;
    }
    /// Steps through the next `span`, whenever it wants to be called.
    void pass(std::chrono::milliseconds span) {
        const auto end = clock.at + span;
        for (int rounds = 0;; ++rounds) {
            REQUIRE(rounds < 20'000);
            const auto again = looker->step();
            REQUIRE(again);
            REQUIRE(*again);
            REQUIRE(**again > clock.at);
            if (std::exchange(woken, false)) {
                continue;
            }
            if (**again > end) {
                break;
            }
            clock.at = **again;
        }
        clock.at = end;
    }
    void look() { pass(10min); }
};

}  // namespace

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

TEST_CASE("looks come after an hour, a day, a week and a month, and then no more", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    const auto start = s.clock.at;
    s.pass(24h * 90);
    std::vector<std::chrono::hours> after;
    for (const auto& look : s.looks("a.example")) {
        after.push_back(std::chrono::round<std::chrono::hours>(look.at - start));
    }
    CHECK(after == std::vector<std::chrono::hours>{0h, 24h, 24h * 8, 24h * 38});
    CHECK(!s.notice("a.example").next_look_at);
}

TEST_CASE("a copy that comes back wakes the request that was closed", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    bool back = false;
    s.http.server = [&](const RemoteRequest&) { return says(back ? 200 : 404); };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    s.change([&](auto& one) {
        one.state = privacy::RequestState::Fulfilled;
        one.closed_at = s.clock.at;
    });
    back = true;
    s.pass(25h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    const auto woken = *s.requests.request(s.request);
    CHECK(woken.state == privacy::RequestState::InProgress);
    CHECK(!woken.closed_at);
    CHECK(s.requests.events(s.request)->back().kind == privacy::RequestEventKind::Woken);
    const auto entry = *s.directory.entry(*Host::parse("a.example"));
    CHECK(entry.gone == 0);
    CHECK(entry.present == 1);
}

TEST_CASE("whose copy comes back is told anew, some time later and not for ever", "[looker]") {
    Sight s;
    s.told("a.example", "x", 2);
    bool back = false;
    s.http.server = [&](const RemoteRequest&) { return says(back ? 200 : 404); };
    s.look();
    for (std::uint32_t round = 1; round <= 5; ++round) {
        auto told = s.notice("a.example");
        REQUIRE(told.state == NoticeState::VerifiedGone);
        told.position = 2;  // all of it was sent
        told.next_at.reset();
        told.next_look_at = s.clock.at;
        told.looks = 1;
        REQUIRE(s.notices.apply({{told}, {}, {}, {}}));
        back = true;
        s.look();
        const auto again = s.notice("a.example");
        REQUIRE(again.state == NoticeState::StillPresent);
        const bool bounded = round > erasure::kMostRounds;
        CHECK(again.rounds == std::min(round, erasure::kMostRounds));
        CHECK(again.position == (bounded ? 2 : 0));
        CHECK(again.next_at.has_value() == !bounded);
        if (!bounded) {
            CHECK(*again.next_at >= told.next_look_at.value() + 10min);
            CHECK(again.steps.size() == 2);
        }
        back = false;
        auto looked = again;
        looked.next_look_at = s.clock.at;
        REQUIRE(s.notices.apply({{looked}, {}, {}, {}}));
        s.look();
    }
}

TEST_CASE("a copy that was there from the beginning is not told anew", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [&](const RemoteRequest&) { return says(200); };
    s.pass(48h);
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
    CHECK(s.notice("a.example").rounds == 0);
}

TEST_CASE("a robots.txt that forbids the page is obeyed, and read once a day", "[looker]") {
    Sight s;
    s.told("closed.example", "pages");
    s.told("open.example", "pages");
    s.http.server = [](const RemoteRequest& request) {
        if (request.url.text() == "https://closed.example/robots.txt") {
            return says(200, "User-agent: *\nDisallow: /@");
        }
        return says(request.url.path() == "/robots.txt" ? 404 : 200);
    };
    s.look();
    CHECK(s.notice("closed.example").state == NoticeState::Acknowledged);
    CHECK(s.looks("closed.example").empty());
    CHECK(s.notice("closed.example").looks == 1);
    CHECK(s.notice("open.example").state == NoticeState::StillPresent);
    CHECK(s.http.requests().size() == 3);
}

TEST_CASE("a probe that posts to an inbox needs the operator's word", "[looker]") {
    Sight s;
    s.told("a.example", "knocks");
    s.http.server = [](const RemoteRequest&) { return says(202); };
    s.look();
    CHECK(s.http.requests().empty());
    s.options.write_probes = true;
    s.make();
    s.pass(25h);
    REQUIRE(s.http.requests().size() == 1);
    CHECK(s.http.requests()[0].method == "POST");
    CHECK(s.http.requests()[0].body.find(kAlice) != std::string::npos);
    CHECK(header_of(s.http.requests()[0].headers, "Content-Type") == "application/json");
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("who wants to be left alone is, and is looked at another time", "[looker]") {
    Sight s;
    s.told("a.example", "x", 3);
    s.http.server = [&](const RemoteRequest&) {
        return says(404, "", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "300"}});
    };
    s.pass(4min);
    CHECK(s.http.requests().size() == 1);
    s.pass(2min);
    CHECK(s.http.requests().size() == 2);
    s.pass(1h);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);

    Sight t;
    t.told("a.example", "x", 3);
    t.http.server = [](const RemoteRequest&) { return says(429, "", {{"Retry-After", "172800"}}); };
    t.look();
    CHECK(t.http.requests().size() == 1);
    CHECK(*t.notice("a.example").next_look_at >= t.clock.at + 23h);
}

TEST_CASE("a wish to be left alone outlives a restart, and costs no look", "[looker]") {
    Sight s;
    const auto start = s.clock.at;
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(503, "", {{"Retry-After", "1800"}}); };
    s.look();
    REQUIRE(s.http.requests().size() == 1);
    CHECK(s.directory.entry(*Host::parse("a.example"))->rest_until == start + 30min);
    s.make();
    s.again();  // somebody else's copy lies there too
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(15min);
    CHECK(s.http.requests().size() == 1);
    CHECK(s.notice("a.example").looks == 0);
    CHECK(s.notice("a.example").next_look_at == start + 30min);
    s.pass(10min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").looks == 1);
}

TEST_CASE("what a server asks for in the middle of a look is waited for, whoever heard it", "[looker]") {
    Sight s;
    const auto start = s.clock.at;
    s.told("a.example", "x", 3);
    s.http.server = [&](const RemoteRequest&) {
        REQUIRE(s.directory.update(*Host::parse("a.example"),
                                   [&](RecipientEntry& entry) { note_rest(entry, start + 20min); }));
        return says(404);
    };
    s.pass(19min);
    CHECK(s.http.requests().size() == 1);
    s.pass(2min);
    CHECK(s.http.requests().size() == 4);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("one recipient is asked one thing at a time, with a pause", "[looker]") {
    Sight s;
    s.told("a.example", "x", 3);
    s.http.server = [](const RemoteRequest&) { return says(404); };
    const auto start = s.clock.at;
    s.pass(3s);
    CHECK(s.http.requests().size() == 2);
    s.pass(1s);
    CHECK(s.http.requests().size() == 3);
    CHECK(s.clock.at - start == 4s);
}

TEST_CASE("a probe's own rate holds for all that is asked of a server", "[looker]") {
    Sight s;
    s.told("a.example", "metered");
    s.again();
    s.told("a.example", "metered");
    s.pass(9s);
    CHECK(s.http.requests().size() == 1);
    s.pass(2s);
    CHECK(s.http.requests().size() == 2);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("software that cannot be looked at says so, unknown software may be found out", "[looker]") {
    Sight s;
    s.told("g.example", "gotosocial");
    s.told("u.example", "");
    s.look();
    CHECK(s.notice("g.example").state == NoticeState::Unprobeable);
    CHECK(!s.notice("g.example").next_look_at);
    CHECK(s.notice("u.example").state == NoticeState::Acknowledged);
    REQUIRE(s.directory.update(*Host::parse("u.example"), [](RecipientEntry& one) { one.software = "x"; }));
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(25h);
    CHECK(s.notice("u.example").state == NoticeState::VerifiedGone);
    Sight t;
    t.told("u.example", "");
    t.pass(24h * 60);
    CHECK(t.notice("u.example").state == NoticeState::Unprobeable);
}

TEST_CASE("a look does not overwrite a notice that is being sent", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return std::nullopt; };
    REQUIRE(s.looker->step());
    auto sending = s.notice("a.example");
    sending.in_flight = true;
    sending.next_at = s.clock.at + 10min;
    sending.attempts = 3;
    NoticeChange begun;
    begun.notices.push_back(sending);
    REQUIRE(s.notices.apply(begun));
    s.http.answer(says(404));
    s.pass(30s);
    CHECK(s.notice("a.example").in_flight);
    CHECK(s.notice("a.example").looks == 0);
    sending = s.notice("a.example");
    sending.in_flight = false;
    sending.next_at.reset();
    begun.notices = {sending};
    REQUIRE(s.notices.apply(begun));
    s.pass(2min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").attempts == 3);
    CHECK(s.http.requests().size() == 1);
}

TEST_CASE("a look does not wait for a message that a crash left under way", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    auto orphan = s.notice("a.example");
    orphan.in_flight = true;
    orphan.next_at = s.clock.at + 10min;
    REQUIRE(s.notices.apply({{orphan}, {}, {}, {}}));
    s.pass(5min);
    CHECK(s.notice("a.example").looks == 0);
    s.pass(61min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a message that begins while a look is written down keeps its mark", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    int writes = 0;
    s.notices.before_write = [&]() -> Result<void> {
        if (++writes > 1) {
            return {};
        }
        auto sending = s.notice("a.example");
        sending.in_flight = true;
        sending.next_at = s.clock.at + 24h;
        sending.attempts = 3;
        return s.notices.apply({{sending}, {}, {}, {}});
    };
    s.pass(61min);
    CHECK(s.notice("a.example").in_flight);
    CHECK(s.notice("a.example").attempts == 3);
    CHECK(s.notice("a.example").looks == 0);  // it is written down when the message has landed
}

TEST_CASE("a notice that nobody gave a date for a look gets one", "[looker]") {
    Sight s;
    const auto number = s.told("a.example", "x");
    auto notice = s.notice("a.example");
    notice.next_look_at.reset();
    NoticeChange change;
    change.notices.push_back(notice);
    REQUIRE(s.notices.apply(change));
    s.http.server = [](const RemoteRequest&) { return says(404); };
    s.pass(61min);
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(number == s.notice("a.example").number);
}

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

TEST_CASE("somebody who was shredded is not asked for any more", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.vault.shred(s.alice);
    s.look();
    CHECK(s.http.requests().empty());
    CHECK(!s.notice("a.example").next_look_at);
}

TEST_CASE("one whose identity is damaged does not keep the others from being looked at", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.vault.damaged = {s.alice.get()};
    s.alice = *s.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    s.confirm("bob@origin.example");
    records::ErasureRequest bobs = *s.requests.request(s.request);
    bobs.subject = s.alice;
    s.request = s.requests.open(bobs, {})->number;
    s.told("b.example", "x");
    s.told("c.example", "x");
    auto told = s.notice("c.example");
    told.next_look_at.reset();  // the origin itself told it
    NoticeChange change;
    change.notices.push_back(told);
    REQUIRE(s.notices.apply(change));
    const auto stepped = s.looker->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    for (int i = 0; i < 2; ++i) {
        s.clock.at += 5s;
        CHECK(s.looker->step());  // said once an hour, and by each sweep
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("c.example").next_look_at);
}

TEST_CASE("one who is damaged, and has very many looks due, does not hide the others", "[looker]") {
    Sight s;
    for (int i = 0; i < 300; ++i) {
        s.told("h" + std::to_string(i) + ".example", "x");
    }
    s.vault.damaged = {s.alice.get()};
    s.alice = *s.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    s.confirm("bob@origin.example");
    records::ErasureRequest bobs = *s.requests.request(s.request);
    bobs.subject = s.alice;
    s.request = s.requests.open(bobs, {})->number;
    s.told("b.example", "x");
    for (int i = 0; i < 4; ++i) {
        static_cast<void>(s.looker->step());
        s.clock.at += 5s;
    }
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
}

TEST_CASE("a server with very many looks due does not keep the others waiting", "[looker]") {
    Sight s;
    for (int i = 0; i < 300; ++i) {
        s.told("a.example", "x");
        s.again();
    }
    s.told("b.example", "x");
    REQUIRE(s.looker->step());
    const auto next = s.looker->step();  // while the first is asked
    REQUIRE(next);
    const auto& asked = s.http.requests();
    CHECK(std::any_of(asked.begin(), asked.end(), [](const auto& one) {
        return one.url.host() == *Host::parse("b.example");
    }));
}

TEST_CASE("a book that is away while a look is written loses nothing of it", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "away"); };
    for (int tries = 0; tries < 3; ++tries) {
        CHECK(!s.looker->step());
        s.clock.at += 5s;
    }
    s.notices.before_write = []() -> Result<void> { return {}; };
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 1);
    CHECK(s.http.requests().size() == 1);
}

TEST_CASE("a notice that is damaged does not keep the looks at others from being written", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.told("b.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "away"); };
    CHECK(!s.looker->step());  // both looks may have been written
    s.notices.before_write = []() -> Result<void> { return {}; };
    s.notices.damaged = {s.notice("a.example").number};
    s.clock.at += 5s;
    const auto stepped = s.looker->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.notice("b.example").state == NoticeState::VerifiedGone);
    CHECK(s.looker->step());  // said once a minute
    s.notices.damaged.clear();
    s.clock.at += 1min;
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.looks("a.example").size() == 1);
}

TEST_CASE("a directory that is away while a look is written does not make it two", "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return says(404); };
    REQUIRE(s.looker->step());
    s.directory.read_only = true;
    for (int tries = 0; tries < 3; ++tries) {
        CHECK(!s.looker->step());
        s.clock.at += 5s;
    }
    s.directory.read_only = false;
    s.look();
    CHECK(s.notice("a.example").state == NoticeState::VerifiedGone);
    CHECK(s.notice("a.example").looks == 1);
    CHECK(s.looks("a.example").size() == 1);
    CHECK(s.directory.entry(*Host::parse("a.example"))->gone == 1);
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
