/// What commands about the log work with; works beside a running sidecar.

#pragma once

#include <memory>
#include <vector>

#include "app/config.hpp"
#include "app/log_guard.hpp"
#include "app/log_keys.hpp"
#include "app/system_clock.hpp"
#include "audit/publisher.hpp"
#include "backends/sqlite/log_reader.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::app {

[[nodiscard]] sqlite::LogPlaces log_places(const Config& config);

/// The log with everything that is put into it, and the hand that signs.
class LogRoom {
public:
    /// Makes log.db and log.key if they are not there. Errors: those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<LogRoom>> open(const Config& config,
                                                               const Clock& clock,
                                                               const Cipher& cipher);

    [[nodiscard]] sqlite::SqliteLog& log() { return *log_; }
    [[nodiscard]] audit::Publisher& publisher() { return *publisher_; }
    [[nodiscard]] const ledger::VerifierKey& key() const { return key_; }

private:
    explicit LogRoom(const Config& config) : guard_(config.log.guard) {}

    GuardFile guard_;
    ledger::VerifierKey key_;
    std::unique_ptr<sqlite::SqliteLog> log_;
    std::vector<std::unique_ptr<sqlite::SqliteLeaves>> leaves_;
    std::unique_ptr<audit::Publisher> publisher_;
};

/// Opens the log to be read, for whoever proves something. Errors: NotFound (nothing was published yet).
[[nodiscard]] Result<std::unique_ptr<sqlite::SqliteLogReader>> open_log_reader(const Config& config,
                                                                               const SubjectSealer& sealer);

}  // namespace fedtrail::app
