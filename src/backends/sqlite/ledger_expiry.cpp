#include "backends/sqlite/ledger_expiry.hpp"

#include <utility>

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/ledger_kind.hpp"

namespace fedtrail::sqlite {

struct SqliteLedgerExpiry::State {
    struct Texts {
        const char* count;
        const char* drop;
    };

    State(std::unique_ptr<SQLite::Database> database, What wanted)
        : texts(texts_of(wanted)), connection(std::move(database)) {}

    static Texts texts_of(What what) {
        if (what == What::UnreadConnections) {
            return {"SELECT count(*) FROM tunnel WHERE last_at < ?", "DELETE FROM tunnel WHERE last_at < ?"};
        }
        return {"SELECT count(*) FROM gap WHERE until_at < ?", "DELETE FROM gap WHERE until_at < ?"};
    }

    Texts texts;
    Connection connection;
};

SqliteLedgerExpiry::SqliteLedgerExpiry(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteLedgerExpiry::~SqliteLedgerExpiry() = default;

Result<std::unique_ptr<SqliteLedgerExpiry>> SqliteLedgerExpiry::open_file(const std::filesystem::path& file,
                                                                          What what) {
    auto database = open_database(file, ledger_kind(), OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteLedgerExpiry>{
        new SqliteLedgerExpiry{std::make_unique<State>(std::move(*database), what)}};
}

Result<Expired> SqliteLedgerExpiry::drop_before(Instant horizon, bool only_count) {
    return state_->connection.write("dropping old connections and gaps", [&](Statements& statements) {
        auto& row = statements.get(only_count ? state_->texts.count : state_->texts.drop);
        row.bind(1, to_unix_seconds(horizon));
        if (!only_count) {
            return Result<Expired>{Expired{static_cast<std::uint64_t>(row.exec()), 0}};
        }
        row.executeStep();
        return Result<Expired>{Expired{static_cast<std::uint64_t>(row.getColumn(0).getInt64()), 0}};
    });
}

}  // namespace fedtrail::sqlite
