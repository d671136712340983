/// What reading an access log stands on, from the configuration and the policies.

#pragma once

#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/fetcher.hpp"

#include "app/config.hpp"
#include "app/policies.hpp"
#include "intake/access_log/people.hpp"

namespace fedtrail::app {

/// Reads and checks policies/fetchers.json. Errors: NotFound, Invalid.
[[nodiscard]] Result<fediverse::FetcherWords> load_fetcher_words(const PolicyFolders& folders);

/// Every origin with its aliases.
[[nodiscard]] std::vector<intake::access_log::OriginHosts> origin_names(const Config& config);

}  // namespace fedtrail::app
