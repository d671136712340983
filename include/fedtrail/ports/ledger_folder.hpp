/// Who has the ledger show what it has now.

#pragma once

#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

namespace fedtrail {

/// Thread-safe.
class LedgerFolder {
public:
    LedgerFolder() = default;
    LedgerFolder(const LedgerFolder&) = delete;
    LedgerFolder& operator=(const LedgerFolder&) = delete;
    LedgerFolder(LedgerFolder&&) = delete;
    LedgerFolder& operator=(LedgerFolder&&) = delete;
    virtual ~LedgerFolder() = default;

    /// Folds what was recorded until now, of one subject or of all: the transparency log has it then with the
    /// next leaves it takes. Waits until all of it is durable; what is still on its way stays. Errors:
    /// Unavailable, Corrupt.
    [[nodiscard]] virtual Result<FoldSummary> fold_settled(std::optional<privacy::SubjectNumber> subject) = 0;
};

}  // namespace fedtrail
