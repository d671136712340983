/// What `fedtrail status` and the API say of an instance, gathered.

#pragma once

#include <functional>
#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

#include "api/status_json.hpp"
#include "app/config.hpp"
#include "app/due.hpp"
#include "app/instance.hpp"
#include "app/running_figures.hpp"

namespace fedtrail::app {

/// Where the parts come from that the command and the sidecar get in different ways.
struct StatusSources {
    const Config& config;
    const LedgerReader& ledger;
    std::optional<RunningInstance> running;
    RunningAnswers answers;  ///< Of that one.
    std::function<Result<DueErasures>()> due;
};

/// Also reads the log, its guard and the directory, as their files are. What cannot be read is among what is
/// wrong. Errors: those of LedgerReader::totals().
[[nodiscard]] Result<api::StatusView> status_view(const StatusSources& sources);

}  // namespace fedtrail::app
