/// One connection to a store of ours, used by one thread at a time.

#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "fedtrail/core/result.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

class Connection {
public:
    explicit Connection(std::unique_ptr<SQLite::Database> database)
        : database_(std::move(database)), statements_(*database_) {}

    /// Runs `act(Statements&)`, which gives a Result; all it reads is of one moment. SQLite's exceptions
    /// become errors of "`doing` failed: …". No snapshot is held afterwards.
    template <typename Act>
    auto read(std::string_view doing, const Act& act) -> decltype(act(std::declval<Statements&>())) {
        return guarded(doing, SQLite::TransactionBehavior::DEFERRED, act);
    }

    /// The same with all that it writes: durable if the Result has a value, else nothing of it.
    template <typename Act>
    auto write(std::string_view doing, const Act& act) -> decltype(act(std::declval<Statements&>())) {
        return guarded(doing, SQLite::TransactionBehavior::IMMEDIATE, act);
    }

private:
    template <typename Act>
    auto guarded(std::string_view doing, SQLite::TransactionBehavior behaviour, const Act& act)
        -> decltype(act(std::declval<Statements&>())) {
        const std::scoped_lock held{lock_};
        try {
            SQLite::Transaction transaction{*database_, behaviour};
            const Finish finish{statements_};
            auto answer = act(statements_);
            statements_.finish();
            if (answer) {
                transaction.commit();
            }
            return answer;
        } catch (const SQLite::Exception& failure) {
            return tl::unexpected{to_error(failure, doing)};
        }
    }

    /// Ends the reads before the transaction is rolled back.
    struct Finish {
        explicit Finish(Statements& used) : statements(used) {}
        Finish(const Finish&) = delete;
        Finish& operator=(const Finish&) = delete;
        Finish(Finish&&) = delete;
        Finish& operator=(Finish&&) = delete;
        ~Finish() { statements.finish(); }
        Statements& statements;
    };

    std::mutex lock_;
    std::unique_ptr<SQLite::Database> database_;
    Statements statements_;
};

}  // namespace fedtrail::sqlite
