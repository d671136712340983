#pragma once

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// "FtCa"
inline constexpr std::int32_t kCasesApplication = 0x46744361;
/// "FtDi"
inline constexpr std::int32_t kDirectoryApplication = 0x46744469;

[[nodiscard]] inline DatabaseKind cases_kind() {
    return DatabaseKind{"cases", kCasesApplication, cases_migrations(), 4096, true};
}
[[nodiscard]] inline DatabaseKind directory_kind() {
    return DatabaseKind{"directory", kDirectoryApplication, directory_migrations(), 4096, true};
}

}  // namespace fedtrail::sqlite
