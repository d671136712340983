/// The activities of a subject with every attempt that disclosed them.

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// `attempts` disclosed something; each names the recipient's position. In no order.
using OnDisclosed =
    std::function<bool(const ledger::ActivityHead& head, const std::vector<ledger::HolderFact>& attempts)>;

/// `wanted` holds, by recipient number, the position in that list plus one; 0 is not wanted. `open` may be
/// null. Activities in the order of their numbers; false ends the walk.
[[nodiscard]] Result<void> each_disclosed(LedgerTables& tables,
                                          std::uint64_t subject,
                                          const OpenSubject* open,
                                          const std::vector<std::uint32_t>& wanted,
                                          const OnDisclosed& on_disclosed);

/// Attempts with the outcome Prevented. `open` may be null.
[[nodiscard]] Result<std::uint64_t> count_prevented(LedgerTables& tables,
                                                    std::uint64_t subject,
                                                    const OpenSubject* open);

}  // namespace fedtrail::sqlite
