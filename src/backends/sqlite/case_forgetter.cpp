#include "backends/sqlite/case_forgetter.hpp"

#include <utility>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/connection.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr const char* kEmpty[] = {  // NOLINT(modernize-avoid-c-arrays): a list of literals
    "UPDATE object_part SET sealed = x'' WHERE request IN (SELECT number FROM request WHERE subject = ?)",
    "UPDATE request_scope SET sealed = x'' WHERE request IN (SELECT number FROM request WHERE subject = ?)",
    "UPDATE request_event SET sealed = x'' WHERE sealed IS NOT NULL AND request IN "
    "(SELECT number FROM request WHERE subject = ?)",
    "UPDATE notice SET sealed = x'' WHERE sealed IS NOT NULL AND request IN "
    "(SELECT number FROM request WHERE subject = ?)"};

}  // namespace

struct SqliteCaseForgetter::State {
    explicit State(std::unique_ptr<SQLite::Database> database) : connection(std::move(database)) {}
    Connection connection;
};

SqliteCaseForgetter::SqliteCaseForgetter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteCaseForgetter::~SqliteCaseForgetter() = default;

Result<std::unique_ptr<SqliteCaseForgetter>> SqliteCaseForgetter::open_file(
    const std::filesystem::path& file) {
    auto database = open_database(file, cases_kind(), OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteCaseForgetter>{
        new SqliteCaseForgetter{std::make_unique<State>(std::move(*database))}};
}

Result<void> SqliteCaseForgetter::forget(privacy::SubjectNumber subject) {
    return state_->connection.write("forgetting what somebody's cases name", [&](Statements& statements) {
        for (const auto* sql : kEmpty) {
            auto& row = statements.get(sql);
            row.bind(1, static_cast<std::int64_t>(subject.get()));
            row.exec();
        }
        return Result<void>{};
    });
}

}  // namespace fedtrail::sqlite
