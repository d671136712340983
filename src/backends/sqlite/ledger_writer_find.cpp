/// The writing side: which activity is meant, and whether an observation is known already.

#include <algorithm>

#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_writer_store.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kCachedBooks = 4096;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    a = (a ^ b) * 0x9E3779B97F4A7C15ULL;
    return a ^ a >> 32U;
}

std::uint64_t index_key(std::uint64_t subject, const ledger::UriCode& code, By by) {
    return mix(mix(subject, ledger::hash_of(code)), by == By::Id ? 1 : 2);
}

std::uint64_t nameless_key(std::uint64_t subject, const ledger::ActivityHead& head) {
    const auto kind = std::uint64_t{head.type} << 32U | std::uint64_t{head.categories} << 8U |
                      std::uint64_t{head.visibility};
    return mix(mix(mix(subject, static_cast<std::uint64_t>(head.at)), kind), 3);
}

/// Calls `act(key)` with all that it is to be found by.
template <typename Act>
void for_each_key(std::uint64_t subject, const ledger::ActivityHead& head, const Act& act) {
    if (head.id.shape != 0) {
        act(index_key(subject, head.id, By::Id));
    }
    if (head.object.shape != 0) {
        act(index_key(subject, head.object, By::Object));
    }
    if (is_nameless(head)) {
        act(nameless_key(subject, head));
    }
}

/// An attempt's time as it is kept: seconds from its activity's, in 32 bits.
std::optional<std::int32_t> offset_of(std::int64_t at, const ledger::ActivityHead& head) {
    const auto offset = at - head.at;
    return offset < INT32_MIN || offset > INT32_MAX ? std::nullopt
                                                    : std::optional{static_cast<std::int32_t>(offset)};
}

/// Whether an activity was sealed with this very attempt, or one that covers it.
bool tells(const ledger::ActivityEntry& entry, const ledger::LateAttempt& late) {
    const auto offset = offset_of(late.at, entry.head);
    if (!offset) {
        return false;
    }
    auto told = std::lower_bound(
        entry.attempts.begin(), entry.attempts.end(), ledger::Attempt{late.recipient, *offset, 0});
    while (told != entry.attempts.end() && told->recipient == late.recipient && told->offset == *offset) {
        if (covers((told++)->code, late.code)) {
            return true;
        }
    }
    return false;
}

/// Whether there may be such an attempt where these are the surest.
bool may_tell(const std::vector<ledger::HolderFact>& holders, const ledger::LateAttempt& late) {
    return std::any_of(holders.begin(), holders.end(), [&](const ledger::HolderFact& holder) {
        return holder.recipient == late.recipient &&
               ledger::rank_of(holder.code) >= ledger::rank_of(late.code);
    });
}

}  // namespace

Result<SqliteLedgerWriter::Store::Book*> SqliteLedgerWriter::Store::book(std::uint64_t subject) {
    const auto known = book_of_.find(subject);
    if (known != book_of_.end()) {
        books_.splice(books_.begin(), books_, known->second);
        return &books_.front();
    }
    auto shapes = shape_book(tables_, subject);
    if (!shapes) {
        return fail(shapes);
    }
    if (shapes->rows().empty()) {  // nothing was opened: that the key is damaged must not end a whole commit
        if (const auto key = tables_.leaf_seed(subject); !key) {
            return fail(key);
        }
    }
    if (books_.size() >= kCachedBooks && unsaved_books_.empty()) {
        book_of_.erase(books_.back().subject);
        books_.pop_back();
    }
    const auto saved = shapes->rows().size();
    books_.push_front(Book{subject, std::move(*shapes), saved, {}});
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

/// The first open activity with this code. The index may lead to others: the codes decide.
std::optional<std::uint32_t> SqliteLedgerWriter::Store::find_open(std::uint64_t subject,
                                                                  const ledger::UriCode& code,
                                                                  By by) const {
    std::optional<std::uint32_t> first;
    const auto* open = history_.find(subject);
    open_index_.each(index_key(subject, code, by), [&](std::uint32_t number) {
        if (open == nullptr || !open->is_open(number)) {
            return;
        }
        const auto& head = open->activities[number - open->first].head;
        const bool same = by == By::Id ? head.id == code : !head.refers && head.object == code;
        if (same && (!first || number < *first)) {
            first = number;
        }
    });
    return first;
}

Result<std::optional<std::uint32_t>> SqliteLedgerWriter::Store::find(std::uint64_t subject,
                                                                     const ledger::UriCode& code,
                                                                     By by) {
    if (code.shape == 0) {
        return std::optional<std::uint32_t>{};
    }
    if (const auto open = find_open(subject, code, by)) {
        return open;
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

Result<std::optional<std::uint32_t>> SqliteLedgerWriter::Store::find_nameless(
    std::uint64_t subject, const ledger::ActivityHead& head) {
    const auto* open = history_.find(subject);
    std::optional<std::uint32_t> found;
    open_index_.each(nameless_key(subject, head), [&](std::uint32_t number) {
        if (open != nullptr && open->is_open(number) && open->activities[number - open->first].head == head &&
            (!found || number < *found)) {
            found = number;
        }
    });
    if (found) {
        return found;
    }
    return nameless_.find(tables_, subject, head);
}

void SqliteLedgerWriter::Store::index(std::uint64_t subject,
                                      std::uint32_t number,
                                      const ledger::ActivityHead& head) {
    for_each_key(subject, head, [&](std::uint64_t key) { open_index_.insert(key, number); });
}

void SqliteLedgerWriter::Store::unindex(std::uint64_t subject, const OpenSubject& open, std::size_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto number = open.first + i;
        for_each_key(
            subject, open.activities[i].head, [&](std::uint64_t key) { open_index_.erase(key, number); });
    }
}

Result<std::uint32_t> SqliteLedgerWriter::Store::next_number(std::uint64_t subject) {
    const auto* open = history_.find(subject);
    if (open != nullptr && !open->activities.empty()) {
        return open->next();
    }
    const auto known = sealed_.find(subject);
    if (known != sealed_.end()) {
        return known->second;
    }
    const auto end = sealed_end(tables_, subject);
    if (!end) {
        return fail(end);
    }
    return sealed_[subject] = *end;
}

/// Where its addresses need shapes that are new, these are written with the next commit.
Result<void> SqliteLedgerWriter::Store::code_addresses(const ActivityFact& fact, ledger::ActivityHead& head) {
    const auto subject = fact.subject.get();
    const auto shapes = book(subject);
    if (!shapes) {
        return fail(shapes);
    }
    const auto shapes_before = (*shapes)->shapes.rows().size();
    for (const auto& [code, uri] : {std::pair{&head.id, fact.id}, std::pair{&head.object, fact.object}}) {
        auto known = (*shapes)->shapes.code(uri);
        if (!known) {
            return fail(known);
        }
        *code = std::move(*known);
    }
    if (shapes_before == (*shapes)->saved && (*shapes)->shapes.rows().size() != shapes_before) {
        unsaved_books_.push_back(subject);
    }
    return {};
}

Result<ActivityNumber> SqliteLedgerWriter::Store::activity(const ActivityFact& fact) {
    if (const auto sound = stand(); !sound) {
        return fail(sound);
    }
    const auto subject = fact.subject.get();
    ledger::JournalActivity activity{subject, 0, {}};
    auto& head = activity.head;
    if (const auto coded = code_addresses(fact, head); !coded) {
        return fail(coded);
    }
    const auto known = find(subject, head.id, By::Id);
    if (!known) {
        return fail(known);
    }
    if (*known) {
        return ActivityNumber{**known};
    }
    const auto root = find(subject, head.object, By::Object);
    if (!root) {
        return fail(root);
    }
    // A pull, say: about the object as it was pushed, or the activity that pushed it.
    if (head.id.shape == 0) {
        const auto pushed = *root ? root : find(subject, head.object, By::Id);
        if (!pushed) {
            return fail(pushed);
        }
        if (*pushed) {
            return ActivityNumber{**pushed};
        }
    }
    if (*root) {
        head.refers = *root;
        head.object = ledger::UriCode{};
    }
    head.at = to_unix_seconds(fact.at);
    head.type = types_.number(fact.type);
    head.categories = fact.categories.bits();
    head.visibility = static_cast<std::uint8_t>(fact.visibility);
    if (fact.retold && is_nameless(head)) {
        const auto before = find_nameless(subject, head);
        if (!before) {
            return fail(before);
        }
        if (*before) {
            return ActivityNumber{**before};
        }
    }
    const auto next = next_number(subject);
    if (!next) {
        return fail(next);
    }
    activity.number = *next;
    encoder_.add(activity);
    meet(subject);
    index(subject, activity.number, head);
    const ActivityNumber number{activity.number};
    history_.on_activity(std::move(activity));
    return number;
}

Result<const ledger::Chunk*> SqliteLedgerWriter::Store::whole_chunk(std::uint64_t subject,
                                                                    std::uint32_t number) {
    if (whole_.subject != subject || whole_.number != number) {
        auto whole = tables_.whole_chunk(subject, number);
        if (!whole) {
            return fail(whole);
        }
        whole_ = WholeChunk{subject, number, std::move(*whole)};
    }
    return &whole_.chunk;
}

/// To open the times of a chunk takes many times as long as its facts do, so only where they may tell more.
Result<bool> SqliteLedgerWriter::Store::is_sealed_with(std::uint64_t subject,
                                                       const ChunkRow& row,
                                                       const ledger::LateAttempt& late) {
    const std::size_t index = late.activity - row.first_activity;
    if (whole_.subject != subject || whole_.number != row.chunk) {
        const auto holders = tables_.holders(subject, row.chunk, {index});
        if (!holders) {
            return fail(holders);
        }
        if (!may_tell(holders->front(), late)) {
            return false;
        }
    }
    const auto chunk = whole_chunk(subject, row.chunk);
    return chunk ? Result<bool>{tells((*chunk)->activities[index], late)} : fail(chunk);
}

Result<bool> SqliteLedgerWriter::Store::is_sealed_known(std::uint64_t subject,
                                                        const ledger::LateAttempt& late) {
    const auto row = tables_.chunk_with(subject, late.activity);
    if (!row) {
        return fail(ErrorKind::Invalid,
                    "ledger: there is no activity with this number",
                    "use the number activity() gave");
    }
    auto with_it = is_sealed_with(subject, *row, late);
    return !with_it || *with_it ? with_it : sealed_late_.has(tables_, subject, late);
}

Result<bool> SqliteLedgerWriter::Store::is_known(const PackedObservation& observation,
                                                 ledger::OutcomeCode code) {
    const auto subject = observation.subject.get();
    const auto* open = history_.find(subject);
    const auto number = observation.activity.get();
    const auto recipient = observation.recipient.get();
    if (open == nullptr || !open->is_open(number)) {
        const ledger::LateAttempt late{number, recipient, observation.at_seconds, code};
        return history_.has_late(subject, late) ? Result<bool>{true} : is_sealed_known(subject, late);
    }
    const auto& activity = open->activities[number - open->first];
    const auto offset = offset_of(observation.at_seconds, activity.head);
    if (!offset) {
        return fail(ErrorKind::Invalid,
                    "an attempt is dated more than 68 years from its activity",
                    "Correct the times of what is handed in.");
    }
    if (history_.is_first(subject, number, recipient, observation.at_seconds)) {
        return false;
    }
    const ledger::Attempt same{recipient, *offset, code};
    return std::find(activity.attempts.begin(), activity.attempts.end(), same) != activity.attempts.end();
}

}  // namespace fedtrail::sqlite
