/// Commands that forget people, and show who looked at their data.

#pragma once

#include <string>

#include "app/session.hpp"

namespace fedtrail::app {

struct ForgettingOptions {
    std::string subject;
    std::string reason;
    bool dry_run{};
};

/// `subjects shred`: through the running sidecar, or by itself where none runs.
[[nodiscard]] Result<Exit> subjects_shred(Session& session, const ForgettingOptions& options);
/// `subjects shredded`
[[nodiscard]] Result<Exit> subjects_shredded(Session& session);
/// `subjects accesses`
[[nodiscard]] Result<Exit> subjects_accesses(Session& session, const ForgettingOptions& options);
/// `retention run`, likewise
[[nodiscard]] Result<Exit> retention_run(Session& session, const ForgettingOptions& options);
/// `retention show`
[[nodiscard]] Result<Exit> retention_show(Session& session);

}  // namespace fedtrail::app
