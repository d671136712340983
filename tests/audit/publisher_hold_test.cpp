// What gets a place while somebody holds the log.

#include <catch2/catch.hpp>

#include "audit/log_fixture.hpp"
#include "backends/sqlite/case_kind.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room

TEST_CASE("In a hold the leaves of one store alone are taken, and the others wait", "[log]") {
    const testing::TempDir folder;
    const auto file = folder.path() / "cases.db";
    auto opened = sqlite::open_database(file, sqlite::cases_kind(), sqlite::OpenMode::ReadWrite);
    REQUIRE(opened);
    sqlite::Connection connection{std::move(*opened)};
    REQUIRE(connection.write("a test's look", [](sqlite::Statements& statements) {
        return sqlite::put_leaf(statements, {from_unix_seconds(1), records::AccessLeaf{}});
    }));
    testing::MemoryGuard guard;
    testing::StoppedClock clock;
    testing::OneLog one{folder.path() / "log.db", guard, clock};
    const auto cases = std::move(*sqlite::SqliteLeaves::open(LeafStore::Cases, file));
    audit::Publisher publisher{{*one.log, {cases.get(), one.leaves.get()}, guard, clock},
                               testing::signer_named("o.example")};
    one.happen();
    const auto hold = publisher.hold();
    REQUIRE(hold);
    CHECK(publisher.publish(**hold, LeafStore::Log)->size == 1);
    CHECK(*one.log->taken(LeafStore::Cases) == 0);
    CHECK(one.last().checkpoint.size == 1);
    CHECK(publisher.publish(**hold)->size == 2);
    CHECK(*one.log->taken(LeafStore::Cases) == 1);
}

TEST_CASE("A guard from before the last checkpoint is brought up to it, also if nothing new happens",
          "[log]") {
    const testing::TempDir folder;
    testing::MemoryGuard guard;
    testing::StoppedClock clock;
    testing::OneLog one{folder.path() / "log.db", guard, clock};
    one.happen();
    REQUIRE(one.publisher.publish());
    const auto older = guard.note;
    one.happen();
    REQUIRE(one.publisher.publish()->signed_now);
    const auto newest = guard.note;
    guard.note = older;  // somebody restored it
    const auto published = one.publisher.publish();
    REQUIRE(published);
    CHECK_FALSE(published->signed_now);
    CHECK(guard.note == newest);
    CHECK(older != newest);
}
