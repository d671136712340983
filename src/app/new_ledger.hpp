/// `fedtrail init --new-ledger`: a ledger to start anew with, where the old one is lost.

#pragma once

#include <filesystem>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "app/config.hpp"
#include "app/instance.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::app {

/// Puts what is left of the old ledger aside, and a log that has leaves of it: the new ledger's would stand
/// in the places of those. Gives back what was put aside. Interrupted, it is given again. Errors: Invalid
/// (the next log needs another name), Unavailable, those of the stores.
[[nodiscard]] Result<std::vector<std::filesystem::path>> begin_new_ledger(const Config& config,
                                                                          const sqlite::SqliteVault& vault,
                                                                          const InstanceLock& alone);

}  // namespace fedtrail::app
