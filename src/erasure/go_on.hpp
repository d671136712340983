/// Whether a walk over many goes on after one of them.

#pragma once

#include <utility>

#include "fedtrail/core/result.hpp"

namespace fedtrail::erasure {

/// What is damaged of one must not hold up the others. Where a store is away all of them would fail, each
/// after having waited for it.
[[nodiscard]] inline bool may_go_on(const Result<void>& done) {
    return done || done.error().kind == ErrorKind::Corrupt;
}

/// `first`, unless `later` is worse: what ends the work is told before what was passed over.
[[nodiscard]] inline Result<void> worse_of(const Result<void>& first, const Result<void>& later) {
    return first || (may_go_on(first) && !may_go_on(later)) ? later : first;
}

/// A walk over many that goes on as may_go_on() says. Not thread-safe.
class Walk {
public:
    /// `done` where the walk ends with it; else nothing, and the first damage is kept.
    [[nodiscard]] Result<void> pass(Result<void> done) {
        if (!may_go_on(done)) {
            return done;
        }
        if (first_ && !done) {
            first_ = std::move(done);
        }
        return {};
    }
    /// The first damage that was passed over. Errors: Corrupt.
    [[nodiscard]] const Result<void>& damage() const { return first_; }

private:
    Result<void> first_;
};

}  // namespace fedtrail::erasure
