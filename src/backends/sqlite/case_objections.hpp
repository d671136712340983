/// The tables of objections (schemas/sqlite/cases). The caller holds the transaction; SQLite's exceptions
/// pass through.

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fedtrail/ports/objection_book.hpp"

#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// As ObjectionBook::object(). True if it changed something.
[[nodiscard]] bool put_objection(Statements& statements, const records::Objection& objection);
/// True if it was there.
[[nodiscard]] bool remove_objection(Statements& statements,
                                    privacy::SubjectNumber subject,
                                    const Host& recipient);
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<records::Objection>> read_objections(Statements& statements);
/// Errors: NotFound (no such objection; the key), Unavailable.
[[nodiscard]] Result<void> put_objection_reason(Statements& statements,
                                                const CaseSeals& seals,
                                                privacy::SubjectNumber subject,
                                                const Host& recipient,
                                                const std::string& reason);
/// Of one person; nothing for those whose key is gone. Errors: Corrupt.
[[nodiscard]] Result<std::map<Host, std::string>> read_objection_reasons(Statements& statements,
                                                                         const CaseSeals& seals,
                                                                         privacy::SubjectNumber subject);
/// Says that the list, or a fact of a person (case_facts.hpp), changed.
void count_change(Statements& statements);
/// Grows with every change of the list.
[[nodiscard]] std::uint64_t objection_changes(Statements& statements);

/// Knows the changes of the list without a question to the file each time. Thread-safe.
class ObjectionWatch {
public:
    /// How long a change made by another process may go unseen.
    static constexpr std::chrono::milliseconds kPatience{250};

    /// `database` is for this alone.
    explicit ObjectionWatch(std::unique_ptr<SQLite::Database> database);

    /// What was last known, if the file cannot be read.
    [[nodiscard]] std::uint64_t changes();
    /// This process changed the list.
    void saw(std::uint64_t changes);

private:
    void look();

    std::unique_ptr<SQLite::Database> database_;
    Statements statements_;
    std::mutex lock_;  ///< Guards the two above and `version_`.
    std::int64_t version_{-1};
    std::atomic<std::uint64_t> changes_{0};
    std::atomic<std::int64_t> next_look_{0};  ///< Nanoseconds of the steady clock.
};

}  // namespace fedtrail::sqlite
