/// What comes late, as fetches of old posts do, is compared with all that is sealed without reading it anew
/// for each.

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

/// Two full chunks of posts, then rounds of fetches that fill a chunk each: more than are kept decoded.
struct LateShelf {
    static constexpr int kPosts = 256;
    static constexpr int kRounds = 18;

    testing::TempDir folder;
    testing::CountingKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};

    LateShelf() {
        for (int post = 0; post < kPosts; ++post) {
            REQUIRE(*writer->add(observation(post, 0)));
        }
        fold();
    }

    [[nodiscard]] PackedObservation observation(int post, int second) const {
        return testing::observation_of(
            *writer, "https://origin.example/users/u/statuses/" + std::to_string(post), kBegun + second);
    }
    /// How many were new.
    int fetch_all(int round, int times = 1) {
        int fresh = 0;
        for (int i = 0; i < kPosts * times; ++i) {
            auto fetch = observation(i * 101 % kPosts, 1 + round * 100 + i / kPosts);
            fetch.outcome = {privacy::OutcomeKind::Fetched, 200};
            fetch.channel = privacy::Channel::SignedPull;
            fresh += *writer->add(fetch) ? 1 : 0;
        }
        return fresh;
    }
    void fold() const { REQUIRE(writer->fold_settled(from_unix_seconds(kBegun + 86'400), {})); }
};

}  // namespace

TEST_CASE("Fetches of posts about which many chunks tell read these a few times in all", "[ledger][sqlite]") {
    LateShelf shelf;
    constexpr int kTimes = 16;
    for (int round = 0; round < LateShelf::kRounds; ++round) {
        REQUIRE(shelf.fetch_all(round, kTimes) == LateShelf::kPosts * kTimes);
        CHECK(shelf.fetch_all(round) == 0);
        shelf.fold();
    }
    shelf.keys.chunks = 0;
    CHECK(shelf.fetch_all(LateShelf::kRounds) == LateShelf::kPosts);
    CHECK(shelf.fetch_all(0, kTimes) == 0);  // told again
    CHECK(shelf.keys.chunks <= 10 * LateShelf::kRounds);
    shelf.keys.chunks = 0;
    shelf.fold();
    CHECK(shelf.keys.chunks <= 3 * LateShelf::kRounds);
    const auto reader = *SqliteLedgerReader::open(shelf.path, shelf.keys);
    const auto pair = reader->recipients_of(SubjectNumber{1}, {})->at(0);
    CHECK(pair.objects == LateShelf::kPosts);
    CHECK(pair.disclosures == LateShelf::kPosts * (2 + LateShelf::kRounds * kTimes));
}
