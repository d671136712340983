/// The parts of the SQLite ledger's writer. Memory goes ahead of the file until a commit; what is in memory
/// after a failed one is read from the file again.

#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fedtrail/ledger/journal.hpp"

#include "backends/sqlite/foothold.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_late.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_nameless.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"
#include "backends/sqlite/open_index.hpp"
#include "backends/sqlite/vault_note.hpp"

namespace fedtrail::sqlite {

class SqliteLedgerWriter::Store {
public:
    Store(std::unique_ptr<SQLite::Database> database,
          const SubjectSealer& sealer,
          const LedgerOptions& options)
        : database_(std::move(database)), tables_(*database_, sealer), options_(options) {}

    Result<void> recover();
    /// Writes the note of the vault if the file has it otherwise.
    Result<void> settle_note();
    Result<void> note_vault(const VaultId& vault);

    Result<privacy::RecipientNumber> recipient(const Host& host) {
        if (const auto sound = stand(); !sound) {
            return fail(sound);
        }
        return privacy::RecipientNumber{recipients_.number(host.text())};
    }
    Result<ActivityNumber> activity(const ActivityFact& fact);
    Result<bool> add(const PackedObservation& observation);
    void add(const records::TunnelObservation& tunnel) { tunnels_.push_back(tunnel); }
    void add(const records::GapObservation& gap) { gaps_.push_back(gap); }
    Result<void> commit();
    Result<void> commit_of_many();
    /// Not after a failure: reading the journal again takes its time.
    [[nodiscard]] bool claim();
    /// Ends all that is read: while something is, nobody can empty the log or write the file anew.
    void rest();
    [[nodiscard]] bool wants_fold() const noexcept { return wants_fold_; }
    Result<FoldSummary> fold(Instant now);
    Result<FoldSummary> fold_settled(Instant now, std::optional<privacy::SubjectNumber> subject);
    Result<void> rebuild();
    Result<void> compact();
    Result<void> keep_commitments(std::uint64_t subject);
    Result<void> forget(std::uint64_t subject);

private:
    struct Book {
        std::uint64_t subject;
        ShapeBook shapes;
        std::size_t saved;
        std::unordered_map<std::uint32_t, std::uint64_t>
            greatest;  ///< Per shape: the greatest number in a chunk.
    };
    /// Unix seconds.
    struct FoldTimes {
        std::int64_t horizon{};  ///< Up to here nothing is retried any more.
        std::int64_t overdue{};  ///< Up to here nothing waits for company.
        std::int64_t ahead{};    ///< From here on a clock was wrong.
        [[nodiscard]] bool is_past(std::int64_t at, std::int64_t limit) const;
    };
    struct WholeChunk {
        std::uint64_t subject{};
        std::uint32_t number{};
        ledger::Chunk chunk;
    };

    Result<void> stand();
    Result<void> load();
    Result<Book*> book(std::uint64_t subject);
    Result<void> code_addresses(const ActivityFact& fact, ledger::ActivityHead& head);
    [[nodiscard]] std::optional<std::uint32_t> find_open(std::uint64_t subject,
                                                         const ledger::UriCode& code,
                                                         By by) const;
    Result<const ledger::Chunk*> whole_chunk(std::uint64_t subject, std::uint32_t number);
    Result<std::optional<std::uint32_t>> find(std::uint64_t subject, const ledger::UriCode& code, By by);
    Result<std::optional<std::uint32_t>> find_nameless(std::uint64_t subject,
                                                       const ledger::ActivityHead& head);
    Result<bool> may_be_sealed(Book& book, const ledger::UriCode& code);
    void index(std::uint64_t subject, std::uint32_t number, const ledger::ActivityHead& head);
    void unindex(std::uint64_t subject, const OpenSubject& open, std::size_t count);
    Result<bool> is_known(const PackedObservation& observation, ledger::OutcomeCode code);
    Result<bool> is_sealed_with(std::uint64_t subject, const ChunkRow& row, const ledger::LateAttempt& late);
    Result<bool> is_sealed_known(std::uint64_t subject, const ledger::LateAttempt& late);
    Result<std::uint32_t> next_number(std::uint64_t subject);
    Result<void> load_note();
    /// A subject of this number is written with the next commit.
    void meet(std::uint64_t subject);
    [[nodiscard]] bool has_nothing_to_write() const;
    Result<void> write_transaction(bool stays);
    Result<void> write_buffered();
    Result<void> write_shapes(const Book& book);
    void write_batch();
    /// How many of a subject's open activities are to be folded, with all that is late; nothing: the subject
    /// stays as it is.
    using Foldable = std::function<std::optional<std::size_t>(const OpenSubject& open)>;
    [[nodiscard]] std::optional<std::size_t> foldable(const OpenSubject& open, const FoldTimes& times) const;
    Result<FoldSummary> fold_those(Instant now,
                                   std::optional<std::uint64_t> subject,
                                   const Foldable& foldable);
    Result<void> fold_one(Folder& folder, std::uint64_t subject, std::size_t count, FoldSummary& summary);
    Result<FoldSummary> fold_slice(const std::vector<std::pair<std::uint64_t, std::size_t>>& slice,
                                   Instant now);
    Result<void> forget_on_disk(std::uint64_t subject, const ledger::JournalMark& mark);
    void forget_in_memory(std::uint64_t subject, const ledger::JournalMark& mark);
    Result<void> failed(Result<void> why);

    std::unique_ptr<SQLite::Database> database_;
    LedgerTables tables_;
    Foothold foothold_{*database_};
    LedgerOptions options_;
    NameTable recipients_{recipient_names()};
    NameTable types_{type_names()};
    OpenHistory history_;
    ledger::JournalEncoder encoder_;
    std::vector<records::TunnelObservation> tunnels_;
    std::vector<records::GapObservation> gaps_;
    VaultNote note_;
    bool note_saved_{};     ///< The file has it as it is here.
    std::int64_t batch_{};  ///< The one being filled.
    bool sound_{};          ///< Memory says what the file says; false after a failed write until recovered.
    OpenIndex open_index_;
    NamelessIndex nameless_;
    LateIndex sealed_late_;
    std::list<Book> books_;  ///< Most recent first.
    std::unordered_map<std::uint64_t, std::list<Book>::iterator> book_of_;
    std::vector<std::uint64_t> unsaved_books_;
    std::unordered_map<std::uint64_t, std::uint32_t> sealed_;  ///< Of subjects without open activities.
    WholeChunk whole_;
    bool wants_fold_{};
    std::unordered_set<std::uint64_t> unfoldable_;  ///< Whose damage ended a fold: it ends no other person's.
};

}  // namespace fedtrail::sqlite
