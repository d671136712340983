/// The log with everything its leaves are of, out of the four files they lie in.

#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/ports/leaf_source.hpp"
#include "fedtrail/ports/log_reader.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/ledger_windows.hpp"
#include "backends/sqlite/log_store.hpp"

namespace fedtrail::sqlite {

struct LogPlaces {
    std::filesystem::path log;
    std::filesystem::path ledger;
    std::filesystem::path cases;
    std::filesystem::path vault;
};

/// The leaves of every store that has a file, in the order in which the log takes them. Errors: as
/// open_database().
[[nodiscard]] Result<std::vector<std::unique_ptr<SqliteLeaves>>> open_leaves(const LogPlaces& places);

class SqliteLogReader final : public LogReader {
public:
    /// `sealer` must outlive it. Errors: NotFound (no log yet, or nothing published); as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteLogReader>> open(const LogPlaces& places,
                                                                       const SubjectSealer& sealer);

    [[nodiscard]] Result<std::string> checkpoint() const override { return published_.note; }
    [[nodiscard]] Result<std::vector<std::string>> checkpoints(std::uint64_t from,
                                                               std::size_t limit) const override;
    [[nodiscard]] Result<ledger::Hash> subtree(unsigned level, std::uint64_t index) const override;
    [[nodiscard]] Result<void> each_leaf(std::uint64_t first,
                                         std::uint64_t end,
                                         const Visitor& visit) const override;
    [[nodiscard]] Result<void> each_in_window(std::uint64_t window, const Visitor& visit) const override;
    [[nodiscard]] Result<std::vector<std::uint64_t>> windows_of(
        privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::uint64_t> window_naming(std::uint32_t recipient) const override;

private:
    SqliteLogReader() = default;
    [[nodiscard]] Result<void> each_of(std::span<const LogEntry> entries, const Visitor& visit) const;

    std::unique_ptr<SqliteLog> log_;
    std::unique_ptr<SqliteWindows> windows_;
    std::vector<std::unique_ptr<SqliteLeaves>> leaves_;
    SignedCheckpoint published_;
    ledger::SubtreeReader subtrees_;
};

}  // namespace fedtrail::sqlite
