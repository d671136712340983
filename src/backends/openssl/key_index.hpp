/// `keys.json` beside PEM files: whose key lies in which (schemas/keys.schema.json). Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::openssl {

struct IndexedKey {
    std::string actor;   ///< URI, normalised, or handle with its host in lower case.
    std::string file;    ///< A name without a folder.
    std::string key_id;  ///< "" for `<actor>#main-key`.
};

/// At most 10,000 entries. Errors: Invalid; quotes nothing of it, but counts entries from 1.
[[nodiscard]] Result<std::vector<IndexedKey>> parse_key_index(std::string_view json);

/// "alice@origin.example", or "" if the URI does not tell the name.
[[nodiscard]] std::string handle_of(const Uri& actor);

}  // namespace fedtrail::openssl
