/// What transfers rest on, as schemas/transfer-bases.schema.json and transfer-switch.schema.json.

#pragma once

#include <string>
#include <vector>

#include "recipients/transfers.hpp"
#include "reports/processor_safeguards.hpp"

namespace fedtrail::api {

/// Whose basis a switch changes.
struct SwitchEffect {
    std::vector<privacy::BasisChange> recipients;
    std::vector<reports::SafeguardChange> processors;
};

/// Of the DPF's switch, turned to `on` on the day `today`. Errors: Unavailable, Corrupt.
[[nodiscard]] Result<SwitchEffect> switch_effect(const LedgerReader& ledger,
                                                 const recipients::Register& cards,
                                                 const reports::OperatorFacts& facts,
                                                 bool on,
                                                 const privacy::Day& today);

[[nodiscard]] std::string bases_json(const recipients::BasisCounts& counts, const privacy::Day& day);

/// `effect`: what turning it the other way would change, or what turning it has changed; `turned` says which.
[[nodiscard]] std::string switch_json(const recipients::SwitchState& state,
                                      const SwitchEffect& effect,
                                      bool turned);

}  // namespace fedtrail::api
