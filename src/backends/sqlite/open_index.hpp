/// Where the activities that are still open are found again by what they are known by.

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace fedtrail::sqlite {

/// Activity numbers by key, several under one. Of a key only some bits are kept, so that each() may visit
/// others too: the caller compares what the numbers stand for. Eight octets a place in one run of memory:
/// each delivery looks for an address of its own, mostly in vain, and a node behind a bucket would be two
/// waits for memory instead of one.
class OpenIndex {
public:
    void insert(std::uint64_t key, std::uint32_t number) {
        if ((count_ + 1) * 3 > places_.size() * 2) {
            grow();
        }
        put({tag_of(key), number});
        ++count_;
    }

    /// One such entry, if there is any.
    void erase(std::uint64_t key, std::uint32_t number) {
        const auto tag = tag_of(key);
        for (auto at = first_of(tag); count_ > 0 && places_[at].tag != kFree; at = next(at)) {
            if (places_[at].tag == tag && places_[at].number == number) {
                close_up(at);
                --count_;
                return;
            }
        }
    }

    /// Calls `visit(number)` for each number that may stand under the key.
    template <typename Visit>
    void each(std::uint64_t key, const Visit& visit) const {
        const auto tag = tag_of(key);
        for (auto at = first_of(tag); count_ > 0 && places_[at].tag != kFree; at = next(at)) {
            if (places_[at].tag == tag) {
                visit(places_[at].number);
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

    /// Gives its memory back, too.
    void clear() { *this = {}; }

private:
    struct Place {
        std::uint32_t tag{};
        std::uint32_t number{};
    };
    static constexpr std::uint32_t kFree = 0;
    static constexpr unsigned kTagBits = 32;
    static constexpr unsigned kFewestBits = 6;

    static std::uint32_t tag_of(std::uint64_t key) {
        constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15ULL;
        return static_cast<std::uint32_t>(key * kOdd >> kTagBits) | 1U;  // never kFree
    }
    [[nodiscard]] std::size_t first_of(std::uint32_t tag) const { return tag >> (kTagBits - bits_); }
    [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (places_.size() - 1); }

    void put(Place place) {
        auto at = first_of(place.tag);
        while (places_[at].tag != kFree) {
            at = next(at);
        }
        places_[at] = place;
    }

    void grow() {
        const auto before = std::exchange(places_, {});
        bits_ = before.empty() ? kFewestBits : bits_ + 1;
        places_.resize(std::size_t{1} << bits_);
        for (const auto& place : before) {
            if (place.tag != kFree) {
                put(place);
            }
        }
    }

    /// Frees a place. What stands behind it moves up, unless it would then come before the place it begins
    /// at.
    void close_up(std::size_t hole) {
        const auto mask = places_.size() - 1;
        for (auto at = next(hole); places_[at].tag != kFree; at = next(at)) {
            const auto away = (at - first_of(places_[at].tag)) & mask;
            if (away >= ((at - hole) & mask)) {
                places_[hole] = places_[at];
                hole = at;
            }
        }
        places_[hole] = {};
    }

    std::vector<Place> places_;
    unsigned bits_{kFewestBits};
    std::size_t count_{};
};

}  // namespace fedtrail::sqlite
