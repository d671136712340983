/// What goes into the log of a ledger, and whether it can be made anew.

#include "backends/sqlite/ledger_windows.hpp"

#include <fstream>
#include <map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "fedtrail/ledger/tree.hpp"

#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "backends/sqlite/ledger_traffic.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::LedgerOptions;
using fedtrail::sqlite::SqliteLeaves;
using fedtrail::sqlite::SqliteLedgerWriter;
using fedtrail::sqlite::SqliteWindows;
using testing::LedgerModel;
using testing::Traffic;

namespace {

/// A window as its leaf tells it.
std::map<std::uint64_t, records::WindowLeaf> told(const std::filesystem::path& path) {
    std::map<std::uint64_t, records::WindowLeaf> windows;
    const auto leaves = (*SqliteLeaves::open(LeafStore::Ledger, path))->leaves(0, 100'000);
    REQUIRE(leaves);
    for (const auto& leaf : *leaves) {
        if (leaf.head.kind == records::LeafKind::Window) {
            const auto window =
                std::get<records::WindowLeaf>(*records::decode_body(leaf.head.kind, leaf.opening->body));
            windows[window.number] = window;
        }
    }
    return windows;
}

struct Seen {
    std::map<std::uint64_t, ledger::Hash> roots;
    std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint64_t> activities;  ///< Attempts of each.
    std::map<std::uint32_t, std::string> names;
    std::uint64_t late{};
};

Seen see_all(const SqliteWindows& windows) {
    Seen seen;
    for (std::uint64_t window = 1; window <= *windows.count(); ++window) {
        ledger::Frontier tree;
        const auto visited = windows.visit(window, [&](const LoggedRecord& record) -> Result<void> {
            tree.append(records::leaf_hash_of(record.commitment));
            if (!record.closed) {
                return {};
            }
            const auto& head = record.closed->head;
            REQUIRE(record.opened);
            REQUIRE(record.closed->digest == records::digest_of(record.opened->salt, record.opened->body));
            REQUIRE(record.commitment == records::commitment_of(head, record.closed->digest));
            const auto body = records::decode_body(head.kind, record.opened->body);
            REQUIRE(body);
            if (const auto* activity = std::get_if<records::ActivityLeaf>(&*body)) {
                REQUIRE(seen.activities
                            .emplace(std::pair{activity->subject.get(), activity->number},
                                     activity->attempts.size())
                            .second);
            } else if (const auto* name = std::get_if<records::RecipientNameLeaf>(&*body)) {
                REQUIRE(seen.names.emplace(name->number, name->host).second);
            } else {
                ++seen.late;
            }
            return {};
        });
        INFO((visited ? std::string{} : visited.error().what));
        REQUIRE(visited);
        seen.roots[window] = tree.root();
    }
    return seen;
}

/// Some traffic, folded as it comes. Gives the activities and observations that went into chunks.
FoldSummary live(SqliteLedgerWriter& writer, Traffic& traffic, int rounds) {
    FoldSummary sum;
    for (int round = 0; round < rounds; ++round) {
        traffic.step(writer);
        if (traffic.pick(9) == 0) {
            const auto now = from_unix_seconds(traffic.now());
            const auto folded = traffic.pick(3) == 0 ? writer.fold_settled(now, {}) : writer.fold(now);
            REQUIRE(folded);
            sum.activities += folded->activities;
            sum.observations += folded->observations;
        }
    }
    REQUIRE(writer.commit());
    return sum;
}

}  // namespace

TEST_CASE("Every record of a window is made anew from its chunks, also after these were rebuilt",
          "[log][sqlite]") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        const testing::TempDir folder;
        const testing::NumberedKeys keys;
        const auto path = folder.path() / "ledger.db";
        LedgerOptions options;
        options.retry_horizon = 6h;
        options.fold_patience = seed % 2 == 0 ? 12h : 240h;
        options.keep_journal = true;
        auto writer = SqliteLedgerWriter::open(path, keys, options);
        REQUIRE(writer);
        LedgerModel model;
        Traffic traffic{seed, model};
        const auto folded = live(**writer, traffic, 500);
        const auto windows = SqliteWindows::open(path, keys);
        REQUIRE(windows);
        const auto seen = see_all(**windows);
        const auto leaves = told(path);
        REQUIRE(leaves.size() > 1);
        REQUIRE(seen.roots.size() == leaves.size());
        for (const auto& [number, leaf] : leaves) {
            REQUIRE(seen.roots.at(number) == leaf.root);
        }
        CHECK(seen.activities.size() == folded.activities);
        std::uint64_t attempts = seen.late;
        for (const auto& entry : seen.activities) {
            attempts += entry.second;
        }
        CHECK(attempts == folded.observations);
        CHECK(seen.late > 0);
        for (const auto& [number, host] : seen.names) {
            REQUIRE((*windows)->window_naming(number));
        }
        REQUIRE((*writer)->rebuild());
        CHECK(see_all(**windows).roots == seen.roots);
        const auto checked = sqlite::check_ledger(path, keys);
        REQUIRE(checked);
        CHECK(checked->faults.empty());
    }
}

TEST_CASE("A window shows where a chunk was changed behind the log's back", "[log][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    LedgerOptions options;
    options.retry_horizon = 6h;
    auto writer = SqliteLedgerWriter::open(path, keys, options);
    LedgerModel model;
    Traffic traffic{3, model};
    (void)live(**writer, traffic, 300);
    writer->reset();
    {
        SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
        database.exec("UPDATE recipient SET host = 'other.example' WHERE number = 1");
    }
    const auto checked = sqlite::check_ledger(path, keys);
    REQUIRE(checked);
    CHECK_FALSE(checked->faults.empty());
}

TEST_CASE("The windows add up when a subject's records cannot be made any more", "[log][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    LedgerOptions options;
    options.retry_horizon = 6h;
    auto writer = SqliteLedgerWriter::open(path, keys, options);
    LedgerModel model;
    Traffic traffic{5, model};
    (void)live(**writer, traffic, 400);
    const auto windows = SqliteWindows::open(path, keys);
    const auto before = see_all(**windows);
    const privacy::SubjectNumber gone{2};
    REQUIRE_FALSE((*windows)->windows_of(gone)->empty());
    REQUIRE((*writer)->keep_commitments(gone));
    CHECK(see_all(**windows).activities.size() == before.activities.size());  // the key may stay after all
    REQUIRE((*writer)->forget(gone));
    const auto after = see_all(**windows);
    CHECK(after.roots == before.roots);
    CHECK(after.activities.size() < before.activities.size());
    for (const auto& entry : after.activities) {
        CHECK(entry.first.first != gone.get());
    }
}
