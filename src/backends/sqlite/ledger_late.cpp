#include "backends/sqlite/ledger_late.hpp"

#include <algorithm>

#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_lookup.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kMostLateMarks = std::size_t{16} * 1024 * 1024 / sizeof(std::uint64_t);
/// What a person takes up beside their marks, in marks.
constexpr std::size_t kLateMarksOfPerson = 16;

constexpr std::uint64_t kChunkBits = kMaxChunks - 1;

/// Of the second and place alone. Two attempts may have the same: only the chunk itself decides.
std::uint64_t late_mark(ledger::LateAttempt late) {
    late.code = 0;
    return std::uint64_t{LateHash{}(late)} & ~kChunkBits;
}

Result<bool> is_late_in(LedgerTables& tables,
                        std::uint64_t subject,
                        std::uint32_t chunk,
                        const ledger::LateAttempt& late) {
    const auto heads = tables.heads(subject, chunk);
    if (!heads) {
        return fail(heads);
    }
    const auto& all = (*heads)->late;
    return std::any_of(all.begin(), all.end(), [&](const ledger::LateAttempt& told) {
        return told.activity == late.activity && told.recipient == late.recipient && told.at == late.at &&
               covers(told.code, late.code);
    });
}

Result<bool> is_marked(LedgerTables& tables,
                       std::uint64_t subject,
                       const ledger::LateAttempt& late,
                       const std::vector<std::uint64_t>& marks) {
    const auto mark = late_mark(late);
    for (auto place = std::lower_bound(marks.begin(), marks.end(), mark);
         place != marks.end() && (*place & ~kChunkBits) == mark;
         ++place) {
        auto found = is_late_in(tables, subject, static_cast<std::uint32_t>(*place & kChunkBits), late);
        if (!found || *found) {
            return found;
        }
    }
    return false;
}

}  // namespace

void LateIndex::clear() {
    people_.clear();
    kept_ = 0;
}

void LateIndex::note_sealed(std::uint64_t subject) {
    if (const auto known = people_.find(subject); known != people_.end()) {
        known->second.is_whole = false;
    }
}

Result<bool> LateIndex::has(LedgerTables& tables, std::uint64_t subject, const ledger::LateAttempt& late) {
    if (has_list(tables, subject)) {
        return is_marked(tables, subject, late, people_[subject].marks);
    }
    return look_through(tables, subject, late);
}

bool LateIndex::has_list(LedgerTables& tables, std::uint64_t subject) {
    const auto known = people_.find(subject);
    if (known == people_.end()) {
        return false;
    }
    auto& person = known->second;
    if (person.is_listed && person.is_whole) {
        return true;
    }
    const auto last = tables.last_chunk(subject);
    const bool worth_it = person.is_listed || (last && person.looked_at > last->chunk);
    return worth_it && list(tables, subject, person);
}

/// Adds what was sealed since. False, with nothing listed, where a chunk is damaged, which need not be the
/// one that is asked about, or where it would be too much to keep.
bool LateIndex::list(LedgerTables& tables, std::uint64_t subject, Person& person) {
    const auto old = person.marks.size();
    for (const auto& row : tables.chunks(subject)) {
        if (row.chunk < person.chunk) {
            continue;
        }
        const auto heads = tables.heads(subject, row.chunk);
        if (!heads) {
            kept_ -= old;
            person = Person{};
            return false;
        }
        const auto& late = (*heads)->late;
        for (auto i = row.chunk == person.chunk ? person.late : 0; i < late.size(); ++i) {
            person.marks.push_back(late_mark(late[i]) | row.chunk);
        }
        if (kept_ + person.marks.size() - old > kMostLateMarks) {
            clear();
            return false;
        }
        person.chunk = row.chunk;
        person.late = late.size();
    }
    const auto fresh = person.marks.begin() + static_cast<std::ptrdiff_t>(old);
    std::sort(fresh, person.marks.end());
    std::inplace_merge(person.marks.begin(), fresh, person.marks.end());
    kept_ += person.marks.size() - old;
    person.is_listed = true;
    person.is_whole = true;
    return true;
}

Result<bool> LateIndex::look_through(LedgerTables& tables,
                                     std::uint64_t subject,
                                     const ledger::LateAttempt& late) {
    if (kept_ + people_.size() * kLateMarksOfPerson > kMostLateMarks) {
        clear();
    }
    const auto head = sealed_head(tables, subject, late.activity);
    if (!head) {
        return fail(head);
    }
    const auto chunks = chunks_about(tables, subject, root_of(late.activity, *head));
    if (!chunks) {
        return fail(chunks);
    }
    people_[subject].looked_at += chunks->size();
    for (const auto chunk : *chunks) {
        auto found = is_late_in(tables, subject, chunk, late);
        if (!found || *found) {
            return found;
        }
    }
    return false;
}

}  // namespace fedtrail::sqlite
