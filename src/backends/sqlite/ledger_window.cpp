#include "backends/sqlite/ledger_window.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "backends/sqlite/ledger_codes.hpp"
#include "backends/sqlite/ledger_lookup.hpp"

namespace fedtrail::sqlite {

namespace {

/// Sums of what lies within a window. An object counts once for a recipient, however many activities carried
/// it.
class WindowSums {
public:
    explicit WindowSums(const Window& window)
        : since_(window.since ? ceil_seconds(*window.since) : INT64_MIN),
          until_(window.until ? ceil_seconds(*window.until) : INT64_MAX) {}

    [[nodiscard]] bool overlaps(const ChunkRow& row) const {
        return row.first_at < until_ && row.last_at >= since_;
    }

    /// Objects that more than one activity carries: for these the recipients are remembered.
    void expect_again(std::uint32_t root) { again_.try_emplace(root); }

    [[nodiscard]] bool counts(std::int64_t at, ledger::OutcomeCode code) const {
        return ledger::rank_of(code) != 0 && at >= since_ && at < until_;
    }

    void add(std::uint32_t recipient,
             std::int64_t at,
             ledger::OutcomeCode code,
             const ledger::ActivityHead& head,
             std::uint32_t number) {
        if (!counts(at, code)) {
            return;
        }
        ledger::PairEntry more;
        more.recipient = recipient;
        more.first = at;
        more.last = at;
        more.disclosures = 1;
        more.channels = static_cast<std::uint8_t>(1U << static_cast<unsigned>(channel_of(code)));
        more.categories = head.categories;
        more.strongest = static_cast<std::uint8_t>(ledger::rank_of(code) - 1);
        more.objects = is_first(recipient, number, root_of(number, head)) ? 1 : 0;
        const auto [known, is_new] = sums_.try_emplace(recipient, more);
        if (!is_new) {
            ledger::merge(known->second, more);
        }
    }

    std::vector<ledger::PairEntry> take() {
        std::vector<ledger::PairEntry> pairs;
        for (const auto& entry : sums_) {
            pairs.push_back(entry.second);
        }
        std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
            return a.recipient < b.recipient;
        });
        return pairs;
    }

private:
    static std::int64_t ceil_seconds(Instant at) {
        return std::chrono::ceil<std::chrono::seconds>(at).time_since_epoch().count();
    }

    bool is_first(std::uint32_t recipient, std::uint32_t number, std::uint32_t root) {
        const auto again = again_.find(root);
        if (again != again_.end()) {
            return again->second.insert(recipient).second;
        }
        // Attempts of one activity come together, by recipient.
        const bool same = any_ && last_number_ == number && last_recipient_ == recipient;
        any_ = true;
        last_number_ = number;
        last_recipient_ = recipient;
        return !same;
    }

    std::int64_t since_;
    std::int64_t until_;
    std::unordered_map<std::uint32_t, ledger::PairEntry> sums_;
    std::unordered_map<std::uint32_t, std::unordered_set<std::uint32_t>> again_;
    bool any_{};
    std::uint32_t last_number_{};
    std::uint32_t last_recipient_{};
};

void add_entry(WindowSums& sums, const ledger::ActivityEntry& entry, std::uint32_t number) {
    for (const auto& attempt : entry.attempts) {
        sums.add(attempt.recipient, entry.head.at + attempt.offset, attempt.code, entry.head, number);
    }
}

/// Hands out those that count, with their heads. By activity: each head is looked up once, and each chunk
/// that has some of them opened once.
template <typename Visitor>
Result<void> each_late(LedgerTables& tables,
                       std::uint64_t subject,
                       std::vector<ledger::LateAttempt> late,
                       const WindowSums& sums,
                       const Visitor& visitor) {
    std::erase_if(late, [&sums](const auto& attempt) { return !sums.counts(attempt.at, attempt.code); });
    std::sort(late.begin(), late.end());
    ledger::ActivityHead head;
    for (auto one = late.begin(); one != late.end(); ++one) {
        const bool same = one != late.begin() && one->activity == std::prev(one)->activity;
        auto known = same ? Result<ledger::ActivityHead>{std::move(head)}
                          : sealed_head(tables, subject, one->activity);
        if (!known) {
            return fail(known);
        }
        head = std::move(*known);
        visitor(*one, head);
    }
    return {};
}

Result<void> add_late(LedgerTables& tables,
                      std::uint64_t subject,
                      const std::vector<ledger::LateAttempt>& late,
                      WindowSums& sums) {
    return each_late(tables, subject, late, sums, [&sums](const auto& attempt, const auto& head) {
        sums.add(attempt.recipient, attempt.at, attempt.code, head, attempt.activity);
    });
}

Result<void> expect_late(LedgerTables& tables,
                         std::uint64_t subject,
                         std::vector<ledger::LateAttempt> late,
                         WindowSums& sums) {
    return each_late(tables, subject, std::move(late), sums, [&sums](const auto& attempt, const auto& head) {
        sums.expect_again(root_of(attempt.activity, head));
    });
}

template <typename Activities>
void expect_references(const Activities& activities, WindowSums& sums) {
    for (const auto& activity : activities) {
        if (activity.head.refers) {
            sums.expect_again(*activity.head.refers);
        }
    }
}

/// Every object that comes up a second time: by an activity that refers to it or a late attempt.
Result<void> expect_repeats(LedgerTables& tables,
                            std::uint64_t subject,
                            const std::vector<std::uint32_t>& chunks,
                            const OpenSubject* open,
                            WindowSums& sums) {
    std::vector<ledger::LateAttempt> late;
    for (const auto number : chunks) {
        const auto chunk = tables.heads(subject, number);
        if (!chunk) {
            return fail(chunk);
        }
        expect_references((*chunk)->activities, sums);
        late.insert(late.end(), (*chunk)->late.begin(), (*chunk)->late.end());
    }
    if (open != nullptr) {
        expect_references(open->activities, sums);
        late.insert(late.end(), open->late.begin(), open->late.end());
    }
    return expect_late(tables, subject, std::move(late), sums);
}

/// Looks for what the origin sent of activities that were new after a moment.
class SentAnew {
public:
    SentAnew(std::int64_t after, const std::function<bool(const ledger::ActivityHead&)>& passes_over)
        : after_(after), passes_over_(passes_over) {}

    [[nodiscard]] bool in(const std::vector<ledger::ActivityEntry>& entries) const {
        return std::any_of(entries.begin(), entries.end(), [this](const auto& entry) {
            return is_new(entry) && std::any_of(entry.attempts.begin(),
                                                entry.attempts.end(),
                                                [](const auto& attempt) { return was_sent(attempt.code); });
        });
    }

    [[nodiscard]] Result<bool> in(LedgerTables& tables,
                                  std::uint64_t subject,
                                  const std::vector<ledger::LateAttempt>& late) const {
        std::set<std::uint32_t> sent;
        for (const auto& attempt : late) {
            if (attempt.at > after_ && was_sent(attempt.code)) {
                sent.insert(attempt.activity);
            }
        }
        for (const auto activity : sent) {
            auto found = is_new(tables, subject, activity);
            if (!found || *found) {
                return found;
            }
        }
        return false;
    }

private:
    /// The first that was recorded of it need not be the first that was done with it: an import may tell that
    /// of something that a server was seen to fetch before.
    [[nodiscard]] bool is_new(const ledger::ActivityEntry& entry) const {
        const auto& head = entry.head;
        return head.at > after_ && !passes_over_(head) &&
               std::all_of(entry.attempts.begin(), entry.attempts.end(), [&](const auto& attempt) {
                   return head.at + attempt.offset > after_;
               });
    }
    [[nodiscard]] Result<bool> is_new(LedgerTables& tables,
                                      std::uint64_t subject,
                                      std::uint32_t activity) const {
        const auto head = sealed_head(tables, subject, activity);
        if (!head) {
            return fail(head);
        }
        const bool may_be = head->at > after_ && !passes_over_(*head);
        const auto row = may_be ? tables.chunk_with(subject, activity) : std::nullopt;
        if (!row) {
            return false;
        }
        const auto chunk = tables.whole_chunk(subject, row->chunk);
        if (!chunk) {
            return fail(chunk);
        }
        return is_new(chunk->activities[activity - row->first_activity]);
    }
    [[nodiscard]] static bool was_sent(ledger::OutcomeCode code) {
        return ledger::rank_of(code) != 0 && privacy::doing_of(channel_of(code)) == privacy::Doing::Sent;
    }

    std::int64_t after_;
    const std::function<bool(const ledger::ActivityHead&)>& passes_over_;
};

/// Hands out the attempts that are about one object.
class AttemptsAbout {
public:
    AttemptsAbout(LedgerTables& tables,
                  std::uint64_t subject,
                  std::uint32_t root,
                  const OnAttempt& on_attempt)
        : tables_(tables), subject_(subject), root_(root), on_attempt_(on_attempt) {}

    Result<void> add(std::uint32_t first,
                     const std::vector<ledger::ActivityEntry>& entries,
                     const std::vector<ledger::LateAttempt>& late) const {
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            if (root_of(first + i, entries[i].head) == root_) {
                add_entry(entries[i]);
            }
        }
        const auto about = late_about(tables_, subject_, root_, late);
        if (!about) {
            return fail(about);
        }
        for (const auto& attempt : *about) {
            on_attempt_(attempt.recipient, attempt.at, attempt.code);
        }
        return {};
    }

private:
    void add_entry(const ledger::ActivityEntry& entry) const {
        for (const auto& attempt : entry.attempts) {
            on_attempt_(attempt.recipient, entry.head.at + attempt.offset, attempt.code);
        }
    }

    LedgerTables& tables_;
    std::uint64_t subject_;
    std::uint32_t root_;
    const OnAttempt& on_attempt_;
};

}  // namespace

Result<std::vector<ledger::PairEntry>> pairs_in_window(LedgerTables& tables,
                                                       std::uint64_t subject,
                                                       const OpenSubject* open,
                                                       const Window& window) {
    WindowSums sums{window};
    std::vector<std::uint32_t> chunks;
    for (const auto& row : tables.chunks(subject)) {
        if (sums.overlaps(row)) {
            chunks.push_back(row.chunk);
        }
    }
    if (const auto expected = expect_repeats(tables, subject, chunks, open, sums); !expected) {
        return fail(expected);
    }
    for (const auto number : chunks) {
        const auto chunk = tables.whole_chunk(subject, number);
        if (!chunk) {
            return fail(chunk);
        }
        for (std::uint32_t i = 0; i < chunk->activities.size(); ++i) {
            add_entry(sums, chunk->activities[i], chunk->first_activity + i);
        }
        if (const auto added = add_late(tables, subject, chunk->late, sums); !added) {
            return fail(added);
        }
    }
    if (open != nullptr) {
        const auto entries = entries_of(*open, open->activities.size());
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            add_entry(sums, entries[i], open->first + i);
        }
        if (const auto added = add_late(tables, subject, open->late, sums); !added) {
            return fail(added);
        }
    }
    return sums.take();
}

Result<bool> sent_anew(LedgerTables& tables,
                       std::uint64_t subject,
                       const OpenSubject* open,
                       std::int64_t after,
                       const std::function<bool(const ledger::ActivityHead&)>& passes_over) {
    const SentAnew anew{after, passes_over};
    if (open != nullptr) {
        auto found = anew.in(entries_of(*open, open->activities.size()))
                         ? Result<bool>{true}
                         : anew.in(tables, subject, open->late);
        if (!found || *found) {
            return found;
        }
    }
    for (const auto& row : tables.chunks(subject)) {
        if (row.last_at <= after) {
            continue;
        }
        const auto chunk = tables.whole_chunk(subject, row.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        auto found = anew.in(chunk->activities) ? Result<bool>{true} : anew.in(tables, subject, chunk->late);
        if (!found || *found) {
            return found;
        }
    }
    return false;
}

Result<void> each_attempt(LedgerTables& tables,
                          std::uint64_t subject,
                          const OpenSubject* open,
                          std::uint32_t root,
                          const OnAttempt& on_attempt) {
    const AttemptsAbout about{tables, subject, root, on_attempt};
    const auto chunks = chunks_about(tables, subject, root);
    if (!chunks) {
        return fail(chunks);
    }
    for (const auto number : *chunks) {
        const auto chunk = tables.whole_chunk(subject, number);
        if (!chunk) {
            return fail(chunk);
        }
        if (auto added = about.add(chunk->first_activity, chunk->activities, chunk->late); !added) {
            return added;
        }
    }
    return open == nullptr ? Result<void>{}
                           : about.add(open->first, entries_of(*open, open->activities.size()), open->late);
}

}  // namespace fedtrail::sqlite
