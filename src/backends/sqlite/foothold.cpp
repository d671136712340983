#include "backends/sqlite/foothold.hpp"

#include <utility>

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

namespace {

void run(std::optional<SQLite::Statement>& statement, SQLite::Database& database, const char* sql) {
    if (!statement) {
        statement.emplace(database, sql);
    }
    try {
        statement->exec();
    } catch (const SQLite::Exception&) {
        // SQLite keeps a BEGIN that had to wait in vain under way, and with it all that is read behind it
        statement->tryReset();
        throw;
    }
    statement->tryReset();
}

}  // namespace

Foothold::Turn::~Turn() {
    if (!committed_) {
        (void)foothold_.database_.tryExec("ROLLBACK");  // where a failure ended the transaction it says so
    }
}

void Foothold::Turn::commit() {
    run(foothold_.commit_, foothold_.database_, "COMMIT");
    committed_ = true;
}

void Foothold::let_go() {
    if (std::exchange(claimed_, false)) {
        (void)database_.tryExec("ROLLBACK");
    }
    if (read_) {
        read_->tryReset();
    }
    held_ = false;
}

void Foothold::begin_now() {
    run(begin_, database_, "BEGIN IMMEDIATE");
}

/// Where another wrote since, or is writing, BEGIN does not wait while something is read, but fails at once.
void Foothold::begin_again() {
    try {
        begin_now();
    } catch (const SQLite::Exception&) {
        if (!held_) {
            throw;
        }
        let_go();
        begin_now();
    }
}

void Foothold::stand() {
    if (held_) {
        return;
    }
    if (!read_) {
        read_.emplace(database_, "SELECT 1 FROM sqlite_master");
    }
    read_->executeStep();  // at its first row a read is open, whether more rows come or not
    held_ = true;
}

bool Foothold::claim(bool stays) {
    if (!stays) {
        let_go();
    }
    database_.setBusyTimeout(0);
    try {
        begin_again();
        claimed_ = true;
    } catch (const SQLite::Exception&) {  // begin() meets it again, and says so
    }
    database_.setBusyTimeout(kPatienceMs);
    return claimed_;
}

Foothold::Turn Foothold::begin(bool stays) {
    if (!claimed_) {
        if (!stays) {
            let_go();
        }
        begin_again();
    }
    claimed_ = false;
    if (!stays) {
        commits_ = 0;
        return Turn{*this};
    }
    try {
        stand();
    } catch (const SQLite::Exception&) {
        (void)database_.tryExec("ROLLBACK");
        throw;
    }
    ++commits_;
    return Turn{*this};
}

}  // namespace fedtrail::sqlite
