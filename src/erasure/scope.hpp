/// The scope of a request, put into one form, so that equal means the same.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/records/erasure.hpp"

namespace fedtrail::erasure {

/// Normalised URIs, sorted, each once. Errors: Invalid (one is no URI, none, or more than `most`).
[[nodiscard]] Result<std::vector<Personal<std::string>>> normalised(
    const std::vector<Personal<std::string>>& uris, std::size_t most);

/// `actor` is the URI of the subject. Errors: Invalid (it contradicts itself or is too large).
[[nodiscard]] Result<records::ErasureScope> normalised(records::ErasureScope scope, const std::string& actor);

}  // namespace fedtrail::erasure
