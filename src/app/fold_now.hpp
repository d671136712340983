/// Before something is proven: has the ledger show the transparency log what it has.

#pragma once

#include <optional>

#include "fedtrail/privacy/disclosure.hpp"

#include "app/config.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

/// As LedgerFolder::fold_settled(), through the sidecar that runs on the data folder, else by itself. Errors:
/// also Denied (no token for the sidecar).
[[nodiscard]] Result<void> fold_now(const Session& session,
                                    const Config& config,
                                    std::optional<privacy::SubjectNumber> subject);

}  // namespace fedtrail::app
