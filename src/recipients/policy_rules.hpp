/// What a summary of a policy rests on: policies/policy-rules.json as values, and the summary itself. Pure.

#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/policy_text.hpp"

namespace fedtrail::recipients {

struct PolicyRule {
    std::string name;
    records::PolicyTopic topic{records::PolicyTopic::Contact};
    std::vector<std::vector<std::string>> all;  ///< One of each list must stand in the sentence.
    std::vector<std::string> none;              ///< None of these may.
};

struct PolicyLanguage {
    std::vector<std::string> words;       ///< Frequent ones, by which it is recognised.
    std::vector<std::string> denials;     ///< A sentence with one of these says no.
    std::vector<std::string> exceptions;  ///< Unless one of these takes some of that back.
    std::vector<PolicyRule> rules;
};

/// By language ("en").
using PolicyRules = std::map<std::string, PolicyLanguage>;

/// Errors: Invalid; names the rule.
[[nodiscard]] Result<PolicyRules> parse_policy_rules(std::string_view json);

/// The language whose words are most frequent in `text`; "" where none of them is plain.
[[nodiscard]] std::string language_of_text(const PolicyRules& rules, std::string_view text);

/// A text with the version it is.
struct SummedText {
    records::PolicyKind kind{records::PolicyKind::Privacy};
    std::uint32_t version{};
    std::string_view text;
};

/// A statement for each topic. Each text is read by the rules of its own language; asked are those in the
/// first text's language first, and of one language in the order given; of each the first 3,000 sentences of
/// at most 1,000 octets. Nothing is claimed in a language without rules. Of the sentences that a rule on
/// sharing, advertising or training finds, the first that says yes stands before those that say no, which are
/// marked.
[[nodiscard]] records::PolicySummary summary_of(const PolicyRules& rules, std::span<const SummedText> texts);

}  // namespace fedtrail::recipients
