#include "erasure/objection_gate.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/case_books.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::ObjectionGate;
using fediverse::CategorySet;
using fediverse::DataCategory;

namespace {

constexpr const char* kAlice = "https://origin.example/users/alice";
constexpr const char* kBob = "https://origin.example/users/bob";

records::Observation delivery(const std::string& to,
                              const std::string& type,
                              std::vector<std::pair<std::string, CategorySet>> people) {
    records::Observation seen;
    seen.recipient = *Host::parse(to);
    seen.activity.type = type;
    for (auto& [actor, categories] : people) {
        seen.activity.shares.push_back({Personal<std::string>{actor}, {}, categories});
    }
    return seen;
}

/// A gate before a fake sink, with Alice's objection to hated.example.
struct Gate {
    FakeDeliverySink sink;
    FakeObjectionBook book;
    FakeSubjectVault vault;
    StoppedClock clock;
    int woken = 0;
    ObjectionGate gate{sink, book, vault, clock, {}, [this] { ++woken; }};
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");

    Gate() { object(alice, "hated.example"); }

    void object(privacy::SubjectNumber subject, const std::string& host) {
        REQUIRE(book.object(records::Objection{subject, *Host::parse(host), clock.at, {}}));
    }
    Result<IntentId> intend(const records::Observation& observation) {
        std::optional<Result<IntentId>> answer;
        gate.intend(observation, [&](Result<IntentId> done) { answer = std::move(done); });
        REQUIRE(answer);
        return *answer;
    }
};

const CategorySet kText{DataCategory::Handle, DataCategory::PostText};
const CategorySet kNamed{DataCategory::Handle};

}  // namespace

TEST_CASE("nothing of a person goes to a recipient they object to", "[objection]") {
    Gate g;
    const auto denied = g.intend(delivery("hated.example", "Create", {{kAlice, kText}}));
    REQUIRE(!denied);
    CHECK(denied.error().kind == ErrorKind::Denied);
    CHECK(denied.error().what.find("Art. 21") != std::string::npos);
    CHECK(denied.error().what.find("alice") == std::string::npos);
    CHECK(g.sink.intents.empty());
    CHECK(g.intend(delivery("liked.example", "Create", {{kAlice, kText}})));
    CHECK(g.intend(delivery("hated.example", "Create", {{kBob, kText}})));
    CHECK(g.sink.intents.size() == 2);
}

TEST_CASE("an author inside another's activity is heard, somebody who is only named is not", "[objection]") {
    Gate g;
    CHECK(!g.intend(delivery("hated.example", "Announce", {{kBob, kNamed}, {kAlice, kText}})));
    CHECK(g.intend(delivery("hated.example", "Create", {{kBob, kText}, {kAlice, kNamed}})));
    CHECK(!g.intend(delivery("hated.example", "Accept", {{kAlice, kNamed}})));
    CHECK(g.intend(delivery("hated.example", "Create", {})));
}

TEST_CASE("what takes data back is never held up", "[objection]") {
    Gate g;
    CHECK(g.intend(delivery("hated.example", "Delete", {{kAlice, kText}})));
    CHECK(g.intend(delivery("hated.example", "Undo", {{kAlice, kText}})));
}

TEST_CASE("an objection counts from the next delivery on, and its lifting too", "[objection]") {
    Gate g;
    CHECK(g.intend(delivery("later.example", "Create", {{kAlice, kText}})));
    g.object(g.alice, "later.example");
    CHECK(!g.intend(delivery("later.example", "Create", {{kAlice, kText}})));
    REQUIRE(g.book.lift(g.alice, *Host::parse("later.example")));
    CHECK(g.intend(delivery("later.example", "Create", {{kAlice, kText}})));
}

TEST_CASE("what was prevented is written down as prevented", "[objection]") {
    Gate g;
    CHECK(!g.intend(delivery("hated.example", "Create", {{kAlice, kText}})));
    CHECK(g.woken == 1);
    CHECK(g.sink.observed.empty());
    CHECK(*g.gate.step() == std::nullopt);
    REQUIRE(g.sink.observed.size() == 1);
    CHECK(g.sink.observed[0].outcome.kind == privacy::OutcomeKind::Prevented);
    CHECK(*g.gate.step() == std::nullopt);
    CHECK(g.sink.observed.size() == 1);
    CHECK(g.gate.figures().prevented == 1);
}

TEST_CASE("a ledger that is away gets the preventions later", "[objection]") {
    Gate g;
    CHECK(!g.intend(delivery("hated.example", "Create", {{kAlice, kText}})));
    g.sink.failure = ErrorKind::Unavailable;
    const auto again = g.gate.step();
    REQUIRE(again);
    CHECK(*again == g.clock.at + std::chrono::seconds{60});
    g.sink.failure.reset();
    CHECK(*g.gate.step() == std::nullopt);
    CHECK(g.sink.observed.size() == 1);
}

TEST_CASE("a list of objections that cannot be read holds deliveries up", "[objection]") {
    Gate g;
    g.vault.failure = ErrorKind::Unavailable;
    const auto held = g.intend(delivery("liked.example", "Create", {{kBob, kText}}));
    REQUIRE(!held);
    CHECK(held.error().kind == ErrorKind::Unavailable);
    g.vault.failure.reset();
    CHECK(g.intend(delivery("liked.example", "Create", {{kBob, kText}})));
}

TEST_CASE("an objection of somebody who was shredded stands in nobody's way", "[objection]") {
    Gate g;
    g.vault.shred(g.alice);
    CHECK(g.intend(delivery("hated.example", "Create", {{kBob, kText}})));
}

TEST_CASE("the gate passes everything else on", "[objection]") {
    Gate g;
    g.gate.settle(IntentId{7}, {privacy::OutcomeKind::Accepted, 202});
    g.gate.tunnel({});
    g.gate.gap({});
    const std::vector<records::Observation> seen(2);
    CHECK(*g.gate.observe(seen) == 2);
    CHECK(g.sink.settled.size() == 1);
    CHECK(g.sink.tunnels == 1);
    CHECK(g.sink.gaps == 1);
}

TEST_CASE("a delivery is decided on in a few microseconds, whatever the length of the list", "[objection]") {
    Gate g;
    for (int i = 0; i < 2'000; ++i) {
        g.object(g.alice, "h" + std::to_string(i) + ".example");
    }
    const auto seen = delivery("liked.example", "Create", {{kBob, kText}});
    CHECK(g.intend(seen));
    constexpr int kRounds = 20'000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kRounds; ++i) {
        g.gate.intend(seen, [](Result<IntentId>) {});
        g.sink.intents.clear();
    }
    const std::chrono::duration<double, std::micro> each =
        (std::chrono::steady_clock::now() - start) / kRounds;
    CAPTURE(each.count());
    CHECK(each.count() < 50);  // an order above what a busy machine shows
}
