#include "backends/sqlite/ledger_audit.hpp"

#include <algorithm>

#include "fedtrail/core/count.hpp"
#include "fedtrail/ledger/uri_code.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/ledger_fold.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_watch.hpp"
#include "backends/sqlite/ledger_window.hpp"
#include "backends/sqlite/ledger_windows.hpp"
#include "backends/sqlite/vault_note.hpp"

namespace fedtrail::sqlite {

namespace {

std::string subject_name(std::uint64_t subject) {
    return "subject " + std::to_string(subject) + ": ";
}

bool is_derived(const std::string& table) {
    return std::find(std::begin(kDerivedTables), std::end(kDerivedTables), table) != std::end(kDerivedTables);
}

}  // namespace

std::vector<std::uint64_t> folded_subjects(SQLite::Database& database) {
    SQLite::Statement row{database,
                          "SELECT subject FROM subject UNION SELECT key >> 24 FROM chunk ORDER BY 1"};
    std::vector<std::uint64_t> subjects;
    while (row.executeStep()) {
        subjects.push_back(static_cast<std::uint64_t>(row.getColumn(0).getInt64()));
    }
    return subjects;
}

LedgerCheck LedgerAudit::run() {
    check_pages();
    check_names();
    check_journal();
    check_shapes();
    const auto subjects = folded_subjects(database_);
    std::uint64_t done = 0;
    for (const auto subject : subjects) {
        check_subject(subject);
        if (on_progress_) {
            on_progress_(++done, subjects.size());
        }
    }
    if (chunks_read_) {
        check_recipients();
        check_counts();
    }
    check_watch();
    check_note();
    check_bounds();
    for (const auto& sentence : window_faults(tables_, check_.rows)) {
        fault(Mends::Backup, sentence);
    }
    tables_.statements().finish();
    return std::move(check_);
}

void LedgerAudit::fault(Mends mends, const std::string& sentence) {
    check_.lost += mends == Mends::Backup ? 1 : 0;
    if (check_.faults.size() < kMaxFaults) {
        check_.faults.push_back(sentence + (mends == Mends::Backup ? " (backup)" : " (rebuild)"));
    }
}

std::vector<std::int64_t> LedgerAudit::numbers(const char* sql) {
    SQLite::Statement row{database_, sql};
    std::vector<std::int64_t> list;
    while (row.executeStep()) {
        list.push_back(row.getColumn(0).getInt64());
    }
    return list;
}

std::uint64_t LedgerAudit::count(const std::string& sql) {
    SQLite::Statement row{database_, sql};
    row.executeStep();
    return static_cast<std::uint64_t>(row.getColumn(0).getInt64());
}

bool LedgerAudit::are_pages_sound(const std::string& table) {
    SQLite::Statement row{database_, "PRAGMA integrity_check('" + table + "')"};
    return row.executeStep() && row.getColumn(0).getString() == "ok";
}

void LedgerAudit::check_pages() {
    for (const auto& sentence : layout_faults(database_, ledger_kind())) {
        fault(Mends::Backup, sentence);
    }
    std::vector<std::string> said;
    SQLite::Statement row{database_, "PRAGMA integrity_check(10)"};
    while (row.executeStep()) {
        said.push_back(row.getColumn(0).getString());
    }
    if (said == std::vector<std::string>{"ok"}) {
        return;
    }
    bool derived = false;
    bool other = !are_pages_sound("sqlite_schema");
    SQLite::Statement names{database_, "SELECT name FROM sqlite_master WHERE type = 'table'"};
    while (names.executeStep()) {
        const auto table = names.getColumn(0).getString();
        if (table.find('\'') != std::string::npos || !are_pages_sound(table)) {
            (is_derived(table) ? derived : other) = true;
        }
    }
    for (const auto& sentence : said) {
        fault(derived && !other ? Mends::Rebuild : Mends::Backup, "the file's pages: " + sentence);
    }
}

void LedgerAudit::check_names() {
    for (auto* names : {&recipients_, &types_}) {
        const auto read = names->refresh(tables_.statements());
        fault_if(!read, Mends::Backup, read ? std::string{} : read.error().what);
        names_read_ = names_read_ && read;
        check_.rows += names->size();
    }
}

void LedgerAudit::check_journal() {
    SQLite::Statement row{database_, "SELECT batch, records FROM journal ORDER BY batch"};
    std::int64_t expected = 0;
    while (row.executeStep()) {
        const auto batch = row.getColumn(0).getInt64();
        const auto read = history_.replay(batch, blob_of(row.getColumn(1)));
        fault_if(
            !read,
            Mends::Backup,
            "journal batch " + std::to_string(batch) + ": " + (read ? std::string{} : read.error().what));
        fault_if(expected != 0 && batch != expected,
                 Mends::Backup,
                 "journal: a batch is missing before " + std::to_string(batch));
        expected = batch + 1;
        ++check_.rows;
    }
    for (const auto& [subject, open] : history_.subjects()) {
        check_open(subject, open);
    }
}

/// What is in the journal alone has no checks but these: nobody's chunks speak of it yet.
void LedgerAudit::check_open(std::uint64_t subject, const OpenSubject& open) {
    const auto end = chunks_end(tables_, subject);
    fault_if(!open.activities.empty() && open.first != end,
             Mends::Backup,
             subject_name(subject) + "journal and chunks do not meet");
    const auto shapes = shape_book(tables_, subject);
    if (!shapes) {
        return;  // check_shapes() says so
    }
    const auto is_known = [this](const auto& attempt) {
        return !names_read_ || attempt.recipient <= recipients_.size();
    };
    bool sound = std::all_of(open.late.begin(), open.late.end(), [&](const auto& attempt) {
        return attempt.activity < end && is_known(attempt);
    });
    for (std::uint32_t i = 0; i < open.activities.size(); ++i) {
        const auto& activity = open.activities[i];
        sound = sound && fits(*shapes, activity.head) &&
                (!activity.head.refers || *activity.head.refers < open.first + i) &&
                std::all_of(activity.attempts.begin(), activity.attempts.end(), is_known);
    }
    fault_if(!sound, Mends::Backup, subject_name(subject) + "what the journal says of it fits nothing");
}

/// Of everybody: who is in the journal only, and who is in neither place. A row that was moved to another
/// subject or number does not open there.
void LedgerAudit::check_shapes() {
    std::set<std::uint64_t> subjects;
    for (const auto subject : numbers("SELECT DISTINCT subject FROM shape")) {
        subjects.insert(static_cast<std::uint64_t>(subject));
    }
    for (const auto subject : subjects) {
        const auto shapes = tables_.shapes(subject);
        fault_if(
            !shapes, Mends::Backup, subject_name(subject) + (shapes ? std::string{} : shapes.error().what));
        check_.rows += shapes ? shapes->size() : 0;
    }
}

bool LedgerAudit::fits(const ShapeBook& shapes, const ledger::ActivityHead& head) const {
    return shapes.uri(head.id) && shapes.uri(head.object) && (!names_read_ || head.type <= types_.size());
}

void LedgerAudit::check_subject(std::uint64_t subject) {
    const auto shapes = shape_book(tables_, subject);
    if (!shapes || !check_chunks(subject, *shapes)) {
        chunks_read_ = false;
        return;  // said already
    }
    check_pairs(subject);
}

bool LedgerAudit::check_chunks(std::uint64_t subject, const ShapeBook& shapes) {
    std::uint32_t next_chunk = 0;
    std::uint32_t next_activity = 0;
    for (const auto& stored : tables_.chunks(subject)) {
        const auto name = subject_name(subject) + "chunk " + std::to_string(stored.chunk);
        const auto chunk = tables_.whole_chunk(subject, stored.chunk);
        if (!chunk) {
            fault(Mends::Backup, name + ": " + chunk.error().what);
            return false;
        }
        fault_if(stored.chunk != next_chunk || stored.first_activity != next_activity ||
                     chunk->first_activity != next_activity || chunk->activities.size() != stored.activities,
                 Mends::Backup,
                 name + " does not follow the one before");
        fault_if(!std::all_of(chunk->activities.begin(),
                              chunk->activities.end(),
                              [&](const auto& activity) { return fits(shapes, activity.head); }),
                 Mends::Backup,
                 name + " has URIs of shapes that are not there");
        next_chunk = stored.chunk + 1;
        next_activity += stored.activities;
        ++counted_["chunk"];
        check_index(subject, stored.chunk, *chunk, shapes);
    }
    const auto row = tables_.subject(subject);
    counted_["subject"] += next_chunk > 0 ? 1 : 0;
    fault_if(!row || row->sealed != next_activity,
             Mends::Rebuild,
             subject_name(subject) + "its row is not what its chunks make");
    return true;
}

void LedgerAudit::check_ranges(
    std::uint64_t subject,
    std::uint32_t number,
    const std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>& ranges) {
    for (const auto& [shape, range] : ranges) {
        auto& row = tables_.statements().get(
            "SELECT least, greatest FROM chunk_range WHERE subject = ? AND shape = ? AND chunk = ?");
        row.bind(1, static_cast<std::int64_t>(subject));
        row.bind(2, shape);
        row.bind(3, number);
        const bool same = row.executeStep() &&
                          static_cast<std::uint64_t>(row.getColumn(0).getInt64()) == range.first &&
                          static_cast<std::uint64_t>(row.getColumn(1).getInt64()) == range.second;
        fault_if(!same,
                 Mends::Rebuild,
                 subject_name(subject) + "the index of chunk " + std::to_string(number) + " is damaged");
    }
    counted_["chunk_range"] += ranges.size();
}

void LedgerAudit::check_index(std::uint64_t subject,
                              std::uint32_t number,
                              const ledger::Chunk& chunk,
                              const ShapeBook& shapes) {
    const auto index = index_of(chunk, shapes);
    check_ranges(subject, number, index.ranges);
    const std::set<std::pair<std::uint64_t, std::uint32_t>> hashes{index.hashes.begin(), index.hashes.end()};
    for (const auto& [hash, activity] : hashes) {
        const auto found = tables_.activities_with_hash(subject, hash);
        fault_if(std::find(found.begin(), found.end(), activity) == found.end(),
                 Mends::Rebuild,
                 subject_name(subject) + "the index of its URIs is damaged");
    }
    counted_["uri_hash"] += hashes.size();
    check_roots(subject, number, chunk, {index.roots.begin(), index.roots.end()});
}

void LedgerAudit::check_roots(std::uint64_t subject,
                              std::uint32_t number,
                              const ledger::Chunk& chunk,
                              std::set<std::uint32_t> roots) {
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
                 Mends::Rebuild,
                 subject_name(subject) + "a reference between its chunks is missing");
    }
    counted_["reference"] += roots.size();
}

void LedgerAudit::check_pairs(std::uint64_t subject) {
    const auto derived = pairs_in_window(tables_, subject, nullptr, Window{});
    if (!derived) {
        chunks_read_ = false;
        fault(Mends::Backup, subject_name(subject) + derived.error().what);
        return;
    }
    const auto stored = tables_.pairs(subject);
    fault_if(!stored, Mends::Rebuild, subject_name(subject) + (stored ? std::string{} : stored.error().what));
    fault_if(stored && *stored != *derived,
             Mends::Rebuild,
             subject_name(subject) + "its recipients are not those of its chunks");
    SubjectRow sum;
    for (const auto& pair : *derived) {
        sum.first_at = sum.disclosures == 0 ? pair.first : std::min(sum.first_at, pair.first);
        sum.last_at = sum.disclosures == 0 ? pair.last : std::max(sum.last_at, pair.last);
        sum.disclosures += pair.disclosures;
        auto& total = totals_.try_emplace(pair.recipient, std::make_pair(pair, std::vector<std::uint64_t>{}))
                          .first->second;
        if (!total.second.empty()) {
            ledger::merge(total.first, pair);
        }
        total.second.push_back(subject);
    }
    const auto row = tables_.subject(subject).value_or(SubjectRow{});
    fault_if(row.disclosures != sum.disclosures || row.first_at != sum.first_at || row.last_at != sum.last_at,
             Mends::Rebuild,
             subject_name(subject) + "its totals are not those of its chunks");
}

void LedgerAudit::check_recipients() {
    for (auto& [recipient, total] : totals_) {
        const auto stored = tables_.total(recipient);
        const auto subjects = tables_.subjects_of(recipient);
        const auto& sum = total.first;
        const bool same = stored && subjects && *subjects == total.second &&
                          stored->subjects == total.second.size() &&
                          stored->sum.disclosures == sum.disclosures && stored->sum.first == sum.first &&
                          stored->sum.last == sum.last && stored->sum.channels == sum.channels &&
                          stored->sum.categories == sum.categories && stored->sum.strongest == sum.strongest;
        fault_if(!same,
                 Mends::Rebuild,
                 "recipient " + std::to_string(recipient) + ": its totals are not those of the subjects");
    }
    counted_["recipient_total"] = totals_.size();
}

void LedgerAudit::check_watch() {
    const auto damaged = damaged_watch_rows(tables_.statements(), check_.rows);
    fault_if(
        damaged > 0,
        Mends::Backup,
        counted(damaged, "row of unread connections or gaps is", "rows of unread connections or gaps are") +
            " damaged");
}

/// A note that knows less than the file would let an older vault pass.
void LedgerAudit::check_note() {
    ++check_.rows;
    const auto note = read_vault_note(tables_.statements());
    if (!note) {
        fault(Mends::Backup, note.error().what);
        return;
    }
    auto known = count(
        "SELECT max((SELECT coalesce(max(subject), 0) FROM shape), "
        "(SELECT coalesce(max(key) >> 24, 0) FROM chunk))");
    for (const auto& entry : history_.subjects()) {
        known = std::max(known, entry.first);
    }
    fault_if(note->has_checksum && note->greatest < known,
             Mends::Backup,
             "the ledger has more people than it notes of its vault");
}

/// Numbers are read into narrower ones than SQLite keeps: no bit above may differ.
void LedgerAudit::check_bounds() {
    static constexpr std::pair<const char*, const char*> kOutside[] = {
        {"shape", "number >> 32 <> 0 OR lookup NOT IN (1, 2)"},
        {"subject", "sealed >> 32 <> 0"},
        {"chunk", "first_activity >> 32 <> 0 OR activities >> 32 <> 0 OR closed NOT IN (0, 1)"},
        {"recipient_total",
         "recipient >> 32 <> 0 OR channels >> 8 <> 0 OR categories >> 16 <> 0 OR strongest >> 8 <> 0"},
        {"uri_hash", "activity >> 32 <> 0"},
        {"reference", "activity >> 32 <> 0 OR chunk >> 32 <> 0"},
        {"tunnel", "recipient >> 32 <> 0"},
        {"recipient", "number >> 32 <> 0"},
        {"activity_type", "number >> 32 <> 0"},
        {"window", "first_name >> 32 <> 0 OR names >> 32 <> 0"},
        {"window_part",
         "first_activity >> 32 <> 0 OR activities >> 32 <> 0 OR late_chunk >> 32 <> 0 OR "
         "first_late >> 32 <> 0 OR late >> 32 <> 0"}};
    for (const auto& [table, outside] : kOutside) {
        const auto found = count(std::string{"SELECT count(*) FROM "} + table + " WHERE " + outside);
        fault_if(
            found != 0,
            is_derived(table) ? Mends::Rebuild : Mends::Backup,
            std::string{"table "} + table + " has " + counted(found, "row") + " with impossible numbers");
    }
}

/// Rows that nothing leads to.
void LedgerAudit::check_counts() {
    for (const auto* table :
         {"subject", "chunk", "chunk_range", "uri_hash", "reference", "recipient_total"}) {
        const auto stored = count(std::string{"SELECT count(*) FROM "} + table);
        check_.rows += stored;
        fault_if(stored != counted_[table],
                 is_derived(table) ? Mends::Rebuild : Mends::Backup,
                 std::string{"table "} + table + " has " + counted(stored, "row") + " where " +
                     counted(counted_[table], "belongs", "belong"));
    }
    const auto sets =
        count("SELECT count(*) FROM pairs WHERE key >> 16 NOT IN (SELECT subject FROM subject)") +
        count(
            "SELECT count(*) FROM recipient_subjects WHERE key >> 16 NOT IN "
            "(SELECT recipient FROM recipient_total)");
    fault_if(sets != 0,
             Mends::Rebuild,
             counted(sets, "row of recipients belongs", "rows of recipients belong") + " to nobody");
    const auto times = count("SELECT count(*) FROM chunk_times WHERE key NOT IN (SELECT key FROM chunk)");
    fault_if(times != 0,
             Mends::Backup,
             counted(times, "row of times belongs", "rows of times belong") + " to no chunk");
}

}  // namespace fedtrail::sqlite
