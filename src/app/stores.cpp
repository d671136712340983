#include "app/stores.hpp"

#include "app/master_key.hpp"
#include "app/people_finder.hpp"
#include "app/store_fit.hpp"

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
    if (const auto whole = vault_is_not_lost(config); !whole) {
        return fail(whole);
    }
    return sqlite::SqliteVault::open(vault_file(config), *key, cipher, {mode, aliases_of(config)});
}

sqlite::LedgerOptions ledger_options(const Config& config) {
    sqlite::LedgerOptions options;
    options.retry_horizon = config.ledger.retry_horizon;
    return options;
}

Result<LedgerPair> open_ledger(const Config& config, const sqlite::SqliteVault& vault) {
    if (const auto whole = ledger_is_not_lost(config, vault); !whole) {
        return fail(whole);
    }
    auto writer = sqlite::SqliteLedgerWriter::open(config.store, vault, ledger_options(config));
    if (!writer) {
        return fail(writer);
    }
    auto reader = sqlite::SqliteLedgerReader::open(config.store, vault);
    if (!reader) {
        return fail(reader);
    }
    const auto fit = stores_fit(config, **reader, vault);
    if (!fit) {
        return fail(fit);
    }
    if (auto noted = (*writer)->note_vault(vault.id()); !noted) {
        return fail(noted);
    }
    return LedgerPair{std::move(*writer), std::move(*reader), *fit};
}

Result<void> make_stores(const Config& config, const Environment& environment, const Cipher& cipher) {
    const auto vault = open_vault(config, environment, cipher, sqlite::OpenMode::ReadWrite);
    if (!vault) {
        return fail(vault);
    }
    const auto ledger = open_ledger(config, **vault);
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
    room.people = people_finder(config, environment, *room.cipher, *room.vault);
    if (const auto whole = ledger_is_not_lost(config, *room.vault); !whole) {
        return fail(whole);
    }
    auto ledger = sqlite::SqliteLedgerReader::open(config.store, *room.vault);
    if (!ledger) {
        return fail(ledger);
    }
    room.ledger = std::move(*ledger);
    auto fit = stores_fit(config, *room.ledger, *room.vault);
    if (!fit) {
        return fail(fit);
    }
    room.fit = *fit;
    return Result<ReadingRoom>{std::move(room)};
}

}  // namespace fedtrail::app
