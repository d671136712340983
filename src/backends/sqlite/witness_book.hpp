/// What we remember as a witness, in a SQLite file of its own (docs/formats/log.md).

#pragma once

#include <filesystem>
#include <memory>

#include "fedtrail/ports/witness_book.hpp"

#include "backends/sqlite/connection.hpp"

namespace fedtrail::sqlite {

class SqliteWitnessBook final : public WitnessBook {
public:
    /// Makes the file if there is none. Errors: as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteWitnessBook>> open(const std::filesystem::path& file);

    [[nodiscard]] Result<Witnessed> advance(const std::string& origin, const Step& step) override;
    [[nodiscard]] Result<std::optional<Witnessed>> last(const std::string& origin) const override;

private:
    explicit SqliteWitnessBook(std::unique_ptr<SQLite::Database> database)
        : connection_(std::move(database)) {}

    mutable Connection connection_;
};

}  // namespace fedtrail::sqlite
