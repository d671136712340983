/// What is told afterwards with neither an id nor an object of one's own: a like, in an import given twice.

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::OutcomeKind;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {

struct RetoldShelf {
    testing::TempDir folder;
    testing::NumberedKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};

    /// Whether it was new.
    bool tell(std::int64_t at, const std::string& type = "Like", bool retold = true, std::uint64_t who = 1) {
        PackedObservation observation;
        observation.subject = SubjectNumber{who};
        observation.at_seconds = at;
        observation.recipient = *writer->recipient(*Host::parse("a.example"));
        observation.activity =
            *writer->activity(ActivityFact{observation.subject,
                                           from_unix_seconds(at),
                                           type,
                                           "",
                                           "",
                                           fediverse::CategorySet{fediverse::DataCategory::Reaction},
                                           fediverse::Visibility::Public,
                                           retold});
        observation.outcome = {OutcomeKind::Accepted, 202};
        return *writer->add(observation);
    }
    [[nodiscard]] std::uint64_t disclosures() const {
        const auto reader = *SqliteLedgerReader::open(path, keys);
        return reader->recipients_of(SubjectNumber{1}, {})->at(0).disclosures;
    }
};

}  // namespace

TEST_CASE("What is told again without an id is known, from the journal and from chunks",
          "[ledger][sqlite][retold]") {
    RetoldShelf shelf;
    CHECK(shelf.tell(kBegun));
    CHECK(shelf.tell(kBegun + 1));
    CHECK_FALSE(shelf.tell(kBegun));
    REQUIRE(shelf.writer->commit());
    CHECK_FALSE(shelf.tell(kBegun + 1));

    std::uint64_t known = 2;
    SECTION("in the same run") {}
    SECTION("after a restart") {
        shelf.writer.reset();
        shelf.writer = *SqliteLedgerWriter::open(shelf.path, shelf.keys, {});
    }
    SECTION("after it was folded") {
        REQUIRE(shelf.writer->fold_settled(from_unix_seconds(kBegun + 2), {})->activities == 2);
    }
    SECTION("after a part of it was folded") {
        known = 3;
        REQUIRE(shelf.writer->fold_settled(from_unix_seconds(kBegun + 2), {})->activities == 2);
        CHECK(shelf.tell(kBegun + 2));
        CHECK_FALSE(shelf.tell(kBegun + 2));
    }
    CHECK_FALSE(shelf.tell(kBegun));
    CHECK_FALSE(shelf.tell(kBegun + 1));
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.disclosures() == known);
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("What differs in its second, its type or its person is told for the first time",
          "[ledger][sqlite][retold]") {
    RetoldShelf shelf;
    CHECK(shelf.tell(kBegun));
    CHECK(shelf.tell(kBegun + 1));
    CHECK(shelf.tell(kBegun, "Dislike"));
    CHECK(shelf.tell(kBegun, "Like", true, 2));
    CHECK_FALSE(shelf.tell(kBegun, "Dislike"));
}

TEST_CASE("Deliveries that pass in one second without an id are two", "[ledger][sqlite][retold]") {
    RetoldShelf shelf;
    CHECK(shelf.tell(kBegun, "Like", false));
    CHECK(shelf.tell(kBegun, "Like", false));
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.disclosures() == 2);
}
