/// The parts of the SQLite ledger's reader: one connection, one snapshot a question, the open history kept up
/// to date.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_hosts.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_replay.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Knows whether chunks were rewritten since it was asked last.
class WatchedHistory : public OpenHistory {
public:
    void on_mark(const ledger::JournalMark& mark) override {
        folded_ = true;
        OpenHistory::on_mark(mark);
    }
    bool take_folded() { return std::exchange(folded_, false); }

private:
    bool folded_{};
};

/// What the open history adds to one recipient.
struct OpenRecipient {
    ledger::PairEntry sum;
    std::vector<std::uint64_t> subjects;
};

class SqliteLedgerReader::Store {
public:
    Store(std::unique_ptr<SQLite::Database> database, const SubjectSealer& sealer)
        : database_(std::move(database)), tables_(*database_, sealer) {}

    /// Runs `act` on one snapshot of the file; one caller at a time.
    template <typename Act>
    auto read(Act&& act) -> decltype(act()) {
        const std::lock_guard<std::mutex> guard{mutex_};
        try {
            tables_.statements().finish();
            const SQLite::Transaction snapshot{*database_};
            const auto fresh = refresh();
            auto answer = fresh ? act() : decltype(act()){fail(fresh)};
            tables_.statements().finish();
            return answer;
        } catch (const SQLite::Exception& failure) {
            return tl::unexpected{to_error(failure, "reading the ledger")};
        }
    }

    Result<std::vector<PairAggregate>> recipients_of(std::uint64_t subject, const Window& window);
    Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host& host);
    Result<std::vector<Holder>> holders_of(std::uint64_t subject, const Uri& object);
    Result<std::vector<RecipientTotals>> recipients(std::string_view after, std::size_t limit);
    Result<LedgerTotals> totals();
    Result<std::vector<ObservedAttempt>> attempts_of(std::uint64_t subject, const Uri& object);
    Result<void> visit_held(std::uint64_t subject,
                            std::span<const Host> wanted,
                            const LedgerHoldings::Visitor& visitor);
    Result<void> visit_disclosed(std::uint64_t subject,
                                 std::span<const Host> hosts,
                                 const LedgerReplay::Visitor& visitor);
    Result<bool> posts_after(std::uint64_t subject, Instant moment);
    Result<records::Unlogged> unlogged(std::optional<privacy::SubjectNumber> subject);
    Result<std::uint64_t> prevented(std::uint64_t subject) {
        return count_prevented(tables_, subject, history_.find(subject));
    }

    /// Runs `act` without the journal: it asks rows.
    template <typename Act>
    auto ask(Act&& act) -> decltype(act()) {
        const std::lock_guard<std::mutex> guard{mutex_};
        try {
            auto answer = act();
            tables_.statements().finish();
            return answer;
        } catch (const SQLite::Exception& failure) {
            return tl::unexpected{to_error(failure, "reading the ledger")};
        }
    }
    Result<VaultNote> vault_note() { return read_vault_note(tables_.statements()); }
    Result<std::uint64_t> last_leaf() { return number("SELECT coalesce(max(sequence), 0) FROM leaf"); }

private:
    Result<void> refresh();
    /// By recipient number, its position in `hosts` plus one; 0 is not there.
    [[nodiscard]] std::vector<std::uint32_t> positions_of(std::span<const Host> hosts) const;
    Result<const ShapeBook*> shapes_for(std::uint64_t subject);
    Result<const std::vector<ledger::PairEntry>*> open_pairs(std::uint64_t subject, const OpenSubject& open);
    Result<std::vector<ledger::PairEntry>> pairs_of(std::uint64_t subject);
    /// The activities whose objects the URI speaks of, each the first of its object; mostly one.
    Result<std::vector<std::uint32_t>> roots_of(std::uint64_t subject, const Uri& uri);
    Result<ledger::ActivityHead> head_of(std::uint64_t subject, std::uint32_t activity);
    Result<std::vector<ledger::HolderFact>> holder_facts(std::uint64_t subject, std::uint32_t root);
    Result<const std::map<std::uint32_t, OpenRecipient>*> open_recipients();
    void add_open(std::uint64_t subject, const std::vector<ledger::PairEntry>& added);
    Result<std::optional<std::uint32_t>> find_by(std::uint64_t subject,
                                                 const ledger::UriCode& code,
                                                 Lookup lookup,
                                                 By by);
    Result<std::vector<ledger::HolderFact>> open_holders(const OpenSubject& open,
                                                         std::uint64_t subject,
                                                         std::uint32_t root);
    std::uint64_t number(const char* sql);
    std::unordered_set<std::uint64_t> add_sealed(LedgerTotals& totals);
    [[nodiscard]] Host host(std::uint32_t recipient) { return hosts_.at_place(hosts_.place_of(recipient)); }
    Result<RecipientTotals> totals_of(std::uint32_t recipient, const OpenRecipient* open);

    std::mutex mutex_;
    std::unique_ptr<SQLite::Database> database_;
    LedgerTables tables_;
    NameTable recipients_{recipient_names()};
    HostBook hosts_;
    NameTable types_{type_names()};    ///< Read when somebody asks.
    std::optional<ShapeBook> shapes_;  ///< Of the subject that was asked about last.
    std::uint64_t shapes_of_{};
    WatchedHistory history_;
    std::int64_t last_batch_{};
    std::map<std::uint32_t, OpenRecipient> open_recipients_;
    std::int64_t open_recipients_batch_{-1};
    std::vector<ledger::PairEntry> open_pairs_;  ///< Of the subject that was asked about last.
    std::uint64_t open_pairs_subject_{};
    std::int64_t open_pairs_batch_{-1};
};

}  // namespace fedtrail::sqlite
