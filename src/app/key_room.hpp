/// Where the private keys of people come from, in the order in which they are asked.

#pragma once

#include <memory>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/signer.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

/// erasure.keys_folder, then origin.database of each origin. Errors: Invalid (a setting), Denied.
[[nodiscard]] Result<std::vector<std::unique_ptr<KeySource>>> key_sources(const Config& config);

}  // namespace fedtrail::app
