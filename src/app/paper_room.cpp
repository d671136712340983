#include "app/paper_room.hpp"

#include "app/forgetting_wing.hpp"
#include "recipients/adequacy_policy.hpp"
#include "recipients/policy_library.hpp"

namespace fedtrail::app {

std::vector<reports::OwnPeriod> own_periods(const retention::RetentionPolicy& policy) {
    std::vector<reports::OwnPeriod> periods;
    for (const auto& rule : policy.rules()) {
        if (rule.enabled) {
            periods.push_back({rule.kind,
                               static_cast<std::uint64_t>(rule.keep_months.count()),
                               static_cast<std::uint64_t>(rule.keep_days.count()),
                               rule.to_year_end});
        }
    }
    return periods;
}

Result<std::shared_ptr<const reports::PaperPolicies>> load_paper_policies(const PolicyFolders& folders) {
    auto adequacy = read_parsed(folders, "adequacy", recipients::parse_adequacy);
    if (!adequacy) {
        return fail(adequacy);
    }
    auto risks = read_parsed(folders, "risk-points", reports::parse_risk_points);
    if (!risks) {
        return fail(risks);
    }
    const auto retention = load_retention(folders);
    if (!retention) {
        return fail(retention);
    }
    return std::make_shared<const reports::PaperPolicies>(
        reports::PaperPolicies{std::move(adequacy->adequacy), std::move(*risks), own_periods(*retention)});
}

Result<std::unique_ptr<PaperRoom>> PaperRoom::open(RecipientRoom& recipients, const PolicyFolders& folders) {
    auto policies = load_paper_policies(folders);
    if (!policies) {
        return fail(policies);
    }
    auto reading = read_parsed(folders, "policy-rules", fedtrail::recipients::parse_policy_rules);
    if (!reading) {
        return fail(reading);
    }
    std::unique_ptr<PaperRoom> room{new PaperRoom{recipients}};
    room->policy_texts_ =
        std::make_unique<fedtrail::recipients::PolicyLibrary>(recipients.directory(), std::move(*reading));
    room->policies_ = std::move(*policies);
    return room;
}

std::shared_ptr<const reports::PaperPolicies> PaperRoom::policies() const {
    const std::lock_guard held{guard_};
    return policies_;
}

void PaperRoom::use(std::shared_ptr<const reports::PaperPolicies> policies) {
    const std::lock_guard held{guard_};
    policies_ = std::move(policies);
}

}  // namespace fedtrail::app
