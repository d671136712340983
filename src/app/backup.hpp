/// Backing up: copies of all stores, made while the sidecar works.

#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "fedtrail/core/result.hpp"

#include "app/backup_set.hpp"
#include "app/config.hpp"

namespace fedtrail::app {

/// Where the two parts go, and how far it is.
struct BackupOrder {
    std::filesystem::path config_file;
    std::filesystem::path to;        ///< A folder of the ledger's part is made in it.
    std::filesystem::path vault_to;  ///< Likewise of the vault's.
    std::function<void(const std::string& what)> tell;
};

struct BackupMade {
    std::filesystem::path ledger;
    std::filesystem::path vault;
    std::uint64_t files{};
    std::uint64_t octets{};
};

/// Both folders are there whole, or neither is. Errors: Invalid (one folder lies in the other, or in
/// data_dir), Conflict (another backup goes there now; people are being shredded all the time), those of the
/// stores and of the disk.
[[nodiscard]] Result<BackupMade> make_backup(const Config& config,
                                             const Environment& environment,
                                             const BackupOrder& order);

/// Fails with Invalid if one of the folders is the other, or lies in it.
[[nodiscard]] Result<void> must_be_apart(const std::filesystem::path& one,
                                         const std::filesystem::path& other,
                                         const std::string& why);

}  // namespace fedtrail::app
