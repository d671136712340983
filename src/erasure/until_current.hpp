/// Optimistic changes of the books: read, change, write, and anew if somebody else was faster.

#pragma once

#include "fedtrail/core/error.hpp"

namespace fedtrail::erasure {

inline constexpr int kMostTries = 5;

/// Calls `once`, which reads what it changes and gives a Result, until it fails with something other than
/// Conflict or not at all; at most kMostTries times. Errors: those of `once`; Conflict after the last try.
template <typename Once>
[[nodiscard]] auto until_current(const Once& once) -> decltype(once()) {
    for (int tries = 1;; ++tries) {
        auto done = once();
        if (done || done.error().kind != ErrorKind::Conflict || tries == kMostTries) {
            return done;
        }
    }
}

}  // namespace fedtrail::erasure
