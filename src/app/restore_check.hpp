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

/// The names that logs had: the backup's, and with `here` those of this machine, ended ones and all. Two
/// histories under one name would be a forked log.
[[nodiscard]] std::vector<std::string> used_log_names(const Config& config,
                                                      const RestoreOrder& order,
                                                      bool here);
/// The first of NAME/2, NAME/3, … that is not used; NAME's own number is left out.
[[nodiscard]] std::string next_log_name(const std::string& name, const std::vector<std::string>& used);

/// Whoever was shredded, as far as this machine and the operator know. Errors: Denied (nobody knows).
[[nodiscard]] Result<std::vector<RegisteredShredding>> known_shreddings(const Session& session,
                                                                        const Config& config,
                                                                        const BackupPair& pair,
                                                                        const RestoreOrder& order);

}  // namespace fedtrail::app
