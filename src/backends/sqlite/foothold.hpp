/// A read that stays open from one commit of a connection to the next.
///
/// As long as a connection reads, it keeps its place in the write-ahead log: BEGIN IMMEDIATE and COMMIT then
/// take and give back the lock for writing alone, and leave out the reader's, four of the nine system calls
/// of a small commit. The price is that nobody can start the log anew meanwhile, so that whoever keeps one
/// lets go of it as soon as nothing is written any more.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <SQLiteCpp/SQLiteCpp.h>

namespace fedtrail::sqlite {

class Foothold {
public:
    /// `database` must outlive it.
    explicit Foothold(SQLite::Database& database) : database_(database) {}

    /// Whether the next commit may leave it in place. Every so often none is left: SQLite writes its log back
    /// in a commit of a connection that does not read.
    [[nodiscard]] bool may_stay() const { return commits_ < kMostCommits; }

    /// BEGIN IMMEDIATE. Throws as that does.
    [[nodiscard]] std::unique_ptr<SQLite::Transaction> begin(bool stays);

    void let_go();

private:
    static constexpr std::size_t kMostCommits = 16;

    [[nodiscard]] std::unique_ptr<SQLite::Transaction> begin_now() const {
        return std::make_unique<SQLite::Transaction>(database_, SQLite::TransactionBehavior::IMMEDIATE);
    }

    SQLite::Database& database_;
    std::optional<SQLite::Statement> read_;  ///< Prepared at the first use: that can fail.
    bool held_{};
    std::size_t commits_{};  ///< Since the last one that left none, however often it was let go meanwhile.
};

}  // namespace fedtrail::sqlite
