#pragma once

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// "FtLg"
inline constexpr std::int32_t kLogApplication = 0x46744C67;
/// "FtWi"
inline constexpr std::int32_t kWitnessApplication = 0x46745769;

[[nodiscard]] inline DatabaseKind log_kind() {
    return DatabaseKind{"log", kLogApplication, log_migrations(), 4096, true};
}
[[nodiscard]] inline DatabaseKind witness_kind() {
    return DatabaseKind{"witness", kWitnessApplication, witness_migrations(), 4096, false};
}

}  // namespace fedtrail::sqlite
