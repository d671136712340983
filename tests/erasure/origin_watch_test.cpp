#include "erasure/origin_watch.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::OriginWatch;

namespace {

struct Watched {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeSubjectVault vault;
    FakeRemoteHttp http;
    StoppedClock clock;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    int woken = 0;
    OriginWatch watch{
        {requests, notices, vault, http, clock}, {"Fedtrail/1", {1min, 5min, 1h}}, [this] { ++woken; }};

    records::RequestNumber open(records::ErasureScope scope = {},
                                privacy::RequestState state = privacy::RequestState::InProgress) {
        records::ErasureRequest request;
        request.subject = alice;
        request.scope = std::move(scope);
        request.state = state;
        return requests.open(request, {})->number;
    }
    /// Steps until it wants to sleep; what it asks is answered at once.
    Instant run() {
        for (int i = 0; i < 100; ++i) {
            const auto before = http.requests().size();
            const auto again = watch.step();
            REQUIRE(again);
            if (http.requests().size() == before) {
                return **again;
            }
        }
        FAIL("it never comes to rest");
        return {};
    }
    /// Lets the pauses between rounds pass that agree.
    void run_rounds(int rounds) {
        for (int i = 1; i < rounds; ++i) {
            CHECK(!gone());
            clock.at += 60s;
            run();
        }
    }
    [[nodiscard]] std::optional<Instant> gone(records::RequestNumber number = records::RequestNumber{
                                                  1}) const {
        return requests.request(number)->origin_gone_at;
    }
};

bool asks_for_activity(const RemoteRequest& request) {
    return header_of(request.headers, "Accept").find("activity+json") != std::string_view::npos;
}

}  // namespace

TEST_CASE("the origin is gone when both kinds of question say so", "[origin]") {
    Watched w;
    w.open();
    w.http.server = [](const RemoteRequest&) { return says(410); };
    w.run();
    w.run_rounds(2);
    CHECK(w.gone() == w.clock.at);
    REQUIRE(w.http.requests().size() == 4);
    CHECK(asks_for_activity(w.http.requests()[0]));
    CHECK(!asks_for_activity(w.http.requests()[1]));
    CHECK(header_of(w.http.requests()[1].headers, "Signature").empty());
    CHECK(header_of(w.http.requests()[1].headers, "User-Agent") == "Fedtrail/1");
    CHECK(w.http.requests()[0].url.text() == kAlice);
    CHECK(w.requests.events(records::RequestNumber{1})->back().kind == privacy::RequestEventKind::OriginGone);
    CHECK(w.woken == 4);
    w.clock.at += 24h;
    w.run();
    CHECK(w.http.requests().size() == 4);  // that is enough
}

TEST_CASE("a 404 is asked for a third time, and one other answer begins anew", "[origin]") {
    for (const int other : {200, 502}) {
        Watched w;
        w.open();
        int status = 404;
        w.http.server = [&](const RemoteRequest&) { return says(status, "{}"); };
        w.run();
        w.run_rounds(2);
        REQUIRE(!w.gone());
        status = other;  // it was starting; or it is only now
        w.clock.at += 60s;
        w.run();
        status = 404;
        w.clock.at += 60s;
        w.run();
        REQUIRE(!w.gone());
        w.run_rounds(3);
        CHECK(w.gone());
    }
}

TEST_CASE("a 404 among answers of 410 counts as one", "[origin]") {
    Watched w;
    w.open();
    w.http.server = [](const RemoteRequest& request) { return says(asks_for_activity(request) ? 410 : 404); };
    w.run();
    w.run_rounds(3);
    CHECK(w.gone());
}

TEST_CASE("an origin that answers 406 to a plain question is not gone", "[origin]") {
    Watched w;
    w.open();
    w.http.server = [](const RemoteRequest& request) { return says(asks_for_activity(request) ? 410 : 406); };
    w.run();
    CHECK(!w.gone());
}

TEST_CASE("a Tombstone says gone, nothing else with 200 does", "[origin]") {
    using erasure::says_gone;
    CHECK(says_gone(says(404)));
    CHECK(says_gone(says(410)));
    CHECK(says_gone(says(200, R"({"type":"Tombstone","id":"https://o.example/1"})")));
    CHECK(says_gone(says(200, R"({"type":"Tombstone","formerType":"Note","content":"","name":null})")));
    CHECK(!says_gone(says(200, R"({"type":["Tombstone","Note"],"content":"still here"})")));
    CHECK(!says_gone(says(200, R"({"type":"Tombstone","attachment":[{"type":"Image"}]})")));
    for (const int status : {200, 301, 401, 403, 406, 429, 500, 503}) {
        CHECK(!says_gone(says(status, R"({"type":"Person"})")));
    }
    CHECK(!says_gone(says(503, R"({"type":"Tombstone"})")));
    for (const auto fault : {RemoteFault::TimedOut, RemoteFault::NoSuchHost, RemoteFault::Forbidden}) {
        CHECK(!says_gone(failed(fault, false)));
    }
}

TEST_CASE("the pauses between checks grow", "[origin]") {
    Watched w;
    w.open();
    w.http.server = [](const RemoteRequest&) { return says(200, "{}"); };
    std::vector<Instant> asked;
    const auto end = w.clock.at + 4h;
    while (w.clock.at < end) {
        const auto before = w.http.requests().size();
        const auto again = w.run();
        if (w.http.requests().size() != before) {
            asked.push_back(w.clock.at);
        }
        CHECK(again > w.clock.at);
        w.clock.at = again;
    }
    REQUIRE(asked.size() == 6);
    CHECK(asked[1] - asked[0] == 1min);
    CHECK(asked[2] - asked[1] == 5min);
    CHECK(asked[3] - asked[2] == 1h);
    CHECK(asked[4] - asked[3] == 1h);
}

TEST_CASE("of chosen objects every one that is asked for must be gone", "[origin]") {
    Watched w;
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    const auto number = w.open(scope);
    std::vector<records::ErasedObject> objects;
    for (int i = 0; i < 50; ++i) {
        objects.push_back(
            {Personal<std::string>{std::string{kAlice} + "/statuses/" + std::to_string(i)}, {}, false});
    }
    objects.push_back({Personal<std::string>{std::string{kAlice} + "#likes/1"}, {}, false});
    objects.push_back({Personal<std::string>{std::string{kAlice} + "/held"}, {}, true});
    objects.push_back({Personal<std::string>{std::string{kAlice} + "/follows/1"},
                       {fediverse::DataCategory::Handle, fediverse::DataCategory::FollowRelation},
                       false});
    REQUIRE(w.notices.plan(number, objects, {}));
    std::string still_there = std::string{kAlice} + "/statuses/0";
    w.http.server = [&](const RemoteRequest& request) {
        return says(request.url.text() == still_there ? 200 : 404, "{}");
    };
    w.run();
    CHECK(!w.gone());
    still_there.clear();
    w.clock.at += 1min;
    const auto before = w.http.requests().size();
    w.run();
    w.run_rounds(3);
    CHECK(w.gone());
    std::set<std::string> asked;
    for (auto i = before; i < w.http.requests().size(); ++i) {
        asked.insert(w.http.requests()[i].url.text());
    }
    CHECK(asked.size() == 20);
    CHECK(asked.count(std::string{kAlice} + "/held") == 0);
    CHECK(asked.count(kAlice) == 0);
    CHECK(asked.count(std::string{kAlice} + "/follows/1") == 0);
}

TEST_CASE("an account is gone when its posts are, too, and not before", "[origin]") {
    Watched w;
    const auto number = w.open();
    const std::string alice{kAlice};
    const auto thing = [&](const std::string& path, fediverse::DataCategory category, bool held = false) {
        return records::ErasedObject{Personal<std::string>{alice + path}, {category}, held};
    };
    using fediverse::DataCategory;
    std::vector<records::ErasedObject> objects{thing("", DataCategory::Profile),
                                               thing("/follows/1", DataCategory::FollowRelation),
                                               thing("/held", DataCategory::PostText, true)};
    for (int i = 0; i < 50; ++i) {
        objects.push_back(thing("/statuses/" + std::to_string(i), DataCategory::PostText));
    }
    REQUIRE(w.notices.plan(number, objects, {}));
    bool account_there = true;
    bool posts_there = true;
    // As Misskey does: the page for people is there whatever was deleted.
    w.http.server = [&](const RemoteRequest& request) {
        const bool account = request.url.text() == alice;
        const bool there = account ? account_there : posts_there || !asks_for_activity(request);
        return says(there ? 200 : 410, "{}");
    };
    w.run();
    CHECK(w.http.requests().size() == 1);  // who is there is not asked about
    account_there = false;
    for (int i = 0; i < 5; ++i) {
        w.clock.at += 1h;
        w.run();
        CHECK(!w.gone());
    }
    posts_there = false;
    w.clock.at += 1h;
    const auto before = w.http.requests().size();
    w.run();
    w.run_rounds(2);
    CHECK(w.gone());
    std::set<std::string> asked;
    for (auto i = before; i < w.http.requests().size(); ++i) {
        asked.insert(w.http.requests()[i].url.text());
    }
    CHECK(asked.size() == 1 + 5);
    CHECK(asked.count(alice + "/follows/1") == 0);
    CHECK(asked.count(alice + "/held") == 0);
    CHECK(w.http.requests().size() - before == 2 * (2 + 5));
}

TEST_CASE("an account that is seen to be deleted is watched once it is known what else is erased",
          "[origin]") {
    Watched w;
    const auto number = w.open({}, privacy::RequestState::Received);
    auto request = *w.requests.request(number);
    request.source = records::RequestSource::Observed;
    REQUIRE(w.requests.record(request, {}));
    w.http.server = [](const RemoteRequest&) { return says(410); };
    w.run();
    CHECK(w.http.requests().empty());
    request = *w.requests.request(number);
    request.state = privacy::RequestState::InProgress;
    REQUIRE(w.requests.record(request, {}));
    w.clock.at += 1min;
    w.run();
    w.run_rounds(2);
    CHECK(w.gone());
}

TEST_CASE("only requests that erase here are watched", "[origin]") {
    Watched w;
    records::ErasureScope there;
    there.recipients = {*Host::parse("a.example")};
    w.open(there);
    w.open({}, privacy::RequestState::IdentityPending);
    w.open({}, privacy::RequestState::PausedForInfo);
    w.open({}, privacy::RequestState::Withdrawn);
    w.run();
    CHECK(w.http.requests().empty());
}

TEST_CASE("a request that was closed before its origin is gone is watched on for a time", "[origin]") {
    Watched w;
    const auto number = w.open();
    auto request = *w.requests.request(number);
    request.state = privacy::RequestState::Fulfilled;
    request.closed_at = w.clock.at;
    REQUIRE(w.requests.record(request, {}));
    w.http.server = [](const RemoteRequest&) { return says(410); };
    SECTION("while its looks are still to come") {
        w.run();
        w.run_rounds(2);
        CHECK(w.gone());
        CHECK(w.requests.request(number)->state == privacy::RequestState::Fulfilled);
    }
    SECTION("not for ever") {
        w.clock.at += std::chrono::hours{24 * 91};
        w.run();
        CHECK(w.http.requests().empty());
    }
}

TEST_CASE("a book that is away when the origin is seen gone is told later", "[origin]") {
    Watched w;
    w.open();
    w.http.server = [](const RemoteRequest&) { return says(404); };
    w.run();
    w.run_rounds(2);
    w.clock.at += 60s;
    REQUIRE(w.watch.step());
    REQUIRE(w.watch.step());
    w.requests.failures = 1;
    CHECK(!w.watch.step());
    CHECK(!w.gone());
    w.run();
    CHECK(w.gone());
}

TEST_CASE("a request that was withdrawn meanwhile is not marked", "[origin]") {
    Watched w;
    const auto number = w.open();
    REQUIRE(w.watch.step());
    auto request = *w.requests.request(number);
    request.state = privacy::RequestState::Withdrawn;
    REQUIRE(w.requests.record(request, {}));
    w.http.server = [](const RemoteRequest&) { return says(410); };
    w.http.answer(says(410));
    w.run();
    w.run_rounds(3);
    CHECK(!w.gone());
}

TEST_CASE("one whose identity is damaged does not keep the others from being watched", "[origin]") {
    Watched w;
    w.open();
    w.vault.damaged = {w.alice.get()};
    records::ErasureRequest request;
    request.subject = *w.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    request.state = privacy::RequestState::InProgress;
    const auto bobs = w.requests.open(request, {})->number;
    w.http.server = [](const RemoteRequest&) { return says(410); };
    int damaged = 0;
    int steps = 0;
    for (; steps < 10 && !w.gone(bobs); ++steps) {
        const auto stepped = w.watch.step();
        CHECK((stepped || stepped.error().kind == ErrorKind::Corrupt));
        damaged += stepped ? 0 : 1;
        w.clock.at += 60s;
    }
    CHECK(damaged > 0);
    CHECK(damaged < steps);  // it is put off between
    CHECK(w.gone(bobs));
    CHECK(!w.gone());
}
