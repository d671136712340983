#include "bench/ledger/rows.hpp"

#include <array>
#include <filesystem>

#include <sqlite3.h>

namespace fedtrail::bench {

namespace {

constexpr const char* kSchema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
    "CREATE TABLE observation(subject INTEGER NOT NULL, recipient INTEGER NOT NULL, object INTEGER NOT NULL,"
    " at INTEGER NOT NULL, outcome INTEGER NOT NULL);"
    "CREATE INDEX observation_subject ON observation(subject, recipient);"
    "CREATE INDEX observation_recipient ON observation(recipient, subject);"
    "CREATE INDEX observation_object ON observation(object);";

constexpr std::array<const char*, 4> kStatements{
    "INSERT INTO observation VALUES(?,?,?,?,?)",
    "SELECT DISTINCT recipient FROM observation WHERE subject=?",
    "SELECT DISTINCT subject FROM observation WHERE recipient=?",
    "SELECT DISTINCT recipient FROM observation WHERE object=?",
};
enum Statement : std::size_t { Insert, Recipients, Subjects, Holders };

}  // namespace

struct RowStore::State {
    std::string path;
    sqlite3* database{};
    std::array<sqlite3_stmt*, kStatements.size()> statements{};

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;
    ~State() {
        for (auto* statement : statements) {
            sqlite3_finalize(statement);
        }
        sqlite3_close(database);
    }

    [[nodiscard]] Result<void> run(const char* sql) const {
        if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
            return failed();
        }
        return {};
    }
    [[nodiscard]] tl::unexpected<Error> failed() const {
        return fail(ErrorKind::Unavailable, std::string{"row store: "} + sqlite3_errmsg(database));
    }
    [[nodiscard]] Result<std::vector<std::int64_t>> ask(Statement which, std::int64_t value) {
        auto* statement = statements.at(which);
        sqlite3_reset(statement);
        sqlite3_bind_int64(statement, 1, value);
        std::vector<std::int64_t> answers;
        int step = SQLITE_OK;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
            answers.push_back(sqlite3_column_int64(statement, 0));
        }
        sqlite3_reset(statement);
        if (step != SQLITE_DONE) {
            return failed();
        }
        return answers;
    }
};

RowStore::RowStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowStore::~RowStore() = default;

Result<std::unique_ptr<RowStore>> RowStore::create(const std::string& path) {
    auto state = std::make_unique<State>();
    state->path = path;
    if (sqlite3_open(path.c_str(), &state->database) != SQLITE_OK) {
        return state->failed();
    }
    if (auto made = state->run(kSchema); !made) {
        return fail(made);
    }
    for (std::size_t i = 0; i < kStatements.size(); ++i) {
        if (sqlite3_prepare_v2(state->database, kStatements.at(i), -1, &state->statements.at(i), nullptr) !=
            SQLITE_OK) {
            return state->failed();
        }
    }
    return std::unique_ptr<RowStore>{new RowStore{std::move(state)}};
}

Result<void> RowStore::append(std::span<const Row> rows) {
    if (auto begun = state_->run("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    auto* insert = state_->statements[Insert];
    for (const auto& row : rows) {
        sqlite3_bind_int64(insert, 1, row.subject);
        sqlite3_bind_int64(insert, 2, row.recipient);
        sqlite3_bind_int64(insert, 3, row.object);
        sqlite3_bind_int64(insert, 4, row.at);
        sqlite3_bind_int64(insert, 5, row.outcome);
        if (sqlite3_step(insert) != SQLITE_DONE) {
            return state_->failed();
        }
        sqlite3_reset(insert);
    }
    return state_->run("COMMIT");
}

Result<std::uint64_t> RowStore::bytes() {
    if (auto folded = state_->run("PRAGMA wal_checkpoint(TRUNCATE)"); !folded) {
        return fail(folded);
    }
    std::error_code error;
    const auto size = std::filesystem::file_size(state_->path, error);
    if (error) {
        return fail(ErrorKind::Unavailable, "row store: the size of the file cannot be read");
    }
    return size;
}

Result<std::vector<std::int64_t>> RowStore::recipients_of(std::int64_t subject) {
    return state_->ask(Recipients, subject);
}
Result<std::vector<std::int64_t>> RowStore::subjects_at(std::int64_t recipient) {
    return state_->ask(Subjects, recipient);
}
Result<std::vector<std::int64_t>> RowStore::recipients_of_object(std::int64_t object) {
    return state_->ask(Holders, object);
}

}  // namespace fedtrail::bench
