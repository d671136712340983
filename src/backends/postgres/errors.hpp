#pragma once

#include <exception>
#include <string>

#include "fedtrail/core/error.hpp"

namespace fedtrail::postgres {

/// What a failure of libpqxx means. Its own sentence is left out: it may quote stored values, statements or
/// parts of the connection string. `database` is "the mastodon database". Kinds: Unavailable (not reached,
/// too slow, too busy), Denied (password, role, privileges), Invalid (any other).
[[nodiscard]] Error to_error(const std::exception& failure, const std::string& database);

/// Its time was over before its answer came. Unavailable.
[[nodiscard]] Error too_late(const std::string& database);

}  // namespace fedtrail::postgres
