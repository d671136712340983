/// One recipient of a plan.

#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "erasure/planner.hpp"

namespace fedtrail::testing {

inline erasure::PlannedRecipient shown(const erasure::PlanPreview& preview, const std::string& name) {
    for (const auto& recipient : preview.recipients) {
        if (recipient.host.text() == name) {
            return recipient;
        }
    }
    FAIL(name + " is not in the plan");
    return {};
}

}  // namespace fedtrail::testing
