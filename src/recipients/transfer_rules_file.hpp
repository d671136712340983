/// The controller's rules: policies/transfer-rules.json as values. Pure.

#pragma once

#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::recipients {

/// Words that mean nothing are kept in their rule, so that privacy::check_rules can name them all;
/// privacy::TransferRules::compile refuses them. Every rule knows its line. At most 16 MiB, 20,000 rules and
/// 200,000 hosts. Errors: Invalid (no JSON, or not of this shape; names the rule and its line).
[[nodiscard]] Result<std::vector<privacy::TransferRule>> parse_transfer_rules(std::string_view json);

}  // namespace fedtrail::recipients
