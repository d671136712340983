/// What the examples of reports and of papers are made with.

#pragma once

#include <cstdlib>
#include <utility>

#include "fedtrail/core/result.hpp"

namespace fedtrail::reports::test {

template <typename T>
[[nodiscard]] T must(Result<T> result) {
    if (!result) {
        std::abort();
    }
    return std::move(*result);
}

[[nodiscard]] inline tl::unexpected<Error> not_asked() {
    return fail(ErrorKind::Unavailable, "not part of this test");
}

}  // namespace fedtrail::reports::test
