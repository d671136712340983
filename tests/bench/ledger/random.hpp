/// Random numbers that are the same on every machine and with every standard library (whose distributions are
/// not specified): xoshiro256** (Blackman, Vigna) seeded by splitmix64, and the few distributions the model
/// needs.

#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>

namespace fedtrail::bench {

/// The finaliser of splitmix64: every bit of the answer depends on every bit of `x`.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

/// A seed of its own for each place, so that drawing more in one place changes nothing in another.
[[nodiscard]] constexpr std::uint64_t seed_of(std::initializer_list<std::uint64_t> place) {
    std::uint64_t seed = 0;
    for (const auto part : place) {
        seed = mixed(seed ^ mixed(part));
    }
    return seed;
}

class Random {
public:
    explicit constexpr Random(std::uint64_t seed) {
        for (auto& word : state_) {
            word = mixed(seed++);
        }
    }

    constexpr std::uint64_t next() {
        const auto rotated = [](std::uint64_t x, unsigned by) { return (x << by) | (x >> (64U - by)); };
        const std::uint64_t drawn = rotated(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotated(state_[3], 45);
        return drawn;
    }

    /// In [0, 1).
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    bool chance(double probability) { return unit() < probability; }
    /// In [0, bound); the bias of the multiplication is below 2^-32 here.
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
    }
    double exponential(double mean) { return -mean * std::log(1.0 - unit()); }
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - unit()));
        return radius * std::cos(2.0 * std::numbers::pi * unit());
    }
    double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
    /// Failures before the first success.
    std::uint32_t geometric(double success) {
        std::uint32_t failures = 0;
        while (!chance(success)) {
            ++failures;
        }
        return failures;
    }
    /// Knuth's product of uniforms; for small means.
    std::uint32_t poisson(double mean) {
        const double limit = std::exp(-mean);
        std::uint32_t events = 0;
        for (double product = unit(); product > limit; product *= unit()) {
            ++events;
        }
        return events;
    }

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace fedtrail::bench
