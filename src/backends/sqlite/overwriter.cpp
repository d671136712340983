#include "backends/sqlite/overwriter.hpp"

#include <limits>
#include <mutex>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

namespace fedtrail::sqlite {

namespace {

/// SQLite's copy of a file up to this size is in memory; of a larger one it lies in a file that has no name.
constexpr std::uint64_t kInMemory = 64ULL << 20U;

bool knows_of_free_room(SQLite::Database& database) {
    return database.tableExists("overwriting");
}

}  // namespace

struct SqliteOverwriter::State {
    explicit State(std::unique_ptr<SQLite::Database> opened) : database(std::move(opened)) {}

    std::uint64_t to_rewrite() {
        const bool free =
            has_mark && database->execAndGet("SELECT free FROM overwriting WHERE id = 1").getInt() != 0;
        return free ? static_cast<std::uint64_t>(database->execAndGet("PRAGMA page_count").getInt64() *
                                                 database->execAndGet("PRAGMA page_size").getInt64())
                    : 0;
    }

    void rewrite(std::uint64_t octets) {
        database->exec(octets <= kInMemory ? "PRAGMA temp_store = MEMORY" : "PRAGMA temp_store = DEFAULT");
        database->exec("VACUUM");
        database->exec("UPDATE overwriting SET free = 0");
    }

    std::mutex lock;
    std::unique_ptr<SQLite::Database> database;
    bool has_mark{knows_of_free_room(*database)};
    std::uint64_t at_most{std::numeric_limits<std::uint64_t>::max()};
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
    const std::scoped_lock held{state_->lock};
    try {
        const auto octets = state_->to_rewrite();
        if (octets > state_->at_most) {
            return fail(
                ErrorKind::Unavailable,
                "what was deleted before this version of Fedtrail is still in the file of the ledger: it "
                "has to be written anew once, which takes minutes in which nothing can be recorded",
                "Start the sidecar anew when it suits: it is done then, before it takes deliveries.");
        }
        if (octets > 0) {
            state_->rewrite(octets);
        }
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "writing the file of the ledger anew")};
    }
    return empty_log(*state_->database);
}

Result<std::uint64_t> SqliteOverwriter::to_rewrite() {
    const std::scoped_lock held{state_->lock};
    try {
        return state_->to_rewrite();
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "reading how much of the ledger is free")};
    }
}

void SqliteOverwriter::rewrite_at_most(std::uint64_t octets) {
    const std::scoped_lock held{state_->lock};
    state_->at_most = octets;
}

}  // namespace fedtrail::sqlite
