#include "backends/sqlite/overwriter.hpp"

#include <utility>

#include "backends/sqlite/connection.hpp"

namespace fedtrail::sqlite {

struct SqliteOverwriter::State {
    explicit State(std::unique_ptr<SQLite::Database> database) : connection(std::move(database)) {}
    Connection connection;
};

SqliteOverwriter::SqliteOverwriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteOverwriter::~SqliteOverwriter() = default;

Result<std::unique_ptr<SqliteOverwriter>> SqliteOverwriter::open_file(const std::filesystem::path& file,
                                                                      const DatabaseKind& kind) {
    auto database = open_database(file, kind, OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteOverwriter>{
        new SqliteOverwriter{std::make_unique<State>(std::move(*database))}};
}

Result<void> SqliteOverwriter::overwrite() {
    return state_->connection.empty_log();
}

}  // namespace fedtrail::sqlite
