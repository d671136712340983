/// The vault and the ledger of a configuration, opened.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/cipher.hpp"

#include "app/config.hpp"
#include "app/store_fit.hpp"
#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"

namespace fedtrail::app {

/// Rows that are read from a book at once.
inline constexpr std::size_t kPage = 1000;

[[nodiscard]] std::filesystem::path vault_file(const Config& config);

/// Errors: those of master_key(), vault_is_not_lost() and SqliteVault::open().
[[nodiscard]] Result<std::unique_ptr<sqlite::SqliteVault>> open_vault(const Config& config,
                                                                      const Environment& environment,
                                                                      const Cipher& cipher,
                                                                      sqlite::OpenMode mode);

[[nodiscard]] sqlite::LedgerOptions ledger_options(const Config& config);

/// Both sides of a ledger that fits its vault.
struct LedgerPair {
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer;
    std::unique_ptr<sqlite::SqliteLedgerReader> reader;
    StoreFit fit;
};

/// Makes the ledger if neither vault nor log had one before. `vault` must outlive it. Errors: those of the
/// stores and of stores_fit().
[[nodiscard]] Result<LedgerPair> open_ledger(const Config& config, const sqlite::SqliteVault& vault);

/// Makes vault and ledger if they are not there, and brings them to this release's layout.
[[nodiscard]] Result<void> make_stores(const Config& config,
                                       const Environment& environment,
                                       const Cipher& cipher);

/// What commands read from; works beside a running sidecar.
struct ReadingRoom {
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerReader> ledger;
    StoreFit fit;
    std::unique_ptr<SubjectFinder> people;  ///< Who is meant by a name; may ask the origin.
};

[[nodiscard]] Result<ReadingRoom> open_reading_room(const Config& config, const Environment& environment);

}  // namespace fedtrail::app
