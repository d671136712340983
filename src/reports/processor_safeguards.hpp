/// On what transfers to processors rest: an adequacy decision is believed no more of them than of recipients.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/privacy/transfer_basis.hpp"

#include "reports/operator_facts.hpp"

namespace fedtrail::reports {

/// Whether the country of that ISO 3166-1 alpha-2 code is in the European Economic Area.
[[nodiscard]] bool within_eea(const std::string& code, const privacy::Adequacy& adequacy);

/// `facts`, with what the decisions say on the day `today` of each processor whose safeguard is one.
[[nodiscard]] OperatorFacts with_decisions(OperatorFacts facts,
                                           const privacy::Adequacy& adequacy,
                                           const privacy::TransferSwitches& switches,
                                           const privacy::Day& today);

/// A processor whose transfer would rest on something else.
struct SafeguardChange {
    std::string name;
    privacy::TransferBasis before;
    privacy::TransferBasis after;
};

/// Whose safeguard would not be what it is with `after` for `before`, in the order of the configuration. With
/// nothing left, no notice and no record is written.
[[nodiscard]] std::vector<SafeguardChange> effect_on_processors(const OperatorFacts& facts,
                                                                const privacy::Adequacy& adequacy,
                                                                const privacy::TransferSwitches& before,
                                                                const privacy::TransferSwitches& after,
                                                                const privacy::Day& today);

/// Why the adequacy decision that the processor's safeguard names carries nothing, in English for the
/// operator;
/// "" if it does, perhaps unverified, or if the safeguard is another one.
[[nodiscard]] std::string safeguard_fault(const ProcessorFacts& processor);

/// What is printed: "A45-3?unverified" where the decision is for some recipients and nobody established that
/// this is one; "" where no safeguard is needed.
[[nodiscard]] std::string safeguard_code(const ProcessorFacts& processor);

/// The number of the decision it rests on; "" if it is none.
[[nodiscard]] std::string safeguard_decision(const ProcessorFacts& processor);

}  // namespace fedtrail::reports
