#include "backends/sqlite/foothold.hpp"

namespace fedtrail::sqlite {

void Foothold::let_go() {
    if (read_) {
        read_->tryReset();
    }
    held_ = false;
}

/// Where another wrote since, or is writing, BEGIN does not wait while something is read, but fails at once.
std::unique_ptr<SQLite::Transaction> Foothold::begin(bool stays) {
    if (!stays) {
        let_go();
        auto alone = begin_now();
        commits_ = 0;
        return alone;
    }
    std::unique_ptr<SQLite::Transaction> transaction;
    try {
        transaction = begin_now();
    } catch (const SQLite::Exception&) {
        if (!held_) {
            throw;
        }
        let_go();
        transaction = begin_now();
    }
    if (!held_) {
        if (!read_) {
            read_.emplace(database_, "SELECT 1 FROM sqlite_master");
        }
        read_->executeStep();  // at its first row a read is open, whether more rows come or not
        held_ = true;
    }
    ++commits_;
    return transaction;
}

}  // namespace fedtrail::sqlite
