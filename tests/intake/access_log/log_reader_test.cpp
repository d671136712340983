#include "intake/access_log/log_reader.hpp"

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "fakes/held_ledger.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"
#include "intake/access_log/examples.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::access_log;
using fedtrail::test::Request;

namespace {

constexpr const char* kAlice = "https://origin.example/users/alice";

const fediverse::FetcherWords& words() {
    static const auto parsed = [] {
        std::ostringstream text;
        text << std::ifstream{FEDTRAIL_SOURCE_DIR "/policies/fetchers.json"}.rdbuf();
        return *fediverse::FetcherWords::parse(text.str());
    }();
    return parsed;
}

/// An origin with alice, whose post 1 went out, and bob, of whom only the URI is known.
struct Origin {
    testing::FakeSubjectVault vault;
    testing::HeldLedger ledger;
    testing::StoppedClock clock;
    People people{
        vault, ledger, clock, {{*Host::parse("origin.example"), *Host::parse("web.origin.example")}}, {}};
    LogReader reader;

    explicit Origin(LogReader::Options options = {}) : reader(people, words(), std::move(options)) {
        REQUIRE(vault.enrol(*Uri::parse(kAlice), "alice"));
        REQUIRE(vault.enrol(*Uri::parse("https://origin.example/u/bob"), ""));
        ledger.add(std::string{kAlice} + "/statuses/1/activity",
                   std::string{kAlice} + "/statuses/1",
                   {fediverse::DataCategory::PostText},
                   {"x.example"});
        ledger.add("https://origin.example/notes/9f/activity",
                   "https://origin.example/notes/9f",
                   {fediverse::DataCategory::PostText},
                   {"x.example"});
    }

    std::optional<records::Observation> take(const std::string& line) {
        auto outcome = reader.take(line);
        REQUIRE(outcome);
        auto* const seen = std::get_if<records::Observation>(&*outcome);
        return seen == nullptr ? std::nullopt : std::optional{std::move(*seen)};
    }
    /// "who: what", or "" for no observation.
    std::string of(const Request& request) {
        const auto seen = take(request.json());
        return seen ? seen->recipient.text() + ": " + seen->activity.object.reveal() : "";
    }
    std::string at(const std::string& uri, const std::string& accept = test::kActivity) {
        Request request{uri};
        request.accept = accept;
        const auto got = of(request);
        return got.empty() ? got : got.substr(got.find(' ') + 1);
    }
};

std::string uri(const std::string& path) {
    return "https://origin.example" + path;
}

}  // namespace

TEST_CASE("A signature names who fetched, and otherwise the User-Agent", "[intake][access_log]") {
    Origin origin;
    Request request{"/users/alice/statuses/1"};
    auto seen = origin.take(request.json());
    REQUIRE(seen);
    CHECK(seen->recipient.text() == "a.example");
    CHECK(seen->channel == privacy::Channel::AnonymousPull);
    CHECK(seen->outcome == privacy::Outcome{privacy::OutcomeKind::Fetched, 200});
    CHECK(privacy::evidence_of(seen->outcome) == privacy::Evidence::Fetched);
    CHECK(seen->activity.object.reveal() == uri("/users/alice/statuses/1"));
    CHECK(seen->activity.id.reveal().empty());
    REQUIRE(seen->activity.shares.size() == 1);
    CHECK(seen->activity.shares[0].actor.reveal() == kAlice);
    CHECK(seen->activity.shares[0].categories.has(fediverse::DataCategory::PostText));
    request.signature = test::kCavage;
    seen = origin.take(request.json());
    REQUIRE(seen);
    CHECK(seen->recipient.text() == "b.example");
    CHECK(seen->channel == privacy::Channel::SignedPull);
    request.signature = "sig1=:x:";
    request.signature_input = test::kRfc9421;
    CHECK(origin.of(request) == "c.example: " + uri("/users/alice/statuses/1"));
    CHECK(origin.reader.counts().signed_pulls == 2);
    CHECK(origin.reader.counts().named_pulls == 1);
}

TEST_CASE("Addresses lead to the person they name", "[intake][access_log]") {
    Origin origin;
    CHECK(origin.at("/users/alice") == kAlice);
    CHECK(origin.at("/users/alice/") == kAlice);
    CHECK(origin.at("/users/alice.json") == kAlice);
    CHECK(origin.at("/@alice") == kAlice);
    CHECK(origin.at("/@alice@origin.example") == kAlice);
    CHECK(origin.at("/@alice@remote.example").empty());
    CHECK(origin.at("/u/alice") == kAlice);
    CHECK(origin.at("/@bob") == uri("/u/bob"));
    CHECK(origin.at("/users/alice/statuses/1/activity") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/users/alice/statuses/1/replies?page=true") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/users/alice/statuses/1.json") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/@alice/1", "text/html") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/@alice/1/embed", "text/html") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/@alice/statuses/1", "text/html") == uri("/users/alice/statuses/1"));
    CHECK(origin.at("/users/alice/outbox?page=1") == uri("/users/alice/outbox"));
    CHECK(origin.at("/users/alice/followers?page=1") == uri("/users/alice/followers"));
    CHECK(origin.at("/@alice.rss", "*/*") == uri("/@alice.rss"));
    CHECK(origin.at("/users/alice/feed.atom", "*/*") == uri("/users/alice/feed.atom"));
    CHECK(origin.at("/feeds/u/alice.xml?sort=New", "*/*") == uri("/feeds/u/alice.xml"));
    CHECK(origin.at("/users/alice/s/cat.png", "*/*") == uri("/users/alice/s/cat.png"));
    CHECK(origin.at("/users/alice/inbox").empty());
    CHECK(origin.at("/users/nobody").empty());
    CHECK(origin.at("/").empty());
    CHECK(origin.at("/api/v1/instance").empty());
    CHECK(origin.at("no path").empty());
    CHECK(origin.at("//evil.example/users/alice").empty());
}

TEST_CASE("An address that names nobody is found by what went out", "[intake][access_log]") {
    Origin origin;
    CHECK(origin.at("/notes/9f") == uri("/notes/9f"));
    CHECK(origin.at("/notes/9f/activity") == uri("/notes/9f/activity"));
    CHECK(origin.at("/notes/9f?x=1") == uri("/notes/9f"));
    CHECK(origin.at("/notes/8e").empty());
    CHECK(origin.at("/assets/app.js", "*/*").empty());
}

TEST_CASE("Whoever becomes known is seen with the next fetch", "[intake][access_log]") {
    Origin origin;
    CHECK(origin.at("/users/carol").empty());
    CHECK(origin.at("/@carol/5", "text/html").empty());
    REQUIRE(origin.vault.enrol(*Uri::parse("https://origin.example/users/carol"), "carol"));
    CHECK(origin.at("/users/carol") == uri("/users/carol"));
    CHECK(origin.at("/@alice/2", "text/html") == uri("/@alice"));
    origin.ledger.add("https://origin.example/users/alice/statuses/2/activity",
                      "https://origin.example/users/alice/statuses/2",
                      {fediverse::DataCategory::PostText},
                      {"x.example"});
    CHECK(origin.at("/@alice/2", "text/html") == uri("/users/alice/statuses/2"));
}

TEST_CASE("A vault that is away makes nothing nobody's", "[intake][access_log]") {
    Origin origin;
    origin.vault.failure = ErrorKind::Unavailable;
    CHECK_FALSE(origin.people.by_object(uri("/notes/9f")));
    origin.vault.failure.reset();
    const auto whose = origin.people.by_object(uri("/notes/9f"));
    REQUIRE(whose);
    CHECK(whose->has_value());
}

TEST_CASE("A search of the ledger ends, and is counted", "[intake][access_log]") {
    Origin origin;
    People::Limits limits;
    limits.search_steps = 3;
    People people{origin.vault, origin.ledger, origin.clock, {{*Host::parse("origin.example")}}, limits};
    LogReader reader{people, words(), {}};
    for (const auto* path : {"/notes/1", "/notes/2", "/notes/3"}) {
        REQUIRE(reader.take(Request{path}.json()));
    }
    CHECK(reader.counts().over_limit == 2);  // two people, three questions: the second search is cut off
    origin.clock.at += std::chrono::minutes{2};
    REQUIRE(reader.take(Request{"/notes/3"}.json()));
    CHECK(reader.counts().over_limit == 2);
}

TEST_CASE("Pages of unknown posts are filed as the person's page", "[intake][access_log]") {
    Origin origin;
    CHECK(origin.at("/@alice/2", "text/html") == uri("/@alice"));
    CHECK(origin.at("/@alice/whatever", "text/html") == uri("/@alice"));
    CHECK(origin.at("/users/alice/statuses/2") == uri("/users/alice/statuses/2"));
}

TEST_CASE("Whoever names nobody is counted by kind", "[intake][access_log]") {
    Origin origin;
    CHECK(origin.of({"/@alice", test::kFirefox, "text/html"}).empty());
    CHECK(origin.of({"/@alice.rss", "FreshRSS/1.24 (Linux; https://freshrss.org)", "*/*"}).empty());
    CHECK(origin.of({"/@alice", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
              .empty());
    CHECK(origin.of({"/about", test::kFirefox, "text/html"}).empty());
    const auto& counts = origin.reader.counts();
    using Kind = fediverse::FetcherKind;
    CHECK(counts.unnamed.at(static_cast<std::size_t>(Kind::Browser)) == 1);
    CHECK(counts.unnamed.at(static_cast<std::size_t>(Kind::FeedReader)) == 1);
    CHECK(counts.unnamed.at(static_cast<std::size_t>(Kind::Crawler)) == 1);
    CHECK(counts.all_unnamed() == 3);
    CHECK(counts.lines == 4);
}

TEST_CASE("What carried nothing of a person is no disclosure", "[intake][access_log]") {
    Origin origin;
    Request request{"/users/alice"};
    for (const auto& [method, status] : {std::pair{"GET", 304}, {"HEAD", 200}}) {
        request.method = method;
        request.status = status;
        CHECK(origin.of(request).empty());
    }
    CHECK(origin.reader.counts().without_body == 2);
    for (const auto& [method, status] :
         {std::pair{"GET", 401}, {"GET", 302}, {"GET", 500}, {"POST", 200}, {"GET", 404}, {"", 400}}) {
        request.method = method;
        request.status = status;
        CHECK(origin.of(request).empty());
    }
    request = Request{"/users/alice"};
    request.host = "elsewhere.example";
    CHECK(origin.of(request).empty());
    request.host = "WEB.origin.example:443";
    request.uri = "/@alice";
    CHECK(origin.of(request) == std::string{"a.example: "} + kAlice);
    request.agent = "Mastodon/4.3.0 (http.rb/5.2.0; +https://web.origin.example/)";
    CHECK(origin.of(request).empty());
    CHECK(origin.reader.counts().rejected == 0);
}

TEST_CASE("A signed question for what was erased is a trace, not a disclosure", "[intake][access_log]") {
    LogReader::Options options;
    options.watched = [](std::string_view asked) { return asked == uri("/users/alice/statuses/1"); };
    Origin origin{options};
    Request request{"/users/alice/statuses/1/activity"};
    request.status = 410;
    CHECK_FALSE(origin.take(request.json()));
    request.signature = test::kCavage;
    const auto seen = origin.take(request.json());
    REQUIRE(seen);
    CHECK(seen->channel == privacy::Channel::SignedPull);
    CHECK(seen->outcome == privacy::Outcome{privacy::OutcomeKind::RefusedBeforeBody, 410});
    CHECK_FALSE(privacy::evidence_of(seen->outcome));
    CHECK(seen->activity.object.reveal() == uri("/users/alice/statuses/1"));
    request.uri = "/users/alice/statuses/7";
    CHECK_FALSE(origin.take(request.json()));
    CHECK(origin.reader.counts().refused == 1);
}

TEST_CASE("A stranger cannot fill the ledger with names and things", "[intake][access_log]") {
    LogReader::Options options;
    options.hosts_a_day = 3;
    options.objects_a_day = 2;
    Origin origin{options};
    int taken = 0;
    for (int i = 0; i < 10; ++i) {
        taken +=
            origin.of({"/users/alice", "Mastodon/4 (+https://h" + std::to_string(i) + ".example/)"}).empty()
                ? 0
                : 1;
    }
    CHECK(taken == 3);
    for (int i = 100; i < 110; ++i) {
        taken +=
            origin.of({"/users/alice/statuses/" + std::to_string(i), "Mastodon/4 (+https://h1.example/)"})
                    .empty()
                ? 0
                : 1;
    }
    CHECK(taken == 5);
    CHECK(origin.reader.counts().over_limit == 15);
    Request tomorrow{"/users/alice", "Mastodon/4 (+https://h9.example/)"};
    tomorrow.time = "1796134200";
    CHECK_FALSE(origin.of(tomorrow).empty());
}

TEST_CASE("Bad lines are rejected and cost nothing else; a vault that fails loses no line",
          "[intake][access_log]") {
    Origin origin;
    const auto outcome = origin.reader.take("{nonsense");
    REQUIRE(outcome);
    REQUIRE(std::holds_alternative<Rejected>(*outcome));
    CHECK(std::get<Rejected>(*outcome).reason.what.find("nonsense") == std::string::npos);
    origin.vault.failure = ErrorKind::Unavailable;
    CHECK_FALSE(origin.reader.take(Request{"/users/alice"}.json()));
    CHECK(origin.reader.counts().lines == 1);
    origin.vault.failure.reset();
    CHECK(origin.of({"/users/alice"}) == std::string{"a.example: "} + kAlice);
    CHECK(origin.reader.counts().lines == 2);
}

TEST_CASE("The combined form is read as the first origin's", "[intake][access_log]") {
    LogReader::Options options;
    options.form = Form::Combined;
    Origin origin{options};
    const auto seen = origin.take(Request{"/users/alice/statuses/1"}.combined());
    REQUIRE(seen);
    CHECK(seen->recipient.text() == "a.example");
}
