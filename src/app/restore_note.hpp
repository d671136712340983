/// The note that a restore leaves in data_dir while files are being put into their places.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

/// What was there before a restore is called FILE.before-STAMP.
inline constexpr const char* kSetAside = ".before-";
/// A log that another one follows, its key and its guard: FILE.ended-STAMP. They check what was signed.
inline constexpr const char* kEnded = ".ended-";
/// A file of the backup that is not in its place yet: FILE.restoring.
inline constexpr const char* kStaged = ".restoring";
[[nodiscard]] inline bool is_set_aside(const std::filesystem::path& file) {
    return file.filename().string().find(kSetAside) != std::string::npos;
}

struct RestoreNote {
    std::string backup;  ///< The backup's id.
    std::string stamp;   ///< What the files that were there are called by.
};

[[nodiscard]] std::filesystem::path restore_note_file(const std::filesystem::path& data_dir);
/// Nothing if no restore was interrupted. Errors: Denied, Corrupt.
[[nodiscard]] Result<std::optional<RestoreNote>> read_restore_note(const std::filesystem::path& data_dir);
[[nodiscard]] Result<void> write_restore_note(const std::filesystem::path& data_dir, const RestoreNote& note);

/// Errors: Conflict while a restore is under way, or if one was interrupted.
[[nodiscard]] Result<void> not_half_restored(const std::filesystem::path& data_dir);

}  // namespace fedtrail::app
