/// Pseudo-random numbers for what is made up.

#pragma once

#include <cstdint>

namespace fedtrail::reports::test {

/// The same pseudo-random numbers on every machine (SplitMix64).
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t bound) {
        state_ += 0x9E3779B97F4A7C15ULL;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return (z ^ (z >> 31U)) % bound;
    }

private:
    std::uint64_t state_;
};

}  // namespace fedtrail::reports::test
