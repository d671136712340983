#include "fedtrail/ledger/sets.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room

namespace {

std::vector<PairEntry> some_pairs(std::size_t count) {
    std::mt19937_64 random{count};  // NOLINT(cert-msc51-cpp): the same pairs every time
    std::vector<PairEntry> pairs;
    std::uint32_t recipient = 0;
    for (std::size_t i = 0; i < count; ++i) {
        recipient += 1 + static_cast<std::uint32_t>(random() % 5);
        const auto first = static_cast<std::int64_t>(1'700'000'000 + random() % 90'000'000);
        const auto objects = random() % 3;
        pairs.push_back(PairEntry{recipient,
                                  first,
                                  first + static_cast<std::int64_t>(random() % 2 * (random() % 1'000'000)),
                                  objects,
                                  objects + random() % 3,
                                  static_cast<std::uint8_t>(random() % 3),
                                  static_cast<std::uint16_t>(random() % 7),
                                  static_cast<std::uint8_t>(random() % 5)});
    }
    return pairs;
}

}  // namespace

TEST_CASE("Pairs come back as they went in", "[ledger][sets]") {
    for (const auto count : {0, 1, 2, 100, 5000}) {
        const auto pairs = some_pairs(static_cast<std::size_t>(count));
        CHECK(*decode_pairs(encode_pairs(pairs)) == pairs);
    }
}

TEST_CASE("Pairs far apart in time come back", "[ledger][sets]") {
    const std::vector<PairEntry> pairs{
        PairEntry{1, 0, 253'402'300'799, 1, 0, 1, 1, 1},
        PairEntry{UINT32_MAX, 253'402'300'799, 253'402'300'799, 0, 1, 255, 65535, 255}};
    CHECK(*decode_pairs(encode_pairs(pairs)) == pairs);
}

TEST_CASE("Merging widens, adds and joins", "[ledger][sets]") {
    PairEntry into{7, 100, 200, 2, 3, 1, 2, 1};
    merge(into, PairEntry{7, 50, 150, 1, 4, 2, 4, 3});
    CHECK(into == PairEntry{7, 50, 200, 3, 7, 3, 6, 3});
}

TEST_CASE("Numbers come back as they went in", "[ledger][sets]") {
    const std::vector<std::uint64_t> numbers{0, 1, 5, 1000, ~std::uint64_t{0}};
    CHECK(*decode_numbers(encode_numbers(numbers)) == numbers);
    CHECK(decode_numbers(encode_numbers({}))->empty());
}

TEST_CASE("A set cut short is refused", "[ledger][sets]") {
    const auto pairs = encode_pairs(some_pairs(20));
    const auto numbers = encode_numbers({1, 2, 3000});
    for (std::size_t size = 0; size < pairs.size(); ++size) {
        CHECK_FALSE(decode_pairs(fedtrail::ByteView{pairs}.first(size)));
    }
    for (std::size_t size = 0; size < numbers.size(); ++size) {
        CHECK_FALSE(decode_numbers(fedtrail::ByteView{numbers}.first(size)));
    }
}
