/// The reading side: chunks and sets from the file, the open history replayed from the journal and kept up to
/// date.

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/journal.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"
#include "backends/sqlite/ledger_watch.hpp"
#include "backends/sqlite/ledger_window.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::string_view kReading = "reading the ledger";

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

void widen(LedgerTotals& totals, std::int64_t first, std::int64_t last) {
    totals.first = std::min(totals.first.value_or(Instant::max()), from_unix_seconds(first));
    totals.last = std::max(totals.last.value_or(Instant::min()), from_unix_seconds(last));
}

}  // namespace

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
            return tl::unexpected{to_error(failure, kReading)};
        }
    }

    Result<std::vector<PairAggregate>> recipients_of(std::uint64_t subject, const Window& window);
    Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host& host);
    Result<std::vector<Holder>> holders_of(std::uint64_t subject, const Uri& object);
    Result<std::vector<RecipientTotals>> recipients(std::string_view after, std::size_t limit);
    Result<LedgerTotals> totals();
    Result<std::vector<ObservedAttempt>> attempts_of(std::uint64_t subject, const Uri& object);

private:
    Result<void> refresh();
    Result<std::vector<ledger::PairEntry>> pairs_of(std::uint64_t subject);
    Result<std::optional<std::uint32_t>> find(std::uint64_t subject, const Uri& uri);
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
    [[nodiscard]] Host host(std::uint32_t recipient) const { return hosts_.at(recipient - 1); }
    Result<RecipientTotals> totals_of(std::uint32_t recipient, const OpenRecipient* open);

    std::mutex mutex_;
    std::unique_ptr<SQLite::Database> database_;
    LedgerTables tables_;
    NameTable recipients_{recipient_names()};
    std::vector<Host> hosts_;
    WatchedHistory history_;
    std::int64_t last_batch_{};
    std::map<std::uint32_t, OpenRecipient> open_recipients_;
    std::int64_t open_recipients_batch_{-1};
};

Result<void> SqliteLedgerReader::Store::refresh() {
    auto& first = tables_.statements().get("SELECT coalesce(min(batch), 0) FROM journal");
    first.executeStep();
    const auto first_batch = first.getColumn(0).getInt64();
    first.reset();
    if (first_batch > last_batch_ + 1 && last_batch_ != 0) {
        history_.clear();  // batches came and went unseen
        tables_.forget();
        last_batch_ = 0;
    }
    auto& row = tables_.statements().get("SELECT batch, records FROM journal WHERE batch > ? ORDER BY batch");
    row.bind(1, last_batch_);
    while (row.executeStep()) {
        if (auto read = history_.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1))); !read) {
            return read;
        }
        last_batch_ = row.getColumn(0).getInt64();
    }
    row.reset();
    if (history_.take_folded()) {
        tables_.forget();
    }
    if (auto names = recipients_.refresh(tables_.statements()); !names) {
        return names;
    }
    while (hosts_.size() < recipients_.size()) {
        const auto host = Host::parse(recipients_.name(static_cast<std::uint32_t>(hosts_.size()) + 1));
        if (!host) {
            return fail(
                ErrorKind::Corrupt, "ledger: the name of a recipient is damaged", "run `fedtrail doctor`");
        }
        hosts_.push_back(*host);
    }
    return {};
}

Result<std::vector<ledger::PairEntry>> SqliteLedgerReader::Store::pairs_of(std::uint64_t subject) {
    auto pairs = tables_.pairs(subject);
    if (!pairs) {
        return pairs;
    }
    if (const auto* open = history_.find(subject)) {
        const auto added = added_pairs(
            tables_, subject, open->first, entries_of(*open, open->activities.size()), open->late);
        if (!added) {
            return fail(added);
        }
        join_pairs(*pairs, *added);
    }
    return pairs;
}

Result<std::vector<PairAggregate>> SqliteLedgerReader::Store::recipients_of(std::uint64_t subject,
                                                                            const Window& window) {
    const auto pairs = window.everything()
                           ? pairs_of(subject)
                           : pairs_in_window(tables_, subject, history_.find(subject), window);
    if (!pairs) {
        return fail(pairs);
    }
    std::vector<PairAggregate> aggregates;
    aggregates.reserve(pairs->size());
    for (const auto& pair : *pairs) {
        aggregates.push_back(PairAggregate{host(pair.recipient),
                                           from_unix_seconds(pair.first),
                                           from_unix_seconds(pair.last),
                                           pair.objects,
                                           pair.disclosures,
                                           privacy::ChannelSet{pair.channels},
                                           fediverse::CategorySet{pair.categories},
                                           static_cast<privacy::Evidence>(pair.strongest)});
    }
    std::sort(aggregates.begin(), aggregates.end(), [](const auto& a, const auto& b) {
        return a.recipient < b.recipient;
    });
    return aggregates;
}

Result<const std::map<std::uint32_t, OpenRecipient>*> SqliteLedgerReader::Store::open_recipients() {
    if (open_recipients_batch_ == last_batch_) {
        return &open_recipients_;
    }
    open_recipients_.clear();
    for (const auto& entry : history_.subjects()) {
        const auto& open = entry.second;
        const auto added = added_pairs(
            tables_, entry.first, open.first, entries_of(open, open.activities.size()), open.late);
        if (!added) {
            return fail(added);
        }
        add_open(entry.first, *added);
    }
    for (auto& entry : open_recipients_) {
        std::sort(entry.second.subjects.begin(), entry.second.subjects.end());
    }
    open_recipients_batch_ = last_batch_;
    return &open_recipients_;
}

void SqliteLedgerReader::Store::add_open(std::uint64_t subject, const std::vector<ledger::PairEntry>& added) {
    for (const auto& pair : added) {
        const auto [known, is_new] = open_recipients_.try_emplace(pair.recipient, OpenRecipient{pair, {}});
        if (!is_new) {
            ledger::merge(known->second.sum, pair);
        }
        known->second.subjects.push_back(subject);
    }
}

Result<std::vector<privacy::SubjectNumber>> SqliteLedgerReader::Store::subjects_at(const Host& host) {
    std::vector<privacy::SubjectNumber> subjects;
    const auto recipient = recipients_.find(host.text());
    if (!recipient) {
        return subjects;
    }
    const auto sealed = tables_.subjects_of(*recipient);
    if (!sealed) {
        return fail(sealed);
    }
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    std::vector<std::uint64_t> all = *sealed;
    const auto known = (*open)->find(*recipient);
    if (known != (*open)->end()) {
        all.clear();
        std::set_union(sealed->begin(),
                       sealed->end(),
                       known->second.subjects.begin(),
                       known->second.subjects.end(),
                       std::back_inserter(all));
    }
    subjects.reserve(all.size());
    for (const auto subject : all) {
        subjects.emplace_back(subject);
    }
    return subjects;
}

/// The activity that the object of the activity with this code belongs to.
Result<std::optional<std::uint32_t>> SqliteLedgerReader::Store::find_by(std::uint64_t subject,
                                                                        const ledger::UriCode& code,
                                                                        Lookup lookup,
                                                                        By by) {
    const auto sealed = find_sealed(tables_, subject, code, lookup, by);
    if (!sealed) {
        return fail(sealed);
    }
    if (*sealed) {
        const auto head = sealed_head(tables_, subject, **sealed);
        return head ? Result<std::optional<std::uint32_t>>{root_of(**sealed, *head)} : fail(head);
    }
    const auto* open = history_.find(subject);
    for (std::uint32_t i = 0; open != nullptr && i < open->activities.size(); ++i) {
        const auto& head = open->activities[i].head;
        if (by == By::Id ? head.id == code : !head.refers && head.object == code) {
            return std::optional{root_of(open->first + i, head)};
        }
    }
    return std::optional<std::uint32_t>{};
}

Result<std::optional<std::uint32_t>> SqliteLedgerReader::Store::find(std::uint64_t subject, const Uri& uri) {
    auto rows = tables_.shapes(subject);
    if (!rows) {
        return fail(rows);
    }
    const ShapeBook shapes{std::move(*rows)};
    const auto code = shapes.find(uri.text());
    if (!code) {
        return std::optional<std::uint32_t>{};
    }
    const auto lookup = shapes.lookup(code->shape);
    auto found = find_by(subject, *code, lookup, By::Object);
    return found && !*found ? find_by(subject, *code, lookup, By::Id) : found;
}

Result<std::vector<ledger::HolderFact>> SqliteLedgerReader::Store::open_holders(const OpenSubject& open,
                                                                                std::uint64_t subject,
                                                                                std::uint32_t root) {
    std::vector<ledger::HolderFact> holders;
    for (std::uint32_t i = 0; i < open.activities.size(); ++i) {
        if (root_of(open.first + i, open.activities[i].head) == root) {
            auto attempts = open.activities[i].attempts;
            std::sort(attempts.begin(), attempts.end());
            holders = join_holders(holders, ledger::holders_of(attempts));
        }
    }
    const auto late = late_about(tables_, subject, root, open.late);
    if (!late) {
        return fail(late);
    }
    return join_holders(holders, holders_of_late(*late));
}

Result<std::vector<Holder>> SqliteLedgerReader::Store::holders_of(std::uint64_t subject, const Uri& object) {
    const auto root = find(subject, object);
    if (!root) {
        return fail(root);
    }
    std::vector<Holder> holders;
    if (!*root) {
        return holders;
    }
    auto facts = sealed_holders(tables_, subject, **root);
    if (!facts) {
        return fail(facts);
    }
    if (const auto* open = history_.find(subject)) {
        const auto more = open_holders(*open, subject, **root);
        if (!more) {
            return fail(more);
        }
        facts = join_holders(*facts, *more);
    }
    for (const auto& fact : *facts) {
        if (const auto rank = ledger::rank_of(fact.code); rank != 0) {
            holders.push_back(Holder{host(fact.recipient), static_cast<privacy::Evidence>(rank - 1)});
        }
    }
    std::sort(holders.begin(), holders.end(), [](const auto& a, const auto& b) {
        return a.recipient < b.recipient;
    });
    return holders;
}

Result<RecipientTotals> SqliteLedgerReader::Store::totals_of(std::uint32_t recipient,
                                                             const OpenRecipient* open) {
    auto total = tables_.total(recipient);
    RecipientTotals totals;
    totals.recipient = host(recipient);
    if (open != nullptr) {
        if (total) {
            ledger::merge(total->sum, open->sum);
        } else {
            total = TotalRow{0, open->sum};
        }
        const auto sealed = tables_.subjects_of(recipient);
        if (!sealed) {
            return fail(sealed);
        }
        for (const auto subject : open->subjects) {
            total->subjects += std::binary_search(sealed->begin(), sealed->end(), subject) ? 0 : 1;
        }
    }
    if (total) {
        totals.first = from_unix_seconds(total->sum.first);
        totals.last = from_unix_seconds(total->sum.last);
        totals.subjects = total->subjects;
        totals.disclosures = total->sum.disclosures;
        totals.channels = privacy::ChannelSet{total->sum.channels};
        totals.categories = fediverse::CategorySet{total->sum.categories};
        totals.strongest = static_cast<privacy::Evidence>(total->sum.strongest);
    }
    const auto tunnels = tunnels_of(tables_.statements(), recipient);
    totals.tunnels = tunnels.connections;
    totals.tunnel_bytes = tunnels.bytes_sent;
    if (!total && tunnels.connections > 0) {
        totals.first = from_unix_seconds(tunnels.first_at);
        totals.last = from_unix_seconds(tunnels.last_at);
    }
    return totals;
}

Result<std::vector<RecipientTotals>> SqliteLedgerReader::Store::recipients(std::string_view after,
                                                                           std::size_t limit) {
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    std::vector<std::uint32_t> order;
    for (std::uint32_t number = 1; number <= hosts_.size(); ++number) {
        if (hosts_[number - 1].text() > after) {
            order.push_back(number);
        }
    }
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return hosts_[a - 1] < hosts_[b - 1]; });
    std::vector<RecipientTotals> totals;
    for (const auto number : order) {
        if (totals.size() >= limit) {
            break;
        }
        const auto known = (*open)->find(number);
        auto row = totals_of(number, known == (*open)->end() ? nullptr : &known->second);
        if (!row) {
            return fail(row);
        }
        if (row->disclosures != 0 || row->tunnels != 0) {  // else only attempts that disclosed nothing
            totals.push_back(std::move(*row));
        }
    }
    return totals;
}

std::uint64_t SqliteLedgerReader::Store::number(const char* sql) {
    auto& row = tables_.statements().get(sql);
    row.executeStep();
    const auto value = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    row.reset();
    return value;
}

/// What the chunks hold; gives the subjects with disclosures in them.
std::unordered_set<std::uint64_t> SqliteLedgerReader::Store::add_sealed(LedgerTotals& totals) {
    std::unordered_set<std::uint64_t> subjects;
    auto& row =
        tables_.statements().get("SELECT subject, sealed, disclosures, first_at, last_at FROM subject");
    while (row.executeStep()) {
        totals.activities += static_cast<std::uint64_t>(row.getColumn(1).getInt64());
        const auto disclosures = static_cast<std::uint64_t>(row.getColumn(2).getInt64());
        if (disclosures > 0) {
            subjects.insert(static_cast<std::uint64_t>(row.getColumn(0).getInt64()));
            totals.disclosures += disclosures;
            widen(totals, row.getColumn(3).getInt64(), row.getColumn(4).getInt64());
        }
    }
    row.reset();
    return subjects;
}

Result<LedgerTotals> SqliteLedgerReader::Store::totals() {
    LedgerTotals totals;
    auto subjects = add_sealed(totals);
    const auto open = open_recipients();
    if (!open) {
        return fail(open);
    }
    for (const auto& entry : history_.subjects()) {
        totals.activities += entry.second.activities.size();
    }
    totals.recipients = number("SELECT count(*) FROM recipient_total");
    for (const auto& entry : **open) {
        const auto& added = entry.second;
        totals.disclosures += added.sum.disclosures;
        subjects.insert(added.subjects.begin(), added.subjects.end());
        widen(totals, added.sum.first, added.sum.last);
        totals.recipients += tables_.total(entry.first) ? 0 : 1;
    }
    totals.subjects = subjects.size();
    totals.unread_tunnels = number("SELECT coalesce(sum(connections), 0) FROM tunnel");
    totals.unread_tunnel_hosts = number("SELECT count(DISTINCT recipient) FROM tunnel");
    totals.gap_deliveries = number("SELECT coalesce(sum(deliveries), 0) FROM gap");
    totals.journal_batches = number("SELECT count(*) FROM journal");
    totals.chunks = number("SELECT count(*) FROM chunk");
    return totals;
}

Result<std::vector<ObservedAttempt>> SqliteLedgerReader::Store::attempts_of(std::uint64_t subject,
                                                                            const Uri& object) {
    const auto root = find(subject, object);
    if (!root) {
        return fail(root);
    }
    std::vector<ObservedAttempt> attempts;
    if (!*root) {
        return attempts;
    }
    const auto add = [&](std::uint32_t recipient, std::int64_t at, ledger::OutcomeCode code) {
        attempts.push_back(
            ObservedAttempt{host(recipient), from_unix_seconds(at), channel_of(code), outcome_of(code)});
    };
    const auto seen = each_attempt(tables_, subject, history_.find(subject), **root, add);
    if (!seen) {
        return fail(seen);
    }
    std::sort(attempts.begin(), attempts.end(), [](const auto& a, const auto& b) {
        return a.at != b.at ? a.at < b.at : a.recipient < b.recipient;
    });
    return attempts;
}

SqliteLedgerReader::SqliteLedgerReader(std::unique_ptr<Store> store) : store_(std::move(store)) {}
SqliteLedgerReader::~SqliteLedgerReader() = default;

Result<std::unique_ptr<SqliteLedgerReader>> SqliteLedgerReader::open(const std::filesystem::path& path,
                                                                     const SubjectSealer& sealer) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteLedgerReader>{
        new SqliteLedgerReader{std::make_unique<Store>(std::move(*database), sealer)}};
}

Result<std::vector<PairAggregate>> SqliteLedgerReader::recipients_of(privacy::SubjectNumber subject,
                                                                     const Window& window) const {
    return store_->read([&] { return store_->recipients_of(subject.get(), window); });
}
Result<std::vector<privacy::SubjectNumber>> SqliteLedgerReader::subjects_at(const Host& recipient) const {
    return store_->read([&] { return store_->subjects_at(recipient); });
}
Result<std::vector<Holder>> SqliteLedgerReader::holders_of(privacy::SubjectNumber subject,
                                                           const Uri& object) const {
    return store_->read([&] { return store_->holders_of(subject.get(), object); });
}
Result<std::vector<RecipientTotals>> SqliteLedgerReader::recipients(std::string_view after,
                                                                    std::size_t limit) const {
    return store_->read([&] { return store_->recipients(after, limit); });
}
Result<LedgerTotals> SqliteLedgerReader::totals() const {
    return store_->read([&] { return store_->totals(); });
}
Result<std::vector<ObservedAttempt>> SqliteLedgerReader::attempts_of(privacy::SubjectNumber subject,
                                                                     const Uri& object) const {
    return store_->read([&] { return store_->attempts_of(subject.get(), object); });
}

}  // namespace fedtrail::sqlite
