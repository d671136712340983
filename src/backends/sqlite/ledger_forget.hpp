/// Removing one person from the ledger's tables, inside the caller's transaction.

#pragma once

#include <cstdint>

#include "fedtrail/core/result.hpp"

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Takes the subject out of every recipient's list, and adds the recipients' totals up again from those who
/// remain.
[[nodiscard]] Result<void> forget_at_recipients(LedgerTables& tables, std::uint64_t subject);
/// Deletes the rows that are the subject's own.
void forget_rows(LedgerTables& tables, std::uint64_t subject);
/// Writes the journal anew without the subject's records. No batch goes: they number each other. It is in
/// memory meanwhile: no more than a writer has open anyway.
[[nodiscard]] Result<void> forget_in_journal(LedgerTables& tables, std::uint64_t subject);

}  // namespace fedtrail::sqlite
