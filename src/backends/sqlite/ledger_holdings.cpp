#include "backends/sqlite/ledger_holdings.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

#include "backends/sqlite/ledger_lookup.hpp"

namespace fedtrail::sqlite {

namespace {

class HeldWalk {
public:
    HeldWalk(LedgerTables& tables,
             std::uint64_t subject,
             const std::vector<std::uint32_t>& wanted,
             const OnHeld& on_held)
        : tables_(tables), subject_(subject), wanted_(wanted), on_held_(on_held) {}

    /// Attempts that were seen after their activity was sealed: told with it all the same.
    void expect(const std::vector<ledger::LateAttempt>& late) {
        for (const auto& attempt : late) {
            const auto position = ledger::rank_of(attempt.code) == 0 ? 0 : position_of(attempt.recipient);
            if (position != 0) {
                late_[attempt.activity].push_back(position - 1);
            }
        }
    }

    /// False if the walk is over.
    Result<bool> add(std::uint32_t number, const ledger::ActivityEntry& entry) {
        HeldFact fact;
        for (const auto& holder : entry.holders) {
            const auto position = ledger::rank_of(holder.code) == 0 ? 0 : position_of(holder.recipient);
            if (position != 0) {
                fact.at.push_back(position - 1);
            }
        }
        if (const auto late = late_.find(number); late != late_.end()) {
            fact.at.insert(fact.at.end(), late->second.begin(), late->second.end());
        }
        if (fact.at.empty()) {
            return true;
        }
        std::sort(fact.at.begin(), fact.at.end());
        fact.at.erase(std::unique(fact.at.begin(), fact.at.end()), fact.at.end());
        fact.head = entry.head;
        auto object = object_of(entry.head);
        if (!object) {
            return fail(object);
        }
        fact.object = std::move(*object);
        return on_held_(fact);
    }

    Result<bool> add_all(std::uint32_t first, std::span<const ledger::ActivityEntry> entries) {
        for (std::uint32_t i = 0; i < entries.size(); ++i) {
            auto goes_on = add(first + i, entries[i]);
            if (!goes_on || !*goes_on) {
                return goes_on;
            }
        }
        return true;
    }

    Result<bool> add_open(const OpenSubject& open) {
        const auto entries = entries_of(open, open.activities.size());
        for (const auto& activity : open.activities) {
            open_heads_.push_back(&activity.head);
        }
        open_first_ = open.first;
        return add_all(open.first, entries);
    }

private:
    /// Plus one; 0 is not wanted.
    [[nodiscard]] std::uint32_t position_of(std::uint32_t recipient) const {
        return recipient < wanted_.size() ? wanted_[recipient] : 0;
    }

    Result<ledger::UriCode> object_of(const ledger::ActivityHead& head) {
        if (!head.refers) {
            return head.object;
        }
        if (!open_heads_.empty() && *head.refers >= open_first_ &&
            *head.refers - open_first_ < open_heads_.size()) {
            return open_heads_[*head.refers - open_first_]->object;
        }
        auto root = sealed_head(tables_, subject_, *head.refers);
        return root ? Result<ledger::UriCode>{std::move(root->object)} : fail(root);
    }

    LedgerTables& tables_;
    std::uint64_t subject_;
    const std::vector<std::uint32_t>& wanted_;
    const OnHeld& on_held_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> late_;
    std::vector<const ledger::ActivityHead*> open_heads_;
    std::uint32_t open_first_{};
};

}  // namespace

Result<void> each_held(LedgerTables& tables,
                       std::uint64_t subject,
                       const OpenSubject* open,
                       const std::vector<std::uint32_t>& wanted,
                       const OnHeld& on_held) {
    HeldWalk walk{tables, subject, wanted, on_held};
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
        const auto chunk = tables.facts(subject, row.chunk);
        if (!chunk) {
            return fail(chunk);
        }
        const auto goes_on = walk.add_all(chunk->first_activity, chunk->activities);
        if (!goes_on || !*goes_on) {
            return goes_on ? Result<void>{} : fail(goes_on);
        }
    }
    const auto last = open == nullptr ? Result<bool>{true} : walk.add_open(*open);
    return last ? Result<void>{} : fail(last);
}

}  // namespace fedtrail::sqlite
