/// Assessment: everything that is known and was measured of one recipient, at all its hosts, as a value: what
/// a controller needs who decides whether to federate with it (GDPR Art. 24, 44 to 49). Rendering it is
/// somebody else's work.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/policy_archive.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"
#include "fedtrail/records/policy_text.hpp"
#include "fedtrail/records/recipient_card.hpp"

#include "reports/paper.hpp"
#include "reports/risk_points.hpp"

namespace fedtrail::reports {

class PaperTexts;

inline constexpr std::string_view kAssessmentFormat = "fedtrail/assessment/1";
/// With more subjects than this at a recipient their objects are not counted.
inline constexpr std::size_t kMostSubjectsCounted = 200;

/// What the rules say of one kind of thing.
struct RuleAnswer {
    fediverse::Visibility visibility{fediverse::Visibility::Public};
    privacy::RuleEffect effect{privacy::RuleEffect::Allow};
    std::string rule;  ///< Its name; "" is none.
};

struct Assessment {
    std::string language;
    Instant generated_at{};
    records::RecipientCard card;
    std::optional<RecipientTotals> totals;  ///< Absent: nothing went there.
    std::optional<std::uint64_t> objects;   ///< At least; absent: too many subjects to count them.
    std::map<fediverse::NoticeState, std::uint64_t> notices;
    records::PolicyHistory policy;
    std::vector<RuleAnswer> rules;
    std::string rules_file;       ///< Where they stand that are in force.
    std::vector<RiskRule> risks;  ///< Those that apply, the heaviest first.
};

/// All must outlive the call.
struct AssessmentSources {
    const LedgerReader& ledger;
    const RecipientRegister& recipients;
    const NoticeBook& notices;
    const PolicyReader& policies;
    const privacy::TransferRules& rules;
    const std::vector<RiskRule>& risks;
    Instant now{};
    std::string rules_file{};  ///< In which `rules` stand.
};

/// Of the recipient that has `host`. Errors: NotFound (nothing at all is known of it), those of the ports.
[[nodiscard]] Result<Assessment> build_assessment(const Host& host,
                                                  const AssessmentSources& sources,
                                                  const PaperTexts& texts);

/// `texts` are those it was built with.
[[nodiscard]] Paper paper_of(const Assessment& assessment, const PaperTexts& texts);

/// One JSON document as in schemas/assessment.schema.json.
void render_json(const Assessment& assessment, const PaperTexts& texts, std::ostream& out);

}  // namespace fedtrail::reports
