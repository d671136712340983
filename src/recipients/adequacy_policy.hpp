/// The EEA and the adequacy decisions: policies/adequacy.json as values. Pure.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::recipients {

struct AdequacyPolicy {
    privacy::Adequacy adequacy;
    privacy::TransferSwitches switches;
};

/// Errors: Invalid; names the row.
[[nodiscard]] Result<AdequacyPolicy> parse_adequacy(std::string_view json);

/// The numbers of the decisions that were checked too long ago (or, by a slip of the pen, in the future) to
/// be called adequate on `today`.
[[nodiscard]] std::vector<std::string> stale_decisions(const privacy::Adequacy& adequacy,
                                                       const privacy::Day& today);

}  // namespace fedtrail::recipients
