/// The policies about who recipients are, read and checked together.

#pragma once

#include <memory>
#include <vector>

#include "fedtrail/fediverse/dialect.hpp"

#include "app/policies.hpp"
#include "recipients/imprint_words.hpp"
#include "recipients/marks.hpp"
#include "recipients/policy_rules.hpp"

namespace fedtrail::app {

struct RecipientPolicies {
    fediverse::Dialects dialects;
    std::vector<recipients::MarkRule> marks;
    recipients::PolicyRules rules;
    recipients::ImprintWords imprint;
};

/// policies/dialects.json, recipient-marks.json, policy-rules.json and imprint.json. Errors: NotFound,
/// Invalid; name the file.
[[nodiscard]] Result<std::shared_ptr<const RecipientPolicies>> load_recipient_policies(
    const PolicyFolders& folders);

/// policies/imprint.json with the names of countries in every language. Errors: NotFound, Invalid.
[[nodiscard]] Result<recipients::ImprintWords> load_imprint_words(const PolicyFolders& folders);

}  // namespace fedtrail::app
