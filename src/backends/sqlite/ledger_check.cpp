/// Reading everything there is, and deriving again what is derived.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "fedtrail/ledger/uri_code.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"
#include "backends/sqlite/ledger_watch.hpp"
#include "backends/sqlite/ledger_window.hpp"
#include "backends/sqlite/ledger_windows.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kMaxFaults = 100;

class LedgerAudit {
public:
    LedgerAudit(SQLite::Database& database, const SubjectSealer& sealer)
        : database_(database), tables_(database, sealer) {}

    LedgerCheck run() {
        check_pages();
        check_names();
        check_journal();
        for (const auto subject : numbers("SELECT subject FROM subject ORDER BY subject")) {
            check_subject(static_cast<std::uint64_t>(subject));
        }
        check_recipients();
        const auto damaged = damaged_watch_rows(tables_.statements(), check_.rows);
        fault_if(damaged > 0, std::to_string(damaged) + " rows of unread connections or gaps are damaged");
        check_counts();
        for (auto& sentence : window_faults(tables_, check_.rows)) {
            fault(std::move(sentence));
        }
        return std::move(check_);
    }

private:
    void fault(std::string sentence) {
        if (check_.faults.size() < kMaxFaults) {
            check_.faults.push_back(std::move(sentence));
        }
    }
    void fault_if(bool is_fault, const std::string& sentence) {
        if (is_fault) {
            fault(sentence);
        }
    }

    std::vector<std::int64_t> numbers(const char* sql) {
        SQLite::Statement row{database_, sql};
        std::vector<std::int64_t> list;
        while (row.executeStep()) {
            list.push_back(row.getColumn(0).getInt64());
        }
        return list;
    }

    void check_pages() {
        SQLite::Statement row{database_, "PRAGMA integrity_check(10)"};
        while (row.executeStep()) {
            const auto said = row.getColumn(0).getString();
            fault_if(said != "ok", "the file's pages: " + said);
        }
    }

    void check_names() {
        for (auto names : {recipient_names(), type_names()}) {
            const auto read = names.refresh(tables_.statements());
            fault_if(!read, read ? std::string{} : read.error().what);
            check_.rows += names.size();
        }
    }

    void check_journal() {
        SQLite::Statement row{database_, "SELECT batch, records FROM journal ORDER BY batch"};
        std::int64_t expected = 0;
        while (row.executeStep()) {
            const auto batch = row.getColumn(0).getInt64();
            const auto read = history_.replay(batch, blob_of(row.getColumn(1)));
            fault_if(
                !read,
                "journal batch " + std::to_string(batch) + ": " + (read ? std::string{} : read.error().what));
            fault_if(expected != 0 && batch != expected,
                     "journal: a batch is missing before " + std::to_string(batch));
            expected = batch + 1;
            ++check_.rows;
        }
        for (const auto& entry : history_.subjects()) {
            const auto row_of = tables_.subject(entry.first);
            const auto sealed = row_of ? row_of->sealed : 0;
            fault_if(!entry.second.activities.empty() && entry.second.first != sealed,
                     subject_name(entry.first) + "journal and chunks do not meet");
        }
    }

    static std::string subject_name(std::uint64_t subject) {
        return "subject " + std::to_string(subject) + ": ";
    }

    void check_subject(std::uint64_t subject) {
        const auto shapes = shape_book(tables_, subject);
        if (!shapes) {
            fault(subject_name(subject) + shapes.error().what);
            return;
        }
        const auto row = tables_.subject(subject);
        ++counted_["subject"];
        if (!check_chunks(subject, *row, *shapes)) {
            return;
        }
        check_pairs(subject, *row);
    }

    bool check_chunks(std::uint64_t subject, const SubjectRow& row, const ShapeBook& shapes) {
        std::uint32_t next_chunk = 0;
        std::uint32_t next_activity = 0;
        for (const auto& stored : tables_.chunks(subject)) {
            const auto chunk = tables_.whole_chunk(subject, stored.chunk);
            if (!chunk) {
                fault(subject_name(subject) + "chunk " + std::to_string(stored.chunk) + ": " +
                      chunk.error().what);
                return false;
            }
            fault_if(stored.chunk != next_chunk || stored.first_activity != next_activity ||
                         chunk->first_activity != next_activity ||
                         chunk->activities.size() != stored.activities,
                     subject_name(subject) + "chunk " + std::to_string(stored.chunk) +
                         " does not follow the one before");
            next_chunk = stored.chunk + 1;
            next_activity += stored.activities;
            ++counted_["chunk"];
            check_index(subject, stored.chunk, *chunk, shapes);
        }
        fault_if(next_activity != row.sealed,
                 subject_name(subject) + "activities are missing from its chunks");
        return next_activity == row.sealed;
    }

    void check_index(std::uint64_t subject,
                     std::uint32_t number,
                     const ledger::Chunk& chunk,
                     const ShapeBook& shapes) {
        const auto index = index_of(chunk, shapes);
        for (const auto& [shape, range] : index.ranges) {
            SQLite::Statement row{database_,
                                  "SELECT least, greatest FROM chunk_range WHERE subject = ? AND shape = ? "
                                  "AND chunk = ?"};
            row.bind(1, static_cast<std::int64_t>(subject));
            row.bind(2, shape);
            row.bind(3, number);
            const bool same = row.executeStep() &&
                              static_cast<std::uint64_t>(row.getColumn(0).getInt64()) == range.first &&
                              static_cast<std::uint64_t>(row.getColumn(1).getInt64()) == range.second;
            fault_if(!same,
                     subject_name(subject) + "the index of chunk " + std::to_string(number) + " is damaged");
        }
        counted_["chunk_range"] += index.ranges.size();
        std::set<std::pair<std::uint64_t, std::uint32_t>> hashes{index.hashes.begin(), index.hashes.end()};
        for (const auto& [hash, activity] : hashes) {
            const auto found = tables_.activities_with_hash(subject, hash);
            fault_if(std::find(found.begin(), found.end(), activity) == found.end(),
                     subject_name(subject) + "the index of its URIs is damaged");
        }
        counted_["uri_hash"] += hashes.size();
        std::set<std::uint32_t> roots{index.roots.begin(), index.roots.end()};
        for (const auto& attempt : chunk.late) {
            const auto head = sealed_head(tables_, subject, attempt.activity);
            const auto root = head ? root_of(attempt.activity, *head) : attempt.activity;
            if (root < chunk.first_activity || root - chunk.first_activity >= chunk.activities.size()) {
                roots.insert(root);
            }
        }
        for (const auto root : roots) {
            const auto found = tables_.references(subject, root);
            fault_if(std::find(found.begin(), found.end(), number) == found.end(),
                     subject_name(subject) + "a reference between its chunks is missing");
        }
        counted_["reference"] += roots.size();
    }

    void check_pairs(std::uint64_t subject, const SubjectRow& row) {
        const auto stored = tables_.pairs(subject);
        const auto derived = pairs_in_window(tables_, subject, nullptr, Window{});
        if (!stored || !derived) {
            fault(subject_name(subject) + (stored ? derived.error().what : stored.error().what));
            return;
        }
        fault_if(*stored != *derived, subject_name(subject) + "its recipients are not those of its chunks");
        std::uint64_t disclosures = 0;
        std::int64_t first = 0;
        std::int64_t last = 0;
        for (const auto& pair : *derived) {
            first = disclosures == 0 ? pair.first : std::min(first, pair.first);
            last = disclosures == 0 ? pair.last : std::max(last, pair.last);
            disclosures += pair.disclosures;
            auto& total =
                totals_.try_emplace(pair.recipient, std::make_pair(pair, std::vector<std::uint64_t>{}))
                    .first->second;
            if (!total.second.empty()) {
                ledger::merge(total.first, pair);
            }
            total.second.push_back(subject);
        }
        fault_if(row.disclosures != disclosures || row.first_at != first || row.last_at != last,
                 subject_name(subject) + "its totals are not those of its chunks");
    }

    void check_recipients() {
        for (auto& [recipient, total] : totals_) {
            const auto stored = tables_.total(recipient);
            const auto subjects = tables_.subjects_of(recipient);
            const auto& sum = total.first;
            const bool same =
                stored && subjects && *subjects == total.second && stored->subjects == total.second.size() &&
                stored->sum.disclosures == sum.disclosures && stored->sum.first == sum.first &&
                stored->sum.last == sum.last && stored->sum.channels == sum.channels &&
                stored->sum.categories == sum.categories && stored->sum.strongest == sum.strongest;
            fault_if(!same,
                     "recipient " + std::to_string(recipient) + ": its totals are not those of the subjects");
        }
        counted_["recipient_total"] = totals_.size();
    }

    /// Rows that nothing leads to.
    void check_counts() {
        for (const auto* table :
             {"subject", "chunk", "chunk_range", "uri_hash", "reference", "recipient_total"}) {
            SQLite::Statement row{database_, std::string{"SELECT count(*) FROM "} + table};
            row.executeStep();
            const auto stored = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
            check_.rows += stored;
            fault_if(stored != counted_[table],
                     std::string{"table "} + table + " has " + std::to_string(stored) + " rows where " +
                         std::to_string(counted_[table]) + " belong");
        }
        const auto stray =
            numbers("SELECT count(*) FROM pairs WHERE key >> 16 NOT IN (SELECT subject FROM subject)")
                .front() +
            numbers(
                "SELECT count(*) FROM recipient_subjects WHERE key >> 16 NOT IN "
                "(SELECT recipient FROM recipient_total)")
                .front() +
            numbers("SELECT count(*) FROM chunk_times WHERE key NOT IN (SELECT key FROM chunk)").front();
        fault_if(stray != 0, std::to_string(stray) + " rows belong to nobody");
    }

    SQLite::Database& database_;
    LedgerTables tables_;
    OpenHistory history_;
    LedgerCheck check_;
    std::map<std::string, std::uint64_t> counted_;
    std::map<std::uint32_t, std::pair<ledger::PairEntry, std::vector<std::uint64_t>>> totals_;
};

}  // namespace

Result<LedgerCheck> check_ledger(const std::filesystem::path& path, const SubjectSealer& sealer) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    try {
        const SQLite::Transaction snapshot{**database};
        return LedgerAudit{**database, sealer}.run();
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "checking the ledger")};
    }
}

}  // namespace fedtrail::sqlite
