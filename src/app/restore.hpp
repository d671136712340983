/// Restoring: a backup is checked whole, put into its places in a way that a crash cannot spoil, and whoever
/// was shredded since is shredded again. docs/backup.md.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "app/backup_set.hpp"
#include "app/session.hpp"

namespace fedtrail::app {

struct RestoreOrder {
    std::filesystem::path ledger;      ///< The folder of the ledger's part.
    std::filesystem::path vault;       ///< Of the vault's.
    std::filesystem::path shreddings;  ///< A copy of the register of shreddings; may be empty.
    bool no_shreddings{};              ///< The operator says that nobody was shredded since.
    bool new_log{};                    ///< Begin another transparency log.
    bool dry_run{};
    std::function<void(const std::string& what)> tell;
};

/// How the restored log stands to what was published.
enum class RestoredLog : std::uint8_t {
    None,          ///< Nothing was signed yet.
    Continues,     ///< It has all that was published.
    GuardMissing,  ///< Nobody knows here: there is no guard.
    Stale,         ///< More was published since: it may sign nothing.
    Begun,         ///< Another one begins.
};

struct Restored {
    BackupManifest from;
    std::uint64_t files{};
    std::uint64_t octets{};
    std::uint64_t shredded_again{};
    RestoredLog log{RestoredLog::None};
    std::vector<std::filesystem::path> set_aside;
    std::vector<std::filesystem::path>
        ended_log;                  ///< Log, key and guard that another log follows: to be kept.
    std::vector<std::string> kept;  ///< Files that were not taken: the machine has its own, or the same.
};

/// Errors: Conflict (a sidecar runs; another restore was interrupted; the log would be stale), Invalid (the
/// parts do not belong together), Corrupt (with the file), Denied (the master key is not this vault's; there
/// is no register of shreddings), those of the disk. Until all is checked nothing is changed; from then on
/// the same call again finishes what was interrupted.
[[nodiscard]] Result<Restored> restore_backup(const Session& session,
                                              const Config& config,
                                              const std::filesystem::path& config_file,
                                              const RestoreOrder& order);

}  // namespace fedtrail::app
