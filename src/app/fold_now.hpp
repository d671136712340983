/// Before something is proven: has the ledger show the transparency log what it has.

#pragma once

#include <functional>
#include <optional>

#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/unlogged.hpp"

#include "app/config.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

/// As LedgerFolder::fold_settled(), through the sidecar that runs on the data folder, else by itself. What
/// fails is complained about, and no error: how much is missing then is told with what is proven. On a
/// terminal it says meanwhile how much is left of what `left` counts.
void fold_or_say(Session& session,
                 const Config& config,
                 std::optional<privacy::SubjectNumber> subject,
                 const std::function<Result<records::Unlogged>()>& left);

}  // namespace fedtrail::app
