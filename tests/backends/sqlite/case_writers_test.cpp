/// Two programs that change the same notices at the same time, as `serve` and a command beside it do.

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using sqlite::OpenMode;
using sqlite::SqliteCases;

namespace {

/// Reads the only notice, changes it and writes it, until nobody was faster.
template <typename Change>
bool change_until_current(SqliteCases& cases, const Change& change) {
    for (;;) {
        auto notice = cases.notices(NoticeFilter{})->front();
        change(notice);
        const auto written = cases.apply(NoticeChange{{notice}, {}, {}, {}});
        if (written || written.error().kind != ErrorKind::Conflict) {
            return written.has_value();
        }
    }
}

}  // namespace

TEST_CASE("Two writers of one notice lose no mark of each other", "[cases]") {
    constexpr int kRounds = 300;
    const auto folder = TempDir::in_memory();
    const NumberedKeys keys;
    const auto courier = *SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
    const auto request = started(*courier, 7);
    REQUIRE(courier->plan(request.number, {}, std::vector{notice_to(request, "a.example")}));
    const auto looker = *SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
    std::atomic<int> undone{0};
    std::atomic<int> failed{0};
    const auto keep = [&](bool done) { failed += done ? 0 : 1; };
    std::thread sends{[&] {
        for (int round = 0; round < kRounds; ++round) {
            keep(change_until_current(*courier, [](records::Notice& notice) {
                notice.in_flight = true;
                ++notice.attempts;
            }));
            std::this_thread::yield();
            undone += courier->notices(NoticeFilter{})->front().in_flight ? 0 : 1;
            keep(change_until_current(*courier, [](records::Notice& notice) { notice.in_flight = false; }));
        }
    }};
    std::thread looks{[&] {
        for (int round = 0; round < kRounds; ++round) {
            keep(change_until_current(*looker, [](records::Notice& notice) { ++notice.looks; }));
        }
    }};
    sends.join();
    looks.join();
    const auto notice = courier->notices(NoticeFilter{})->front();
    CHECK(failed == 0);
    CHECK(undone == 0);
    CHECK(notice.attempts == kRounds);
    CHECK(notice.looks == kRounds);
    CHECK(notice.version == 1 + 3 * kRounds);
    CHECK(courier->check()->faults.empty());
}

TEST_CASE("Cases of layout 1 open with everything in them and can be changed", "[cases]") {
    const TempDir folder;
    {
        std::ifstream file{FEDTRAIL_SOURCE_DIR "/tests/backends/sqlite/fixtures/cases_layout_1.sql"};
        std::stringstream statements;
        statements << file.rdbuf();
        SQLite::Database database{(folder / "cases.db").string(),
                                  SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
        database.exec(statements.str());
        REQUIRE(database.execAndGet("PRAGMA user_version").getInt() == 1);
    }
    const NumberedKeys keys;
    const auto opened = SqliteCases::open_file(folder / "cases.db", keys, OpenMode::ReadWrite);
    REQUIRE(opened);
    auto& cases = **opened;
    CHECK(cases.check()->faults.empty());
    auto notices = *cases.notices(NoticeFilter{});
    REQUIRE_FALSE(notices.empty());
    for (auto& notice : notices) {
        CHECK(notice.version == 0);
        notice.looks = 7;
    }
    REQUIRE(cases.apply(NoticeChange{notices, {}, {}, {}}));
    CHECK(cases.apply(NoticeChange{notices, {}, {}, {}}).error().kind == ErrorKind::Conflict);
    const auto changed = *cases.notices(NoticeFilter{});
    for (const auto& notice : changed) {
        CHECK(notice.version == 1);
        CHECK(notice.looks == 7);
    }
    CHECK(cases.check()->faults.empty());
}
