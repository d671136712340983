/// Posts whose numbers do not rise with the order they come in: the ranges of their chunks overlap.

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

constexpr int kChunks = 20;  // more than are kept decoded
constexpr int kPosts = kChunks * 128;

/// Each number below three times kPosts that is `rest` modulo 3, once and in no order.
int number_of(int post, int rest) {
    return post * 1031 % kPosts * 3 + rest;
}

struct UnorderedShelf {
    testing::TempDir folder;
    testing::CountingKeys keys;
    std::filesystem::path path{folder.path() / "ledger.db"};
    std::unique_ptr<SqliteLedgerWriter> writer{*SqliteLedgerWriter::open(path, keys, {})};

    /// How many were new.
    int post_all(int rest, int second) {
        int fresh = 0;
        for (int post = 0; post < kPosts; ++post) {
            const auto id =
                "https://origin.example/users/u/statuses/" + std::to_string(number_of(post, rest));
            fresh += *writer->add(testing::observation_of(*writer, id, kBegun + second)) ? 1 : 0;
        }
        return fresh;
    }
    void fold() const { REQUIRE(writer->fold_settled(from_unix_seconds(kBegun + 86'400), {})); }
};

}  // namespace

TEST_CASE("Who posts in no order is looked up without reading all chunks for each post", "[ledger][sqlite]") {
    UnorderedShelf shelf;
    REQUIRE(shelf.post_all(0, 0) == kPosts);
    shelf.fold();
    shelf.keys.chunks = 0;
    CHECK(shelf.post_all(1, 0) == kPosts);  // between those that are there
    CHECK(shelf.keys.chunks <= 2 * kChunks);
    shelf.fold();
    shelf.keys.chunks = 0;
    CHECK(shelf.post_all(2, 0) == kPosts);  // of what was folded since as well
    CHECK(shelf.keys.chunks <= 3 * kChunks);
    shelf.fold();
    for (const int rest : {0, 1, 2}) {
        CHECK(shelf.post_all(rest, 0) == 0);  // known, each in its chunk
    }
    const auto reader = *SqliteLedgerReader::open(shelf.path, shelf.keys);
    const auto pair = reader->recipients_of(SubjectNumber{1}, {})->at(0);
    CHECK(pair.objects == 3 * kPosts);
    CHECK(pair.disclosures == 3 * kPosts);
}
