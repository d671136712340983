#include "app/store_fit.hpp"

#include <algorithm>

#include "fedtrail/core/count.hpp"

#include "app/files.hpp"
#include "app/log_keys.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::app {

namespace {

constexpr const char* kRestoreBoth = "Restore both parts of one backup (`fedtrail restore`).";
constexpr const char* kRestoreOrAnew =
    "Restore both parts of one backup (`fedtrail restore`); to start anew without what it held, "
    "`fedtrail init --new-ledger`.";

tl::unexpected<Error> lost(const Config& config, const std::string& how, std::uint64_t people) {
    const auto known = people > 0 ? "its vault has numbered " + counted(people, "person", "people")
                                  : std::string{"the transparency log has leaves of it"};
    return fail(ErrorKind::Conflict,
                "the ledger " + config.store.string() + " " + how + ", though " + known,
                kRestoreOrAnew);
}

}  // namespace

std::uint64_t leaves_in_log(const Config& config, LeafStore store) {
    if (!is_there(log_file(config))) {
        return 0;
    }
    const auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadOnly);
    return log ? (*log)->taken(store).value_or(0) : 0;
}

Result<void> vault_is_not_lost(const Config& config) {
    std::error_code missing;
    const auto octets = std::filesystem::file_size(vault_file(config), missing);
    if (!missing && octets > 0) {
        return {};
    }
    const auto how = missing ? " is there without its vault " : " is there, and nothing is in its vault ";
    const auto alone = [&](const std::filesystem::path& store, const std::string& name) {
        return fail(ErrorKind::Conflict,
                    "the " + name + " " + store.string() + how + vault_file(config).string(),
                    "Restore the vault from the same backup; to start anew, move the " + name + " away.");
    };
    if (is_there(config.store)) {
        return alone(config.store, "ledger");
    }
    const bool named =
        leaves_in_log(config, LeafStore::Ledger) > 0 || leaves_in_log(config, LeafStore::Vault) > 0;
    return named ? Result<void>{alone(log_file(config), "log")} : Result<void>{};
}

Result<void> ledger_is_not_lost(const Config& config, const sqlite::SqliteVault& vault) {
    std::error_code missing;
    const auto octets = std::filesystem::file_size(config.store, missing);
    if (!missing && octets > 0) {
        return {};
    }
    const auto last = vault.last_number();
    if (!last) {
        return fail(last);
    }
    if (last->get() == 0 && leaves_in_log(config, LeafStore::Ledger) == 0) {
        return {};
    }
    return lost(config, missing ? "is not there" : "is empty", last->get());
}

Result<StoreFit> stores_fit(const Config& config,
                            const sqlite::SqliteLedgerReader& ledger,
                            const sqlite::SqliteVault& vault) {
    // In this order, since a sidecar may work meanwhile: the vault numbers, the ledger records, the log
    // takes.
    const auto taken = leaves_in_log(config, LeafStore::Ledger);
    const auto leaves = ledger.last_leaf();
    const auto note = leaves ? ledger.vault_note() : Result<sqlite::VaultNote>{fail(leaves)};
    const auto last = note ? vault.last_number() : Result<privacy::SubjectNumber>{fail(note)};
    if (!last) {
        return fail(last);
    }
    const auto pair = "the ledger " + config.store.string();
    if (note->vault && *note->vault != vault.id()) {
        return fail(ErrorKind::Conflict,
                    pair + " belongs to another vault than " + vault_file(config).string(),
                    kRestoreBoth);
    }
    if (note->greatest > last->get()) {
        return fail(ErrorKind::Conflict,
                    "the vault " + vault_file(config).string() + " is older than " + pair +
                        ": it has numbered " + counted(last->get(), "person", "people") +
                        ", the ledger knows number " + std::to_string(note->greatest) +
                        ", and new people would get the records of others",
                    kRestoreBoth);
    }
    if (taken > *leaves) {
        return *leaves == 0 ? Result<StoreFit>{lost(config, "is empty", last->get())}
                            : Result<StoreFit>{fail(
                                  ErrorKind::Conflict,
                                  pair + " is older than the transparency log, which has " + grouped(taken) +
                                      " of its leaves where the ledger has " + grouped(*leaves),
                                  kRestoreBoth)};
    }
    if (!note->vault && note->greatest == 0 && last->get() > 0) {
        return lost(config, "is empty", last->get());
    }
    return StoreFit{last->get(), note->greatest};
}

std::string lag_of(const StoreFit& fit) {
    if (fit.vault_last <= fit.ledger_greatest) {
        return {};
    }
    return "the vault has numbered " + counted(fit.vault_last, "person", "people") +
           ", the ledger has nothing of those above " + std::to_string(fit.ledger_greatest) +
           ": a write failed, or the ledger is older than its vault and what was recorded since is lost";
}

}  // namespace fedtrail::app
