#include <ostream>

#include "reports/assessment.hpp"
#include "reports/paper_json.hpp"
#include "reports/paper_texts.hpp"
#include "reports/recipient_terms.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

template <typename T>
PaperJson value_or_null(const std::optional<T>& value) {
    return value ? PaperJson(*value) : PaperJson{};
}

PaperJson recipient_json(const records::RecipientCard& card) {
    auto aliases = PaperJson::array();
    for (const auto& alias : card.aliases) {
        aliases.push_back({{"host", alias.host.text()}, {"why", alias.why}});
    }
    return {{"host", card.host.text()},
            {"aliases", aliases},
            {"software", text_or_null(card.software)},
            {"version", text_or_null(card.version)},
            {"users", value_or_null(card.users)},
            {"registrations_open", value_or_null(card.registrations_open)},
            {"operator", text_or_null(card.operator_name.reveal())},
            {"operator_source", text_or_null(card.operator_source)},
            {"contact", text_or_null(card.contact.reveal())},
            {"privacy_policy", text_or_null(card.privacy_policy)},
            {"terms", text_or_null(card.terms)},
            {"known_at", moment_or_null(card.known_at)},
            {"marks", words_json(words_of(card.marks))}};
}

PaperJson place_json(const records::RecipientCard& card) {
    const auto& country = card.country;
    return {{"country", code_or_null(country.country)},
            {"source", std::string{records::name_of(country.source)}},
            {"confidence", std::string{records::name_of(country.confidence)}},
            {"found_at", moment_or_null(country.found_at)},
            {"why", text_or_null(country.why)},
            {"dated", country.dated},
            {"against",
             country.against ? PaperJson{{"country", code_or_null(country.against->country)},
                                         {"source", std::string{records::name_of(country.against->source)}}}
                             : PaperJson{}},
            {"network", text_or_null(country.network)}};
}

PaperJson basis_json(const privacy::TransferBasis& basis) {
    return {{"kind", std::string{privacy::name_of(basis.kind)}},
            {"reason", std::string{privacy::name_of(basis.reason)}},
            {"decision", text_or_null(basis.decision)},
            {"article", text_or_null(basis.article)},
            {"stale", basis.stale},
            {"special_territory", basis.special_territory}};
}

PaperJson holds_json(const Assessment& assessment) {
    const auto& totals = assessment.totals;
    if (!totals) {
        return {};
    }
    const bool some = totals->disclosures > 0;
    return {{"subjects", totals->subjects},
            {"objects", value_or_null(assessment.objects)},
            {"disclosures", totals->disclosures},
            {"first", format_rfc3339(totals->first)},
            {"last", format_rfc3339(totals->last)},
            {"categories", words_json(words_of(totals->categories))},
            {"channels", words_json(words_of(totals->channels))},
            {"evidence", some ? PaperJson(std::string{privacy::name_of(totals->strongest)}) : PaperJson{}},
            {"unread_connections", totals->tunnels}};
}

PaperJson honour_json(const Assessment& assessment) {
    auto states = PaperJson::object();
    for (const auto& [state, count] : assessment.notices) {
        states[std::string{fediverse::name_of(state)}] = count;
    }
    return {{"told", assessment.card.told},
            {"gone", assessment.card.gone},
            {"present", assessment.card.present},
            {"not_visible", assessment.card.not_visible},
            {"states", states}};
}

PaperJson policy_json(const records::PolicyHistory& policy) {
    auto versions = PaperJson::array();
    for (const auto& version : policy.versions) {
        versions.push_back({{"kind", std::string{records::name_of(version.kind)}},
                            {"number", version.number},
                            {"url", version.url},
                            {"first_seen", format_rfc3339(version.first_seen)},
                            {"last_seen", format_rfc3339(version.last_seen)}});
    }
    auto changes = PaperJson::array();
    for (const auto& change : policy.changes) {
        changes.push_back({{"kind", std::string{records::name_of(change.to.kind)}},
                           {"from", change.from.number},
                           {"to", change.to.number},
                           {"at", format_rfc3339(change.to.first_seen)}});
    }
    auto statements = PaperJson::array();
    for (const auto& statement : policy.summary.statements) {
        PaperJson told{{"topic", std::string{records::name_of(statement.topic)}}, {"sentence", nullptr}};
        if (statement.sentence) {
            told["sentence"] = statement.sentence->reveal();
            told["denied"] = statement.denied;
        }
        statements.push_back(std::move(told));
    }
    return {{"versions", versions}, {"changes", changes}, {"statements", statements}};
}

PaperJson risks_json(const std::vector<RiskRule>& risks, const PaperTexts& texts) {
    auto list = PaperJson::array();
    for (const auto& risk : risks) {
        const auto words = words_of(risk, texts);
        list.push_back({{"code", risk.code},
                        {"weight", std::string{name_of(risk.weight)}},
                        {"title", texts.plain(words.title)},
                        {"todo", texts.plain(words.todo)},
                        {"source", risk.source},
                        {"checked_at", risk.checked_at}});
    }
    return list;
}

}  // namespace

void render_json(const Assessment& assessment, const PaperTexts& texts, std::ostream& out) {
    auto rules = PaperJson::array();
    for (const auto& answer : assessment.rules) {
        rules.push_back({{"visibility", std::string{fediverse::name_of(answer.visibility)}},
                         {"effect", std::string{privacy::name_of(answer.effect)}},
                         {"rule", text_or_null(answer.rule)}});
    }
    out << written({{"format", kAssessmentFormat},
                    {"language", assessment.language},
                    {"generated_at", format_rfc3339(assessment.generated_at)},
                    {"recipient", recipient_json(assessment.card)},
                    {"country", place_json(assessment.card)},
                    {"basis", basis_json(assessment.card.basis)},
                    {"holds", holds_json(assessment)},
                    {"honour", honour_json(assessment)},
                    {"policy", policy_json(assessment.policy)},
                    {"rules", rules},
                    {"risks", risks_json(assessment.risks, texts)}});
}

}  // namespace fedtrail::reports
