/// What was deleted in a SQLite file of ours goes out of its octets.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "fedtrail/ports/shredding.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Of a store that overwrites what it deletes: what is left is its log. A ledger from before it did so is
/// written anew as a whole, once (docs/formats/README.md). Works beside the store's writers, on a connection
/// of its own. Thread-safe.
class SqliteOverwriter final : public Overwriter {
public:
    /// Errors: those of open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteOverwriter>> open_file(
        const std::filesystem::path& file, const DatabaseKind& kind);
    SqliteOverwriter(const SqliteOverwriter&) = delete;
    SqliteOverwriter& operator=(const SqliteOverwriter&) = delete;
    SqliteOverwriter(SqliteOverwriter&&) = delete;
    SqliteOverwriter& operator=(SqliteOverwriter&&) = delete;
    ~SqliteOverwriter() override;

    /// Errors besides the port's: Unavailable (it would have to write more anew than it may).
    [[nodiscard]] Result<void> overwrite() override;

    /// How many octets overwrite() has to write anew as a whole; 0: nothing but the log has to go.
    [[nodiscard]] Result<std::uint64_t> to_rewrite();
    /// From now on files above this size are not written anew: that takes minutes, and nobody can write
    /// meanwhile. Without limit at first.
    void rewrite_at_most(std::uint64_t octets);

private:
    struct State;
    explicit SqliteOverwriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
