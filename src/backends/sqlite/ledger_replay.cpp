#include "backends/sqlite/ledger_replay.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

#include "backends/sqlite/ledger_codes.hpp"

namespace fedtrail::sqlite {

namespace {

class DisclosedWalk {
public:
    DisclosedWalk(const std::vector<std::uint32_t>& wanted, const OnDisclosed& on_disclosed)
        : wanted_(wanted), on_disclosed_(on_disclosed) {}

    /// Attempts that were seen after their activity was sealed: told with it all the same.
    void expect(const std::vector<ledger::LateAttempt>& late) {
        for (const auto& attempt : late) {
            take(attempt.recipient, attempt.code, late_[attempt.activity]);
        }
    }

    /// False if the walk is over.
    bool add(std::uint32_t number, const ledger::ActivityEntry& entry) {
        attempts_.clear();
        for (const auto& attempt : entry.attempts) {
            take(attempt.recipient, attempt.code, attempts_);
        }
        if (const auto late = late_.find(number); late != late_.end()) {
            attempts_.insert(attempts_.end(), late->second.begin(), late->second.end());
        }
        return attempts_.empty() || on_disclosed_(entry.head, attempts_);
    }

    bool add_all(std::uint32_t first, std::span<const ledger::ActivityEntry> entries) {
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            if (!add(first + i, entries[i])) {
                return false;
            }
        }
        return true;
    }

private:
    void take(std::uint32_t recipient,
              ledger::OutcomeCode code,
              std::vector<ledger::HolderFact>& into) const {
        const auto position = recipient < wanted_.size() ? wanted_[recipient] : 0;
        if (position != 0 && ledger::rank_of(code) != 0) {
            into.push_back({position - 1, code});
        }
    }

    const std::vector<std::uint32_t>& wanted_;
    const OnDisclosed& on_disclosed_;
    std::unordered_map<std::uint32_t, std::vector<ledger::HolderFact>> late_;
    std::vector<ledger::HolderFact> attempts_;
};

template <typename Attempts>
std::uint64_t prevented_in(const Attempts& attempts) {
    return static_cast<std::uint64_t>(
        std::count_if(attempts.begin(), attempts.end(), [](const auto& attempt) {
            return outcome_of(attempt.code).kind == privacy::OutcomeKind::Prevented;
        }));
}

}  // namespace

Result<std::uint64_t> count_prevented(LedgerTables& tables, std::uint64_t subject, const OpenSubject* open) {
    std::uint64_t count = 0;
    for (const auto& row : tables.chunks(subject)) {
        const auto chunk = tables.whole_chunk(subject, row.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        count += prevented_in(chunk->late);
        for (const auto& activity : chunk->activities) {
            count += prevented_in(activity.attempts);
        }
    }
    if (open != nullptr) {
        count += prevented_in(open->late);
        for (const auto& activity : open->activities) {
            count += prevented_in(activity.attempts);
        }
    }
    return count;
}

Result<void> each_disclosed(LedgerTables& tables,
                            std::uint64_t subject,
                            const OpenSubject* open,
                            const std::vector<std::uint32_t>& wanted,
                            const OnDisclosed& on_disclosed) {
    DisclosedWalk walk{wanted, on_disclosed};
    const auto chunks = tables.chunks(subject);
    for (const auto& row : chunks) {
        const auto heads = tables.heads(subject, row.chunk);
        if (!heads) {
            return fail(heads);
        }
        walk.expect((*heads)->late);
    }
    if (open != nullptr) {
        walk.expect(open->late);
    }
    for (const auto& row : chunks) {
        const auto chunk = tables.whole_chunk(subject, row.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        if (!walk.add_all(chunk->first_activity, chunk->activities)) {
            return {};
        }
    }
    if (open == nullptr) {
        return {};
    }
    const auto entries = entries_of(*open, open->activities.size());
    walk.add_all(open->first, entries);
    return {};
}

}  // namespace fedtrail::sqlite
