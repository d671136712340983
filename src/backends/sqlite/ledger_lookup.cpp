#include "backends/sqlite/ledger_lookup.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fedtrail/ledger/uri_code.hpp"

#include "backends/sqlite/ledger_codes.hpp"

namespace fedtrail::sqlite {

namespace {

const ledger::UriCode& code_of(const ledger::ActivityHead& head, By by) {
    return by == By::Id ? head.id : head.object;
}

/// The first activity of a chunk with this code.
std::optional<std::uint32_t> find_in(const ledger::Chunk& chunk, const ledger::UriCode& code, By by) {
    for (std::uint32_t i = 0; i < chunk.activities.size(); ++i) {
        const auto& head = chunk.activities[i].head;
        if ((by == By::Id || !head.refers) && code_of(head, by) == code) {
            return chunk.first_activity + i;
        }
    }
    return std::nullopt;
}

Result<std::optional<std::uint32_t>> find_by_hash(LedgerTables& tables,
                                                  std::uint64_t subject,
                                                  const ledger::UriCode& code,
                                                  By by) {
    for (const auto activity : tables.activities_with_hash(subject, ledger::hash_of(code))) {
        const auto head = sealed_head(tables, subject, activity);
        if (!head) {
            return fail(head);
        }
        if ((by == By::Id || !head->refers) && code_of(*head, by) == code) {
            return std::optional{activity};
        }
    }
    return std::optional<std::uint32_t>{};
}

Result<std::optional<std::uint32_t>> find_by_range(LedgerTables& tables,
                                                   std::uint64_t subject,
                                                   const ledger::UriCode& code,
                                                   By by) {
    const auto number = code.numbers.empty() ? 0 : code.numbers.front();
    for (const auto chunk : tables.chunks_in_range(subject, code.shape, number)) {
        const auto may_have = tables.may_have(subject, chunk, code.shape, number);
        if (!may_have) {
            return fail(may_have);
        }
        if (!*may_have) {
            continue;
        }
        const auto heads = tables.heads(subject, chunk);
        if (!heads) {
            return fail(heads);
        }
        if (const auto found = find_in(**heads, code, by)) {
            return found;
        }
    }
    return std::optional<std::uint32_t>{};
}

ledger::PairEntry first_of(std::uint32_t recipient, std::int64_t at) {
    ledger::PairEntry pair;
    pair.recipient = recipient;
    pair.first = at;
    pair.last = at;
    return pair;
}

/// Adds pairs up while activities are walked in order.
class PairSums {
public:
    PairSums(LedgerTables& tables,
             std::uint64_t subject,
             std::uint32_t first,
             const std::vector<ledger::ActivityEntry>& entries)
        : tables_(tables), subject_(subject), first_(first), entries_(entries) {}

    /// All of them at once, before the entries. What is about several objects opens each chunk once.
    Result<void> add_late(std::vector<ledger::LateAttempt> late) {
        std::erase_if(late, [](const auto& attempt) { return ledger::rank_of(attempt.code) == 0; });
        std::sort(late.begin(), late.end());  // those of one chunk together
        std::vector<std::pair<std::uint32_t, std::uint16_t>> about;
        for (const auto& attempt : late) {
            const auto head = sealed_head(tables_, subject_, attempt.activity);
            if (!head) {
                return fail(head);
            }
            about.emplace_back(root_of(attempt.activity, *head), head->categories);
        }
        if (auto read = read_holders(about); !read) {
            return read;
        }
        for (std::size_t i = 0; i < late.size(); ++i) {
            auto& pair = sum_of(late[i].recipient, late[i].at);
            add_disclosure(pair, late[i].at, late[i].code, about[i].second);
            pair.objects += holders_before(about[i].first).insert(late[i].recipient).second ? 1 : 0;
        }
        return {};
    }

    void add_entry(const ledger::ActivityEntry& entry) {
        auto* had = entry.head.refers ? &holders_before(*entry.head.refers) : nullptr;
        const ledger::PairEntry* last = nullptr;
        for (const auto& attempt : entry.attempts) {
            if (ledger::rank_of(attempt.code) == 0) {
                continue;
            }
            const auto at = entry.head.at + attempt.offset;
            auto& pair = sum_of(attempt.recipient, at);
            add_disclosure(pair, at, attempt.code, entry.head.categories);
            const bool again = &pair == last;  // attempts come by recipient
            last = &pair;
            if (!again && (had == nullptr || had->insert(attempt.recipient).second)) {
                ++pair.objects;
            }
        }
    }

    std::vector<ledger::PairEntry> take() {
        std::vector<ledger::PairEntry> pairs;
        pairs.reserve(sums_.size());
        for (const auto& entry : sums_) {
            pairs.push_back(entry.second);
        }
        std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
            return a.recipient < b.recipient;
        });
        return pairs;
    }

private:
    ledger::PairEntry& sum_of(std::uint32_t recipient, std::int64_t at) {
        return sums_.try_emplace(recipient, first_of(recipient, at)).first->second;
    }

    static void add_disclosure(ledger::PairEntry& pair,
                               std::int64_t at,
                               ledger::OutcomeCode code,
                               std::uint16_t categories) {
        pair.first = std::min(pair.first, at);
        pair.last = std::max(pair.last, at);
        ++pair.disclosures;
        pair.channels =
            static_cast<std::uint8_t>(pair.channels | 1U << static_cast<unsigned>(channel_of(code)));
        pair.categories = static_cast<std::uint16_t>(pair.categories | categories);
        pair.strongest = std::max(pair.strongest, static_cast<std::uint8_t>(ledger::rank_of(code) - 1));
    }

    void add_holders(std::uint32_t root, const std::vector<ledger::HolderFact>& facts) {
        auto& had = holders_[root];
        for (const auto& fact : facts) {
            if (ledger::rank_of(fact.code) != 0) {
                had.insert(fact.recipient);
            }
        }
    }

    /// Who has, in chunks, what `late` and the entries are about.
    Result<void> read_holders(const std::vector<std::pair<std::uint32_t, std::uint16_t>>& late) {
        std::set<std::uint32_t> roots;
        for (const auto& about : late) {
            roots.insert(about.first);
        }
        for (const auto& entry : entries_) {
            if (entry.head.refers && *entry.head.refers < first_) {
                roots.insert(*entry.head.refers);
            }
        }
        const auto sealed = sealed_holders_of(tables_, subject_, roots);
        if (!sealed) {
            return fail(sealed);
        }
        for (const auto& [root, facts] : *sealed) {
            add_holders(root, facts);
        }
        return {};
    }

    /// Who had the object of `root` before the activity at hand.
    std::unordered_set<std::uint32_t>& holders_before(std::uint32_t root) {
        const auto known = holders_.find(root);
        if (known != holders_.end()) {
            return known->second;
        }
        if (root >= first_ && root - first_ < entries_.size()) {
            add_holders(root, entries_[root - first_].holders);
        }
        return holders_[root];
    }

    LedgerTables& tables_;
    std::uint64_t subject_;
    std::uint32_t first_;
    const std::vector<ledger::ActivityEntry>& entries_;
    std::unordered_map<std::uint32_t, ledger::PairEntry> sums_;
    std::unordered_map<std::uint32_t, std::unordered_set<std::uint32_t>> holders_;
};

}  // namespace

std::uint32_t chunks_end(LedgerTables& tables, std::uint64_t subject) {
    const auto last = tables.last_chunk(subject);
    return last ? last->first_activity + last->activities : 0;
}

Result<std::uint32_t> sealed_end(LedgerTables& tables, std::uint64_t subject) {
    const auto end = chunks_end(tables, subject);
    const auto row = tables.subject(subject);
    if (end != (row ? row->sealed : 0)) {
        return fail(ErrorKind::Corrupt,
                    "ledger: a subject's row and chunks do not meet",
                    "stop the sidecar and run `fedtrail doctor`");
    }
    return end;
}

Result<std::optional<std::uint32_t>> find_sealed(
    LedgerTables& tables, std::uint64_t subject, const ledger::UriCode& code, Lookup lookup, By by) {
    return lookup == Lookup::Hash ? find_by_hash(tables, subject, code, by)
                                  : find_by_range(tables, subject, code, by);
}

Result<ledger::ActivityHead> sealed_head(LedgerTables& tables,
                                         std::uint64_t subject,
                                         std::uint32_t activity) {
    const auto row = tables.chunk_with(subject, activity);
    if (!row) {
        return fail(ErrorKind::Corrupt,
                    "ledger: an activity that was sealed is in no chunk",
                    "run `fedtrail doctor`");
    }
    const auto heads = tables.heads(subject, row->chunk);
    if (!heads) {
        return fail(heads);
    }
    return (*heads)->activities[activity - row->first_activity].head;
}

std::vector<ledger::HolderFact> join_holders(const std::vector<ledger::HolderFact>& a,
                                             const std::vector<ledger::HolderFact>& b) {
    if (a.empty() || b.empty()) {
        return a.empty() ? b : a;
    }
    std::vector<ledger::HolderFact> joined;
    joined.reserve(a.size() + b.size());
    std::merge(
        a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(joined), [](const auto& x, const auto& y) {
            return x.recipient != y.recipient ? x.recipient < y.recipient
                                              : ledger::rank_of(x.code) > ledger::rank_of(y.code);
        });
    joined.erase(std::unique(joined.begin(),
                             joined.end(),
                             [](const auto& x, const auto& y) { return x.recipient == y.recipient; }),
                 joined.end());
    return joined;
}

std::vector<ledger::HolderFact> holders_of_late(std::vector<ledger::LateAttempt> late) {
    std::sort(late.begin(), late.end(), [](const auto& x, const auto& y) {
        return x.recipient != y.recipient ? x.recipient < y.recipient
                                          : ledger::rank_of(x.code) > ledger::rank_of(y.code);
    });
    std::vector<ledger::HolderFact> holders;
    for (const auto& attempt : late) {
        if (holders.empty() || holders.back().recipient != attempt.recipient) {
            holders.push_back(ledger::HolderFact{attempt.recipient, attempt.code});
        }
    }
    return holders;
}

Result<std::vector<std::uint32_t>> chunks_about(LedgerTables& tables,
                                                std::uint64_t subject,
                                                std::uint32_t root) {
    std::vector<std::uint32_t> chunks;
    if (const auto own = tables.chunk_with(subject, root)) {
        chunks.push_back(own->chunk);
    }
    for (const auto chunk : tables.references(subject, root)) {
        chunks.push_back(chunk);
    }
    return chunks;
}

Result<std::vector<ledger::LateAttempt>> late_about(LedgerTables& tables,
                                                    std::uint64_t subject,
                                                    std::uint32_t root,
                                                    const std::vector<ledger::LateAttempt>& late) {
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): it may lie in what sealed_head() lets go.
    const auto all = late;
    std::vector<ledger::LateAttempt> about;
    for (const auto& attempt : all) {
        if (attempt.activity == root) {
            about.push_back(attempt);
            continue;
        }
        const auto head = sealed_head(tables, subject, attempt.activity);
        if (!head) {
            return fail(head);
        }
        if (head->refers == root) {
            about.push_back(attempt);
        }
    }
    return about;
}

Result<std::vector<ledger::HolderFact>> sealed_holders(LedgerTables& tables,
                                                       std::uint64_t subject,
                                                       std::uint32_t root) {
    auto holders = sealed_holders_of(tables, subject, {root});
    return holders ? Result<std::vector<ledger::HolderFact>>{std::move((*holders)[root])} : fail(holders);
}

Result<std::vector<ledger::PairEntry>> added_pairs(LedgerTables& tables,
                                                   std::uint64_t subject,
                                                   std::uint32_t first,
                                                   const std::vector<ledger::ActivityEntry>& entries,
                                                   const std::vector<ledger::LateAttempt>& late) {
    PairSums sums{tables, subject, first, entries};
    if (const auto added = sums.add_late(late); !added) {
        return fail(added);
    }
    for (const auto& entry : entries) {
        sums.add_entry(entry);
    }
    return sums.take();
}

std::vector<std::uint32_t> join_pairs(std::vector<ledger::PairEntry>& into,
                                      const std::vector<ledger::PairEntry>& more) {
    std::vector<ledger::PairEntry> joined;
    std::vector<std::uint32_t> added;
    joined.reserve(into.size() + more.size());
    auto old = into.begin();
    for (const auto& pair : more) {
        for (; old != into.end() && old->recipient < pair.recipient; ++old) {
            joined.push_back(*old);
        }
        if (old != into.end() && old->recipient == pair.recipient) {
            joined.push_back(*old++);
            ledger::merge(joined.back(), pair);
        } else {
            joined.push_back(pair);
            added.push_back(pair.recipient);
        }
    }
    joined.insert(joined.end(), old, into.end());
    into = std::move(joined);
    return added;
}

}  // namespace fedtrail::sqlite
