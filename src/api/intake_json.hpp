/// What became of handed-in observations, as schemas/intake-receipt.schema.json.

#pragma once

#include <cstddef>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/observation_intake.hpp"

namespace fedtrail::api {

/// More rejected lines than this are counted, not listed.
inline constexpr std::size_t kListedRejections = 10'000;

[[nodiscard]] std::string receipt_json(const IntakeReceipt& receipt);
/// Errors: Invalid.
[[nodiscard]] Result<IntakeReceipt> receipt_from(const std::string& json);

}  // namespace fedtrail::api
