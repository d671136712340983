#pragma once

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// "FTVA"
inline constexpr std::int32_t kVaultApplication = 0x46545641;

[[nodiscard]] inline DatabaseKind vault_kind() {
    return DatabaseKind{"vault", kVaultApplication, vault_migrations(), 4096, true};
}

}  // namespace fedtrail::sqlite
