/// What became of handed-in observations, as schemas/intake-receipt.schema.json.

#pragma once

#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/observation_intake.hpp"

namespace fedtrail::api {

[[nodiscard]] std::string receipt_json(const IntakeReceipt& receipt);
/// Errors: Invalid.
[[nodiscard]] Result<IntakeReceipt> receipt_from(const std::string& json);

}  // namespace fedtrail::api
