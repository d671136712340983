/// Whether vault, ledger and log are of one moment. A ledger that knows a number the vault has not given yet
/// would give one person's history to another; a new one would answer that nothing was recorded.

#pragma once

#include <cstdint>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/leaf_source.hpp"

#include "app/config.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::app {

/// How many leaves of a store the log has; 0 where there is no log that can be read.
[[nodiscard]] std::uint64_t leaves_in_log(const Config& config, LeafStore store);

/// Before the vault is opened, since opening may make one. Errors: Conflict.
[[nodiscard]] Result<void> vault_is_not_lost(const Config& config);

/// Before the ledger is opened, for the same reason. Errors: Conflict.
[[nodiscard]] Result<void> ledger_is_not_lost(const Config& config, const sqlite::SqliteVault& vault);

/// The vault is written first: it may be ahead, by people whose first record could not be written.
struct StoreFit {
    std::uint64_t vault_last{};       ///< The last number that the vault gave.
    std::uint64_t ledger_greatest{};  ///< The greatest that the ledger has something of.
};

/// Errors: Conflict (of another vault, ahead of the vault, behind the log, or empty where it cannot be),
/// Corrupt.
[[nodiscard]] Result<StoreFit> stores_fit(const Config& config,
                                          const sqlite::SqliteLedgerReader& ledger,
                                          const sqlite::SqliteVault& vault);

/// What to say where the vault is ahead; empty where it is not.
[[nodiscard]] std::string lag_of(const StoreFit& fit);

}  // namespace fedtrail::app
