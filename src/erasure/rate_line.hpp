/// The messages of one request that has a rate of its own: each gets the moment at which it may leave.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>

#include "fedtrail/core/time.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// Unlike a bucket it does not let those that must wait be asked for again and again: there may be thousands.
class RateLine {
public:
    /// When the next message of `notice` may leave, `a_second` (above 0) of all: `now`, or the place in the
    /// line that it has from now on. Asked again at that place, it is `now`.
    [[nodiscard]] Instant place(records::NoticeNumber notice, std::uint32_t a_second, Instant now) {
        const auto kept = places_.find(notice);
        if (kept != places_.end()) {
            const auto at = kept->second;
            if (at <= now) {
                places_.erase(kept);
            }
            return std::max(at, now);
        }
        const auto at = std::max(free_, now);
        free_ = at + std::max(std::chrono::milliseconds{1'000} / a_second, std::chrono::milliseconds{1});
        if (at > now) {
            places_.emplace(notice, at);
        }
        return at;
    }
    /// It did not leave although it might have: something else was in the way.
    void put_back(records::NoticeNumber notice, Instant now) { places_.emplace(notice, now); }

private:
    Instant free_{};  ///< When the place behind the last one begins.
    std::map<records::NoticeNumber, Instant> places_;
};

}  // namespace fedtrail::erasure
