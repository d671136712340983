#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_comparison.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_shelf.hpp"
#include "backends/sqlite/ledger_traffic.hpp"
#include "backends/sqlite/overwriter.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::LedgerOptions;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::compare;
using testing::LedgerModel;
using testing::Traffic;

namespace {

constexpr std::uint64_t kGone = 3;

void take_out(LedgerModel& model, std::uint64_t subject) {
    auto& attempts = model.attempts;
    attempts.erase(std::remove_if(attempts.begin(),
                                  attempts.end(),
                                  [&](const auto& attempt) { return attempt.subject == subject; }),
                   attempts.end());
}

void check_sound(const std::filesystem::path& path, const SubjectSealer& keys) {
    const auto check = sqlite::check_ledger(path, keys);
    REQUIRE(check);
    INFO((check->faults.empty() ? std::string{} : check->faults.front()));
    CHECK(check->faults.empty());
}

void some_traffic(Traffic& traffic, SqliteLedgerWriter& writer, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        traffic.step(writer);
        if (traffic.pick(3) == 0) {
            REQUIRE(writer.commit());
        }
        if (traffic.pick(9) == 0) {
            REQUIRE(writer.fold(from_unix_seconds(traffic.now())));
        }
    }
    REQUIRE(writer.commit());
}

/// Keys of all but one: what a ledger finds after that one's key was destroyed.
class OthersKeys final : public testing::NumberedKeys {
public:
    Result<Bytes> seal(SubjectNumber subject, std::string_view context, ByteView plain) const override {
        return gone(subject) ? Result<Bytes>{no_key()} : NumberedKeys::seal(subject, context, plain);
    }
    Result<Bytes> open(SubjectNumber subject, std::string_view context, ByteView sealed) const override {
        return gone(subject) ? Result<Bytes>{no_key()} : NumberedKeys::open(subject, context, sealed);
    }
    bool destroyed{};

private:
    [[nodiscard]] bool gone(SubjectNumber subject) const { return destroyed && subject.get() == kGone; }
    static tl::unexpected<Error> no_key() { return fail(ErrorKind::NotFound, "no key"); }
};

std::string octets_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// What the file holds of one subject that nobody else's row can hold.
std::vector<std::string> blobs_of(const std::filesystem::path& path, std::uint64_t subject) {
    const SQLite::Database database{path.string(), SQLite::OPEN_READONLY};
    std::vector<std::string> blobs;
    for (const auto* sql : {"SELECT facts FROM chunk WHERE key >> 24 = ?",
                            "SELECT recipients FROM pairs WHERE key >> 16 = ?",
                            "SELECT text FROM shape WHERE subject = ?"}) {
        SQLite::Statement row{database, sql};
        row.bind(1, static_cast<std::int64_t>(subject));
        while (row.executeStep()) {
            blobs.push_back(row.getColumn(0).getString());
        }
    }
    return blobs;
}

bool any_in(const std::vector<std::string>& blobs, const std::string& octets) {
    return std::any_of(blobs.begin(), blobs.end(), [&](const std::string& blob) {
        const auto middle = blob.substr(blob.size() / 2, 24);
        return octets.find(middle) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("After a person was forgotten the ledger answers as if they had never been", "[ledger][sqlite]") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        const testing::TempDir folder;
        OthersKeys keys;
        const auto path = folder.path() / "ledger.db";
        LedgerOptions options;
        options.retry_horizon = 6h;
        options.fold_patience = 12h;
        options.keep_journal = seed % 2 == 0;
        LedgerModel model;
        Traffic traffic{seed, model};
        auto writer = SqliteLedgerWriter::open(path, keys, options);
        REQUIRE(writer);
        const auto reader = SqliteLedgerReader::open(path, keys);
        REQUIRE(reader);
        some_traffic(traffic, **writer, 250);
        compare(**reader, model, traffic);

        keys.destroyed = seed % 4 < 2;  // before the ledger forgets, or at another time
        REQUIRE((*writer)->forget(SubjectNumber{kGone}));
        traffic.forget(kGone);
        take_out(model, kGone);
        keys.destroyed = false;  // nothing may be left that even the key could open
        compare(**reader, model, traffic);
        check_sound(path, keys);

        some_traffic(traffic, **writer, 120);
        compare(**reader, model, traffic);
        writer->reset();
        writer = SqliteLedgerWriter::open(path, keys, options);
        REQUIRE(writer);
        some_traffic(traffic, **writer, 60);
        if (options.keep_journal) {
            REQUIRE((*writer)->rebuild());
        }
        const auto second = SqliteLedgerReader::open(path, keys);
        REQUIRE(second);
        compare(**second, model, traffic);
        check_sound(path, keys);
    }
}

TEST_CASE("A reader that saw neither fold nor forgetting has nothing of the person left",
          "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto writer = *SqliteLedgerWriter::open(path, keys, {});
    const auto reader = *SqliteLedgerReader::open(path, keys);
    for (const std::uint64_t subject : {std::uint64_t{1}, kGone}) {
        REQUIRE(*writer->add(
            testing::observation_of(*writer, "https://origin.example/1", testing::kBegun, subject)));
    }
    REQUIRE(writer->commit());
    REQUIRE(reader->recipients_of(SubjectNumber{kGone}, {})->size() == 1);
    REQUIRE(writer->fold_settled(from_unix_seconds(testing::kBegun + 1), SubjectNumber{kGone}));
    REQUIRE(writer->forget(SubjectNumber{kGone}));
    CHECK(reader->recipients_of(SubjectNumber{kGone}, {})->empty());
    CHECK(reader->totals()->subjects == 1);
}

TEST_CASE("What was forgotten is in no octet of the ledger's files", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    LedgerOptions options;
    options.retry_horizon = 6h;
    options.fold_patience = 12h;
    LedgerModel model;
    Traffic traffic{7, model};
    auto writer = SqliteLedgerWriter::open(path, keys, options);
    REQUIRE(writer);
    some_traffic(traffic, **writer, 300);
    const auto theirs = blobs_of(path, kGone);
    const auto others = blobs_of(path, kGone + 1);
    REQUIRE(theirs.size() > 3);
    const auto everything = [&] { return octets_of(path) + octets_of(path.string() + "-wal"); };
    REQUIRE(any_in(theirs, everything()));

    REQUIRE((*writer)->forget(SubjectNumber{kGone}));
    CHECK_FALSE(any_in(theirs, everything()));
    CHECK(any_in(others, everything()));
}

TEST_CASE("A ledger from before deleted rows were overwritten is written anew, once", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto everything = [&] { return octets_of(path) + octets_of(path.string() + "-wal"); };
    LedgerModel model;
    Traffic traffic{11, model};
    auto writer = SqliteLedgerWriter::open(path, keys, {});
    REQUIRE(writer);
    some_traffic(traffic, **writer, 100);
    const auto files = sqlite::SqliteOverwriter::open_file(path, sqlite::ledger_kind());
    REQUIRE(files);
    CHECK(*(*files)->to_rewrite() == 0);
    {
        SQLite::Database old{path.string(), SQLite::OPEN_READWRITE};
        old.exec("PRAGMA secure_delete = OFF; UPDATE overwriting SET free = 1; CREATE TABLE gone (uri TEXT)");
        for (int i = 0; i < 500; ++i) {
            old.exec("INSERT INTO gone VALUES ('https://origin.example/notes/9x-of-somebody-" +
                     std::to_string(i) + "')");
        }
        old.exec("DROP TABLE gone");
    }
    CHECK(*(*files)->to_rewrite() > 0);
    REQUIRE((*writer)->forget(SubjectNumber{kGone}));
    CHECK(everything().find("9x-of-somebody") != std::string::npos);

    (*files)->rewrite_at_most(1);  // others record, and it would take long
    const auto later = (*files)->overwrite();
    REQUIRE_FALSE(later);
    CHECK(later.error().kind == ErrorKind::Unavailable);
    CHECK(everything().find("9x-of-somebody") != std::string::npos);
    (*files)->rewrite_at_most(1U << 30U);
    REQUIRE((*files)->overwrite());
    CHECK(everything().find("9x-of-somebody") == std::string::npos);
    CHECK(*(*files)->to_rewrite() == 0);

    traffic.forget(kGone);
    take_out(model, kGone);
    some_traffic(traffic, **writer, 50);
    const auto reader = SqliteLedgerReader::open(path, keys);
    REQUIRE(reader);
    compare(**reader, model, traffic);
    check_sound(path, keys);
}

TEST_CASE("Two people whose keys are gone can be forgotten one after the other", "[ledger][sqlite]") {
    const testing::TempDir folder;
    OthersKeys keys;
    const auto path = folder.path() / "ledger.db";
    LedgerOptions options;
    options.retry_horizon = 6h;
    LedgerModel model;
    Traffic traffic{5, model};
    auto writer = SqliteLedgerWriter::open(path, keys, options);
    REQUIRE(writer);
    some_traffic(traffic, **writer, 200);
    keys.destroyed = true;
    REQUIRE((*writer)->forget(SubjectNumber{1}));  // meets the rows of the other, which no key opens
    REQUIRE((*writer)->forget(SubjectNumber{kGone}));
    REQUIRE((*writer)->forget(SubjectNumber{kGone}));  // again is no error
    for (const auto gone : {std::uint64_t{1}, kGone}) {
        traffic.forget(gone);
        take_out(model, gone);
    }
    const auto reader = SqliteLedgerReader::open(path, keys);
    REQUIRE(reader);
    keys.destroyed = false;
    compare(**reader, model, traffic);
    check_sound(path, keys);
}

TEST_CASE("Whoever is forgotten leaves nothing that the next commit looks for", "[ledger][sqlite]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto opened = SqliteLedgerWriter::open(folder.path() / "ledger.db", keys, LedgerOptions{});
    REQUIRE(opened);
    auto& writer = **opened;
    const std::string id = "https://origin.example/users/carol/1";
    const auto seen = testing::observation_of(writer, id, testing::kBegun, kGone);
    REQUIRE(*writer.add(seen));
    REQUIRE(writer.commit());
    // Once more, under another address of its object: a new shape, and nothing to be written with it.
    const std::string page = "https://origin.example/@carol/1";
    const auto again = writer.activity(ActivityFact{SubjectNumber{kGone},
                                                    from_unix_seconds(testing::kBegun),
                                                    "Create",
                                                    id,
                                                    page,
                                                    fediverse::CategorySet{fediverse::DataCategory::PostText},
                                                    fediverse::Visibility::Public});
    REQUIRE(again);
    CHECK(*again == seen.activity);
    CHECK_FALSE(*writer.add(seen));
    REQUIRE(writer.commit());
    REQUIRE(writer.forget(SubjectNumber{kGone}));
    REQUIRE(*writer.add(testing::observation_of(writer, id, testing::kBegun, 4)));
    REQUIRE(writer.commit());
}
