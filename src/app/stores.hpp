/// The vault and the ledger of a configuration, opened.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/cipher.hpp"

#include "app/config.hpp"
#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::app {

[[nodiscard]] std::filesystem::path vault_file(const Config& config);

/// Errors: those of master_key() and SqliteVault::open().
[[nodiscard]] Result<std::unique_ptr<sqlite::SqliteVault>> open_vault(const Config& config,
                                                                      const Environment& environment,
                                                                      const Cipher& cipher,
                                                                      sqlite::OpenMode mode);

[[nodiscard]] sqlite::LedgerOptions ledger_options(const Config& config);

/// Makes vault and ledger if they are not there, and brings them to this release's layout.
[[nodiscard]] Result<void> make_stores(const Config& config,
                                       const Environment& environment,
                                       const Cipher& cipher);

/// What commands read from; works beside a running sidecar.
struct ReadingRoom {
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerReader> ledger;
};

[[nodiscard]] Result<ReadingRoom> open_reading_room(const Config& config, const Environment& environment);

}  // namespace fedtrail::app
