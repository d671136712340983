/// Which attempts of one open activity were seen: fingerprints only, so "seen" may be wrong, "not seen" never
/// is.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fedtrail::sqlite {

/// Open addressing, at most three quarters full. One for each activity, because attempts come in runs of one
/// activity (then it stays in the cache) and because it goes away with the activity (nothing is ever erased).
class AttemptSet {
public:
    [[nodiscard]] bool empty() const noexcept { return used_ == 0; }

    /// False if it, or one with the same fingerprint, was there already. `offset` is in seconds.
    bool insert(std::uint32_t recipient, std::int32_t offset) {
        if (used_ * 4 >= slots_.size() * 3) {
            grow();
        }
        return place(fingerprint(recipient, offset));
    }

private:
    static constexpr std::size_t kLeast = 16;

    /// Never 0: that is an empty slot.
    static std::uint32_t fingerprint(std::uint32_t recipient, std::int32_t offset) {
        const auto both = std::uint64_t{recipient} << 32U | static_cast<std::uint32_t>(offset);
        return static_cast<std::uint32_t>((both ^ both >> 29U) * 0x9E3779B97F4A7C15ULL >> 32U) | 1U;
    }

    bool place(std::uint32_t print) {
        const auto mask = slots_.size() - 1;
        auto slot = (print >> 1U) & mask;
        while (slots_[slot] != 0) {
            if (slots_[slot] == print) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        slots_[slot] = print;
        ++used_;
        return true;
    }

    void grow() {
        std::vector<std::uint32_t> old(slots_.empty() ? kLeast : slots_.size() * 2);
        old.swap(slots_);
        used_ = 0;
        for (const auto print : old) {
            if (print != 0) {
                place(print);
            }
        }
    }

    std::vector<std::uint32_t> slots_;
    std::size_t used_{};
};

}  // namespace fedtrail::sqlite
