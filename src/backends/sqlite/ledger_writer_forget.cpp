/// The writing side: one person goes, in one transaction.

#include <cstdint>
#include <limits>
#include <vector>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_forget.hpp"
#include "backends/sqlite/ledger_windows.hpp"
#include "backends/sqlite/ledger_writer_store.hpp"

namespace fedtrail::sqlite {

Result<void> SqliteLedgerWriter::Store::keep_commitments(std::uint64_t subject) {
    if (auto committed = commit(); !committed) {
        return committed;
    }
    tables_.statements().finish();
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    const auto kept = sqlite::keep_commitments(tables_, recipients_, types_, subject);
    tables_.statements().finish();
    if (!kept) {
        return fail(kept);
    }
    transaction.commit();
    return {};
}

Result<void> SqliteLedgerWriter::Store::forget(std::uint64_t subject) {
    if (auto kept = keep_commitments(subject); !kept) {
        return kept;
    }
    // Of all activities: what is in chunks by now a reader may still hold as open, and the marks that say
    // otherwise go with the subject's other records.
    const ledger::JournalMark mark{subject, std::numeric_limits<std::uint32_t>::max()};
    try {
        SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
        if (auto done = forget_on_disk(subject, mark); !done) {
            return failed(std::move(done));
        }
        transaction.commit();
    } catch (const SQLite::Exception& failure) {
        return failed(tl::unexpected{to_error(failure, "forgetting a person in the ledger")});
    }
    forget_in_memory(subject, mark);
    tables_.statements().finish();
    (void)empty_log(*database_);  // the sooner the better; whoever waits for it asks an Overwriter
    return {};
}

Result<void> SqliteLedgerWriter::Store::forget_on_disk(std::uint64_t subject,
                                                       const ledger::JournalMark& mark) {
    if (auto done = forget_at_recipients(tables_, subject); !done) {
        return done;
    }
    forget_rows(tables_, subject);
    if (auto done = forget_in_journal(tables_, subject); !done) {
        return done;
    }
    encoder_.add(mark);  // readers drop what they hold of the subject when they see it
    write_batch();
    return {};
}

void SqliteLedgerWriter::Store::forget_in_memory(std::uint64_t subject, const ledger::JournalMark& mark) {
    if (const auto* open = history_.find(subject)) {
        unindex(subject, *open, open->activities.size());
        history_.on_mark(mark);
    }
    if (const auto known = book_of_.find(subject); known != book_of_.end()) {
        books_.erase(known->second);
        book_of_.erase(known);
        std::erase(unsaved_books_, subject);  // a shape may have been met by what needed no commit
    }
    sealed_.erase(subject);
    nameless_.clear();
    sealed_late_.clear();
    unfoldable_.erase(subject);
    tables_.forget();
    whole_ = WholeChunk{};
}

}  // namespace fedtrail::sqlite
