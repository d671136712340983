/// Before something is proven: has the ledger show the transparency log what it has.

#pragma once

#include <optional>

#include "fedtrail/privacy/disclosure.hpp"

#include "app/config.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

/// As LedgerFolder::fold_settled(), through the sidecar that runs on the data folder, else by itself. What
/// fails is complained about, and no error: how much is missing then is told with what is proven.
void fold_or_say(Session& session, const Config& config, std::optional<privacy::SubjectNumber> subject);

}  // namespace fedtrail::app
