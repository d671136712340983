/// What has neither an id nor an object is found among thousands that are sealed, in whatever order it is
/// told, without reading all of them for each.

#include <cstdint>
#include <set>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {

/// More chunks than are kept decoded, each with times from the whole of the history.
struct NamelessShelf {
    static constexpr std::int64_t kTold = 4'096;
    static constexpr std::int64_t kChunks = kTold / 128;

    testing::TempDir folder;
    testing::CountingKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};

    NamelessShelf() {
        for (std::int64_t i = 0; i < kTold; ++i) {
            tell(place(i));
        }
        fold();
        keys.chunks = 0;
    }

    /// Every second second, in no order.
    static std::int64_t place(std::int64_t i) { return kBegun + 2 * (i * 2'477 % kTold); }

    /// Its number; of a delivery that passes always a new one.
    std::uint32_t number(std::int64_t at, bool retold = true, std::uint64_t who = 1) {
        return (*writer->activity(ActivityFact{SubjectNumber{who},
                                               from_unix_seconds(at),
                                               "Like",
                                               "",
                                               "",
                                               fediverse::CategorySet{fediverse::DataCategory::Reaction},
                                               fediverse::Visibility::Public,
                                               retold}))
            .get();
    }
    /// Whether it was new.
    bool tell(std::int64_t at) {
        PackedObservation observation;
        observation.subject = SubjectNumber{1};
        observation.at_seconds = at;
        observation.recipient = *writer->recipient(*Host::parse("a.example"));
        observation.activity = ActivityNumber{number(at)};
        observation.outcome = {privacy::OutcomeKind::Accepted, 202};
        return *writer->add(observation);
    }
    void fold() {
        REQUIRE(writer->commit());
        while (writer->fold_settled(from_unix_seconds(kBegun + 4 * kTold), {})->more) {
        }
    }
};

}  // namespace

TEST_CASE("New ones without a name, in no order, cost a few readings of what is sealed, not one each",
          "[ledger][sqlite][retold]") {
    NamelessShelf shelf;
    for (std::int64_t i = 0; i < 200; ++i) {
        CHECK(shelf.number(shelf.place(i * 7) + 1) == NamelessShelf::kTold + i);
    }
    CHECK(shelf.keys.chunks <= 3 * NamelessShelf::kChunks);
    shelf.fold();  // then what was added is read, and no more
    shelf.keys.chunks = 0;
    for (std::int64_t i = 0; i < 200; ++i) {
        CHECK(shelf.number(shelf.place(i * 7 + 1) + 1) == NamelessShelf::kTold + 200 + i);
    }
    CHECK(shelf.keys.chunks <= 3);
}

TEST_CASE("What is told once more without a name is known, whichever fold it went into",
          "[ledger][sqlite][retold]") {
    NamelessShelf shelf;
    std::set<std::int64_t> known;
    for (std::int64_t i = 0; i < NamelessShelf::kTold; ++i) {
        known.insert(shelf.place(i));
    }
    for (std::int64_t i = 0; i < 600; ++i) {
        const auto at = kBegun + i * 7'919 % (3 * NamelessShelf::kTold);
        CAPTURE(i);
        CHECK(shelf.tell(at) == known.insert(at).second);
        if (i % 200 == 150) {
            shelf.fold();
        }
    }
    REQUIRE(shelf.writer->commit());
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("Of several without a name in one second the first is meant", "[ledger][sqlite][retold]") {
    NamelessShelf shelf;
    const auto at = kBegun + 101;
    const auto first = shelf.number(at, false);
    CHECK(shelf.number(at, false) == first + 1);
    shelf.fold();
    for (int i = 0; i < 100; ++i) {  // the first by looking, the last from memory
        CHECK(shelf.number(at) == first);
    }
}

TEST_CASE("Nothing without a name is remembered of a person who is forgotten", "[ledger][sqlite][retold]") {
    NamelessShelf shelf;
    for (std::int64_t i = 0; i < 100; ++i) {
        CHECK(shelf.number(shelf.place(i)) == static_cast<std::uint32_t>(i));
    }
    REQUIRE(shelf.writer->forget(SubjectNumber{1}));
    CHECK(shelf.tell(shelf.place(5)));
    CHECK_FALSE(shelf.tell(shelf.place(5)));
    CHECK(shelf.number(shelf.place(5), true, 2) == 0);
}

TEST_CASE("A damaged chunk stops no question about what is elsewhere", "[ledger][sqlite][retold]") {
    NamelessShelf shelf;
    for (std::int64_t i = 0; i < 200; ++i) {  // one chunk and more, later than all others
        shelf.tell(kBegun + 3 * NamelessShelf::kTold + i);
    }
    shelf.fold();
    {
        SQLite::Database file{shelf.path.string(), SQLite::OPEN_READWRITE};
        file.exec("UPDATE chunk SET facts = x'00' WHERE first_activity = 0");
    }
    shelf.writer.reset();
    shelf.writer = *SqliteLedgerWriter::open(shelf.path, shelf.keys, {});
    for (std::int64_t i = 0; i < 100; ++i) {
        CHECK(shelf.number(kBegun + 3 * NamelessShelf::kTold + i) ==
              static_cast<std::uint32_t>(NamelessShelf::kTold + i));
    }
}
