/// Whole copies of SQLite files, made beside whoever works with them.

#pragma once

#include <filesystem>

#include "fedtrail/core/result.hpp"

namespace fedtrail::sqlite {

/// Writes what `from` holds at this moment into the new file `to`: one file without a log beside it, without
/// what was deleted, flushed, mode 0600. Readers and the writer go on meanwhile. Errors: NotFound (no
/// `from`), Conflict (`to` is there), others as to_error().
[[nodiscard]] Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// SQLite's own look at every page of a copy; nothing is changed. Errors: Corrupt, NotFound, others as
/// to_error().
[[nodiscard]] Result<void> check_copy(const std::filesystem::path& file);

}  // namespace fedtrail::sqlite
