/// The table `leaf` that each store has of its own: what the transparency log is to take of its events,
/// written in the transaction that stores them. docs/formats/log.md.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/leaf_source.hpp"
#include "fedtrail/records/leaf.hpp"

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// Inside the caller's transaction; SQLite's exceptions pass through. Errors: Invalid (a text too long).
[[nodiscard]] Result<void> put_leaf(Statements& statements, const records::LeafRecord& record);

/// At most `limit`, above `after`, by sequence. Errors: Corrupt.
[[nodiscard]] Result<std::vector<StoredLeaf>> read_leaves(Statements& statements,
                                                          std::uint64_t after,
                                                          std::size_t limit);
/// Those about a subject. Errors: Corrupt.
[[nodiscard]] Result<std::vector<StoredLeaf>> leaves_about(Statements& statements,
                                                           privacy::SubjectNumber subject);
/// Those of a request. Errors: Corrupt.
[[nodiscard]] Result<std::vector<StoredLeaf>> leaves_of(Statements& statements,
                                                        records::RequestNumber request);
/// The newest of a kind; nothing if there is none. Errors: Corrupt.
[[nodiscard]] Result<std::optional<StoredLeaf>> last_leaf(Statements& statements, records::LeafKind kind);
/// Of all leaves of a request salt and body go, and whose and of which request they were; head and digest
/// stay, so that the log still adds up. Inside the caller's transaction. Gives back how many it were. Errors:
/// Corrupt.
[[nodiscard]] Result<std::uint64_t> close_leaves(Statements& statements, records::RequestNumber request);
/// The same of the leaves of looks at people's data (LeafKind::Access) from before `horizon`, or only counts
/// them. Of the cases' table alone: its index finds them. Past damaged ones, which are not counted;
/// `damage` is what the first of them says.
[[nodiscard]] Result<std::uint64_t> close_looks(Statements& statements,
                                                Instant horizon,
                                                bool only_count,
                                                std::optional<Error>& damage);
/// Rows that are damaged, or missing in the sequence.
[[nodiscard]] std::uint64_t damaged_leaves(Statements& statements, std::uint64_t& rows);

/// Random octets from the system; terminates if there are none.
void fill_random(std::span<std::byte> out);

/// The leaves of one store's file, for whoever puts them into the log. Thread-safe; works beside the store's
/// writer.
class SqliteLeaves final : public LeafSource {
public:
    /// `store` is the number that the log knows it by. Errors: as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteLeaves>> open(LeafStore store,
                                                                    const std::filesystem::path& file);

    [[nodiscard]] LeafStore store() const override { return store_; }
    [[nodiscard]] Result<std::vector<StoredLeaf>> leaves(std::uint64_t after,
                                                         std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<StoredLeaf>> about(privacy::SubjectNumber subject) const override;
    [[nodiscard]] Result<std::vector<StoredLeaf>> of(records::RequestNumber request) const override;

private:
    SqliteLeaves(LeafStore store, std::unique_ptr<SQLite::Database> database)
        : store_(store), connection_(std::move(database)) {}

    LeafStore store_;
    mutable Connection connection_;
};

}  // namespace fedtrail::sqlite
