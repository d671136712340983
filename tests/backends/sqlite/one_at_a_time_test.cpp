/// SQLite does not guard our connections itself: each store lets one thread at a time use its own. For the
/// thread sanitizer, too.

#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_consents.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_shelf.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/ledger_expiry.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_shelf.hpp"
#include "backends/sqlite/ledger_windows.hpp"
#include "backends/sqlite/log_store.hpp"
#include "backends/sqlite/overwriter.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)
using sqlite::OpenMode;

namespace {

constexpr int kAskers = 4;
constexpr int kTurnsOfEach = 25;

/// Whether it went well.
using Ask = std::function<bool()>;

/// How many did not, where several threads do all of them again and again, each beginning at another.
int failed_at_once(const std::vector<Ask>& asks) {
    std::atomic<int> failed{0};
    std::latch begin{kAskers};
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kAskers; ++thread) {
        threads.emplace_back([&, thread] {
            begin.arrive_and_wait();
            for (std::size_t i = 0; i < kTurnsOfEach * asks.size(); ++i) {
                failed += asks[(thread + i) % asks.size()]() ? 0 : 1;
            }
        });
    }
    threads.clear();
    return failed;
}

}  // namespace

TEST_CASE("A connection is used by one thread at a time", "[sqlite][threads]") {
    const auto folder = TempDir::in_memory();
    auto opened = sqlite::open_database(folder / "cases.db", sqlite::cases_kind(), OpenMode::ReadWrite);
    REQUIRE(opened);
    (*opened)->exec("CREATE TABLE counted (number INTEGER); INSERT INTO counted VALUES (0)");
    sqlite::Connection connection{std::move(*opened)};
    const auto count = [](sqlite::Statements& statements) -> Result<std::int64_t> {
        auto& row = statements.get("SELECT number FROM counted");
        row.executeStep();
        std::this_thread::yield();  // whoever is let in now is met
        return row.getColumn(0).getInt64();
    };
    const auto add = [](sqlite::Statements& statements) -> Result<void> {
        statements.get("UPDATE counted SET number = number + 1").exec();
        std::this_thread::yield();
        return {};
    };
    CHECK(failed_at_once({[&] { return connection.write("adding", add).has_value(); },
                          [&] { return connection.read("counting", count).has_value(); }}) == 0);
    CHECK(*connection.read("counting", count) == kAskers * kTurnsOfEach);
}

TEST_CASE("Many threads may ask the ledger's readers at once", "[sqlite][ledger][threads]") {
    const auto folder = TempDir::in_memory();
    const auto file = folder / "ledger.db";
    const NumberedKeys keys;
    LedgerModel model;
    fill(file, keys, quick(), model);
    const auto reader = *sqlite::SqliteLedgerReader::open(file, keys);
    const auto windows = *sqlite::SqliteWindows::open(file, keys);
    const auto files = *sqlite::SqliteOverwriter::open_file(file, sqlite::ledger_kind());
    const auto gaps = *sqlite::SqliteLedgerExpiry::open_file(file, sqlite::SqliteLedgerExpiry::What::Gaps);
    REQUIRE(*windows->count() > 0);
    const auto see = [](const LoggedRecord&) -> Result<void> { return {}; };
    CHECK(failed_at_once({[&] { return reader->totals().has_value(); },
                          [&] { return reader->recipients_of(privacy::SubjectNumber{1}, {}).has_value(); },
                          [&] { return reader->recipients("", 10).has_value(); },
                          [&] { return reader->last_leaf().has_value(); },
                          [&] { return windows->count().has_value(); },
                          [&] { return windows->visit(1, see).has_value(); },
                          [&] { return files->to_rewrite().has_value(); },
                          [&] { return gaps->drop_before(Instant{}, false).has_value(); }}) == 0);
}

TEST_CASE("Many threads may ask and write the other stores at once", "[sqlite][threads]") {
    const auto folder = TempDir::in_memory();
    const NumberedKeys keys;
    const auto cases = folder / "cases.db";
    const auto looks = *sqlite::SqliteAccess::open_file(cases, keys, OpenMode::ReadWrite);
    const auto consents = *sqlite::SqliteConsents::open_file(cases, keys, OpenMode::ReadWrite);
    const auto directory = *sqlite::SqliteDirectory::open_file(folder / "directory.db", OpenMode::ReadWrite);
    const auto log = *sqlite::SqliteLog::open(folder / "log.db", OpenMode::ReadWrite);
    const privacy::SubjectNumber person{7};
    std::atomic<int> written{0};
    const std::array hosts{host("a.example"), host("b.example")};
    CHECK(failed_at_once(
              {[&] {
                   return looks->record({person, at(0), "request", "cli", "", false}).has_value();
               },
               [&] { return looks->accesses(person, 10).has_value(); },
               [&] { return consents->consents(person).has_value(); },
               [&] {
                   const auto name = "v" + std::to_string(++written);
                   return directory->update(hosts[0], [&](RecipientEntry& entry) { entry.software = name; })
                       .has_value();
               },
               [&] { return directory->joined().has_value(); },
               [&] { return directory->entries(hosts).has_value(); },
               [&] {
                   return log->append(records::LeafRecord{at(0), records::RetentionRunLeaf{}}).has_value();
               },
               [&] { return log->last_event(records::LeafKind::RetentionRun).has_value(); }}) == 0);
    CHECK(*looks->count(person) == std::uint64_t{kAskers} * kTurnsOfEach);
    CHECK(log->check()->faults.empty());
    CHECK(directory->check()->faults.empty());
}
