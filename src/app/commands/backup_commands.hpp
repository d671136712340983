/// Commands that copy the stores, and put copies back.

#pragma once

#include <string>

#include "app/session.hpp"

namespace fedtrail::app {

struct BackupOptions {
    std::string to;
    std::string vault_to;
};

struct RestoreOptions {
    std::string ledger;
    std::string vault;
    std::string shreddings;
    bool no_shreddings{};
    bool new_log{};
    bool discard{};
    bool dry_run{};
};

/// `backup`: beside a running sidecar or without one.
[[nodiscard]] Result<Exit> backup(Session& session, const BackupOptions& options);
/// `restore`: while no sidecar runs.
[[nodiscard]] Result<Exit> restore(Session& session, const RestoreOptions& options);

}  // namespace fedtrail::app
