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
#include "fedtrail/privacy/joined_hosts.hpp"
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

/// Thread-safe. A host in a rule stands for all hosts of its recipient: they are joined when rules or hosts
/// change, never by a delivery.
class RulesInForce {
public:
    using Joined = std::shared_ptr<const privacy::JoinedHosts>;

    RulesInForce() : set_(std::make_shared<const RuleSet>(privacy::TransferRules{}, Instant{})) {}

    /// Everything from now on is decided by these. A rule that keeps its name keeps its count.
    void use(const privacy::TransferRules& rules, Instant since);
    /// From now on these hosts are one recipient's; never null. The rules stay as they are.
    void join(Joined hosts);
    /// Never null.
    [[nodiscard]] std::shared_ptr<const RuleSet> now() const {
        const std::scoped_lock held{lock_};
        return set_;
    }

private:
    /// While `changing_` is held.
    void replace(const privacy::TransferRules& rules, Instant since);

    std::mutex changing_;      ///< Held by who changes something, however long that takes.
    mutable std::mutex lock_;  ///< Of `set_`: deliveries wait for it.
    std::shared_ptr<const RuleSet> set_;
    Joined joined_{std::make_shared<const privacy::JoinedHosts>()};
};

inline void RulesInForce::use(const privacy::TransferRules& rules, Instant since) {
    const std::scoped_lock held{changing_};
    replace(rules, since);
}

inline void RulesInForce::join(Joined hosts) {
    const std::scoped_lock held{changing_};
    const bool same = *hosts == *joined_;
    joined_ = std::move(hosts);
    if (!same) {
        replace(set_->rules(), set_->since());
    }
}

inline void RulesInForce::replace(const privacy::TransferRules& rules, Instant since) {
    auto fresh = std::make_shared<RuleSet>(rules.joined(*joined_), since);
    std::unordered_map<std::string, std::uint64_t> counts;
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
    const std::scoped_lock held{lock_};
    set_ = std::move(fresh);
}

}  // namespace fedtrail::capture
