/// What of whom lies at an address of the origin.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/category.hpp"

#include "intake/access_log/people.hpp"

namespace fedtrail::intake::access_log {

struct Fetched {
    Person person;
    Personal<std::string> object;  ///< URI.
    fediverse::CategorySet categories;
    bool known{};  ///< The ledger has it, or it is the person's profile: nothing new is begun for it.
};

/// What was asked for.
struct Asked {
    const Host& host;
    std::string_view target;  ///< Path and query.
    bool wants_activity{};
    bool search{};  ///< Whether an address that names nobody is worth asking the ledger for.
};

/// Nothing: it belongs to nobody that is known. Errors: those of the vault and the ledger.
[[nodiscard]] Result<std::optional<Fetched>> fetched(People& people, const Asked& asked);

/// Every URI by which what was asked for may have been known, the likeliest first.
[[nodiscard]] std::vector<std::string> names_of(const Host& host, std::string_view target);

}  // namespace fedtrail::intake::access_log
