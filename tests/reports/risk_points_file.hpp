/// The points to look at that are shipped.

#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "reports/risk_points.hpp"

namespace fedtrail::reports::test {

inline std::string risk_points_text() {
    std::ostringstream text;
    text << std::ifstream{FEDTRAIL_SOURCE_DIR "/policies/risk-points.json"}.rdbuf();
    return std::move(text).str();
}

inline const std::vector<RiskRule>& shipped_points() {
    static const auto kPoints = parse_risk_points(risk_points_text()).value();
    return kPoints;
}

}  // namespace fedtrail::reports::test
