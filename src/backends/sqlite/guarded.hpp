/// Where SQLite's exceptions end.

#pragma once

#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "fedtrail/core/result.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Runs `act`; what SQLite throws becomes an error of `doing`.
template <typename Act>
auto guarded(std::string_view doing, const Act& act) -> decltype(act()) {
    try {
        return act();
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, doing)};
    }
}

}  // namespace fedtrail::sqlite
