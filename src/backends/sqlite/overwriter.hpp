/// What was deleted in a SQLite file of ours goes out of its octets.

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/shredding.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Of a store that overwrites what it deletes: what is left is its log. Works beside the store's writers, on
/// a connection of its own. Thread-safe.
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

    [[nodiscard]] Result<void> overwrite() override;

private:
    struct State;
    explicit SqliteOverwriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
