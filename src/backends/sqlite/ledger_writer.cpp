/// The writing side: everything buffered goes into one journal batch a commit.

#include <algorithm>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/guarded.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_watch.hpp"
#include "backends/sqlite/ledger_writer_store.hpp"

namespace fedtrail::sqlite {

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
    nameless_.clear();
    sealed_late_.clear();
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
        if (auto read = names->refresh(tables_.statements()); !read) {
            return read;
        }
    }
    batch_ = 1;
    auto& row = tables_.statements().get("SELECT batch, records FROM journal ORDER BY batch");
    while (row.executeStep()) {
        if (auto read = history_.replay(row.getColumn(0).getInt64(), blob_of(row.getColumn(1))); !read) {
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
    return load_note();
}

Result<void> SqliteLedgerWriter::Store::load_note() {
    auto note = read_vault_note(tables_.statements());
    if (!note) {
        return fail(note);
    }
    note_ = *note;
    note_saved_ = note_.has_checksum;
    for (const auto& entry : history_.subjects()) {
        meet(entry.first);  // a ledger of an older layout
    }
    return {};
}

void SqliteLedgerWriter::Store::meet(std::uint64_t subject) {
    if (subject > note_.greatest) {
        note_.greatest = subject;
        note_saved_ = false;
    }
}

Result<void> SqliteLedgerWriter::Store::settle_note() {
    if (note_saved_) {
        return {};
    }
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    put_vault_note(tables_.statements(), note_);
    transaction.commit();
    note_saved_ = true;
    return {};
}

Result<void> SqliteLedgerWriter::Store::note_vault(const VaultId& vault) {
    if (note_.vault == vault) {
        return {};
    }
    note_.vault = vault;
    note_saved_ = false;
    return settle_note();
}

Result<bool> SqliteLedgerWriter::Store::add(const PackedObservation& observation) {
    if (const auto sound = stand(); !sound) {
        return fail(sound);
    }
    const auto code = outcome_code(observation.outcome, observation.channel);
    const ledger::JournalObservation record{observation.subject.get(),
                                            observation.activity.get(),
                                            observation.recipient.get(),
                                            observation.at_seconds,
                                            code,
                                            observation.settles};
    // Another delivery of the same second may have taken the intent's place, and be in a chunk by now.
    if (!record.settles || !history_.has_intent(record)) {
        const auto known = is_known(observation, code);
        if (!known) {
            return fail(known);
        }
        if (*known) {
            return false;
        }
    }
    encoder_.add(record);
    history_.on_observation(record);
    const auto* open = history_.find(record.subject);
    const bool more_late = open != nullptr && !record.settles && !open->is_open(record.activity);
    wants_fold_ = wants_fold_ || (more_late && open->late.size() % kMaxLate == 0);
    return true;
}

Result<void> SqliteLedgerWriter::Store::write_shapes(const Book& book) {
    for (auto i = book.saved; i < book.shapes.rows().size(); ++i) {
        if (auto put = tables_.put_shape(book.subject, book.shapes.rows()[i]); !put) {
            return put;
        }
    }
    return {};
}

Result<void> SqliteLedgerWriter::Store::write_buffered() {
    for (const auto& tunnel : tunnels_) {
        put_tunnel(tables_.statements(), recipients_.number(tunnel.recipient.text()), tunnel);
    }
    recipients_.save(tables_.statements());
    types_.save(tables_.statements());
    for (const auto subject : unsaved_books_) {
        if (auto put = write_shapes(*book_of_.at(subject)); !put) {
            return put;
        }
    }
    for (const auto& gap : gaps_) {
        put_gap(tables_.statements(), gap);
        if (auto put = put_leaf(tables_.statements(),
                                {gap.until, records::GapLeaf{gap.from, gap.until, gap.deliveries}});
            !put) {
            return put;
        }
    }
    if (!note_saved_) {
        put_vault_note(tables_.statements(), note_);
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
    foothold_.let_go();
    tunnels_.clear();
    gaps_.clear();
    return why;
}

bool SqliteLedgerWriter::Store::has_nothing_to_write() const {
    return encoder_.empty() && tunnels_.empty() && gaps_.empty();
}

void SqliteLedgerWriter::Store::rest() {
    foothold_.let_go();
    tables_.statements().finish();
}

Result<void> SqliteLedgerWriter::Store::commit() {
    rest();
    if (auto sound = stand(); !sound || has_nothing_to_write()) {
        return sound;
    }
    return write_transaction(false);
}

Result<void> SqliteLedgerWriter::Store::commit_of_many() {
    if (auto sound = stand(); !sound || has_nothing_to_write()) {
        return sound;
    }
    return write_transaction(foothold_.may_stay());
}

bool SqliteLedgerWriter::Store::claim() {
    if (!sound_) {
        return false;
    }
    tables_.statements().finish();
    return foothold_.claim(foothold_.may_stay());
}

/// `stays`: the foothold is kept, or taken.
Result<void> SqliteLedgerWriter::Store::write_transaction(bool stays) {
    tables_.statements().finish();
    try {
        auto turn = foothold_.begin(stays);
        if (auto written = write_buffered(); !written) {
            return failed(std::move(written));
        }
        turn.commit();
    } catch (const SQLite::Exception& failure) {
        return failed(tl::unexpected{to_error(failure, "writing to the ledger")});
    }
    recipients_.saved();
    types_.saved();
    note_saved_ = true;
    for (const auto subject : unsaved_books_) {
        auto& shapes = *book_of_.at(subject);
        shapes.saved = shapes.shapes.rows().size();
    }
    unsaved_books_.clear();
    tunnels_.clear();
    gaps_.clear();
    return {};
}

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
    if (const auto noted = guarded("writing to the ledger", [&] { return store->settle_note(); }); !noted) {
        return fail(noted);
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
Result<void> SqliteLedgerWriter::commit_of_many() {
    return guarded("writing to the ledger", [&] { return store_->commit_of_many(); });
}
bool SqliteLedgerWriter::claim() {
    return store_->claim();
}
void SqliteLedgerWriter::rest() {
    store_->rest();
}
bool SqliteLedgerWriter::wants_fold() const {
    return store_->wants_fold();
}
Result<FoldSummary> SqliteLedgerWriter::fold(Instant now) {
    return guarded("folding the ledger's journal", [&] { return store_->fold(now); });
}
Result<FoldSummary> SqliteLedgerWriter::fold_settled(Instant now,
                                                     std::optional<privacy::SubjectNumber> subject) {
    return guarded("folding the ledger's journal", [&] { return store_->fold_settled(now, subject); });
}
Result<void> SqliteLedgerWriter::keep_commitments(privacy::SubjectNumber subject) {
    return guarded("keeping what the log has of a person",
                   [&] { return store_->keep_commitments(subject.get()); });
}
Result<void> SqliteLedgerWriter::forget(privacy::SubjectNumber subject) {
    return guarded("forgetting a person in the ledger", [&] { return store_->forget(subject.get()); });
}
Result<void> SqliteLedgerWriter::note_vault(const VaultId& vault) {
    return guarded("noting the vault in the ledger", [&] { return store_->note_vault(vault); });
}
Result<void> SqliteLedgerWriter::rebuild() {
    return guarded("rebuilding the ledger", [&] { return store_->rebuild(); });
}
Result<void> SqliteLedgerWriter::compact() {
    return guarded("compacting the ledger", [&] { return store_->compact(); });
}

}  // namespace fedtrail::sqlite
