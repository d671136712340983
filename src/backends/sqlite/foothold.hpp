/// A read that stays open from one commit of a connection to the next.
///
/// As long as a connection reads, it keeps its place in the write-ahead log: BEGIN IMMEDIATE and COMMIT then
/// take and give back the lock for writing alone, and leave out the reader's, four of the eight system calls
/// of a small commit. The price is that nobody can start the log anew meanwhile, so that whoever keeps one
/// lets go of it as soon as nothing is written any more.

#pragma once

#include <cstddef>
#include <optional>

#include <SQLiteCpp/SQLiteCpp.h>

namespace fedtrail::sqlite {

class Foothold {
public:
    /// `database` must outlive it.
    explicit Foothold(SQLite::Database& database) : database_(database) {}

    /// What is written until commit() is written whole or not at all.
    class Turn {
    public:
        explicit Turn(Foothold& foothold) : foothold_(foothold) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        Turn(Turn&&) = delete;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

        /// Durable when it returns. Throws as COMMIT does.
        void commit();

    private:
        Foothold& foothold_;
        bool committed_{};
    };

    /// Whether the next commit may leave it in place. Every so often none is left: SQLite writes its log back
    /// in a commit of a connection that does not read.
    [[nodiscard]] bool may_stay() const { return commits_ < kMostCommits; }

    /// BEGIN IMMEDIATE, unless claim() has done that. Throws as that does.
    [[nodiscard]] Turn begin(bool stays);

    /// Begins what the next begin() goes on with, if that can be done without waiting. `stays`: as there.
    [[nodiscard]] bool claim(bool stays);

    /// Of a claim as well.
    void let_go();

private:
    static constexpr std::size_t kMostCommits = 64;

    void begin_now();
    void begin_again();
    void stand();

    SQLite::Database& database_;
    // Prepared at the first use: that can fail.
    std::optional<SQLite::Statement> read_;
    std::optional<SQLite::Statement> begin_;
    std::optional<SQLite::Statement> commit_;
    bool held_{};
    bool claimed_{};
    std::size_t commits_{};  ///< Since the last one that left none, however often it was let go meanwhile.
};

}  // namespace fedtrail::sqlite
