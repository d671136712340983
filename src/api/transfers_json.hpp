/// What transfers rest on, as schemas/transfer-bases.schema.json and transfer-switch.schema.json.

#pragma once

#include <span>
#include <string>

#include "recipients/transfers.hpp"

namespace fedtrail::api {

[[nodiscard]] std::string bases_json(const recipients::BasisCounts& counts, const privacy::Day& day);

/// `effect`: what turning it the other way would change, or what turning it has changed; `turned` says which.
[[nodiscard]] std::string switch_json(const recipients::SwitchState& state,
                                      std::span<const privacy::BasisChange> effect,
                                      bool turned);

}  // namespace fedtrail::api
