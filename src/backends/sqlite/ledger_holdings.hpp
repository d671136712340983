/// Which activities of a subject lie at chosen recipients.

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// One activity, and the positions in the list of wanted recipients that hold it, ascending.
struct HeldFact {
    ledger::ActivityHead head;
    ledger::UriCode object;  ///< Also where the head only refers to it.
    std::vector<std::uint32_t> at;
};

/// False ends the walk.
using OnHeld = std::function<Result<bool>(const HeldFact& fact)>;

/// `wanted` holds, by recipient number, the position in that list plus one; 0 is not wanted. Activities in
/// the order of their numbers.
[[nodiscard]] Result<void> each_held(LedgerTables& tables,
                                     std::uint64_t subject,
                                     const OpenSubject* open,
                                     const std::vector<std::uint32_t>& wanted,
                                     const OnHeld& on_held);

}  // namespace fedtrail::sqlite
