/// What papers take from policies/.

#pragma once

#include <vector>

#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

#include "reports/risk_points.hpp"

namespace fedtrail::reports {

struct PaperPolicies {
    privacy::Adequacy adequacy;    ///< adequacy.json
    privacy::TransferRules rules;  ///< transfer-rules.json
    std::vector<RiskRule> risks;   ///< risk-points.json
};

}  // namespace fedtrail::reports
