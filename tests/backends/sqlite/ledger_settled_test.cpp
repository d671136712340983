/// What is folded before its time, so that the log can show it.

#include <map>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"
#include "backends/sqlite/ledger_windows.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using fedtrail::sqlite::SqliteWindows;
using privacy::OutcomeKind;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {

/// A ledger, written and read.
struct FoldingShelf {
    testing::TempDir folder;
    testing::NumberedKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};
    std::unique_ptr<SqliteLedgerReader> reader{*SqliteLedgerReader::open(path, keys)};

    PackedObservation add(int post, OutcomeKind kind, std::int64_t at, std::uint64_t subject = 1) {
        auto observation = testing::observation_of(
            *writer, "https://origin.example/users/u/statuses/" + std::to_string(post), at, subject);
        observation.outcome = {kind, static_cast<std::uint16_t>(kind == OutcomeKind::Accepted ? 202 : 0)};
        REQUIRE(*writer->add(observation));
        return observation;
    }
    FoldSummary fold(std::int64_t now, std::optional<SubjectNumber> subject = {}) {
        auto folded = writer->fold_settled(from_unix_seconds(now), subject);
        REQUIRE(folded);
        return *folded;
    }
    [[nodiscard]] std::uint64_t unlogged(std::optional<SubjectNumber> subject = {}) const {
        return reader->unlogged(subject)->records;
    }
    [[nodiscard]] PairAggregate pair(std::uint64_t subject = 1) const {
        return reader->recipients_of(SubjectNumber{subject}, {})->at(0);
    }
};

/// The numberth activity: now and then a reaction to what was posted long before.
void add_activity(const FoldingShelf& shelf, int number) {
    const auto status = [](int post) {
        return "https://origin.example/users/u/statuses/" + std::to_string(post);
    };
    const bool reacts = number >= 5'000 && number % 50 == 7;
    const auto id = reacts ? status(number) + "/reaction" : status(number);
    const auto object = reacts ? status(number - 5'000) : id;
    PackedObservation observation;
    observation.subject = SubjectNumber{1};
    observation.at_seconds = kBegun + number;
    observation.recipient =
        *shelf.writer->recipient(*Host::parse("r" + std::to_string(number % 7) + ".example"));
    observation.activity =
        *shelf.writer->activity(ActivityFact{observation.subject,
                                             from_unix_seconds(observation.at_seconds),
                                             "Create",
                                             id,
                                             object,
                                             fediverse::CategorySet{fediverse::DataCategory::PostText},
                                             fediverse::Visibility::Public});
    observation.outcome = {OutcomeKind::Accepted, static_cast<std::uint16_t>(number < 5'000 ? 202 : 200)};
    REQUIRE(*shelf.writer->add(observation));
}

/// What was folded; of the chunks, which are sealed, where they begin and end and how long they are.
std::map<std::string, std::vector<std::string>> folded_rows(const FoldingShelf& shelf) {
    auto rows = testing::derived_rows(shelf.path);
    rows.erase("chunk_times");
    rows["chunk"].clear();
    SQLite::Database database{shelf.path.string(), SQLite::OPEN_READONLY};
    SQLite::Statement row{
        database,
        "SELECT key || ' ' || first_activity || ' ' || activities || ' ' || closed || ' ' || "
        "first_at || ' ' || last_at || ' ' || length(facts) FROM chunk ORDER BY key"};
    while (row.executeStep()) {
        rows["chunk"].push_back(row.getColumn(0).getString());
    }
    return rows;
}

}  // namespace

TEST_CASE("What was recorded a moment ago can be folded, and what is on its way stays", "[ledger][sqlite]") {
    FoldingShelf shelf;
    shelf.add(1, OutcomeKind::Accepted, kBegun);
    auto moving = shelf.add(2, OutcomeKind::Intended, kBegun + 1);
    shelf.add(3, OutcomeKind::Accepted, kBegun + 2);
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.unlogged() == 3);
    CHECK(shelf.reader->unlogged({})->oldest == from_unix_seconds(kBegun));
    CHECK(shelf.fold(kBegun + 3).activities == 1);
    CHECK(shelf.unlogged() == 2);
    CHECK(shelf.pair().disclosures == 3);
    CHECK(*(*SqliteWindows::open(shelf.path, shelf.keys))->count() == 1);

    SECTION("until it has come to something") {
        moving.outcome = {OutcomeKind::Accepted, 202};
        moving.settles = true;
        REQUIRE(*shelf.writer->add(moving));
    }
    SECTION("or until nothing can come of it any more") {}
    CHECK(shelf.fold(kBegun + 700).activities == 2);
    CHECK(shelf.unlogged() == 0);
    CHECK_FALSE(shelf.reader->unlogged({})->oldest);
    CHECK(shelf.pair().disclosures == 3);
    CHECK(shelf.fold(kBegun + 701).activities == 0);
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("A retry of what was folded early waits until it has come to something", "[ledger][sqlite]") {
    FoldingShelf shelf;
    shelf.add(1, OutcomeKind::Unreachable, kBegun);
    REQUIRE(shelf.fold(kBegun + 1).activities == 1);
    auto retry = shelf.add(1, OutcomeKind::Intended, kBegun + 60);
    shelf.add(2, OutcomeKind::Accepted, kBegun + 61);
    CHECK(shelf.fold(kBegun + 62).activities == 0);
    CHECK(shelf.unlogged() == 2);
    retry.outcome = {OutcomeKind::Accepted, 202};
    retry.settles = true;
    REQUIRE(*shelf.writer->add(retry));
    CHECK(shelf.fold(kBegun + 63).activities == 1);
    CHECK(shelf.unlogged() == 0);
    CHECK(shelf.pair().disclosures == 2);
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("Two deliveries of one second with one outcome count once, folded between or not",
          "[ledger][sqlite]") {
    FoldingShelf shelf;
    auto delivery = shelf.add(1, OutcomeKind::Intended, kBegun);
    delivery.outcome = {OutcomeKind::Accepted, 202};
    delivery.settles = true;
    REQUIRE(*shelf.writer->add(delivery));
    REQUIRE(shelf.fold(kBegun + 1).activities == 1);
    CHECK_FALSE(*shelf.writer->add(delivery));  // what the second came to, after the first was folded
    auto late = shelf.add(1, OutcomeKind::Intended, kBegun + 5);
    late.outcome = {OutcomeKind::Accepted, 202};
    late.settles = true;
    REQUIRE(*shelf.writer->add(late));
    shelf.add(1, OutcomeKind::Intended, kBegun + 5);
    REQUIRE(*shelf.writer->add(late));
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.pair().disclosures == 2);
    shelf.fold(kBegun + 6);
    CHECK(shelf.pair().disclosures == 2);
}

TEST_CASE("A delivery of the second of one that is folded counts once it has come to something else",
          "[ledger][sqlite]") {
    FoldingShelf shelf;
    const auto first = shelf.add(1, OutcomeKind::Accepted, kBegun);
    REQUIRE(shelf.fold(kBegun + 1).activities == 1);
    auto again = first;
    again.outcome = {OutcomeKind::Intended, 0};
    const auto settle = [&](privacy::Outcome outcome) {
        again.outcome = outcome;
        again.settles = true;
        return *shelf.writer->add(again);
    };
    std::uint64_t disclosures = 1;
    SECTION("to the same") {
        CHECK_FALSE(*shelf.writer->add(again));  // the disclosure is on record: another's intent adds nothing
        CHECK_FALSE(settle({OutcomeKind::Accepted, 202}));
    }
    SECTION("to nothing that is known yet") {
        CHECK_FALSE(*shelf.writer->add(again));
    }
    SECTION("to another answer") {
        CHECK_FALSE(*shelf.writer->add(again));
        CHECK(settle({OutcomeKind::Accepted, 200}));
        disclosures = 2;
    }
    SECTION("to no disclosure") {
        CHECK_FALSE(*shelf.writer->add(again));
        CHECK(settle({OutcomeKind::Unreachable, 0}));
    }
    SECTION("over another channel") {
        again.channel = privacy::Channel::Relay;
        CHECK(*shelf.writer->add(again));
        disclosures = 2;
    }
    SECTION("in another second") {
        ++again.at_seconds;
        CHECK(*shelf.writer->add(again));
        CHECK(settle({OutcomeKind::Accepted, 202}));
        disclosures = 2;
    }
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.pair().disclosures == disclosures);
    shelf.fold(kBegun + 1'000);
    CHECK(shelf.pair().disclosures == disclosures);
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("A delivery of the second of one that failed and is folded is recorded before it leaves",
          "[ledger][sqlite]") {
    FoldingShelf shelf;
    auto again = shelf.add(1, OutcomeKind::Unreachable, kBegun);
    REQUIRE(shelf.fold(kBegun + 1).activities == 1);
    again.outcome = {OutcomeKind::Intended, 0};
    CHECK(*shelf.writer->add(again));
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.pair().strongest == privacy::Evidence::Intended);
}

TEST_CASE("What comes late behind a full chunk is folded with no activity of its own", "[ledger][sqlite]") {
    FoldingShelf shelf;
    for (int post = 0; post < 128; ++post) {
        shelf.add(post, OutcomeKind::Accepted, kBegun);
    }
    REQUIRE(shelf.fold(kBegun + 1).activities == 128);
    shelf.add(3, OutcomeKind::Accepted, kBegun + 60);
    CHECK(shelf.fold(kBegun + 700).observations == 1);
    CHECK(shelf.unlogged() == 0);
    shelf.add(200, OutcomeKind::Accepted, kBegun + 61);
    shelf.add(4, OutcomeKind::Accepted, kBegun + 62);
    CHECK(shelf.fold(kBegun + 701).activities == 1);
    CHECK(shelf.pair().disclosures == 131);
    CHECK(shelf.pair().objects == 129);
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("One person is folded and the others stay", "[ledger][sqlite]") {
    FoldingShelf shelf;
    for (std::uint64_t subject = 1; subject <= 3; ++subject) {
        shelf.add(1, OutcomeKind::Accepted, kBegun, subject);
    }
    CHECK(shelf.fold(kBegun + 1, SubjectNumber{2}).activities == 1);
    CHECK(shelf.unlogged() == 2);
    CHECK(shelf.unlogged(SubjectNumber{2}) == 0);
    CHECK(shelf.unlogged(SubjectNumber{3}) == 1);
    CHECK(shelf.fold(kBegun + 1, SubjectNumber{7}).activities == 0);
    CHECK(shelf.fold(kBegun + 1).activities == 2);
    CHECK(shelf.pair(3).disclosures == 1);
}

TEST_CASE("A retry settles in its place although its activity is old", "[ledger][sqlite]") {
    FoldingShelf shelf;
    constexpr std::int64_t kWeeks = 30 * 86'400;
    shelf.add(1, OutcomeKind::Unreachable, kBegun);
    auto retry = shelf.add(1, OutcomeKind::Intended, kBegun + kWeeks - 5);
    REQUIRE(shelf.writer->commit());
    CHECK(shelf.writer->fold(from_unix_seconds(kBegun + kWeeks))->activities == 0);
    retry.outcome = {OutcomeKind::Accepted, 202};
    retry.settles = true;
    REQUIRE(*shelf.writer->add(retry));
    CHECK(shelf.writer->fold(from_unix_seconds(kBegun + kWeeks))->activities == 1);
    CHECK(shelf.pair().disclosures == 1);  // the first try reached nobody, the retry counts once
    CHECK(sqlite::check_ledger(shelf.path, shelf.keys)->faults.empty());
}

TEST_CASE("Many activities of one person are folded in slices, and come out as if folded in time",
          "[ledger][sqlite]") {
    constexpr int kActivities = 9'000;
    const FoldingShelf late;
    const FoldingShelf in_time;
    const auto much_later = from_unix_seconds(kBegun) + 24h * 90;
    for (int number = 0; number < kActivities; ++number) {
        add_activity(late, number);
        add_activity(in_time, number);
        if (number % 1'000 == 999) {
            REQUIRE(in_time.writer->fold(much_later)->activities == 1'000);
        }
    }
    std::vector<std::uint64_t> slices;
    for (bool more = true; more;) {
        const auto folded = late.writer->fold(much_later);
        REQUIRE(folded);
        slices.push_back(folded->activities);
        more = folded->more;
    }
    CHECK(slices == std::vector<std::uint64_t>{4'096, 4'096, kActivities - 2 * 4'096});
    CHECK(folded_rows(late) == folded_rows(in_time));
    CHECK(folded_rows(late).at("chunk").size() == 71);
    CHECK(late.unlogged() == 0);
    CHECK(sqlite::check_ledger(late.path, late.keys)->faults.empty());
}
