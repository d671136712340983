/// Commits that SQLite would drop without a word.
///
/// What is committed stands in FILE-wal first, frame by frame, each with a checksum over all frames before
/// it. After a crash SQLite reads them up to the first that does not fit, and overwrites the rest: right for
/// what a power cut left of the last commit, and the loss of everything behind if the disk changed an octet
/// (https://sqlite.org/walformat.html). Two things tell one from the other. Each frame can be checked from
/// the one before it, so whole commits are seen behind a break. And FILE-shm, which stays after a crash and
/// which SQLite then makes anew, counts the frames that were flushed.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "fedtrail/core/result.hpp"

namespace fedtrail::sqlite {

/// Where a log breaks, with commits behind it that were acknowledged.
struct LogBreak {
    std::uint64_t at{};       ///< Where the first frame that does not fit begins; 0: the log's own header.
    std::uint64_t commits{};  ///< Behind it, at least.
    /// To how many octets the log may be cut, if there is nothing better: `at`, or 0 where what is behind the
    /// break was moved into the database already, so that what is before it would take pages of it back.
    std::uint64_t fits{};

    friend bool operator==(const LogBreak&, const LogBreak&) = default;
};

/// Of the log beside the database `file`. Nothing if all is whole, if there is no log, or if what is behind
/// the break may be one commit that a power cut tore: nobody was told that this one is kept. A commit that
/// is being written at the end may look like a break.
[[nodiscard]] std::optional<LogBreak> break_in_log(const std::filesystem::path& file, int page_size);

/// Of the log beside `file`, to be asked before SQLite reads it. While any connection is open it reads none,
/// and nothing is said; nor if one was opened meanwhile. Errors: Corrupt.
[[nodiscard]] Result<void> log_is_whole(const std::filesystem::path& file, int page_size);

}  // namespace fedtrail::sqlite
