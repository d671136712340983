/// Damage that a commit meets must not stop what everybody else has in it.

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::check_ledger;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::kBegun;
using testing::observation_of;

namespace {

/// One person's key is damaged.
class LosingKeys final : public testing::NumberedKeys {
public:
    [[nodiscard]] Result<Bytes> seal(SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override {
        if (subject.get() == lost) {
            return fail(ErrorKind::Corrupt, "the key of this person is damaged");
        }
        return NumberedKeys::seal(subject, context, plain);
    }

    std::uint64_t lost{};
};

records::TunnelObservation dark_tunnel() {
    return {from_unix_seconds(kBegun), *Host::parse("dark.example"), 10, 20};
}

}  // namespace

TEST_CASE("A damaged row of unread connections is added to, stays damaged, and stops no commit",
          "[ledger][sqlite][shared]") {
    const testing::TempDir folder;
    const testing::NumberedKeys keys;
    const auto path = folder.path() / "ledger.db";
    {
        const auto writer = *SqliteLedgerWriter::open(path, keys, {});
        writer->add(dark_tunnel());
        REQUIRE(writer->commit());
    }
    {
        SQLite::Database database{path.string(), SQLite::OPEN_READWRITE};
        REQUIRE(database.exec("UPDATE tunnel SET bytes_sent = bytes_sent + 1") == 1);
    }
    REQUIRE(check_ledger(path, keys)->faults.size() == 1);
    {
        const auto writer = *SqliteLedgerWriter::open(path, keys, {});
        for (int i = 0; i < 2; ++i) {
            writer->add(dark_tunnel());
            REQUIRE(*writer->add(observation_of(
                *writer, "https://origin.example/users/u/statuses/" + std::to_string(i), kBegun + i)));
            REQUIRE(writer->commit());
        }
    }
    CHECK(check_ledger(path, keys)->faults.size() == 1);
    const auto reader = *SqliteLedgerReader::open(path, keys);
    CHECK(reader->totals()->unread_tunnels == 3);
    CHECK(reader->recipients_of(SubjectNumber{1}, {})->at(0).disclosures == 2);
}

TEST_CASE("A damaged key of somebody new stops nobody else's commit", "[ledger][sqlite][shared]") {
    const testing::TempDir folder;
    LosingKeys keys;
    keys.lost = 2;
    const auto path = folder.path() / "ledger.db";
    const auto writer = *SqliteLedgerWriter::open(path, keys, {});
    const auto activity =
        writer->activity(ActivityFact{SubjectNumber{2},
                                      from_unix_seconds(kBegun),
                                      "Create",
                                      "https://origin.example/users/v/statuses/1",
                                      "https://origin.example/users/v/statuses/1",
                                      fediverse::CategorySet{fediverse::DataCategory::PostText},
                                      fediverse::Visibility::Public});
    REQUIRE_FALSE(activity);
    CHECK(activity.error().kind == ErrorKind::Corrupt);
    REQUIRE(*writer->add(observation_of(*writer, "https://origin.example/users/u/statuses/1", kBegun)));
    CHECK(writer->commit());
}
