#include "backends/sqlite/ledger_nameless.hpp"

#include <algorithm>

#include "backends/sqlite/ledger_lookup.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kMostMarks = std::size_t{16} * 1024 * 1024 / sizeof(std::uint64_t);
/// What a person takes up beside their marks, in marks.
constexpr std::size_t kMarksOfPerson = 16;

constexpr std::uint64_t kUpperHalf = 0xFFFF'FFFF'0000'0000ULL;

/// Two heads may have the same: only the head itself decides.
std::uint64_t nameless_mark(const ledger::ActivityHead& head) {
    const auto kind = std::uint64_t{head.type} << 32U | std::uint64_t{head.categories} << 8U |
                      std::uint64_t{head.visibility};
    auto mark = (static_cast<std::uint64_t>(head.at) ^ kind * 0xC2B2AE3D27D4EB4FULL) * 0x9E3779B97F4A7C15ULL;
    mark = (mark ^ mark >> 32U) * 0x9E3779B97F4A7C15ULL;
    return mark & kUpperHalf;
}

/// Of those of a chunk's activities that are nameless and have number `from` or a later one.
void add_marks(const ledger::Chunk& chunk,
               std::uint32_t first_activity,
               std::uint32_t from,
               std::vector<std::uint64_t>& marks) {
    auto number = first_activity;
    for (const auto& activity : chunk.activities) {
        if (number >= from && is_nameless(activity.head)) {
            marks.push_back(nameless_mark(activity.head) | number);
        }
        ++number;
    }
}

Result<std::optional<std::uint32_t>> find_marked(LedgerTables& tables,
                                                 std::uint64_t subject,
                                                 const ledger::ActivityHead& head,
                                                 const std::vector<std::uint64_t>& marks) {
    const auto mark = nameless_mark(head);
    for (auto place = std::lower_bound(marks.begin(), marks.end(), mark);
         place != marks.end() && (*place & kUpperHalf) == mark;
         ++place) {
        const auto number = static_cast<std::uint32_t>(*place & ~kUpperHalf);
        const auto known = sealed_head(tables, subject, number);
        if (!known) {
            return fail(known);
        }
        if (*known == head) {
            return std::optional{number};
        }
    }
    return std::optional<std::uint32_t>{};
}

}  // namespace

void NamelessIndex::clear() {
    people_.clear();
    kept_ = 0;
}

Result<std::optional<std::uint32_t>> NamelessIndex::find(LedgerTables& tables,
                                                         std::uint64_t subject,
                                                         const ledger::ActivityHead& head) {
    if (has_list(tables, subject)) {
        return find_marked(tables, subject, head, people_[subject].marks);
    }
    return look_through(tables, subject, head);
}

bool NamelessIndex::has_list(LedgerTables& tables, std::uint64_t subject) {
    const auto known = people_.find(subject);
    if (known == people_.end()) {
        return false;
    }
    auto& person = known->second;
    if (person.is_listed && person.end == chunks_end(tables, subject)) {
        return true;
    }
    const auto rows = tables.chunks(subject);
    return (person.is_listed || person.looked_at >= rows.size()) && list(tables, subject, person, rows);
}

/// Adds what was sealed since. False, with nothing listed, where a chunk is damaged, which need not be the
/// one that is asked about, or where it would be too much to keep.
bool NamelessIndex::list(LedgerTables& tables,
                         std::uint64_t subject,
                         Person& person,
                         const std::vector<ChunkRow>& rows) {
    const auto old = person.marks.size();
    auto end = person.end;
    for (const auto& row : rows) {
        if (row.first_activity + row.activities <= person.end) {
            continue;
        }
        const auto heads = tables.heads(subject, row.chunk);
        if (!heads) {
            kept_ -= old;
            person = Person{};
            return false;
        }
        add_marks(**heads, row.first_activity, person.end, person.marks);
        if (kept_ + person.marks.size() - old > kMostMarks) {
            clear();
            return false;
        }
        end = row.first_activity + row.activities;
    }
    const auto fresh = person.marks.begin() + static_cast<std::ptrdiff_t>(old);
    std::sort(fresh, person.marks.end());
    std::inplace_merge(person.marks.begin(), fresh, person.marks.end());
    kept_ += person.marks.size() - old;
    person.end = end;
    person.is_listed = true;
    return true;
}

Result<std::optional<std::uint32_t>> NamelessIndex::look_through(LedgerTables& tables,
                                                                 std::uint64_t subject,
                                                                 const ledger::ActivityHead& head) {
    if (kept_ + people_.size() * kMarksOfPerson > kMostMarks) {
        clear();
    }
    auto& person = people_[subject];
    ++person.looked_at;
    for (const auto& row : tables.chunks(subject)) {
        if (head.at < row.first_at || head.at > row.last_at) {
            continue;
        }
        ++person.looked_at;
        const auto chunk = tables.heads(subject, row.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        const auto& activities = (*chunk)->activities;
        const auto same = std::find_if(
            activities.begin(), activities.end(), [&](const auto& entry) { return entry.head == head; });
        if (same != activities.end()) {
            return row.first_activity + static_cast<std::uint32_t>(same - activities.begin());
        }
    }
    return std::optional<std::uint32_t>{};
}

}  // namespace fedtrail::sqlite
