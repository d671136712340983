#include "erasure/handle_check.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "fakes/handle_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kByHandle =
    "https://origin.example/.well-known/webfinger?resource=acct:alice@origin.example";
constexpr const char* kByActor =
    "https://origin.example/.well-known/webfinger?resource=https://origin.example/users/alice";
constexpr const char* kThere = "https://example.org/.well-known/webfinger?resource=acct:alice@example.org";

RemoteResponse names(const std::string& subject, const std::string& actor = kAlice) {
    return answered(200,
                    {},
                    R"({"subject":")" + subject + R"(","links":[{"rel":"http://x/profile"},{"rel":"self",)" +
                        R"("type":"application/activity+json","href":")" + actor + R"("}]})");
}

struct Desk {
    FakeRequestBook requests;
    FakeSubjectVault vault;
    FakeHandleBook handles;
    FakeRemoteHttp http;
    StoppedClock clock;
    std::map<std::string, RemoteResponse> pages;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    int woken = 0;
    erasure::HandleCheck check{
        {requests, vault, handles, http, clock}, {"Fedtrail/1", {1min, 5min}}, [this] { ++woken; }};

    Desk() {
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            const auto page = pages.find(request.url.text());
            return page == pages.end() ? answered(404, {}, "") : page->second;
        };
    }
    records::RequestNumber open() {
        records::ErasureRequest request;
        request.subject = alice;
        return requests.open(request, {})->number;
    }
    void set_gone(records::RequestNumber number) {
        auto request = *requests.request(number);
        request.origin_gone_at = clock.at;
        REQUIRE(requests.record(request, {}));
    }
    void pass(std::chrono::seconds span) {
        for (const auto end = clock.at + span; clock.at < end; clock.at += 5s) {
            REQUIRE(check.step());
        }
    }
    [[nodiscard]] std::string handle(privacy::SubjectNumber who) const {
        return handles.handle_facts(who)->confirmed.reveal();
    }
    [[nodiscard]] std::string handle() const { return handle(alice); }
    privacy::SubjectNumber add(const std::string& host, const std::string& name) {
        const auto uri = "https://" + host + "/users/" + name;
        pages["https://" + host + "/.well-known/webfinger?resource=acct:" + name + "@" + host] =
            names("acct:" + name + "@" + host, uri);
        return *vault.enrol(*Uri::parse(uri), name);
    }
};

}  // namespace

TEST_CASE("The origin is asked, as soon as a request is there, by which handle it knows the person",
          "[handles]") {
    Desk d;
    d.pages[kByHandle] = names("acct:alice@origin.example");
    d.open();
    d.pass(1h);
    CHECK(d.handle() == "alice@origin.example");
    REQUIRE(d.http.requests().size() == 1);
    const auto& request = d.http.requests().front();
    CHECK(request.max_body == 64U * 1024U);
    CHECK(request.follow_redirects);
    CHECK(request.timeout <= 15s);
}

TEST_CASE("A handle at another host is one where that host says the same", "[handles]") {
    Desk d;
    d.pages[kByHandle] = names("acct:alice@example.org");
    d.open();
    SECTION("it does") {
        d.pages[kThere] = names("acct:Alice@example.org");
        d.pass(30s);
        CHECK(d.handle() == "alice@example.org");
        CHECK(d.http.requests().size() == 2);
    }
    SECTION("it does not") {
        d.pages[kThere] = GENERATE(answered(404, {}, ""),
                                   answered(200, {}, "{}"),
                                   names("acct:alice@origin.example"),
                                   names("acct:alice@example.org", "https://example.org/users/alice"));
        d.pass(1h);
        CHECK(d.handle().empty());
    }
    SECTION("nobody answers there yet") {
        d.pages[kThere] = failed(RemoteFault::NoConnection, false);
        d.pass(30s);
        CHECK(d.handle().empty());
        d.pages[kThere] = names("acct:alice@example.org");
        d.pass(1min);
        CHECK(d.handle() == "alice@example.org");
    }
}

TEST_CASE("Whom the handle does not find is asked for by the actor's URI", "[handles]") {
    Desk d;
    d.pages[kByHandle] = GENERATE(answered(404, {}, ""),
                                  answered(200, {}, "[]"),
                                  names("acct:alice@origin.example", "https://origin.example/users/other"));
    d.pages[kByActor] = names("acct:wintermute@origin.example");
    d.open();
    d.pass(1min);
    CHECK(d.handle() == "wintermute@origin.example");
}

TEST_CASE("An origin that names nobody is asked again at growing intervals, until it is gone", "[handles]") {
    Desk d;
    const auto number = d.open();
    d.pass(50s);
    CHECK(d.http.requests().size() == 2);
    d.pass(12min);
    CHECK(d.http.requests().size() == 8);  // after 1, 6 and 11 minutes
    CHECK(d.handle().empty());
    d.set_gone(number);
    d.pass(1h);
    CHECK(d.http.requests().size() == 8);
}

TEST_CASE("Where somebody is gone already others of their origin show its handle host", "[handles]") {
    Desk d;
    const auto elsewhere = d.add("other.example", "bob");
    const auto carol = d.add("origin.example", "carol");
    const auto dora = d.add("origin.example", "dora");
    const auto number = d.open();
    SECTION("as the origin says") {}
    SECTION("as WebFinger says") {
        d.set_gone(number);
    }
    d.pass(30s);
    CHECK(d.handle().empty());
    CHECK(d.handle(carol) == "carol@origin.example");
    CHECK(d.handle(elsewhere).empty());
    CHECK(d.handle(dora).empty());  // one is enough
    const auto questions = d.http.requests().size();
    d.handles.facts[d.alice.get()].host = HandleHost{*Host::parse("origin.example"), true};
    d.pass(1h);
    CHECK(std::none_of(
        d.http.requests().begin() + static_cast<std::ptrdiff_t>(questions),
        d.http.requests().end(),
        [](const RemoteRequest& request) { return request.url.text().find("alice") == std::string::npos; }));
}

TEST_CASE("Of many others who are gone as well a few at a time are asked for", "[handles]") {
    Desk d;
    for (int i = 0; i < 12; ++i) {
        (void)d.vault.enrol(*Uri::parse("https://origin.example/users/gone" + std::to_string(i)), "");
    }
    const auto last = d.add("origin.example", "last");
    d.set_gone(d.open());
    d.pass(50s);
    CHECK(d.http.requests().size() == 5);
    d.pass(20min);
    CHECK(d.handle(last) == "last@origin.example");
}

TEST_CASE("An origin that asks for patience gets it", "[handles]") {
    Desk d;
    d.pages[kByHandle] = answered(429, {{"Retry-After", "1800"}}, "");
    d.open();
    d.pass(29min);
    CHECK(d.http.requests().size() == 1);
    d.pages[kByHandle] = names("acct:alice@origin.example");
    d.pass(2min);
    CHECK(d.handle() == "alice@origin.example");
}

TEST_CASE("A book that is away loses no confirmation", "[handles]") {
    Desk d;
    d.open();
    SECTION("when it is asked for the person") {
        d.pass(30s);
        d.clock.at += 1h;
        (GENERATE(true, false) ? d.handles.failure : d.vault.failure) = ErrorKind::Unavailable;
    }
    SECTION("when the handle is to be kept") {
        d.http.server = [&](const RemoteRequest&) {
            d.handles.failure = ErrorKind::Unavailable;
            return names("acct:alice@origin.example");
        };
    }
    CHECK_FALSE((d.check.step() && d.check.step()));
    d.handles.failure.reset();
    d.vault.failure.reset();
    d.http.server = [&](const RemoteRequest&) { return names("acct:alice@origin.example"); };
    d.pass(6min);
    CHECK(d.handle() == "alice@origin.example");
}

TEST_CASE("Who was shredded is not asked for", "[handles]") {
    Desk d;
    d.open();
    d.vault.shred(d.alice);
    d.pass(1min);
    CHECK(d.http.requests().empty());
}

TEST_CASE("One whose identity is damaged does not keep the others from being asked for", "[handles]") {
    Desk d;
    d.open();
    const auto bob = d.add("origin.example", "bob");
    records::ErasureRequest request;
    request.subject = bob;
    REQUIRE(d.requests.open(request, {}));
    d.vault.damaged = {d.alice.get()};
    const auto stepped = d.check.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    for (int i = 0; i < 3; ++i) {
        d.clock.at += 5s;
        CHECK(d.check.step());  // the damaged one is put off
    }
    CHECK(d.handle(bob) == "bob@origin.example");
}
