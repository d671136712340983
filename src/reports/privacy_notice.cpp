#include "reports/privacy_notice.hpp"

#include "reports/paper_texts.hpp"
#include "reports/processor_safeguards.hpp"

namespace fedtrail::reports {

Result<PrivacyNotice> build_privacy_notice(const PaperSources& sources, const PaperTexts& texts) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(sources.now)};
    const auto facts = with_decisions(sources.facts, sources.policies.adequacy, sources.switches, today);
    const auto missing = missing_items(facts,
                                       PaperKind::Notice,
                                       texts.language(),
                                       sources.policies.adequacy,
                                       all_limited(sources.policies.own));
    if (auto complete = refuse_missing(missing, PaperKind::Notice); !complete) {
        return fail(complete);
    }
    auto figures = federation_figures(sources.ledger, sources.recipients, today, sources.facts.largest);
    if (!figures) {
        return fail(figures);
    }
    const auto words = [&](const Wording& said) {
        return without_marks(in_language(said, texts.language(), sources.facts.usual_language).value_or(""));
    };
    PrivacyNotice notice;
    notice.language = texts.language();
    notice.generated_at = sources.now;
    notice.operator_facts = facts;
    notice.activities = activity_list(sources.facts, sources.policies.own, texts);
    notice.essence = words(sources.facts.essence);
    const auto plain = sources.facts.automated.find("");
    const bool none = plain != sources.facts.automated.end() && plain->second == kNone;
    notice.automated = none ? "" : words(sources.facts.automated);
    notice.federation = std::move(*figures);
    return notice;
}

}  // namespace fedtrail::reports
