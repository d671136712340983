#include "backends/sqlite/ledger_fold.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "fedtrail/ledger/uri_code.hpp"

#include "backends/sqlite/ledger_lookup.hpp"
#include "backends/sqlite/ledger_window.hpp"

namespace fedtrail::sqlite {

namespace {

ChunkRow row_of(std::uint32_t number, const ledger::Chunk& chunk, bool closed) {
    ChunkRow row{
        number, chunk.first_activity, static_cast<std::uint32_t>(chunk.activities.size()), closed, 0, 0};
    bool any = false;
    const auto widen = [&](std::int64_t at) {
        row.first_at = any ? std::min(row.first_at, at) : at;
        row.last_at = any ? std::max(row.last_at, at) : at;
        any = true;
    };
    for (const auto& activity : chunk.activities) {
        widen(activity.head.at);
        for (const auto& attempt : activity.attempts) {
            widen(activity.head.at + attempt.offset);
        }
    }
    for (const auto& attempt : chunk.late) {
        widen(attempt.at);
    }
    return row;
}

using Entries = std::vector<ledger::ActivityEntry>;

/// Moves as many into `chunk` as it can hold at most; gives the first that stayed.
Entries::iterator fill_up(ledger::Chunk& chunk, Entries::iterator first, Entries::iterator end) {
    const auto room = ledger::kChunkActivities - std::min(ledger::kChunkActivities, chunk.activities.size());
    const auto last = first + std::min(static_cast<std::ptrdiff_t>(room), end - first);
    std::move(first, last, std::back_inserter(chunk.activities));
    return last;
}

/// What is behind the first `count` activities of `chunk` becomes the beginning of the next.
ledger::Chunk split_off(ledger::Chunk& chunk, std::size_t count) {
    ledger::Chunk rest{chunk.first_activity + static_cast<std::uint32_t>(count), {}, {}};
    const auto begin = chunk.activities.begin() + static_cast<std::ptrdiff_t>(count);
    std::move(begin, chunk.activities.end(), std::back_inserter(rest.activities));
    chunk.activities.erase(begin, chunk.activities.end());
    return rest;
}

void widen(std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>& ranges,
           const ledger::UriCode& code) {
    const auto number = code.numbers.front();
    const auto [range, is_new] = ranges.try_emplace(code.shape, number, number);
    if (!is_new) {
        range->second.first = std::min(range->second.first, number);
        range->second.second = std::max(range->second.second, number);
    }
}

}  // namespace

Result<void> Folder::fold(std::uint64_t subject,
                          const OpenSubject& open,
                          std::size_t count,
                          const ShapeBook& shapes) {
    const auto end = sealed_end(tables_, subject);
    if (!end) {
        return fail(end);
    }
    if (count > 0 && open.first != *end) {
        return fail(ErrorKind::Corrupt,
                    "ledger: a subject's journal and chunks do not meet",
                    "stop the sidecar and run `fedtrail doctor`");
    }
    auto row = tables_.subject(subject).value_or(SubjectRow{});
    auto entries = entries_of(open, count);
    const auto added = added_pairs(tables_, subject, open.first, entries, open.late);
    if (!added) {
        return fail(added);
    }
    if (auto done = fold_pairs(subject, *added, row); !done) {
        return done;
    }
    ledger::Chunk tail;
    const auto last = tables_.last_chunk(subject);
    std::uint32_t chunk = last ? last->chunk : 0;
    if (last && !last->closed) {
        auto whole = tables_.whole_chunk(subject, chunk);
        if (!whole) {
            return fail(whole);
        }
        tail = std::move(*whole);
    } else {
        tail.first_activity = row.sealed;
        chunk += last ? 1 : 0;
    }
    if (sealer_ != nullptr) {
        const auto first_late = static_cast<std::uint32_t>(tail.late.size());
        if (auto sealed =
                sealer_->add({subject, open.first, &entries, &open.late, chunk, first_late}, shapes);
            !sealed) {
            return sealed;
        }
    }
    first_new_ = row.sealed;
    row.sealed += static_cast<std::uint32_t>(count);
    tail.late.insert(tail.late.end(), open.late.begin(), open.late.end());
    if (auto done = fold_chunks(subject, std::move(tail), std::move(entries), chunk, shapes); !done) {
        return done;
    }
    tables_.put_subject(subject, row);
    return {};
}

Result<void> Folder::fold_pairs(std::uint64_t subject,
                                const std::vector<ledger::PairEntry>& added,
                                SubjectRow& row) {
    if (added.empty()) {
        return {};
    }
    auto pairs = tables_.pairs(subject);
    if (!pairs) {
        return fail(pairs);
    }
    add_up(added, row);
    for (const auto recipient : join_pairs(*pairs, added)) {
        recipients_[recipient].new_subjects.push_back(subject);
    }
    return tables_.put_pairs(subject, *pairs);
}

Result<void> Folder::derive(std::uint64_t subject, const ShapeBook& shapes) {
    const auto end = chunks_end(tables_, subject);
    const auto pairs = pairs_in_window(tables_, subject, nullptr, Window{});
    if (!pairs) {
        return fail(pairs);
    }
    SubjectRow row{end, 0, 0, 0};
    add_up(*pairs, row);
    for (const auto& pair : *pairs) {
        recipients_[pair.recipient].new_subjects.push_back(subject);
    }
    if (auto put = tables_.put_pairs(subject, *pairs); !put) {
        return put;
    }
    first_new_ = 0;
    for (const auto& stored : tables_.chunks(subject)) {
        const auto chunk = tables_.facts(subject, stored.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        if (auto put = put_index(subject, stored.chunk, *chunk, shapes); !put) {
            return put;
        }
    }
    tables_.put_subject(subject, row);
    return {};
}

void Folder::add_up(const std::vector<ledger::PairEntry>& added, SubjectRow& row) {
    for (const auto& pair : added) {
        const auto [known, is_new] = recipients_.try_emplace(pair.recipient, RecipientSums{pair, {}});
        if (!is_new) {
            ledger::merge(known->second.sum, pair);
        }
        row.first_at = row.disclosures == 0 ? pair.first : std::min(row.first_at, pair.first);
        row.last_at = row.disclosures == 0 ? pair.last : std::max(row.last_at, pair.last);
        row.disclosures += pair.disclosures;
    }
}

Result<void> Folder::fold_chunks(std::uint64_t subject,
                                 ledger::Chunk tail,
                                 std::vector<ledger::ActivityEntry> entries,
                                 std::uint32_t chunk,
                                 const ShapeBook& shapes) {
    auto next = entries.begin();
    while (true) {
        if (chunk >= kMaxChunks) {
            return fail(ErrorKind::Unavailable,
                        "ledger: a subject's history is full (2^24 chunks)",
                        "shorten the retention");
        }
        next = fill_up(tail, next, entries.end());
        const auto encoded = ledger::encode_chunk(tail);
        auto rest = split_off(tail, encoded.activities);
        const bool closed = encoded.full || tail.late.size() >= kMaxLate;
        if (auto put = tables_.put_chunk(subject, row_of(chunk, tail, closed), encoded); !put) {
            return put;
        }
        if (auto put = put_index(subject, chunk, tail, shapes); !put) {
            return put;
        }
        ++chunks_;
        if (rest.activities.empty() && next == entries.end()) {
            return {};
        }
        tail = std::move(rest);
        ++chunk;
    }
}

ChunkIndex index_of(const ledger::Chunk& chunk, const ShapeBook& shapes, std::uint32_t from) {
    ChunkIndex index;
    const auto add = [&](const ledger::UriCode& code, std::uint32_t activity) {
        if (code.shape == 0) {
            return;
        }
        if (shapes.lookup(code.shape) == Lookup::Range) {
            widen(index.ranges, code);
        } else if (activity >= from) {
            index.hashes.emplace_back(ledger::hash_of(code), activity);
        }
    };
    for (std::uint32_t i = 0; i < chunk.activities.size(); ++i) {
        const auto& head = chunk.activities[i].head;
        const auto activity = chunk.first_activity + i;
        add(head.id, activity);
        add(head.object, activity);
        if (head.refers && activity >= from && *head.refers < chunk.first_activity) {
            index.roots.push_back(*head.refers);
        }
    }
    return index;
}

Result<void> Folder::put_index(std::uint64_t subject,
                               std::uint32_t number,
                               const ledger::Chunk& chunk,
                               const ShapeBook& shapes) {
    const auto index = index_of(chunk, shapes, first_new_);
    for (const auto& [hash, activity] : index.hashes) {
        tables_.put_hash(subject, hash, activity);
    }
    for (const auto root : index.roots) {
        tables_.put_reference(subject, root, number);
    }
    for (const auto& range : index.ranges) {
        tables_.put_range(subject, range.first, number, range.second.first, range.second.second);
    }
    for (const auto& attempt : chunk.late) {
        const auto head = sealed_head(tables_, subject, attempt.activity);
        if (!head) {
            return fail(head);
        }
        const auto root = root_of(attempt.activity, *head);
        if (root < chunk.first_activity || root - chunk.first_activity >= chunk.activities.size()) {
            tables_.put_reference(subject, root, number);
        }
    }
    return {};
}

Result<void> Folder::finish() {
    for (auto& [recipient, sums] : recipients_) {
        if (auto done = finish(recipient, sums); !done) {
            return done;
        }
    }
    recipients_.clear();
    return {};
}

Result<void> Folder::finish(std::uint32_t recipient, const RecipientSums& sums) {
    auto total = tables_.total(recipient);
    if (!total && sums.new_subjects.empty()) {
        return fail(
            ErrorKind::Corrupt, "ledger: the totals of a recipient are gone", std::string{kRebuildRemedy});
    }
    if (!sums.new_subjects.empty()) {
        auto subjects = tables_.subjects_of(recipient);
        if (!subjects) {
            return fail(subjects);
        }
        subjects->insert(subjects->end(), sums.new_subjects.begin(), sums.new_subjects.end());
        std::sort(subjects->begin(), subjects->end());
        subjects->erase(std::unique(subjects->begin(), subjects->end()), subjects->end());
        tables_.put_subjects_of(recipient, *subjects);
    }
    if (total) {
        ledger::merge(total->sum, sums.sum);
    } else {
        total = TotalRow{0, sums.sum};
    }
    total->subjects += sums.new_subjects.size();
    tables_.put_total(*total);
    return {};
}

}  // namespace fedtrail::sqlite
