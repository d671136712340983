#include "backends/sqlite/ledger_forget.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "fedtrail/ledger/journal.hpp"

#include "backends/sqlite/ledger_history.hpp"

namespace fedtrail::sqlite {

namespace {

/// A recipient of the subject who is forgotten, and what remains there.
struct Remainder {
    std::vector<std::uint64_t> subjects;
    ledger::PairEntry sum;
    bool any{};
};
using Remainders = std::map<std::uint32_t, Remainder>;

std::vector<std::uint32_t> recipients_in(LedgerTables& tables) {
    auto& row = tables.statements().get("SELECT recipient FROM recipient_total ORDER BY recipient");
    std::vector<std::uint32_t> recipients;
    while (row.executeStep()) {
        recipients.push_back(static_cast<std::uint32_t>(row.getColumn(0).getInt64()));
    }
    row.reset();
    return recipients;
}

/// By the recipients' lists, which are not sealed: the subject's own pairs may be unreadable by now.
Result<Remainders> remainders_without(LedgerTables& tables, std::uint64_t subject) {
    Remainders remainders;
    for (const auto recipient : recipients_in(tables)) {
        auto subjects = tables.subjects_of(recipient);
        if (!subjects) {
            return fail(subjects);
        }
        const auto place = std::lower_bound(subjects->begin(), subjects->end(), subject);
        if (place != subjects->end() && *place == subject) {
            subjects->erase(place);
            remainders[recipient].subjects = *std::move(subjects);
        }
    }
    return remainders;
}

void add(Remainders& remainders, const std::vector<ledger::PairEntry>& pairs) {
    for (const auto& pair : pairs) {
        const auto known = remainders.find(pair.recipient);
        if (known == remainders.end()) {
            continue;
        }
        auto& sum = known->second;
        if (sum.any) {
            ledger::merge(sum.sum, pair);
        } else {
            sum.sum = pair;
            sum.any = true;
        }
    }
}

/// Adds up what the others have there.
Result<void> add_up(LedgerTables& tables, Remainders& remainders) {
    std::set<std::uint64_t> others;
    for (const auto& entry : remainders) {
        others.insert(entry.second.subjects.begin(), entry.second.subjects.end());
    }
    for (const auto other : others) {
        const auto pairs = tables.pairs(other);
        if (pairs) {
            add(remainders, *pairs);
        } else if (!tables.lacks_key(other)) {  // else: their turn comes
            return fail(pairs);
        }
    }
    return {};
}

void put(LedgerTables& tables, std::uint32_t recipient, const Remainder& remainder) {
    tables.drop_subjects_of(recipient);
    if (remainder.subjects.empty()) {
        tables.drop_total(recipient);
        return;
    }
    tables.put_subjects_of(recipient, remainder.subjects);
    auto sum = remainder.sum;
    sum.recipient = recipient;
    tables.put_total(TotalRow{remainder.subjects.size(), sum});
}

/// Packs again what is not of one subject.
class OthersOnly final : public ledger::JournalVisitor {
public:
    explicit OthersOnly(std::uint64_t subject) : subject_(subject) {}

    void on_activity(ledger::JournalActivity&& activity) override { keep(activity.subject, activity); }
    void on_observation(const ledger::JournalObservation& observation) override {
        keep(observation.subject, observation);
    }
    void on_mark(const ledger::JournalMark& mark) override { keep(mark.subject, mark); }

    [[nodiscard]] bool met() const { return met_; }
    [[nodiscard]] Bytes take() { return encoder_.take(); }

private:
    template <typename Record>
    void keep(std::uint64_t subject, const Record& record) {
        if (subject == subject_) {
            met_ = true;
        } else {
            encoder_.add(record);
        }
    }

    std::uint64_t subject_;
    ledger::JournalEncoder encoder_;
    bool met_{};
};

struct Batch {
    std::int64_t number{};
    Bytes blob;
};

/// The whole journal, without the subject's records.
Result<std::vector<Batch>> journal_without(LedgerTables& tables, std::uint64_t subject) {
    std::vector<Batch> batches;
    auto& row = tables.statements().get("SELECT batch, records FROM journal ORDER BY batch");
    while (row.executeStep()) {
        const auto number = row.getColumn(0).getInt64();
        const auto stored = blob_of(row.getColumn(1));
        OthersOnly others{subject};
        if (auto read = read_batch(number, stored, others); !read) {
            return fail(read);
        }
        batches.push_back(
            {number,
             others.met() ? journal_blob(number, others.take()) : Bytes{stored.begin(), stored.end()}});
    }
    row.reset();
    return batches;
}

}  // namespace

Result<void> forget_at_recipients(LedgerTables& tables, std::uint64_t subject) {
    auto remainders = remainders_without(tables, subject);
    if (!remainders) {
        return fail(remainders);
    }
    if (auto added = add_up(tables, *remainders); !added) {
        return added;
    }
    for (const auto& [recipient, remainder] : *remainders) {
        put(tables, recipient, remainder);
    }
    return {};
}

void forget_rows(LedgerTables& tables, std::uint64_t subject) {
    const auto number = static_cast<std::int64_t>(subject);
    for (const auto* sql : {"DELETE FROM subject WHERE subject = ?",
                            "DELETE FROM shape WHERE subject = ?",
                            "DELETE FROM chunk_range WHERE subject = ?",
                            "DELETE FROM uri_hash WHERE subject = ?",
                            "DELETE FROM reference WHERE subject = ?"}) {
        auto& row = tables.statements().get(sql);
        row.bind(1, number);
        row.exec();
    }
    for (const auto* sql : {"DELETE FROM chunk WHERE key >= ? AND key < ?",
                            "DELETE FROM chunk_times WHERE key >= ? AND key < ?"}) {
        auto& row = tables.statements().get(sql);
        row.bind(1, chunk_key(subject, 0));
        row.bind(2, chunk_key(subject + 1, 0));
        row.exec();
    }
    tables.drop_pairs(subject);
}

Result<void> forget_in_journal(LedgerTables& tables, std::uint64_t subject) {
    const auto batches = journal_without(tables, subject);
    if (!batches) {
        return fail(batches);
    }
    // Not row by row: where SQLite moves rows within a page, a copy stays between them that no later deletion
    // of the row meets. Whole pages that are given up are overwritten.
    tables.statements().get("DELETE FROM journal").exec();
    for (const auto& batch : *batches) {
        auto& row = tables.statements().get("INSERT INTO journal VALUES (?, ?)");
        row.bind(1, batch.number);
        bind_blob(row, 2, batch.blob);
        row.exec();
    }
    return {};
}

}  // namespace fedtrail::sqlite
