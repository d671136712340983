/// One import under way: where bad lines and progress go, and who writes.

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "app/import_source.hpp"
#include "app/progress.hpp"
#include "app/remote_import.hpp"
#include "app/session.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

/// Tells what is imported, on the screen or as JSON.
class ImportRun {
public:
    ImportRun(Session& session, const Config& config, ImportSource& source);

    [[nodiscard]] intake::events::ImportOptions options();
    /// After the last batch. Errors: what went wrong beside the import itself.
    [[nodiscard]] Result<void> end(const intake::events::ImportSummary& summary);
    /// `more` stands in the JSON beside the rest.
    void tell(const intake::events::ImportSummary& summary, const nlohmann::ordered_json& more) const;

private:
    void rejected(const intake::events::RejectedLine& line);
    void progressed(const intake::events::ImportSummary& summary);

    Session& session_;
    std::vector<Host> own_hosts_;
    ImportSource& source_;
    Progress progress_;
    SystemClock clock_;
    std::chrono::steady_clock::time_point remembered_{std::chrono::steady_clock::now()};
    bool has_new_rejected_{};  ///< Since then.
    std::vector<std::pair<std::uint64_t, std::string>> reasons_;
    std::optional<Error> trouble_;
};

/// How an import is done: by the sidecar that runs (its doors), or by this process (its sink, with the books
/// it writes). Each gives the summary.
struct ImportWays {
    std::function<Result<intake::events::ImportSummary>(const Sidecar&)> through_sidecar;
    std::function<Result<intake::events::ImportSummary>(
        DeliverySink&, const SubjectVault&, const LedgerReader&)>
        by_itself;
};

/// Takes the way that is open. Errors: Unavailable (a sidecar is not ready), and those of the way.
[[nodiscard]] Result<intake::events::ImportSummary> import_by(const Session& session,
                                                              const Config& config,
                                                              const ImportWays& ways);

/// From here on SIGINT and SIGTERM end an import after its batch.
void watch_import_signals();

/// The exit of a command whose import of `source` ended so.
[[nodiscard]] Result<Exit> import_exit(const ImportSource& source,
                                       const intake::events::ImportSummary& summary);

}  // namespace fedtrail::app
