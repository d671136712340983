/// The EEA and the adequacy decisions: policies/adequacy.json as values. Pure.

#pragma once

#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::recipients {

struct AdequacyPolicy {
    privacy::Adequacy adequacy;
    privacy::TransferSwitches switches;
};

/// Errors: Invalid; names the row.
[[nodiscard]] Result<AdequacyPolicy> parse_adequacy(std::string_view json);

}  // namespace fedtrail::recipients
