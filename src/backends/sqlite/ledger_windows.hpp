/// The windows of the SQLite ledger, for whoever proves something.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/ports/log_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::sqlite {

class LedgerTables;
class NameTable;

/// Thread-safe; works beside the ledger's writer. Errors of all: Unavailable, Corrupt.
class SqliteWindows {
public:
    /// `sealer` must outlive it. Errors: NotFound if there is no file; as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteWindows>> open(const std::filesystem::path& path,
                                                                     const SubjectSealer& sealer);
    SqliteWindows(const SqliteWindows&) = delete;
    SqliteWindows& operator=(const SqliteWindows&) = delete;
    SqliteWindows(SqliteWindows&&) = delete;
    SqliteWindows& operator=(SqliteWindows&&) = delete;
    ~SqliteWindows();

    /// They are numbered from 1.
    [[nodiscard]] Result<std::uint64_t> count() const;
    /// As LogReader says; the records are made anew from the chunks. Memory is that of one subject's share.
    [[nodiscard]] Result<std::vector<std::uint64_t>> windows_of(privacy::SubjectNumber subject) const;
    [[nodiscard]] Result<void> visit(std::uint64_t window, const LogReader::Visitor& visitor) const;
    [[nodiscard]] Result<std::uint64_t> window_naming(std::uint32_t recipient) const;

private:
    struct State;
    explicit SqliteWindows(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Makes every window's tree anew and compares its root with what its leaf says. Sentences, and the rows that
/// were read. The caller holds the transaction; SQLite's exceptions pass through.
[[nodiscard]] std::vector<std::string> window_faults(LedgerTables& tables, std::uint64_t& rows);

/// Before a subject's key is destroyed: the commitments of their leaves are written down, so that the windows
/// still add up afterwards. Gives back how many; none if the key is gone or damaged. The caller holds the
/// transaction; SQLite's exceptions pass through. Errors: Corrupt.
[[nodiscard]] Result<std::uint64_t> keep_commitments(LedgerTables& tables,
                                                     const NameTable& recipients,
                                                     const NameTable& types,
                                                     std::uint64_t subject);

}  // namespace fedtrail::sqlite
