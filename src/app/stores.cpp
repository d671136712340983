#include "app/stores.hpp"

#include "app/master_key.hpp"

namespace fedtrail::app {

namespace {

std::vector<sqlite::HostAlias> aliases_of(const Config& config) {
    std::vector<sqlite::HostAlias> aliases;
    for (const auto& origin : config.origins) {
        for (const auto& alias : origin.aliases) {
            aliases.push_back({alias, origin.host});
        }
    }
    return aliases;
}

/// A new vault would count its subjects from 1 again, and give one person's history to another.
Result<void> no_ledger_alone(const Config& config) {
    std::error_code ignored;
    if (!std::filesystem::exists(config.store, ignored) ||
        std::filesystem::exists(vault_file(config), ignored)) {
        return {};
    }
    return fail(
        ErrorKind::Conflict,
        "the ledger " + config.store.string() + " is there without its vault " + vault_file(config).string(),
        "Restore the vault from the same backup; to start anew, move the ledger away.");
}

}  // namespace

std::filesystem::path vault_file(const Config& config) {
    return config.data_dir / "vault.db";
}

Result<std::unique_ptr<sqlite::SqliteVault>> open_vault(const Config& config,
                                                        const Environment& environment,
                                                        const Cipher& cipher,
                                                        sqlite::OpenMode mode) {
    const auto key = master_key(config, environment);
    if (!key) {
        return fail(key);
    }
    if (mode == sqlite::OpenMode::ReadWrite) {
        if (const auto whole = no_ledger_alone(config); !whole) {
            return fail(whole);
        }
    }
    return sqlite::SqliteVault::open(vault_file(config), *key, cipher, {mode, aliases_of(config)});
}

sqlite::LedgerOptions ledger_options(const Config& config) {
    sqlite::LedgerOptions options;
    options.retry_horizon = config.ledger.retry_horizon;
    return options;
}

Result<void> make_stores(const Config& config, const Environment& environment, const Cipher& cipher) {
    const auto vault = open_vault(config, environment, cipher, sqlite::OpenMode::ReadWrite);
    if (!vault) {
        return fail(vault);
    }
    const auto ledger = sqlite::SqliteLedgerWriter::open(config.store, **vault, ledger_options(config));
    return ledger ? Result<void>{} : Result<void>{fail(ledger)};
}

Result<ReadingRoom> open_reading_room(const Config& config, const Environment& environment) {
    ReadingRoom room;
    auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    room.cipher = std::move(*cipher);
    auto vault = open_vault(config, environment, *room.cipher, sqlite::OpenMode::ReadOnly);
    if (!vault) {
        return fail(vault);
    }
    room.vault = std::move(*vault);
    auto ledger = sqlite::SqliteLedgerReader::open(config.store, *room.vault);
    if (!ledger) {
        return fail(ledger);
    }
    room.ledger = std::move(*ledger);
    return Result<ReadingRoom>{std::move(room)};
}

}  // namespace fedtrail::app
