#include "app/restore_note.hpp"

#include <nlohmann/json.hpp>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

fs::path restore_note_file(const fs::path& data_dir) {
    return data_dir / "restore.json";
}

Result<std::optional<RestoreNote>> read_restore_note(const fs::path& data_dir) {
    const auto file = restore_note_file(data_dir);
    const auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return std::optional<RestoreNote>{};
    }
    const auto said = nlohmann::json::parse(**text, nullptr, false);
    if (!said.is_object() || !said.value("backup", nlohmann::json{}).is_string() ||
        !said.value("stamp", nlohmann::json{}).is_string()) {
        return fail(ErrorKind::Corrupt,
                    file.string() + " cannot be read",
                    "Look which files beside it end in \".restoring\", and which have \".before-\" or "
                    "\".ended-\" in them.");
    }
    return std::optional{RestoreNote{said["backup"], said["stamp"]}};
}

Result<void> write_restore_note(const fs::path& data_dir, const RestoreNote& note) {
    return replace_file(restore_note_file(data_dir),
                        nlohmann::json{{"backup", note.backup}, {"stamp", note.stamp}}.dump() + "\n");
}

Result<void> not_half_restored(const fs::path& data_dir) {
    std::error_code ignored;
    if (!fs::exists(restore_note_file(data_dir), ignored)) {
        return {};
    }
    return fail(ErrorKind::Conflict,
                "a restore of " + data_dir.string() + " is under way or was interrupted",
                "If none runs, give the same `fedtrail restore` again: it goes on where it was.");
}

}  // namespace fedtrail::app
