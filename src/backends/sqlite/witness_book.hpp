/// What we remember as a witness, in a SQLite file of its own (docs/formats/log.md).

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/ports/witness_book.hpp"

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

/// Everything in the file.
struct WitnessRows {
    std::vector<Witnessed> logs;      ///< By origin.
    std::vector<std::string> faults;  ///< Of the file itself; at most 100.
};

class SqliteWitnessBook final : public WitnessBook {
public:
    /// ReadWrite makes the file if there is none. Errors: as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteWitnessBook>> open(const std::filesystem::path& file,
                                                                         OpenMode mode = OpenMode::ReadWrite);

    [[nodiscard]] Result<Witnessed> advance(const std::string& origin, const Step& step) override;
    [[nodiscard]] Result<std::optional<Witnessed>> last(const std::string& origin) const override;
    /// For `fedtrail doctor`; whether the rows are as they were written audit::is_as_cosigned() says. Errors:
    /// as to_error(), if the file cannot be read at all.
    [[nodiscard]] Result<WitnessRows> rows() const;

private:
    explicit SqliteWitnessBook(std::unique_ptr<SQLite::Database> database)
        : connection_(std::move(database)) {}

    mutable Connection connection_;
};

}  // namespace fedtrail::sqlite
