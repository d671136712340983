/// What a backup consists of: two folders that belong together, each with a manifest. docs/backup.md.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

enum class BackupPart : std::uint8_t {
    Ledger,  ///< All that is pseudonymous without the vault.
    Vault,   ///< Who people are: to be kept elsewhere, and for a shorter time.
};

[[nodiscard]] std::string_view name_of(BackupPart part);

/// A file that is taken, and where it stands.
struct BackupItem {
    std::string name;  ///< In the backup.
    std::filesystem::path place;
    BackupPart part{BackupPart::Ledger};
    bool database{};
    bool own_first{};  ///< What the machine has is newer than any backup and stays.
};

/// In the order in which they are copied. The log comes before the stores whose leaves it took, and the vault
/// after all that refers to its people: whatever happens meanwhile, no copy refers to what another lacks.
[[nodiscard]] std::vector<BackupItem> backup_items(const Config& config,
                                                   const std::filesystem::path& config_file);

struct BackupFile {
    std::string name;
    std::uint64_t octets{};
    std::string sha256;  ///< Hexadecimal.

    friend bool operator==(const BackupFile&, const BackupFile&) = default;
};

/// `backup.json` of one part; schemas/backup.schema.json.
struct BackupManifest {
    std::string id;  ///< 32 hexadecimal digits: the same in both parts.
    BackupPart part{BackupPart::Ledger};
    Instant at{};         ///< When copying began.
    std::string program;  ///< The release that made it.
    std::string vault;    ///< The vault's id, hexadecimal.
    std::vector<BackupFile> files;

    [[nodiscard]] std::string text() const;
    /// Errors: Invalid, with the place.
    [[nodiscard]] static Result<BackupManifest> parse(const std::string& text);

    friend bool operator==(const BackupManifest&, const BackupManifest&) = default;
};

inline constexpr const char* kBackupManifest = "backup.json";

/// Errors: NotFound, Invalid (above 16 MiB; no manifest).
[[nodiscard]] Result<BackupManifest> read_manifest(const std::filesystem::path& folder);

/// Size and hash of a file. Errors: NotFound, Denied, Unavailable.
[[nodiscard]] Result<BackupFile> measured(const std::filesystem::path& file, std::string name);

/// Copies a plain file (mode 0600, flushed, with its time: what is kept for a time is no younger in a copy).
/// Errors: NotFound, Denied, Unavailable.
[[nodiscard]] Result<void> copy_plain(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes a rename in the folder last. Errors: Unavailable.
[[nodiscard]] Result<void> flush_folder(const std::filesystem::path& folder);

}  // namespace fedtrail::app
