/// The policies that erasures follow: read, checked against their schemas, turned into values.

#pragma once

#include <memory>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/fediverse/probe.hpp"

#include "app/config.hpp"
#include "app/policies.hpp"
#include "erasure/answer.hpp"
#include "erasure/escalation_policy.hpp"
#include "erasure/legal_calendar.hpp"
#include "erasure/letters.hpp"

namespace fedtrail::app {

struct ErasurePolicies {
    fediverse::Dialects dialects;
    fediverse::Probes probes;
    erasure::LegalCalendar calendar;
    erasure::EscalationPolicy escalation;
    erasure::LetterTexts letters;
};

/// Everything an erasure needs; the words of answers are read to see that they are there in every language.
/// Errors: NotFound, Invalid, with the file.
[[nodiscard]] Result<std::shared_ptr<const ErasurePolicies>> load_erasure_policies(
    const PolicyFolders& folders, const Config& config, Instant now);

/// The holidays of controller.country; none, and not known, where no country is set or no file is there.
/// Errors: Invalid.
[[nodiscard]] Result<erasure::LegalCalendar> load_calendar(const PolicyFolders& folders,
                                                           const ControllerConfig& controller,
                                                           Instant now);

/// The words of the answer to a person; "de" serves "de-AT". Errors: NotFound (the language; the remedy names
/// those there are), Invalid.
[[nodiscard]] Result<erasure::AnswerWords> load_answer_words(const PolicyFolders& folders,
                                                             const std::string& language);
[[nodiscard]] erasure::AnswerController answer_controller(const Config& config);

}  // namespace fedtrail::app
