/// Questions that need the exact times of single attempts.

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Recipients of a subject within a window, by number; `open` may be null.
[[nodiscard]] Result<std::vector<ledger::PairEntry>> pairs_in_window(LedgerTables& tables,
                                                                     std::uint64_t subject,
                                                                     const OpenSubject* open,
                                                                     const Window& window);

/// Whether an activity that was first seen after `after` (Unix seconds) was sent by the origin since, but for
/// those that `passes_over` names; `open` may be null.
[[nodiscard]] Result<bool> sent_anew(LedgerTables& tables,
                                     std::uint64_t subject,
                                     const OpenSubject* open,
                                     std::int64_t after,
                                     const std::function<bool(const ledger::ActivityHead&)>& passes_over);

using OnAttempt = std::function<void(std::uint32_t recipient, std::int64_t at, ledger::OutcomeCode code)>;

/// Every attempt with the object that belongs to activity `root`, in no order; `open` may be null.
[[nodiscard]] Result<void> each_attempt(LedgerTables& tables,
                                        std::uint64_t subject,
                                        const OpenSubject* open,
                                        std::uint32_t root,
                                        const OnAttempt& on_attempt);

}  // namespace fedtrail::sqlite
