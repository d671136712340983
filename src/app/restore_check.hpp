/// What is looked at before a backup is put into its places.

#pragma once

#include "fedtrail/core/result.hpp"

#include "app/restore.hpp"
#include "app/shredding_register.hpp"

namespace fedtrail::app {

/// Both manifests.
struct BackupPair {
    BackupManifest ledger;
    BackupManifest vault;
};

/// Errors: Invalid (not a ledger's and a vault's part of one backup), those of read_manifest().
[[nodiscard]] Result<BackupPair> read_pair(const RestoreOrder& order);

/// Every file of a part: there, with this size and hash, and as a database whole. Errors: Corrupt, NotFound,
/// with the file.
[[nodiscard]] Result<void> check_part(const BackupManifest& manifest,
                                      const std::filesystem::path& folder,
                                      const RestoreOrder& order);

/// Whether the master key opens the vault, and it is the one the manifests name. Errors: Denied, Invalid.
[[nodiscard]] Result<void> check_vault(const Session& session,
                                       const Config& config,
                                       const BackupPair& pair,
                                       const RestoreOrder& order);

/// How the backup's log stands to the guard of this machine.
[[nodiscard]] Result<RestoredLog> log_state(const Config& config,
                                            const BackupPair& pair,
                                            const RestoreOrder& order);

/// Whoever was shredded, as far as this machine and the operator know. Errors: Denied (nobody knows).
[[nodiscard]] Result<std::vector<RegisteredShredding>> known_shreddings(const Session& session,
                                                                        const Config& config,
                                                                        const BackupPair& pair,
                                                                        const RestoreOrder& order);

}  // namespace fedtrail::app
