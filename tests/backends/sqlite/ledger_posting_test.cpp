/// Whether somebody still posts: what was done after a moment, in whichever order it was recorded.

#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {

constexpr std::int64_t kHour = 3'600;

struct PostingShelf {
    testing::TempDir folder;
    testing::NumberedKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};

    void record(int post, std::int64_t hour, bool fetched) const {
        const auto id = "https://origin.example/users/u/statuses/" + std::to_string(post);
        const auto at = kBegun + hour * kHour;
        PackedObservation observation;
        observation.subject = SubjectNumber{1};
        observation.at_seconds = at;
        observation.recipient = *writer->recipient(*Host::parse("a.example"));
        observation.activity =
            *writer->activity(ActivityFact{SubjectNumber{1},
                                           from_unix_seconds(at),
                                           "Create",
                                           id,
                                           id,
                                           fediverse::CategorySet{fediverse::DataCategory::PostText},
                                           fediverse::Visibility::Public});
        if (fetched) {
            observation.outcome = {privacy::OutcomeKind::Fetched, 200};
            observation.channel = privacy::Channel::SignedPull;
        } else {
            observation.outcome = {privacy::OutcomeKind::Accepted, 202};
        }
        REQUIRE(*writer->add(observation));
    }
    void fetch(int post, std::int64_t hour) const { record(post, hour, true); }
    void send(int post, std::int64_t hour) const { record(post, hour, false); }
    void fold() const { REQUIRE(writer->fold_settled(from_unix_seconds(kBegun + 48 * kHour), {})); }
    [[nodiscard]] bool posts_after(std::int64_t hour) const {
        REQUIRE(writer->commit());
        const auto reader = *SqliteLedgerReader::open(path, keys);
        return *reader->posts_after(SubjectNumber{1}, from_unix_seconds(kBegun + hour * kHour));
    }
};

}  // namespace

TEST_CASE("A post that a server was seen to fetch before it is told when it was sent is as old as that",
          "[ledger][sqlite][posting]") {
    const PostingShelf shelf;
    const bool folded = GENERATE(false, true);
    shelf.fetch(1, 10);
    shelf.send(1, 1);  // as an import tells it afterwards
    if (folded) {
        shelf.fold();
    }
    CHECK_FALSE(shelf.posts_after(5));
    CHECK(shelf.posts_after(0));

    SECTION("a late delivery makes it no newer") {
        shelf.send(1, 12);
        CHECK_FALSE(shelf.posts_after(5));
        shelf.fold();
        CHECK_FALSE(shelf.posts_after(5));
    }
    SECTION("what was fetched and sent behind the moment is new") {
        shelf.fetch(2, 10);
        CHECK_FALSE(shelf.posts_after(5));  // nothing says that it was sent
        if (folded) {
            shelf.fold();
        }
        shelf.send(2, 11);
        CHECK(shelf.posts_after(5));
    }
}
