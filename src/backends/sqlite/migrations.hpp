/// Numbered SQL files (schemas/sqlite/<store>/NNNN_name.sql, compiled in) that bring a database to the layout
/// this program writes. The number of the last one lies in the database's `user_version`.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace SQLite {  // NOLINT(readability-identifier-naming): SQLiteCpp's own
class Database;
}

namespace fedtrail::sqlite {

struct DatabaseKind;

struct Migration {
    int number;             ///< 1, 2, 3, … without a gap.
    std::string_view name;  ///< The file's name, for errors.
    std::string_view sql;
};

/// Errors: Invalid if the database is newer than the program or belongs to somebody else.
[[nodiscard]] Result<void> recognise(SQLite::Database& database, const DatabaseKind& kind);

/// Runs what is missing, all in one transaction: either the whole new layout is there or the old one.
/// Errors: as recognise() and to_error().
[[nodiscard]] Result<void> migrate(SQLite::Database& database, const DatabaseKind& kind);

/// Whether the database has the layout of this program, or an older one where that may be, writing nothing.
/// Errors: Invalid also if it is older and may not; Corrupt if there is nothing in it.
[[nodiscard]] Result<void> check_layout(SQLite::Database& database,
                                        const DatabaseKind& kind,
                                        bool may_be_older);

/// Sentences on what the database's schema says otherwise than the migrations make it, octet for octet: a
/// connection that only reads does not look at a CHECK, and a damaged one keeps a writer from starting.
/// Throws SQLite::Exception.
[[nodiscard]] std::vector<std::string> layout_faults(SQLite::Database& database, const DatabaseKind& kind);

[[nodiscard]] std::span<const Migration> vault_migrations();      ///< schemas/sqlite/vault
[[nodiscard]] std::span<const Migration> ledger_migrations();     ///< schemas/sqlite/ledger
[[nodiscard]] std::span<const Migration> cases_migrations();      ///< schemas/sqlite/cases
[[nodiscard]] std::span<const Migration> directory_migrations();  ///< schemas/sqlite/directory
[[nodiscard]] std::span<const Migration> log_migrations();        ///< schemas/sqlite/log
[[nodiscard]] std::span<const Migration> witness_migrations();    ///< schemas/sqlite/witness

}  // namespace fedtrail::sqlite
