/// The one writer's side: vault, ledger and recorder, with the thread that commits.

#pragma once

#include <filesystem>
#include <memory>
#include <thread>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/clock.hpp"

#include "app/config.hpp"
#include "app/stores.hpp"
#include "capture/recorder.hpp"

namespace fedtrail::app {

/// Whoever has one holds the InstanceLock of its data folder.
class Books {
public:
    /// Opens everything and starts to commit. `clock` must outlive it. Errors: those of the stores.
    [[nodiscard]] static Result<std::unique_ptr<Books>> open(const Config& config,
                                                             const Environment& environment,
                                                             const Clock& clock,
                                                             capture::RecorderEvents events);
    Books(const Books&) = delete;
    Books& operator=(const Books&) = delete;
    Books(Books&&) = delete;
    Books& operator=(Books&&) = delete;
    ~Books();

    [[nodiscard]] const Cipher& cipher() const { return *cipher_; }
    [[nodiscard]] sqlite::SqliteVault& vault() { return *vault_; }
    [[nodiscard]] const sqlite::SqliteLedgerReader& ledger() const { return *reader_; }
    [[nodiscard]] DeliverySink& sink() { return *recorder_; }
    [[nodiscard]] LedgerForgetter& forgetter() { return *recorder_; }
    [[nodiscard]] LedgerFolder& folder() { return *recorder_; }
    [[nodiscard]] capture::RecorderFigures figures() const { return recorder_->figures(); }

    /// Writes what still waits; nothing is taken in afterwards. Gaps that the ledger does not take are kept
    /// for the next start. Idempotent.
    void close();

private:
    Books() = default;
    [[nodiscard]] Result<void> open_stores(const Config& config, const Environment& environment);

    // In the order in which they are built.
    std::unique_ptr<openssl::OpensslCipher> cipher_;
    std::unique_ptr<sqlite::SqliteVault> vault_;
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer_;
    std::unique_ptr<sqlite::SqliteLedgerReader> reader_;
    std::unique_ptr<capture::Recorder> recorder_;
    std::filesystem::path gaps_file_;
    std::jthread committing_;
};

}  // namespace fedtrail::app
