#include "backends/sqlite/attempt_set.hpp"

#include <cstdint>

#include <catch2/catch.hpp>

using fedtrail::sqlite::AttemptSet;

TEST_CASE("An attempt is first once, at each recipient and second", "[ledger]") {
    AttemptSet seen;
    CHECK(seen.empty());
    CHECK(seen.insert(7, 0));
    CHECK(seen.insert(7, 1));
    CHECK(seen.insert(8, 0));
    CHECK_FALSE(seen.insert(7, 0));
    CHECK_FALSE(seen.empty());
}

TEST_CASE("No attempt of a large wave is forgotten and hardly one mistaken for another", "[ledger]") {
    AttemptSet seen;
    std::uint32_t mistaken = 0;
    for (std::uint32_t recipient = 0; recipient < 20'000; ++recipient) {
        mistaken += seen.insert(recipient, static_cast<std::int32_t>(recipient / 80)) ? 0 : 1;
    }
    CHECK(mistaken <= 3);  // 20,000 fingerprints of 31 bits: 0.1 expected
    std::uint32_t forgotten = 0;
    for (std::uint32_t recipient = 0; recipient < 20'000; ++recipient) {
        forgotten += seen.insert(recipient, static_cast<std::int32_t>(recipient / 80)) ? 1 : 0;
    }
    CHECK(forgotten == 0);
}
