/// The transfer rules that deliveries are decided by: replaced as a whole, counted one by one.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::capture {

/// One set of rules, and on how many deliveries each has decided.
class RuleSet {
public:
    RuleSet(privacy::TransferRules rules, Instant since)
        : rules_(std::move(rules)), since_(since), decided_(rules_.rules().size()) {}

    [[nodiscard]] const privacy::TransferRules& rules() const noexcept { return rules_; }
    [[nodiscard]] Instant since() const noexcept { return since_; }
    void count(std::size_t rule) const { decided_[rule].fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t decided(std::size_t rule) const {
        return decided_[rule].load(std::memory_order_relaxed);
    }

private:
    friend class RulesInForce;
    privacy::TransferRules rules_;
    Instant since_;
    mutable std::vector<std::atomic<std::uint64_t>> decided_;
};

/// Thread-safe.
class RulesInForce {
public:
    RulesInForce() : set_(std::make_shared<const RuleSet>(privacy::TransferRules{}, Instant{})) {}

    /// Everything from now on is decided by these. A rule that keeps its name keeps its count.
    void use(privacy::TransferRules rules, Instant since);
    /// Never null.
    [[nodiscard]] std::shared_ptr<const RuleSet> now() const {
        const std::scoped_lock held{lock_};
        return set_;
    }

private:
    mutable std::mutex lock_;
    std::shared_ptr<const RuleSet> set_;
};

inline void RulesInForce::use(privacy::TransferRules rules, Instant since) {
    auto fresh = std::make_shared<RuleSet>(std::move(rules), since);
    std::unordered_map<std::string, std::uint64_t> counts;
    const std::scoped_lock held{lock_};
    const auto& before = set_->rules().rules();
    for (std::size_t i = 0; i < before.size(); ++i) {
        counts.emplace(before[i].name, set_->decided(i));
    }
    const auto& after = fresh->rules().rules();
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (const auto count = counts.find(after[i].name); count != counts.end()) {
            fresh->decided_[i] = count->second;
        }
    }
    set_ = std::move(fresh);
}

}  // namespace fedtrail::capture
