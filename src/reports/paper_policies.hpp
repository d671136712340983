/// What papers take from policies/.

#pragma once

#include <vector>

#include "fedtrail/privacy/transfer_basis.hpp"

#include "reports/own_records.hpp"
#include "reports/risk_points.hpp"

namespace fedtrail::reports {

struct PaperPolicies {
    privacy::Adequacy adequacy;   ///< adequacy.json
    std::vector<RiskRule> risks;  ///< risk-points.json
    std::vector<OwnPeriod> own;   ///< retention.json: what is enabled.
};

}  // namespace fedtrail::reports
