#include <catch2/catch.hpp>

#include "erasure/delivery_rules.hpp"

using namespace std::chrono_literals;
using fedtrail::erasure::pause_after;
using fedtrail::erasure::RetryOptions;

TEST_CASE("All pauses grow with the first one, up to the longest") {
    RetryOptions usual;
    RetryOptions quick;
    quick.first = 1s;
    quick.longest = 3s;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto minute = pause_after(1, seed, usual);
        CHECK(minute >= 48s);
        CHECK(minute <= 72s);
        CHECK(pause_after(1, seed, quick) == minute / 60);
        CHECK(pause_after(2, seed, quick) ==
              std::min<std::chrono::milliseconds>(pause_after(2, seed, usual) / 60, 3s));
        CHECK(pause_after(9, seed, quick) == 3s);
    }
}
