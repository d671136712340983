#include "app/new_ledger.hpp"

#include <algorithm>

#include "app/files.hpp"
#include "app/log_keys.hpp"
#include "app/restore_check.hpp"
#include "app/restore_note.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

std::string stamp() {
    auto text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(SystemClock{}.now()));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// A database goes with its log, which has commits that the file has not.
Result<void> put_aside(const fs::path& file, const std::string& end, std::vector<fs::path>& aside) {
    for (const auto* suffix : {"-wal", "-shm", ""}) {
        const fs::path from{file.string() + suffix};
        if (!is_there(from)) {
            continue;
        }
        fs::path to{file.string() + end + suffix};
        std::error_code error;
        fs::rename(from, to, error);
        if (error) {
            return fail(ErrorKind::Unavailable, from.string() + " cannot be renamed: " + error.message());
        }
        aside.push_back(std::move(to));
    }
    return {};
}

Result<void> another_log_name(const Config& config) {
    RestoreOrder here;
    here.ledger = log_key_file(config).parent_path();
    const auto used = used_log_names(config, here, true);
    const auto name = log_name(config);
    if (std::find(used.begin(), used.end(), name) == used.end()) {
        return {};
    }
    return fail(ErrorKind::Invalid,
                "the transparency log \"" + name +
                    "\" has leaves of the old ledger: with a new one another log begins, "
                    "which needs another name",
                "Set log.name in the configuration to a name that none had, for instance \"" +
                    next_log_name(name, used) + "\".");
}

}  // namespace

Result<std::vector<fs::path>> begin_new_ledger(const Config& config,
                                               const sqlite::SqliteVault& vault,
                                               const InstanceLock& /*alone*/) {
    const bool log_goes = leaves_in_log(config, LeafStore::Ledger) > 0;
    auto done = log_goes ? another_log_name(config) : Result<void>{};
    const auto moment = stamp();
    std::vector<fs::path> aside;
    done = done ? put_aside(config.store, kSetAside + moment, aside) : done;
    // The log last: as long as it is there, no other command begins a ledger.
    for (const auto& file : {config.log.guard, log_key_file(config), log_file(config)}) {
        done = done && log_goes ? put_aside(file, kEnded + moment, aside) : done;
    }
    if (!done) {
        return fail(done);
    }
    const auto ledger = sqlite::SqliteLedgerWriter::open(config.store, vault, ledger_options(config));
    done = ledger ? (*ledger)->note_vault(vault.id()) : Result<void>{fail(ledger)};
    return done ? Result<std::vector<fs::path>>{std::move(aside)} : fail(done);
}

}  // namespace fedtrail::app
