/// A report of a time in which much came late opens each chunk a few times in all.

#include <cstdint>
#include <string>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::SubjectNumber;
using testing::kBegun;

namespace {}  // namespace

TEST_CASE("A report of a time opens each chunk a few times, in whichever order what is late came",
          "[ledger][sqlite]") {
    constexpr int kChunks = 24;  // more than are kept decoded
    constexpr int kPosts = kChunks * 128;
    const testing::TempDir folder;
    const testing::CountingKeys keys;
    const auto path = folder.path() / "ledger.db";
    const auto writer = *SqliteLedgerWriter::open(path, keys, {});
    const auto observation = [&](int post, int second) {
        return testing::observation_of(
            *writer, "https://origin.example/users/u/statuses/" + std::to_string(post), kBegun + second);
    };
    for (int post = 0; post < kPosts; ++post) {
        REQUIRE(*writer->add(observation(post, 0)));
    }
    REQUIRE(writer->fold_settled(from_unix_seconds(kBegun + 86'400), {}));
    for (int i = 0; i < kPosts; ++i) {
        auto fetch = observation(i * 131 % kPosts, 100);
        fetch.outcome = {privacy::OutcomeKind::Fetched, 200};
        fetch.channel = privacy::Channel::SignedPull;
        REQUIRE(*writer->add(fetch));
    }
    REQUIRE(writer->commit());

    const auto reader = *SqliteLedgerReader::open(path, keys);
    const auto in = [&](int since) {
        const auto pairs =
            reader->recipients_of(SubjectNumber{1}, Window{from_unix_seconds(kBegun + since), {}});
        REQUIRE(pairs);
        REQUIRE(pairs->size() == 1);
        CHECK(pairs->front().objects == kPosts);
        return pairs->front().disclosures;
    };
    keys.chunks = 0;
    CHECK(in(0) == 2 * kPosts);
    CHECK(in(50) == kPosts);
    CHECK(keys.chunks <= 8 * kChunks);
}
