/// How long Fedtrail keeps its own records, as the papers say it: what policies/retention.json says and the
/// sidecar does, so that a notice cannot promise anything else.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reports/operator_facts.hpp"

namespace fedtrail::reports {

class PaperTexts;

/// The kinds of policies/retention.json that are about people, in the order of the papers. Others name none.
inline constexpr std::array<std::string_view, 4> kOwnRecords{"person", "case", "letter", "access"};
/// Those about people that no time ends.
inline constexpr std::array<std::string_view, 3> kOwnEndless{"signing_key", "recipient_card", "log_leaf"};

/// An enabled rule: calendar months, then days, then perhaps to the end of that year.
struct OwnPeriod {
    std::string kind;
    std::uint64_t months{};
    std::uint64_t days{};
    bool to_year_end{};
};

/// Whether each kind of kOwnRecords has a period: then the operator need say nothing.
[[nodiscard]] bool all_limited(std::span<const OwnPeriod> own);

/// All periods in words, and what ends the records that have none.
[[nodiscard]] std::string own_retention(std::span<const OwnPeriod> own, const PaperTexts& texts);

/// Where `processing.ledger.retention` of the configuration says something else than the rules do, or
/// something that cannot be compared and is not printed: a sentence in English, and what to do about it.
struct RetentionConflict {
    std::string what;
    std::string remedy;
};
[[nodiscard]] std::optional<RetentionConflict> retention_conflict(const OperatorFacts& facts,
                                                                  std::span<const OwnPeriod> own);

}  // namespace fedtrail::reports
