/// policies/retention.json: how long each kind of record is kept, and why (GDPR Art. 5(1)(e)).

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ledger/hash.hpp"

namespace fedtrail::retention {

/// One kind of record.
struct RetentionRule {
    /// "person", "case", "letter", "unread_connection", "gap", "access", "rejected_file"; or one that no time
    /// ends.
    std::string kind;
    /// What ends it in place of a time: "shredding" of the person, "request_closed", or "never"; "" is the
    /// time below. Such a rule is never enabled: nothing is dropped by it.
    std::string kept_until;
    bool enabled{true};
    std::chrono::days keep_days{};      ///< After `from` …
    std::chrono::months keep_months{};  ///< … these as well, as calendar months,
    bool to_year_end{};                 ///< … and then to the end of that year (UTC).
    std::string why;
    std::vector<std::string> source;
};

/// When what began at `from` may no longer be kept. A day that a month lacks is its last.
[[nodiscard]] Instant expiry(const RetentionRule& rule, Instant from);

/// Whatever began before this has to go by `now`; exact for rules of days, and never too early for the
/// others.
[[nodiscard]] Instant horizon(const RetentionRule& rule, Instant now);

class RetentionPolicy {
public:
    /// Errors: Invalid (not in the form, or a kind that does not exist or comes twice).
    [[nodiscard]] static Result<RetentionPolicy> parse(std::string_view json);

    /// Null if there is none, or it is disabled.
    [[nodiscard]] const RetentionRule* rule(std::string_view kind) const;
    [[nodiscard]] const std::vector<RetentionRule>& rules() const { return rules_; }
    /// SHA-256 of the octets it was read from, as the log names policies.
    [[nodiscard]] const ledger::Hash& digest() const { return digest_; }

private:
    ledger::Hash digest_{};
    std::vector<RetentionRule> rules_;
};

/// Whether a letter may lie there longer than the case that says whose it is: written on the day the case was
/// closed, it is dropped later, or never. No shredding finds it then.
[[nodiscard]] bool letters_outlast_cases(const RetentionPolicy& policy);

}  // namespace fedtrail::retention
