#pragma once

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// "FtLd"
inline constexpr std::int32_t kLedgerApplication = 0x46744C64;

[[nodiscard]] inline DatabaseKind ledger_kind() {
    return DatabaseKind{"ledger", kLedgerApplication, ledger_migrations(), 4096, true};
}

}  // namespace fedtrail::sqlite
