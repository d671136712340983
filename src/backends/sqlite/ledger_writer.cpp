/// The writing side: everything buffered goes into one journal batch a commit; folding moves it on.

#include <algorithm>
#include <functional>
#include <list>
#include <unordered_map>

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/journal.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"
#include "backends/sqlite/ledger_watch.hpp"

namespace fedtrail::sqlite {

namespace {

// A subject is folded when half a chunk has gathered, or this many attempts, or when it has waited long
// enough.
constexpr std::size_t kFoldActivities = ledger::kChunkActivities / 2;
constexpr std::size_t kFoldAttempts = 16'384;
constexpr std::size_t kFoldLate = 256;
/// Attempts moved in one transaction: bounds how long a commit waits behind a fold.
constexpr std::size_t kFoldSlice = 200'000;
constexpr std::size_t kCachedBooks = 4096;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9E3779B97F4A7C15ULL;
    return a ^ a >> 32U;
}

std::uint64_t index_key(std::uint64_t subject, const ledger::UriCode& code, By by) {
    return mix(mix(subject, ledger::hash_of(code)), by == By::Id ? 1 : 2);
}

}  // namespace

class SqliteLedgerWriter::Store {
public:
    Store(std::unique_ptr<SQLite::Database> database,
          const SubjectSealer& sealer,
          const LedgerOptions& options)
        : database_(std::move(database)), tables_(*database_, sealer), options_(options) {}

    Result<void> recover();

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
    Result<FoldSummary> fold(Instant now);
    Result<void> rebuild();
    Result<void> compact();

private:
    struct Book {
        std::uint64_t subject;
        ShapeBook shapes;
        std::size_t saved;
        std::unordered_map<std::uint32_t, std::uint64_t>
            greatest;  ///< Per shape: the greatest number in a chunk.
    };
    struct WholeChunk {
        std::uint64_t subject{};
        std::uint32_t number{};
        ledger::Chunk chunk;
    };

    Result<void> stand();
    Result<void> load();
    Result<Book*> book(std::uint64_t subject);
    Result<std::optional<std::uint32_t>> find(std::uint64_t subject, const ledger::UriCode& code, By by);
    Result<bool> may_be_sealed(Book& book, const ledger::UriCode& code);
    void index(std::uint64_t subject, std::uint32_t number, const ledger::ActivityHead& head);
    void unindex(std::uint64_t subject, const OpenSubject& open, std::size_t count);
    Result<bool> is_known(const PackedObservation& observation, ledger::OutcomeCode code);
    Result<bool> is_sealed_known(std::uint64_t subject, const ledger::LateAttempt& late);
    std::uint32_t next_number(std::uint64_t subject);
    Result<void> write_buffered();
    void write_batch();
    [[nodiscard]] std::size_t foldable(const OpenSubject& open,
                                       std::int64_t horizon,
                                       std::int64_t overdue) const;
    Result<FoldSummary> fold_slice(const std::vector<std::pair<std::uint64_t, std::size_t>>& slice);
    Result<void> failed(Result<void> why);

    std::unique_ptr<SQLite::Database> database_;
    LedgerTables tables_;
    LedgerOptions options_;
    NameTable recipients_{recipient_names()};
    NameTable types_{type_names()};
    OpenHistory history_;
    ledger::JournalEncoder encoder_;
    std::vector<records::TunnelObservation> tunnels_;
    std::vector<records::GapObservation> gaps_;
    std::int64_t batch_{};  ///< The one being filled.
    bool sound_{};          ///< Memory says what the file says; false after a failed write until recovered.
    std::unordered_multimap<std::uint64_t, std::uint32_t> open_index_;
    std::list<Book> books_;  ///< Most recent first.
    std::unordered_map<std::uint64_t, std::list<Book>::iterator> book_of_;
    std::vector<std::uint64_t> unsaved_books_;
    std::unordered_map<std::uint64_t, std::uint32_t> sealed_;  ///< Of subjects without open activities.
    WholeChunk whole_;
};

Result<void> SqliteLedgerWriter::Store::stand() {
    return sound_ ? Result<void>{} : recover();
}

Result<void> SqliteLedgerWriter::Store::recover() {
    try {
        auto loaded = load();
        sound_ = loaded.has_value();
        return loaded;
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "reading the ledger's journal")};
    }
}

Result<void> SqliteLedgerWriter::Store::load() {
    history_.clear();
    open_index_.clear();
    books_.clear();
    book_of_.clear();
    unsaved_books_.clear();
    sealed_.clear();
    recipients_.clear();
    types_.clear();
    encoder_ = ledger::JournalEncoder{};
    tables_.forget();
    whole_ = WholeChunk{};
    for (auto* names : {&recipients_, &types_}) {
        if (const auto read = names->refresh(tables_.statements()); !read) {
            return read;
        }
    }
    batch_ = 1;
    auto& row = tables_.statements().get("SELECT batch, records FROM journal ORDER BY batch");
    while (row.executeStep()) {
        if (const auto read = history_.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1)));
            !read) {
            return read;
        }
        batch_ = row.getColumn(0).getInt64() + 1;
    }
    row.reset();
    history_.begin_batch(batch_);
    for (const auto& [subject, open] : history_.subjects()) {
        for (std::uint32_t i = 0; i < open.activities.size(); ++i) {
            index(subject, open.first + i, open.activities[i].head);
        }
    }
    return {};
}

Result<SqliteLedgerWriter::Store::Book*> SqliteLedgerWriter::Store::book(std::uint64_t subject) {
    const auto known = book_of_.find(subject);
    if (known != book_of_.end()) {
        books_.splice(books_.begin(), books_, known->second);
        return &books_.front();
    }
    auto rows = tables_.shapes(subject);
    if (!rows) {
        return fail(rows);
    }
    if (books_.size() >= kCachedBooks && unsaved_books_.empty()) {
        book_of_.erase(books_.back().subject);
        books_.pop_back();
    }
    const auto saved = rows->size();
    books_.push_front(Book{subject, ShapeBook{std::move(*rows)}, saved, {}});
    book_of_[subject] = books_.begin();
    return &books_.front();
}

Result<bool> SqliteLedgerWriter::Store::may_be_sealed(Book& book, const ledger::UriCode& code) {
    if (code.shape >= book.saved + 2) {
        return false;  // the shape itself is new
    }
    if (book.shapes.lookup(code.shape) != Lookup::Range) {
        return true;
    }
    auto known = book.greatest.find(code.shape);
    if (known == book.greatest.end()) {
        auto& row =
            tables_.statements().get("SELECT max(greatest) FROM chunk_range WHERE subject = ? AND shape = ?");
        row.bind(1, static_cast<std::int64_t>(book.subject));
        row.bind(2, code.shape);
        row.executeStep();
        known =
            book.greatest.emplace(code.shape, static_cast<std::uint64_t>(row.getColumn(0).getInt64())).first;
        row.reset();
    }
    return code.numbers.front() <= known->second;
}

Result<std::optional<std::uint32_t>> SqliteLedgerWriter::Store::find(std::uint64_t subject,
                                                                     const ledger::UriCode& code,
                                                                     By by) {
    std::optional<std::uint32_t> first;
    if (const auto* open = history_.find(subject)) {
        const auto [begin, end] = open_index_.equal_range(index_key(subject, code, by));
        for (auto entry = begin; entry != end; ++entry) {
            const auto& head = open->activities[entry->second - open->first].head;
            const bool same = by == By::Id ? head.id == code : !head.refers && head.object == code;
            if (same && (!first || entry->second < *first)) {
                first = entry->second;
            }
        }
    }
    if (first) {
        return first;
    }
    const auto shapes = book(subject);
    if (!shapes) {
        return fail(shapes);
    }
    const auto may = may_be_sealed(**shapes, code);
    if (!may) {
        return fail(may);
    }
    if (!*may) {
        return std::optional<std::uint32_t>{};
    }
    return find_sealed(tables_, subject, code, (*shapes)->shapes.lookup(code.shape), by);
}

void SqliteLedgerWriter::Store::index(std::uint64_t subject,
                                      std::uint32_t number,
                                      const ledger::ActivityHead& head) {
    if (head.id.shape != 0) {
        open_index_.emplace(index_key(subject, head.id, By::Id), number);
    }
    if (head.object.shape != 0) {
        open_index_.emplace(index_key(subject, head.object, By::Object), number);
    }
}

void SqliteLedgerWriter::Store::unindex(std::uint64_t subject, const OpenSubject& open, std::size_t count) {
    const auto erase = [&](const ledger::UriCode& code, By by, std::uint32_t number) {
        const auto [begin, end] = open_index_.equal_range(index_key(subject, code, by));
        const auto entry =
            std::find_if(begin, end, [&](const auto& known) { return known.second == number; });
        if (entry != end) {
            open_index_.erase(entry);
        }
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& activity = open.activities[i];
        const auto number = open.first + i;
        erase(activity.head.id, By::Id, number);
        erase(activity.head.object, By::Object, number);
    }
}

std::uint32_t SqliteLedgerWriter::Store::next_number(std::uint64_t subject) {
    const auto* open = history_.find(subject);
    if (open != nullptr && !open->activities.empty()) {
        return open->next();
    }
    const auto known = sealed_.find(subject);
    if (known != sealed_.end()) {
        return known->second;
    }
    const auto row = tables_.subject(subject);
    return sealed_[subject] = row ? row->sealed : 0;
}

Result<ActivityNumber> SqliteLedgerWriter::Store::activity(const ActivityFact& fact) {
    if (const auto sound = stand(); !sound) {
        return fail(sound);
    }
    const auto subject = fact.subject.get();
    const auto shapes = book(subject);
    if (!shapes) {
        return fail(shapes);
    }
    const auto shapes_before = (*shapes)->shapes.rows().size();
    ledger::JournalActivity activity{subject, 0, {}};
    auto& head = activity.head;
    head.id = (*shapes)->shapes.code(fact.id);
    head.object = (*shapes)->shapes.code(fact.object);
    if (shapes_before == (*shapes)->saved && (*shapes)->shapes.rows().size() != shapes_before) {
        unsaved_books_.push_back(subject);
    }
    std::optional<std::uint32_t> root;
    if (head.id.shape != 0) {
        const auto known = find(subject, head.id, By::Id);
        if (!known) {
            return fail(known);
        }
        if (*known) {
            return ActivityNumber{**known};
        }
    }
    if (head.object.shape != 0) {
        const auto known = find(subject, head.object, By::Object);
        if (!known) {
            return fail(known);
        }
        root = *known;
    }
    if (head.id.shape == 0 && root) {
        return ActivityNumber{*root};  // a pull, say: about the object as it was pushed
    }
    if (root) {
        head.refers = root;
        head.object = ledger::UriCode{};
    }
    activity.number = next_number(subject);
    head.at = to_unix_seconds(fact.at);
    head.type = types_.number(fact.type);
    head.categories = fact.categories.bits();
    head.visibility = static_cast<std::uint8_t>(fact.visibility);
    encoder_.add(activity);
    index(subject, activity.number, head);
    const ActivityNumber number{activity.number};
    history_.on_activity(std::move(activity));
    return number;
}

Result<bool> SqliteLedgerWriter::Store::is_sealed_known(std::uint64_t subject,
                                                        const ledger::LateAttempt& late) {
    const auto row = tables_.chunk_with(subject, late.activity);
    if (!row) {
        return fail(ErrorKind::Invalid,
                    "ledger: there is no activity with this number",
                    "use the number activity() gave");
    }
    auto chunks = std::vector<std::uint32_t>{row->chunk};
    const auto head = sealed_head(tables_, subject, late.activity);
    if (!head) {
        return fail(head);
    }
    const auto references = tables_.references(subject, root_of(late.activity, *head));
    chunks.insert(chunks.end(), references.begin(), references.end());
    for (const auto number : chunks) {
        if (whole_.subject != subject || whole_.number != number || whole_.chunk.activities.empty()) {
            auto whole = tables_.whole_chunk(subject, number);
            if (!whole) {
                return fail(whole);
            }
            whole_ = WholeChunk{subject, number, std::move(*whole)};
        }
        const auto& chunk = whole_.chunk;
        if (std::find(chunk.late.begin(), chunk.late.end(), late) != chunk.late.end()) {
            return true;
        }
        if (late.activity >= chunk.first_activity &&
            late.activity - chunk.first_activity < chunk.activities.size()) {
            const auto& entry = chunk.activities[late.activity - chunk.first_activity];
            const ledger::Attempt same{
                late.recipient, static_cast<std::int32_t>(late.at - entry.head.at), late.code};
            if (std::binary_search(entry.attempts.begin(), entry.attempts.end(), same)) {
                return true;
            }
        }
    }
    return false;
}

Result<bool> SqliteLedgerWriter::Store::is_known(const PackedObservation& observation,
                                                 ledger::OutcomeCode code) {
    const auto subject = observation.subject.get();
    const auto* open = history_.find(subject);
    const auto number = observation.activity.get();
    const auto recipient = observation.recipient.get();
    if (open == nullptr || !open->is_open(number)) {
        const ledger::LateAttempt late{number, recipient, observation.at_seconds, code};
        if (open != nullptr && std::find(open->late.begin(), open->late.end(), late) != open->late.end()) {
            return true;
        }
        return is_sealed_known(subject, late);
    }
    if (history_.is_first(subject, number, recipient, observation.at_seconds)) {
        return false;
    }
    const auto& activity = open->activities[number - open->first];
    const ledger::Attempt same{
        recipient, static_cast<std::int32_t>(observation.at_seconds - activity.head.at), code};
    return std::find(activity.attempts.begin(), activity.attempts.end(), same) != activity.attempts.end();
}

Result<bool> SqliteLedgerWriter::Store::add(const PackedObservation& observation) {
    if (const auto sound = stand(); !sound) {
        return fail(sound);
    }
    const auto code = outcome_code(observation.outcome, observation.channel);
    if (!observation.settles) {
        const auto known = is_known(observation, code);
        if (!known) {
            return fail(known);
        }
        if (*known) {
            return false;
        }
    }
    const ledger::JournalObservation record{observation.subject.get(),
                                            observation.activity.get(),
                                            observation.recipient.get(),
                                            observation.at_seconds,
                                            code,
                                            observation.settles};
    encoder_.add(record);
    history_.on_observation(record);
    return true;
}

Result<void> SqliteLedgerWriter::Store::write_buffered() {
    for (const auto& tunnel : tunnels_) {
        if (const auto put =
                put_tunnel(tables_.statements(), recipients_.number(tunnel.recipient.text()), tunnel);
            !put) {
            return put;
        }
    }
    recipients_.save(tables_.statements());
    types_.save(tables_.statements());
    for (const auto subject : unsaved_books_) {
        const auto& shapes = *book_of_.at(subject);
        for (auto i = shapes.saved; i < shapes.shapes.rows().size(); ++i) {
            if (const auto put = tables_.put_shape(subject, shapes.shapes.rows()[i]); !put) {
                return put;
            }
        }
    }
    for (const auto& gap : gaps_) {
        put_gap(tables_.statements(), gap);
    }
    write_batch();
    return {};
}

void SqliteLedgerWriter::Store::write_batch() {
    if (encoder_.empty()) {
        return;
    }
    auto& row = tables_.statements().get("INSERT INTO journal VALUES (?, ?)");
    row.bind(1, batch_);
    bind_blob(row, 2, journal_blob(batch_, encoder_.take()));
    row.exec();
    history_.begin_batch(++batch_);
}

Result<void> SqliteLedgerWriter::Store::failed(Result<void> why) {
    // What is in memory went ahead of the file: read the file again before the next use.
    sound_ = false;
    tunnels_.clear();
    gaps_.clear();
    return why;
}

Result<void> SqliteLedgerWriter::Store::commit() {
    if (const auto sound = stand(); !sound) {
        return sound;
    }
    if (encoder_.empty() && tunnels_.empty() && gaps_.empty()) {
        return {};
    }
    tables_.statements().finish();
    try {
        SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
        if (auto written = write_buffered(); !written) {
            return failed(std::move(written));
        }
        transaction.commit();
    } catch (const SQLite::Exception& failure) {
        return failed(tl::unexpected{to_error(failure, "writing to the ledger")});
    }
    recipients_.saved();
    types_.saved();
    for (const auto subject : unsaved_books_) {
        auto& shapes = *book_of_.at(subject);
        shapes.saved = shapes.shapes.rows().size();
    }
    unsaved_books_.clear();
    tunnels_.clear();
    gaps_.clear();
    return {};
}

std::size_t SqliteLedgerWriter::Store::foldable(const OpenSubject& open,
                                                std::int64_t horizon,
                                                std::int64_t overdue) const {
    std::size_t count = 0;
    std::size_t attempts = 0;
    while (count < open.activities.size() && open.activities[count].head.at <= horizon) {
        attempts += open.activities[count++].attempts.size();
    }
    const bool enough =
        count >= kFoldActivities || attempts >= kFoldAttempts || open.late.size() >= kFoldLate;
    const bool waited = (count > 0 && open.activities.front().head.at <= overdue) ||
                        (!open.late.empty() && open.late.front().at <= overdue);
    return enough || waited ? count : 0;
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold(Instant now) {
    if (const auto committed = commit(); !committed) {
        return fail(committed);
    }
    const auto horizon = to_unix_seconds(now - options_.retry_horizon);
    const auto overdue = to_unix_seconds(now - options_.retry_horizon - options_.fold_patience);
    std::vector<std::pair<std::uint64_t, std::size_t>> slice;
    std::size_t attempts = 0;
    bool more = false;
    for (const auto& [subject, open] : history_.subjects()) {
        const auto count = foldable(open, horizon, overdue);
        const bool late_waits =
            !open.late.empty() && (open.late.size() >= kFoldLate || open.late.front().at <= overdue);
        if (count == 0 && !late_waits) {
            continue;
        }
        if (attempts >= kFoldSlice) {
            more = true;
            break;
        }
        slice.emplace_back(subject, count);
        attempts += open.attempts;
    }
    if (slice.empty()) {
        return FoldSummary{};
    }
    std::sort(slice.begin(), slice.end());
    auto summary = fold_slice(slice);
    if (!summary) {
        auto failure = failed(fail(summary));
        return fail(failure);
    }
    summary->more = more;
    return summary;
}

Result<FoldSummary> SqliteLedgerWriter::Store::fold_slice(
    const std::vector<std::pair<std::uint64_t, std::size_t>>& slice) {
    FoldSummary summary;
    try {
        SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
        Folder folder{tables_};
        for (const auto& [subject, count] : slice) {
            const auto* open = history_.find(subject);
            const auto shapes = book(subject);
            if (!shapes) {
                return fail(shapes);
            }
            if (const auto folded = folder.fold(subject, *open, count, (*shapes)->shapes); !folded) {
                return fail(folded);
            }
            (*shapes)->greatest.clear();
            summary.activities += count;
            for (std::size_t i = 0; i < count; ++i) {
                summary.observations += open->activities[i].attempts.size();
            }
            summary.observations += open->late.size();
            const ledger::JournalMark mark{subject, open->first + static_cast<std::uint32_t>(count)};
            encoder_.add(mark);
            sealed_.erase(subject);
            unindex(subject, *open, count);
            history_.on_mark(mark);
        }
        if (const auto finished = folder.finish(); !finished) {
            return fail(finished);
        }
        write_batch();
        if (!options_.keep_journal) {
            // The last batch stays: it numbers the next.
            auto& row = tables_.statements().get("DELETE FROM journal WHERE batch < ?");
            row.bind(1, history_.oldest_batch(batch_ - 1));
            summary.batches_dropped = static_cast<std::uint64_t>(row.exec());
        }
        transaction.commit();
        summary.chunks = folder.chunks();
        tables_.statements().finish();
        whole_ = WholeChunk{};
        return summary;
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, "folding the ledger's journal")};
    }
}

namespace {

constexpr const char* kClearDerived =
    "DELETE FROM subject; DELETE FROM chunk; DELETE FROM chunk_times; DELETE FROM chunk_range; DELETE FROM "
    "uri_hash; "
    "DELETE FROM reference; DELETE FROM pairs; DELETE FROM recipient_subjects; DELETE FROM recipient_total";

/// Replays a whole journal and folds again wherever it was folded.
class Refolder : public OpenHistory {
public:
    using Fold = std::function<Result<void>(std::uint64_t, const OpenSubject&, std::size_t)>;
    explicit Refolder(Fold fold) : fold_(std::move(fold)) {}

    void on_mark(const ledger::JournalMark& mark) override {
        const auto* open = find(mark.subject);
        if (result_ && open != nullptr) {
            const auto count = mark.sealed > open->first ? mark.sealed - open->first : 0;
            result_ = fold_(mark.subject, *open, std::min<std::size_t>(count, open->activities.size()));
        }
        OpenHistory::on_mark(mark);
    }
    [[nodiscard]] const Result<void>& result() const noexcept { return result_; }

private:
    Fold fold_;
    Result<void> result_;
};

}  // namespace

Result<void> SqliteLedgerWriter::Store::rebuild() {
    if (auto committed = commit(); !committed) {
        return committed;
    }
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    if (database_->execAndGet("SELECT coalesce(min(batch), 1) FROM journal").getInt64() != 1) {
        return fail(ErrorKind::Conflict,
                    "the ledger's journal was not kept from its beginning, so nothing is rebuilt",
                    "restore a backup instead");
    }
    database_->exec(kClearDerived);
    tables_.forget();
    Refolder replay{[&](std::uint64_t subject, const OpenSubject& open, std::size_t count) -> Result<void> {
        const auto shapes = book(subject);
        if (!shapes) {
            return fail(shapes);
        }
        Folder folder{tables_};
        if (auto folded = folder.fold(subject, open, count, (*shapes)->shapes); !folded) {
            return folded;
        }
        return folder.finish();
    }};
    SQLite::Statement row{*database_, "SELECT batch, records FROM journal ORDER BY batch"};
    while (row.executeStep()) {
        if (auto read = replay.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1)));
            !read || !replay.result()) {
            return read ? replay.result() : read;
        }
    }
    row.reset();
    transaction.commit();
    return recover();
}

Result<void> SqliteLedgerWriter::Store::compact() {
    if (auto committed = commit(); !committed) {
        return committed;
    }
    database_->exec("VACUUM");
    database_->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
}

namespace {

/// Runs `act`; what SQLite throws becomes an Error.
template <typename Act>
auto guarded(std::string_view doing, Act&& act) -> decltype(act()) {
    try {
        return act();
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, doing)};
    }
}

}  // namespace

SqliteLedgerWriter::SqliteLedgerWriter(std::unique_ptr<Store> store) : store_(std::move(store)) {}
SqliteLedgerWriter::~SqliteLedgerWriter() = default;

Result<std::unique_ptr<SqliteLedgerWriter>> SqliteLedgerWriter::open(const std::filesystem::path& path,
                                                                     const SubjectSealer& sealer,
                                                                     const LedgerOptions& options) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    auto store = std::make_unique<Store>(std::move(*database), sealer, options);
    if (const auto read = store->recover(); !read) {
        return fail(read);
    }
    return std::unique_ptr<SqliteLedgerWriter>{new SqliteLedgerWriter{std::move(store)}};
}

Result<privacy::RecipientNumber> SqliteLedgerWriter::recipient(const Host& host) {
    return guarded("reading the ledger", [&] { return store_->recipient(host); });
}
Result<ActivityNumber> SqliteLedgerWriter::activity(const ActivityFact& fact) {
    return guarded("reading the ledger", [&] { return store_->activity(fact); });
}
Result<bool> SqliteLedgerWriter::add(const PackedObservation& observation) {
    return guarded("reading the ledger", [&] { return store_->add(observation); });
}
void SqliteLedgerWriter::add(const records::TunnelObservation& tunnel) {
    store_->add(tunnel);
}
void SqliteLedgerWriter::add(const records::GapObservation& gap) {
    store_->add(gap);
}
Result<void> SqliteLedgerWriter::commit() {
    return guarded("writing to the ledger", [&] { return store_->commit(); });
}
Result<FoldSummary> SqliteLedgerWriter::fold(Instant now) {
    return guarded("folding the ledger's journal", [&] { return store_->fold(now); });
}
Result<void> SqliteLedgerWriter::rebuild() {
    return guarded("rebuilding the ledger", [&] { return store_->rebuild(); });
}
Result<void> SqliteLedgerWriter::compact() {
    return guarded("compacting the ledger", [&] { return store_->compact(); });
}

}  // namespace fedtrail::sqlite
