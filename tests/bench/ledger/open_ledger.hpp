/// The ledger as the sidecar opens it, in a directory of its own: vault and ledger of the embedded default.

#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/ledger_writer.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "bench/ledger/workload.hpp"

namespace fedtrail::bench {

class OpenLedger {
public:
    enum class For { Writing, Reading };
    /// Makes what is missing in `directory`; for reading there must be a ledger, and writer() may not be
    /// asked. Without `seal` nothing goes into the transparency log.
    [[nodiscard]] static Result<std::unique_ptr<OpenLedger>> open(const std::filesystem::path& directory,
                                                                  For purpose,
                                                                  bool seal = true);
    OpenLedger(const OpenLedger&) = delete;
    OpenLedger& operator=(const OpenLedger&) = delete;
    OpenLedger(OpenLedger&&) = delete;
    OpenLedger& operator=(OpenLedger&&) = delete;
    ~OpenLedger();

    [[nodiscard]] LedgerWriter& writer() const;
    [[nodiscard]] const LedgerReader& reader() const;
    [[nodiscard]] const LedgerEvidence& evidence() const;
    [[nodiscard]] SubjectVault& vault() const;
    /// Folds the write-ahead log in and gives free pages back.
    [[nodiscard]] Result<void> compact();
    [[nodiscard]] static std::filesystem::path ledger_file(const std::filesystem::path& directory);
    [[nodiscard]] static std::filesystem::path vault_file(const std::filesystem::path& directory);

private:
    struct State;
    explicit OpenLedger(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The numbers of all users of the workload, in their order.
[[nodiscard]] Result<std::vector<privacy::SubjectNumber>> enrol_all(SubjectVault& vault,
                                                                    const Workload& workload);

}  // namespace fedtrail::bench
