/// Whether a walk over many goes on after one of them.

#pragma once

#include "fedtrail/core/result.hpp"

namespace fedtrail::erasure {

/// What is damaged of one must not hold up the others. Where a store is away all of them would fail, each
/// after having waited for it.
[[nodiscard]] inline bool may_go_on(const Result<void>& done) {
    return done || done.error().kind == ErrorKind::Corrupt;
}

}  // namespace fedtrail::erasure
