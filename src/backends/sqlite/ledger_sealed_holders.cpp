/// Who was told of an object, as chunks say.

#include <algorithm>
#include <utility>

#include "backends/sqlite/ledger_lookup.hpp"

namespace fedtrail::sqlite {

namespace {

/// Walks the chunks that tell of some objects, in order: a late attempt comes behind its activity.
class HoldersWalk {
public:
    HoldersWalk(LedgerTables& tables, std::uint64_t subject, const std::set<std::uint32_t>& roots)
        : tables_(tables), subject_(subject), roots_(roots) {
        for (const auto root : roots) {
            root_of_.emplace(root, root);
        }
    }

    Result<void> add(std::uint32_t number) {
        const auto heads = tables_.heads(subject_, number);
        if (!heads) {
            return fail(heads);
        }
        const auto& chunk = **heads;
        const auto about = activities_about(chunk);
        for (const auto& attempt : chunk.late) {
            if (const auto known = root_of_.find(attempt.activity); known != root_of_.end()) {
                late_[known->second].push_back(attempt);
            }
        }
        const auto first = chunk.first_activity;
        const auto each = tables_.holders(subject_, number, about);
        if (!each) {
            return fail(each);
        }
        for (std::size_t i = 0; i < about.size(); ++i) {
            auto& holders = holders_[root_of_.at(first + static_cast<std::uint32_t>(about[i]))];
            holders = join_holders(holders, (*each)[i]);
        }
        return {};
    }

    HoldersOf take() {
        for (auto& [root, late] : late_) {
            auto& holders = holders_[root];
            holders = join_holders(holders, holders_of_late(std::move(late)));
        }
        return std::move(holders_);
    }

private:
    std::vector<std::size_t> activities_about(const ledger::Chunk& chunk) {
        std::vector<std::size_t> about;
        for (std::uint32_t i = 0; i < chunk.activities.size(); ++i) {
            const auto number = chunk.first_activity + i;
            const auto root = sqlite::root_of(number, chunk.activities[i].head);
            if (roots_.count(root) > 0) {
                root_of_.emplace(number, root);
                about.push_back(i);
            }
        }
        return about;
    }

    LedgerTables& tables_;
    std::uint64_t subject_;
    const std::set<std::uint32_t>& roots_;
    std::unordered_map<std::uint32_t, std::uint32_t> root_of_;  ///< Of each activity about them.
    std::unordered_map<std::uint32_t, std::vector<ledger::LateAttempt>> late_;
    HoldersOf holders_;
};

}  // namespace

Result<HoldersOf> sealed_holders_of(LedgerTables& tables,
                                    std::uint64_t subject,
                                    const std::set<std::uint32_t>& roots) {
    std::set<std::uint32_t> chunks;
    for (const auto root : roots) {
        const auto about = chunks_about(tables, subject, root);
        if (!about) {
            return fail(about);
        }
        chunks.insert(about->begin(), about->end());
    }
    HoldersWalk walk{tables, subject, roots};
    for (const auto chunk : chunks) {
        if (auto added = walk.add(chunk); !added) {
            return fail(added);
        }
    }
    return walk.take();
}

}  // namespace fedtrail::sqlite
