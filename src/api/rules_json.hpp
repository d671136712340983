/// Transfer rules as JSON: what the API answers and what `fedtrail rules … --json` prints.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "recipients/rules_check.hpp"
#include "recipients/rules_trial.hpp"

namespace fedtrail::api {

/// A set of rules, and how it stands.
struct RulesView {
    std::string file;
    bool shipped{};                ///< The file is of this release, not the controller's own.
    std::optional<Error> refused;  ///< Why the file as it is now is not in force.
    std::optional<Instant> since;  ///< In force; absent: nothing runs.
    std::vector<privacy::TransferRule> rules;
    std::vector<std::uint64_t> decided;  ///< Deliveries that each decided on; empty: not counted here.
};

[[nodiscard]] std::string rules_json(const RulesView& view);
[[nodiscard]] std::string rules_check_json(const std::string& file, const recipients::CheckedRules& checked);
[[nodiscard]] std::string rules_trial_json(const std::string& file,
                                           const std::vector<privacy::TransferRule>& rules,
                                           const recipients::RulesTrial& trial);

/// The conditions in a line of words: "hosts a.example, *.b.example; categories direct_message".
[[nodiscard]] std::string conditions_of(const privacy::TransferRule& rule);

}  // namespace fedtrail::api
