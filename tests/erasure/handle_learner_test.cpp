#include "erasure/handle_learner.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/handle_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kNumbered = "https://origin.example/ap/users/115678901234567890";
constexpr const char* kCoded = "https://origin.example/users/atutkhhq4yf40003";
constexpr const char* kShort = "https://origin.example/sue";

std::string page_about(const std::string& actor) {
    return "https://origin.example/.well-known/webfinger?resource=" + actor;
}

RemoteResponse links_to(const std::string& handle, const std::string& actor) {
    return answered(
        200,
        {},
        R"({"subject":"acct:)" + handle + R"(","links":[{"rel":"self","href":")" + actor + R"("}]})");
}

struct LearningDesk {
    FakeSubjectVault vault;
    FakeHandleBook handles;
    FakeRemoteHttp http;
    StoppedClock clock;
    std::map<std::string, RemoteResponse> pages;
    erasure::HandleLearner learner{{vault, handles, http, clock}, {"Fedtrail/1"}, [] {}};

    LearningDesk() {
        http.server = [this](const RemoteRequest& request) -> std::optional<RemoteResponse> {
            const auto page = pages.find(request.url.text());
            return page == pages.end() ? answered(404, {}, "") : page->second;
        };
    }
    privacy::SubjectNumber add(const std::string& actor, const std::string& name = "") {
        return *vault.enrol(*Uri::parse(actor), name);
    }
    void pass(std::chrono::seconds span) {
        for (const auto end = clock.at + span; clock.at < end; clock.at += 1s) {
            REQUIRE(learner.step());
        }
    }
    [[nodiscard]] std::string handle(privacy::SubjectNumber who) const {
        return handles.handle_facts(who)->confirmed.reveal();
    }
};

}  // namespace

TEST_CASE("Whose address holds no name is asked for once, one after the other", "[handles]") {
    LearningDesk d;
    std::vector<privacy::SubjectNumber> people;
    for (const auto* const actor : {kNumbered, kCoded, kShort}) {
        people.push_back(d.add(actor));
        d.pages[page_about(actor)] = links_to("n" + std::to_string(people.size()) + "@origin.example", actor);
    }
    d.add("https://origin.example/users/alice", "alice");
    REQUIRE(d.learner.step());
    CHECK(d.http.requests().size() == 1);
    d.clock.at += 1s;
    REQUIRE(d.learner.step());
    CHECK(d.http.requests().size() == 1);  // a pause
    d.pass(1h);
    CHECK(d.http.requests().size() == 3);
    for (std::size_t i = 0; i < people.size(); ++i) {
        CHECK(d.handle(people[i]) == "n" + std::to_string(i + 1) + "@origin.example");
    }
    const auto later = d.add("https://origin.example/tom");
    d.pages[page_about("https://origin.example/tom")] =
        links_to("tom@origin.example", "https://origin.example/tom");
    d.pass(2min);
    CHECK(d.handle(later) == "tom@origin.example");
}

TEST_CASE("Letters that may be an id are no name, unless they were told or confirmed", "[handles]") {
    LearningDesk d;
    const auto who = d.add("https://origin.example/users/abcdefghij", "abcdefghij");
    SECTION("told") {
        d.handles.facts[who.get()].told = true;
    }
    SECTION("confirmed") {
        d.handles.facts[who.get()].confirmed = Personal<std::string>{"sue@origin.example"};
    }
    SECTION("neither") {
        d.pass(1min);
        CHECK_FALSE(d.http.requests().empty());
        return;
    }
    d.pass(1min);
    CHECK(d.http.requests().empty());
}

TEST_CASE("Whom WebFinger does not name by their address their own document names", "[handles]") {
    LearningDesk d;
    d.add(kNumbered);
    d.pages[kNumbered] =
        answered(200, {}, R"({"id":")" + std::string{kNumbered} + R"(","preferredUsername":"newalice"})");
    d.pass(1h);
    REQUIRE(d.http.requests().size() == 2);
    CHECK(d.http.requests().back().url.text() == kNumbered);
    CHECK(d.handles.names.at(1) == "newalice");
}

TEST_CASE("Who is not named is left alone, and a server that does not answer is not asked often",
          "[handles]") {
    LearningDesk d;
    d.add(kNumbered);
    d.add(kShort);
    SECTION("gone") {
        d.pass(1h);
        CHECK(d.http.requests().size() == 4);  // WebFinger and the document, of each
    }
    SECTION("no answer") {
        d.pages[page_about(kNumbered)] = failed(RemoteFault::NoConnection, false);
        d.pages[page_about(kShort)] = d.pages[page_about(kNumbered)];
        d.pass(6h);
        CHECK(d.http.requests().size() == 6);
    }
    SECTION("it comes back") {
        d.pages[page_about(kNumbered)] = failed(RemoteFault::NoConnection, false);
        d.pass(1min);
        CHECK(d.http.requests().size() == 1);
        d.pages[page_about(kNumbered)] = links_to("alice@origin.example", kNumbered);
        d.pass(10min);
        CHECK(d.handle(privacy::SubjectNumber{1}) == "alice@origin.example");
    }
}

TEST_CASE("Who is shredded while the answer is on its way does not come back", "[handles]") {
    LearningDesk d;
    const auto who = d.add(kNumbered);
    d.pages[kNumbered] =
        answered(200, {}, R"({"id":")" + std::string{kNumbered} + R"(","preferredUsername":"newalice"})");
    REQUIRE(d.learner.step());
    REQUIRE(d.learner.step());
    SECTION("before it comes") {
        d.vault.shred(who);
    }
    SECTION("while it is taken in") {}
    d.handles.shredded.insert(who.get());
    d.pass(1h);
    CHECK(d.handles.names.empty());
    CHECK(d.http.requests().size() == 2);
    CHECK(d.vault.find("newalice@origin.example").error().kind == ErrorKind::NotFound);
}
