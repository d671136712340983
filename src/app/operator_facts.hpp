/// What the configuration says of the operator, as papers need it.

#pragma once

#include "app/config.hpp"
#include "reports/operator_facts.hpp"

namespace fedtrail::app {

[[nodiscard]] reports::OperatorFacts operator_facts(const Config& config);

}  // namespace fedtrail::app
