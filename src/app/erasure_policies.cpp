#include "app/erasure_policies.hpp"

#include "language/choice.hpp"
#include "reports/report_library.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// How many years before and after now the clock may ask about.
constexpr int kYearsBack = 2;
constexpr int kYearsAhead = 3;

Result<erasure::EscalationPolicy> load_escalation(const PolicyFolders& folders) {
    const auto text = read_policy(folders, "escalation.json", "escalation.schema.json");
    if (!text) {
        return fail(text);
    }
    auto policy = erasure::EscalationPolicy::parse(*text);
    if (!policy) {
        return tl::unexpected<Error>{in_policy(policy.error(), folders, "escalation.json")};
    }
    return policy;
}

/// Whether an answer can be written in every language there is.
Result<void> check_answers(const PolicyFolders& folders) {
    const auto policies = folders.policies.string();
    const auto languages = reports::report_languages(policies);
    if (!languages) {
        return fail(languages);
    }
    for (const auto& language : *languages) {
        if (const auto words = erasure::load_answer_words(policies, language); !words) {
            return fail(words);
        }
    }
    return {};
}

int year_of(Instant at) {
    return static_cast<int>(privacy::Day{std::chrono::floor<std::chrono::days>(at)}.year());
}

}  // namespace

Result<std::shared_ptr<const ErasurePolicies>> load_erasure_policies(const PolicyFolders& folders,
                                                                     const Config& config,
                                                                     Instant now) {
    const auto dialects_text = read_policy(folders, "dialects.json", "dialects.schema.json");
    const auto probes_text = read_policy(folders, "probes.json", "probes.schema.json");
    if (!dialects_text || !probes_text) {
        return fail(!dialects_text ? dialects_text : probes_text);
    }
    auto dialects = fediverse::Dialects::parse(*dialects_text);
    if (!dialects) {
        return tl::unexpected<Error>{in_policy(dialects.error(), folders, "dialects.json")};
    }
    auto probes = fediverse::Probes::parse(*probes_text);
    if (!probes) {
        return tl::unexpected<Error>{in_policy(probes.error(), folders, "probes.json")};
    }
    auto calendar = load_calendar(folders, config.controller, now);
    if (!calendar) {
        return fail(calendar);
    }
    auto escalation = load_escalation(folders);
    if (!escalation) {
        return fail(escalation);
    }
    auto letters = erasure::LetterTexts::load(folders.policies.string());
    if (!letters) {
        return fail(letters);
    }
    if (auto checked = check_answers(folders); !checked) {
        return fail(checked);
    }
    return std::make_shared<const ErasurePolicies>(ErasurePolicies{std::move(*dialects),
                                                                   std::move(*probes),
                                                                   std::move(*calendar),
                                                                   std::move(*escalation),
                                                                   std::move(*letters)});
}

Result<erasure::LegalCalendar> load_calendar(const PolicyFolders& folders,
                                             const ControllerConfig& controller,
                                             Instant now) {
    const auto name = "holidays/" + controller.country + ".json";
    std::error_code ignored;
    if (controller.country.empty() || !fs::exists(folders.policies / name, ignored)) {
        return erasure::LegalCalendar{};
    }
    const auto text = read_policy(folders, name, "holidays.schema.json");
    if (!text) {
        return fail(text);
    }
    const int year = year_of(now);
    auto calendar = erasure::legal_calendar(*text, controller.region, year - kYearsBack, year + kYearsAhead);
    if (!calendar) {
        return tl::unexpected<Error>{in_policy(calendar.error(), folders, name)};
    }
    return calendar;
}

Result<erasure::AnswerWords> load_answer_words(const PolicyFolders& folders, const std::string& language) {
    const auto policies = folders.policies.string();
    const auto known = reports::report_languages(policies);
    if (!known) {
        return fail(known);
    }
    const auto found = language::match(*known, language);
    if (!found) {
        return tl::unexpected<Error>{reports::unknown_language(language, *known)};
    }
    return erasure::load_answer_words(policies, *found);
}

erasure::AnswerController answer_controller(const Config& config) {
    return {config.controller.name,
            config.controller.contact,
            config.controller.dpo,
            config.controller.authority};
}

}  // namespace fedtrail::app
