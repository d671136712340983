/// What libpq is given to connect with.

#pragma once

#include <string>

namespace fedtrail::postgres {

/// `text` is a libpq connection string ("host=/run/postgresql dbname=mastodon") or URI ("postgresql://…");
/// what it does not say itself is added: five seconds of patience, a name that the server's own lists show.
[[nodiscard]] std::string with_defaults(const std::string& text);

}  // namespace fedtrail::postgres
