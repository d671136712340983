#include "app/restore_check.hpp"

#include <algorithm>
#include <array>

#include "fedtrail/core/hex.hpp"
#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/note.hpp"

#include "app/forgetting_wing.hpp"
#include "app/log_guard.hpp"
#include "app/log_keys.hpp"
#include "app/master_key.hpp"
#include "app/restore_note.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"
#include "backends/sqlite/database_copy.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

Result<void> check_file(const BackupFile& file, const fs::path& folder) {
    const auto place = folder / file.name;
    const auto found = measured(place, file.name);
    if (!found) {
        return fail(found);
    }
    if (*found != file) {
        return fail(ErrorKind::Corrupt,
                    place.string() + " is not what was backed up: its size or hash differs",
                    "Take another copy of this backup, or an older backup.");
    }
    return file.name.ends_with(".db") ? sqlite::check_copy(place) : Result<void>{};
}

bool has(const BackupManifest& manifest, const std::string& name) {
    return std::any_of(
        manifest.files.begin(), manifest.files.end(), [&](const auto& file) { return file.name == name; });
}

Result<std::optional<ledger::Checkpoint>> guarded(const Config& config) {
    GuardFile guard{config.log.guard};
    const auto hold = guard.hold(GuardFile::kAwaited);
    const auto text = hold ? (*hold)->read() : Result<std::optional<std::string>>{fail(hold)};
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return std::optional<ledger::Checkpoint>{};
    }
    const auto note = ledger::Note::parse(**text);
    const auto known = note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
    if (!known) {
        return fail(
            ErrorKind::Corrupt,
            "the guard " + config.log.guard.string() +
                " cannot be read: nobody can tell what was published of the log",
            "Put it back from where it was last whole; if there is no such copy, move it to another name, "
            "keep it, and restore again.");
    }
    return std::optional{*known};
}

std::vector<RegisteredShredding> entries_of(const std::string& vault,
                                            const std::vector<records::Shredding>& shreddings) {
    std::vector<RegisteredShredding> entries;
    entries.reserve(shreddings.size());
    for (const auto& one : shreddings) {
        entries.push_back({vault, one.subject, one.at});
    }
    return entries;
}

/// What the vault remembers that is in use now, if it is the same one.
std::optional<std::vector<RegisteredShredding>> remembered(const Session& session,
                                                           const Config& config,
                                                           const std::string& id) {
    const auto cipher = openssl::OpensslCipher::make();
    const auto vault = cipher ? open_vault(config, session.environment, **cipher, sqlite::OpenMode::ReadOnly)
                              : Result<std::unique_ptr<sqlite::SqliteVault>>{fail(cipher)};
    if (!vault || hex((*vault)->id()) != id) {
        return std::nullopt;
    }
    const auto shreddings = (*vault)->shreddings();
    return shreddings ? std::optional{entries_of(id, *shreddings)} : std::nullopt;
}

}  // namespace

Result<BackupPair> read_pair(const RestoreOrder& order) {
    auto ledger = read_manifest(order.ledger);
    auto vault = ledger ? read_manifest(order.vault) : Result<BackupManifest>{fail(ledger)};
    if (!vault) {
        return fail(vault);
    }
    if (ledger->part != BackupPart::Ledger || vault->part != BackupPart::Vault || ledger->id != vault->id) {
        return fail(ErrorKind::Invalid,
                    order.ledger.string() + " and " + order.vault.string() +
                        " are not the ledger's and the vault's part of one backup",
                    "Their names end in the same moment.");
    }
    if (!has(*ledger, "ledger.db") || !has(*vault, "vault.db")) {
        return fail(ErrorKind::Invalid, "the backup has no ledger.db or no vault.db", "Take another backup.");
    }
    return BackupPair{std::move(*ledger), std::move(*vault)};
}

Result<void> check_part(const BackupManifest& manifest, const fs::path& folder, const RestoreOrder& order) {
    for (const auto& file : manifest.files) {
        order.tell("checking " + file.name + ", " + octets(file.octets));
        if (auto checked = check_file(file, folder); !checked) {
            return checked;
        }
    }
    return {};
}

Result<void> check_vault(const Session& session,
                         const Config& config,
                         const BackupPair& pair,
                         const RestoreOrder& order) {
    const auto key = master_key(config, session.environment);
    const auto cipher =
        key ? openssl::OpensslCipher::make() : decltype(openssl::OpensslCipher::make()){fail(key)};
    if (!cipher) {
        return fail(cipher);
    }
    const auto vault = sqlite::SqliteVault::open(
        order.vault / "vault.db", *key, **cipher, {sqlite::OpenMode::ReadOlder, {}});
    if (!vault) {
        return fail(vault);
    }
    if (hex((*vault)->id()) != pair.ledger.vault) {
        return fail(ErrorKind::Invalid, "the vault is not the one that the ledger's part names");
    }
    return {};
}

namespace {

/// Whether the guard is that of the backup's log, which only grew since then. Errors: Denied.
Result<void> guards_this_log(const Config& config,
                             const ledger::Checkpoint& known,
                             const RestoreOrder& order) {
    const auto key = read_note_key(order.ledger / "log.key", ledger::NoteKeyKind::Log);
    if (!key) {
        return {};  // nobody can tell
    }
    const auto& own = key->verifier();
    GuardFile guard{config.log.guard};
    const auto hold = guard.hold(GuardFile::kAwaited);
    const auto text = hold ? (*hold)->read() : Result<std::optional<std::string>>{fail(hold)};
    const auto note =
        text && *text ? ledger::Note::parse(**text) : Result<ledger::Note>{fail(ErrorKind::NotFound, "")};
    const std::array keys{own};
    const auto signatures = note ? ledger::check(*note, keys) : fail(note);
    if (known.origin == own.name && (!note || (signatures && !signatures->empty()))) {
        return {};
    }
    return fail(ErrorKind::Denied,
                "the guard " + config.log.guard.string() + " is that of another log (" + known.origin +
                    (known.origin == own.name ? ", with another key" : "") + "), not of the backup's (" +
                    own.name + ")",
                "Name this instance's own file as log.guard, and restore again. If the other log was this "
                "instance's too, set log.name to a name that none had and give --new-log.");
}

}  // namespace

Result<RestoredLog> log_state(const Config& config, const BackupPair& pair, const RestoreOrder& order) {
    if (!has(pair.ledger, "log.db")) {
        return RestoredLog::None;
    }
    const auto log = sqlite::SqliteLog::open(order.ledger / "log.db", sqlite::OpenMode::ReadOlder);
    const auto last = log ? (*log)->last_checkpoint() : Result<std::optional<SignedCheckpoint>>{fail(log)};
    if (!last) {
        return fail(last);
    }
    const auto known = guarded(config);
    if (!known) {
        return fail(known);
    }
    if (!*known) {
        return *last ? RestoredLog::GuardMissing : RestoredLog::None;
    }
    const auto root = (*log)->root_at((*known)->size);
    if (root && *root == (*known)->root) {
        return RestoredLog::Continues;
    }
    if (!order.new_log) {  // otherwise the guard may be that of a log which ended
        if (const auto own = guards_this_log(config, **known, order); !own) {
            return fail(own);
        }
    }
    return RestoredLog::Stale;
}

namespace {

/// What restores put aside of the key of a log.
std::vector<fs::path> keys_aside(const fs::path& key) {
    const auto own = key.filename().string();
    std::vector<fs::path> keys;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{key.parent_path(), error}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(own + kEnded) || name.starts_with(own + kSetAside)) {
            keys.push_back(entry.path());
        }
    }
    return keys;
}

}  // namespace

std::vector<std::string> used_log_names(const Config& config, const RestoreOrder& order, bool here) {
    std::vector<fs::path> keys{order.ledger / "log.key"};
    std::vector<std::string> names;
    if (here) {
        const auto key = log_key_file(config);
        keys.push_back(key);
        const auto aside = keys_aside(key);
        keys.insert(keys.end(), aside.begin(), aside.end());
        if (const auto known = guarded(config); known && *known) {
            names.push_back((*known)->origin);
        }
    }
    for (const auto& file : keys) {
        if (const auto key = read_note_key(file, ledger::NoteKeyKind::Log)) {
            names.push_back(key->verifier().name);
        }
    }
    return names;
}

std::string next_log_name(const std::string& name, const std::vector<std::string>& used) {
    const auto slash = name.rfind('/');
    const bool numbered = slash != std::string::npos && slash + 1 < name.size() &&
                          std::all_of(name.begin() + static_cast<std::ptrdiff_t>(slash) + 1,
                                      name.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
    const auto base = numbered ? name.substr(0, slash) : name;
    for (unsigned number = 2;; ++number) {
        auto next = base + "/" + std::to_string(number);
        if (std::find(used.begin(), used.end(), next) == used.end()) {
            return next;
        }
    }
}

Result<std::vector<RegisteredShredding>> known_shreddings(const Session& session,
                                                          const Config& config,
                                                          const BackupPair& pair,
                                                          const RestoreOrder& order) {
    const auto own = shredding_register_file(config);
    std::error_code ignored;
    auto all = remembered(session, config, pair.ledger.vault);
    if (!all && order.shreddings.empty() && !order.no_shreddings && !fs::exists(own, ignored)) {
        return fail(ErrorKind::Denied,
                    "nothing here says who was shredded after the backup: there is no " + own.string(),
                    "Give a copy of it with --shreddings FILE; only if surely nobody was, --no-shreddings.");
    }
    std::vector<RegisteredShredding> entries = all.value_or(std::vector<RegisteredShredding>{});
    for (const auto& file : {own, order.shreddings}) {
        if (file.empty()) {
            continue;
        }
        const bool vault_knows = all && file == own;
        const auto more = ShreddingRegister::read(file, vault_knows ? LastLine::AnyHalf : LastLine::Whole);
        if (!more) {
            return fail(more);
        }
        if (more->empty() && file == order.shreddings && !fs::exists(file, ignored)) {
            return fail(ErrorKind::NotFound, file.string() + " is not there");
        }
        entries.insert(entries.end(), more->begin(), more->end());
    }
    return entries;
}

}  // namespace fedtrail::app
