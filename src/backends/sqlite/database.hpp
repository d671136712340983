/// How every SQLite file of ours is opened, and what SQLite's failures mean to a caller.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "fedtrail/core/result.hpp"

#include "backends/sqlite/migrations.hpp"

namespace SQLite {  // NOLINT(readability-identifier-naming): SQLiteCpp's own
class Database;
class Exception;
}  // namespace SQLite

namespace fedtrail::sqlite {

inline constexpr int kPatienceMs = 10'000;      ///< With other connections.
inline constexpr std::size_t kMaxFaults = 100;  ///< That a check names.

struct DatabaseKind {
    std::string_view name;          ///< "vault", "ledger": the word in errors.
    std::int32_t application_id{};  ///< SQLite's `application_id`: tells our files from others'.
    std::span<const Migration> migrations;
    int page_size{4096};  ///< Octets; only a new file takes it.
    /// Deleted content is overwritten in the file: for shredding.
    bool secure_delete{false};
};

enum class OpenMode {
    ReadWrite,
    ReadOnly,
    ReadOlder,  ///< As ReadOnly, of any layout up to the newest: a backup. Who asks knows which tables it
                ///< has.
};

/// Opens `path`: WAL, `synchronous = FULL` (a commit that returned survives a power cut), foreign keys, 10 s
/// of patience with other connections. ReadWrite makes the file if there is none (mode 0600) and runs the
/// migrations; the others change nothing. A millisecond after the file, or what SQLite keeps beside it, was
/// deleted or moved away no commit succeeds any more. SQLite holds no lock of its own on the connection:
/// whoever has it, and statements of it, lets one thread at a time use them (connection.hpp does).
/// Errors: NotFound (no file to read), Invalid (newer or of another kind; ReadOnly: older), Corrupt (nothing
/// is in a file to read), others as to_error().
[[nodiscard]] Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& path,
                                                                      const DatabaseKind& kind,
                                                                      OpenMode mode);

/// Moves the log into the file and cuts it down to nothing, so that what was deleted (and overwritten) lies
/// in neither. Waits for readers for a second at most, since writers wait meanwhile; not within a
/// transaction. Errors: Unavailable (another connection reads: the file is as before, or the log has not
/// gone), others as to_error().
[[nodiscard]] Result<void> empty_log(SQLite::Database& database);

/// `doing` is the unfinished act ("writing to the ledger"). The library's own message is left out: it may
/// quote stored values. Kinds: Unavailable (full, busy, locked, I/O, deleted), Corrupt (damaged, not a
/// database, or fsync failed: what is on the disk is then unknown), Denied (permissions, read-only), Conflict
/// (constraint), Invalid (any other).
[[nodiscard]] Error to_error(const SQLite::Exception& failure, std::string_view doing);

}  // namespace fedtrail::sqlite
