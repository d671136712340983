/// PrivacyNotice: what the people of an instance, and those whose data reaches it, have to be told (GDPR
/// Art. 13 and 14), as a value. Rendering it is somebody else's work.

#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

#include "reports/activity_list.hpp"
#include "reports/federation_figures.hpp"
#include "reports/operator_facts.hpp"
#include "reports/paper.hpp"
#include "reports/paper_policies.hpp"

namespace fedtrail::reports {

class PaperTexts;

inline constexpr std::string_view kPrivacyNoticeFormat = "fedtrail/privacy-notice/1";

struct PrivacyNotice {
    std::string language;
    Instant generated_at{};
    OperatorFacts operator_facts;
    std::vector<ActivityEntry> activities;
    std::string essence;    ///< Of joint control, in this language; "" without joint controllers.
    std::string automated;  ///< In this language; "" where machines decide nothing.
    FederationFigures federation;
};

/// What a notice or a record is made of; all must outlive the call.
struct PaperSources {
    const OperatorFacts& facts;
    const PaperPolicies& policies;
    const LedgerReader& ledger;
    const RecipientRegister& recipients;
    Instant now{};
    privacy::TransferSwitches switches{};  ///< In force.
};

/// Errors: Denied (something that the law asks for was not said; names all of it), those of the ledger and
/// the register.
[[nodiscard]] Result<PrivacyNotice> build_privacy_notice(const PaperSources& sources,
                                                         const PaperTexts& texts);

/// `texts` are those it was built with.
[[nodiscard]] Paper paper_of(const PrivacyNotice& notice, const PaperTexts& texts);

/// One JSON document as in schemas/privacy-notice.schema.json.
void render_json(const PrivacyNotice& notice, const PaperTexts& texts, std::ostream& out);

}  // namespace fedtrail::reports
