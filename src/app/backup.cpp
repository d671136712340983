#include "app/backup.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

#include "fedtrail/core/hex.hpp"

#include "app/files.hpp"
#include "app/restore_note.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "backends/sqlite/database_copy.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr int kTries = 3;
constexpr std::string_view kLedgerName = "fedtrail-";
constexpr std::string_view kVaultName = "fedtrail-vault-";
constexpr std::string_view kUnfinished = ".partial";

/// 20261128T101500Z
std::string stamp_of(Instant at) {
    auto text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(at));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// One backup at a time into a folder; what an interrupted one left is removed.
Result<Descriptor> hold(const fs::path& folder) {
    if (auto made = make_folder(folder); !made) {
        return fail(made);
    }
    Descriptor held{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!held.open() || ::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(ErrorKind::Conflict,
                    "another backup is being written into " + folder.string(),
                    "Wait until it has ended.");
    }
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator{folder, ignored}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(kLedgerName) && name.ends_with(kUnfinished)) {
            fs::remove_all(entry.path(), ignored);
        }
    }
    return Result<Descriptor>{std::move(held)};
}

/// A folder that has its name only when it is whole; what was not finished goes with the object, since it may
/// have the key of somebody who was shredded meanwhile.
class Part {
public:
    Part(fs::path folder, BackupManifest manifest)
        : folder_(std::move(folder)),
          beside_(folder_.string() + std::string{kUnfinished}),
          manifest_(std::move(manifest)) {}
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    Part(Part&&) = delete;
    Part& operator=(Part&&) = delete;
    ~Part() {
        std::error_code ignored;  // under that name the next backup removes it
        fs::remove_all(beside_, ignored);
    }

    Result<void> begin() const {
        std::error_code ignored;
        fs::remove_all(beside_, ignored);
        if (fs::exists(folder_, ignored)) {
            return fail(ErrorKind::Conflict, folder_.string() + " is there already", "Wait a second.");
        }
        return make_folder(beside_);
    }

    Result<void> take(const BackupItem& item) {
        const auto to = beside_ / item.name;
        auto copied = item.database ? sqlite::copy_database(item.place, to) : copy_plain(item.place, to);
        if (!copied) {
            return copied;
        }
        auto file = measured(to, item.name);
        if (!file) {
            return fail(file);
        }
        manifest_.files.push_back(std::move(*file));
        return {};
    }

    Result<void> take_folder(const fs::path& from, const std::string& name) {
        std::error_code error;
        if (!fs::is_directory(from, error)) {
            return {};
        }
        if (auto made = make_folder(beside_ / name); !made) {
            return made;
        }
        for (const auto& entry : fs::directory_iterator{from, error}) {
            if (!entry.is_regular_file(error) || is_set_aside(entry.path()) ||
                erasure::is_half_a_letter(entry.path())) {
                continue;
            }
            const auto file = name + "/" + entry.path().filename().string();
            if (auto taken = take({file, entry.path(), manifest_.part, false, false}); !taken) {
                return taken;
            }
        }
        return flush_folder(beside_ / name);
    }

    Result<void> finish() const {
        if (auto written = replace_file(beside_ / kBackupManifest, manifest_.text()); !written) {
            return written;
        }
        if (auto flushed = flush_folder(beside_); !flushed) {
            return flushed;
        }
        std::error_code error;
        fs::rename(beside_, folder_, error);
        if (error) {
            return fail(ErrorKind::Unavailable, folder_.string() + " cannot be made: " + error.message());
        }
        return flush_folder(folder_.parent_path());
    }

    [[nodiscard]] const fs::path& folder() const { return folder_; }
    [[nodiscard]] const BackupManifest& manifest() const { return manifest_; }

private:
    fs::path folder_;
    fs::path beside_;
    BackupManifest manifest_;
};

BackupManifest manifest_of(BackupPart part,
                           const std::string& id,
                           Instant at,
                           const sqlite::SqliteVault& vault) {
    return {id, part, at, FEDTRAIL_VERSION, hex(vault.id()), {}};
}

Result<void> copy_all(const Config& config, const BackupOrder& order, Part& ledger, Part& vault) {
    for (const auto& item : backup_items(config, order.config_file)) {
        std::error_code ignored;
        if (!fs::exists(item.place, ignored)) {
            continue;
        }
        auto& part = item.part == BackupPart::Ledger ? ledger : vault;
        if (auto taken = part.take(item); !taken) {
            return taken;
        }
        // Of the copy: what is in a write-ahead log is not in the size of its store.
        order.tell(item.name + ", " + octets(part.manifest().files.back().octets));
    }
    return vault.take_folder(config.erasure.letters, "letters");
}

BackupMade told(const Part& ledger, const Part& vault) {
    BackupMade made{ledger.folder(), vault.folder(), 0, 0};
    for (const auto* part : {&ledger, &vault}) {
        made.files += part->manifest().files.size();
        for (const auto& file : part->manifest().files) {
            made.octets += file.octets;
        }
    }
    return made;
}

/// Whether it was whole: nobody was shredded between the first copy and the last.
Result<std::optional<BackupMade>> attempt(const Config& config,
                                          const BackupOrder& order,
                                          const ReadingRoom& reading) {
    const auto before = reading.vault->shreddings();
    if (!before) {
        return fail(before);
    }
    std::array<std::byte, 16> id{};
    reading.cipher->random(id);
    const auto now = SystemClock{}.now();
    Part ledger{order.to / (std::string{kLedgerName} + stamp_of(now)),
                manifest_of(BackupPart::Ledger, hex(id), now, *reading.vault)};
    Part vault{order.vault_to / (std::string{kVaultName} + stamp_of(now)),
               manifest_of(BackupPart::Vault, hex(id), now, *reading.vault)};
    auto begun = ledger.begin();
    begun = begun ? vault.begin() : begun;
    if (const auto copied = begun ? copy_all(config, order, ledger, vault) : begun; !copied) {
        return fail(copied);
    }
    const auto after = reading.vault->shreddings();
    if (!after) {
        return fail(after);
    }
    if (*before != *after) {
        return std::optional<BackupMade>{};
    }
    for (const auto* part : {&vault, &ledger}) {
        if (auto finished = part->finish(); !finished) {
            return fail(finished);
        }
    }
    return std::optional{told(ledger, vault)};
}

}  // namespace

Result<void> must_be_apart(const fs::path& one, const fs::path& other, const std::string& why) {
    const auto canonical = [](const fs::path& folder) {
        std::error_code ignored;
        const auto whole = fs::weakly_canonical(fs::absolute(folder), ignored);
        return whole.has_filename() ? whole : whole.parent_path();  // "backups/" is "backups"
    };
    const auto first = canonical(one);
    const auto second = canonical(other);
    const auto within = [](const fs::path& inner, const fs::path& outer) {
        return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
    };
    if (first == second) {
        return fail(ErrorKind::Invalid, "both are the folder " + first.string(), why);
    }
    for (const auto& [inner, outer] : {std::pair{first, second}, std::pair{second, first}}) {
        if (within(inner, outer)) {
            return fail(ErrorKind::Invalid, inner.string() + " lies in " + outer.string(), why);
        }
    }
    return {};
}

Result<BackupMade> make_backup(const Config& config,
                               const Environment& environment,
                               const BackupOrder& order) {
    for (const auto& apart :
         {must_be_apart(order.to,
                        order.vault_to,
                        "Keep the vault's backups apart: without them the others name nobody."),
          must_be_apart(order.to, config.data_dir, "Put backups outside data_dir."),
          must_be_apart(order.vault_to, config.data_dir, "Put backups outside data_dir.")}) {
        if (!apart) {
            return fail(apart);
        }
    }
    const auto reading = open_reading_room(config, environment);
    if (!reading) {
        return fail(reading);
    }
    const auto held = hold(order.to);
    const auto vault_held = held ? hold(order.vault_to) : Result<Descriptor>{fail(held)};
    if (!vault_held) {
        return fail(vault_held);
    }
    for (int i = 0; i < kTries; ++i) {
        auto made = attempt(config, order, *reading);
        if (!made) {
            return fail(made);
        }
        if (*made) {
            return **made;
        }
    }
    return fail(ErrorKind::Conflict, "people were shredded while the stores were copied", "Try again.");
}

}  // namespace fedtrail::app
