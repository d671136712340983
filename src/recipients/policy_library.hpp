/// What recipients promised and promise, read from the archive with the rules of policies/policy-rules.json.

#pragma once

#include <utility>

#include "fedtrail/ports/policy_archive.hpp"

#include "recipients/policy_rules.hpp"

namespace fedtrail::recipients {

class PolicyLibrary final : public PolicyReader {
public:
    /// `archive` must outlive it.
    PolicyLibrary(const PolicyArchive& archive, PolicyRules rules)
        : archive_(archive), rules_(std::move(rules)) {}

    /// At most 20 changes, the newest.
    [[nodiscard]] Result<records::PolicyHistory> history(const Host& host) const override;

private:
    using Versions = std::vector<records::PolicyVersion>;

    [[nodiscard]] Result<std::vector<records::PolicyChange>> changes(const Versions& versions) const;
    [[nodiscard]] Result<records::PolicySummary> summary(const Versions& versions) const;

    const PolicyArchive& archive_;
    PolicyRules rules_;
};

}  // namespace fedtrail::recipients
