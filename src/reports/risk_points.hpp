/// What to look at before data goes to a recipient: policies/risk-points.json as values, and which of them
/// apply. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/records/policy_text.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::reports {

class PaperTexts;

enum class RiskWeight : std::uint8_t { High, Medium, Low };

[[nodiscard]] std::string_view name_of(RiskWeight weight);  ///< "high", "medium", "low"

/// All conditions that are set must hold; a list holds if one of its members does.
struct RiskRule {  // NOLINT(clang-analyzer-optin.performance.Padding): in the order of the file
    std::string code;
    RiskWeight weight{RiskWeight::Low};
    std::vector<std::string> source;
    std::string checked_at;  ///< "2026-11-28"
    std::string why;

    std::optional<bool> country_known;  ///< A hint (low confidence) is not known.
    std::vector<privacy::Country> countries;
    std::optional<records::Confidence> confidence_at_most;
    std::vector<records::CountrySource> country_sources;
    std::vector<privacy::BasisKind> bases;
    bool special_territory{};
    std::vector<std::string> marks;  ///< "relay", …
    std::optional<std::uint64_t> users_at_least;
    std::vector<Host> or_hosts;  ///< Known to have so many users, and not saying so.
    std::optional<bool> registrations_open;
    bool software_unknown{};
    bool operator_unknown{};
    bool contact_unknown{};
    bool policy_none{};
    bool policy_changed{};
    std::vector<records::PolicyTopic> policy_says;    ///< A sentence about one of them that does not say no.
    std::vector<records::PolicyTopic> policy_silent;  ///< A text was read, and says nothing of any.
    unsigned honour_below_percent{};                  ///< 0: no condition.
    std::uint64_t honour_least_told{1};
    bool never_told{};
    std::optional<bool> disclosed;
    fediverse::CategorySet categories;  ///< Empty: no condition.
};

/// Of policies/risk-points.json. Errors: Invalid (names the point).
[[nodiscard]] Result<std::vector<RiskRule>> parse_risk_points(std::string_view json);

/// What is known of one recipient.
struct RiskFacts {
    const records::RecipientCard& card;
    const records::PolicyHistory& policy;
    const RecipientTotals* totals{};  ///< Null: nothing went there.
};

/// Whether every point has its words in the language of `texts`. Errors: Invalid (names the point).
[[nodiscard]] Result<void> check_risk_words(const std::vector<RiskRule>& rules, const PaperTexts& texts);

/// What a point says in the language of `texts`; its code alone where check_risk_words() was passed by, as
/// between two readings of the policies.
struct RiskWords {
    std::string title;
    std::string todo;
};
[[nodiscard]] RiskWords words_of(const RiskRule& rule, const PaperTexts& texts);

[[nodiscard]] bool applies(const RiskRule& rule, const RiskFacts& facts);

}  // namespace fedtrail::reports
