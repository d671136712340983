/// Shreddings and looks in memory.

#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "fedtrail/ports/access_book.hpp"
#include "fedtrail/ports/ledger_folder.hpp"
#include "fedtrail/ports/shredding.hpp"

namespace fedtrail::testing {

/// Whom it was asked to fold, and what it says.
class FakeFolder final : public LedgerFolder {
public:
    Result<FoldSummary> fold_settled(std::optional<privacy::SubjectNumber> subject) override {
        asked.push_back(subject);
        return answer;
    }
    std::vector<std::optional<privacy::SubjectNumber>> asked;
    Result<FoldSummary> answer{FoldSummary{2, 5, 1, 0, false}};
};

class FakeShreddings final : public ShreddingBook {
public:
    std::vector<records::Shredding> all;
    std::vector<records::LeafRecord> leaves;

    Result<void> shred(const records::Shredding& shredding) override {
        all.push_back(shredding);
        return {};
    }
    Result<void> completed(privacy::SubjectNumber subject, const records::LeafRecord& leaf) override {
        leaves.push_back(leaf);
        for (auto& one : all) {
            one.complete = one.complete || one.subject == subject;
        }
        return {};
    }
    Result<std::vector<records::Shredding>> shreddings() const override { return all; }
    Result<bool> key_is_damaged(privacy::SubjectNumber /*subject*/) const override { return false; }
};

class FakeAccesses final : public AccessBook {
public:
    std::vector<records::Access> all;
    bool down{};

    using AccessBook::record;
    Result<void> record(std::span<const records::Access> accesses) override {
        if (down) {
            return fail(ErrorKind::Unavailable, "looks cannot be written down");
        }
        all.insert(all.end(), accesses.begin(), accesses.end());
        return {};
    }
    Result<std::vector<records::Access>> accesses(privacy::SubjectNumber subject,
                                                  std::size_t limit) const override {
        std::vector<records::Access> found;
        std::copy_if(all.rbegin(), all.rend(), std::back_inserter(found), [&](const auto& access) {
            return access.subject == subject;
        });
        found.resize(std::min(found.size(), limit));
        return found;
    }
    Result<std::vector<records::Access>> accesses_past_damage(privacy::SubjectNumber subject,
                                                              std::size_t limit) const override {
        return accesses(subject, limit);
    }
    Result<std::uint64_t> count(privacy::SubjectNumber subject) const override {
        return static_cast<std::uint64_t>(std::count_if(
            all.begin(), all.end(), [&](const auto& access) { return access.subject == subject; }));
    }
};

}  // namespace fedtrail::testing
