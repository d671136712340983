/// The tables of the transparency log. The caller holds the transaction; SQLite's exceptions pass through.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "fedtrail/ledger/tree.hpp"
#include "fedtrail/ports/transparency_log.hpp"

#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

[[nodiscard]] std::uint64_t log_size(Statements& statements);
/// 0 if none was taken.
[[nodiscard]] std::uint64_t last_taken(Statements& statements, LeafStore store);
/// Errors: NotFound.
[[nodiscard]] Result<std::uint64_t> place_of_leaf(Statements& statements,
                                                  LeafStore store,
                                                  std::uint64_t sequence);
/// Errors: NotFound, Corrupt.
[[nodiscard]] Result<Bytes> read_tile(Statements& statements, const ledger::Tile& tile);
/// Errors: NotFound.
[[nodiscard]] Result<Bytes> read_entries(Statements& statements, const ledger::Tile& tile);
/// At most `count`. Errors: Corrupt.
[[nodiscard]] Result<std::vector<LogEntry>> entries_from(Statements& statements,
                                                         std::uint64_t first,
                                                         std::uint64_t count);
/// Errors: Invalid (`size` is above that of the log), Corrupt.
[[nodiscard]] Result<ledger::Hash> root_of_log(Statements& statements, std::uint64_t size);
/// Errors: Conflict, Corrupt.
[[nodiscard]] Result<void> append_entries(Statements& statements, std::span<const LogEntry> entries);

/// By size; only the last if `last_only`. Errors: Corrupt.
[[nodiscard]] Result<std::vector<SignedCheckpoint>> read_checkpoints(Statements& statements, bool last_only);
void put_checkpoint(Statements& statements, const SignedCheckpoint& checkpoint);
void put_cosignature(Statements& statements,
                     std::uint64_t size,
                     const std::string& witness,
                     std::uint64_t unix_seconds,
                     const std::string& line);

/// Appends hashes to the tiles they belong in: at every level only subtrees that are complete.
class TileWriter {
public:
    TileWriter(Statements& statements, std::uint64_t size) : statements_(statements), size_(size) {}

    /// Errors: Corrupt.
    [[nodiscard]] Result<void> append(const ledger::Hash& leaf);
    /// Writes what changed.
    void save();

private:
    using Place = std::pair<unsigned, std::uint64_t>;
    [[nodiscard]] Result<std::vector<ledger::Hash>*> open(Place place, std::uint64_t width);

    Statements& statements_;
    std::uint64_t size_;
    std::map<Place, std::vector<ledger::Hash>> changed_;
};

}  // namespace fedtrail::sqlite
