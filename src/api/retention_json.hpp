/// Shreddings, looks and runs of retention as JSON; the same for the API and the command line.

#pragma once

#include <span>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/access.hpp"
#include "fedtrail/records/shredding.hpp"

#include "retention/retention_policy.hpp"
#include "retention/retention_run.hpp"
#include "retention/shredder.hpp"

namespace fedtrail::api {

[[nodiscard]] std::string shredded_json(privacy::SubjectNumber subject, const retention::Shredded& shredded);
/// shredded_json() back. Errors: Invalid.
[[nodiscard]] Result<retention::Shredded> shredded_from(const std::string& json);
[[nodiscard]] std::string shreddings_json(std::span<const records::Shredding> shreddings);
/// `roles`: the person learns who looked by role, not by token.
[[nodiscard]] std::string accesses_json(privacy::SubjectNumber subject,
                                        std::span<const records::Access> accesses,
                                        bool roles);
[[nodiscard]] std::string retention_rules_json(const retention::RetentionPolicy& policy);
[[nodiscard]] std::string retention_json(const retention::RetentionSummary& summary, bool dry_run);

struct RetentionAnswer {
    retention::RetentionSummary summary;
    bool dry_run{};
};
/// retention_json() back. Errors: Invalid.
[[nodiscard]] Result<RetentionAnswer> retention_from(const std::string& json);

}  // namespace fedtrail::api
