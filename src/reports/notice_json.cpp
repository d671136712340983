#include <ostream>

#include "reports/paper_json.hpp"
#include "reports/paper_texts.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

PaperJson figures_json(const FederationFigures& figures) {
    auto places = PaperJson::array();
    for (const auto& place : figures.places) {
        places.push_back({{"country", code_or_null(place.country)},
                          {"hint", code_or_null(place.hint)},
                          {"basis", std::string{privacy::name_of(place.basis)}},
                          {"decision", text_or_null(place.decision)},
                          {"declared_article", text_or_null(place.article)},
                          {"servers", place.servers}});
    }
    auto software = PaperJson::array();
    for (const auto& each : figures.software) {
        software.push_back({{"software", text_or_null(each.software)}, {"servers", each.servers}});
    }
    auto largest = PaperJson::array();
    for (const auto& one : figures.largest) {
        largest.push_back({{"host", one.host.text()},
                           {"software", text_or_null(one.software)},
                           {"country", code_or_null(one.country)},
                           {"hint", code_or_null(one.hint)},
                           {"basis", std::string{privacy::name_of(one.basis)}},
                           {"decision", text_or_null(one.decision)},
                           {"declared_article", text_or_null(one.article)},
                           {"disclosures", one.disclosures}});
    }
    return {{"since", moment_or_null(figures.since)},
            {"recipients", figures.recipients},
            {"disclosures", figures.disclosures},
            {"countries", figures.countries},
            {"passing_on", figures.passing_on},
            {"undocumented", figures.undocumented},
            {"undocumented_country_unknown", figures.undocumented_nowhere},
            {"unread", figures.unread},
            {"categories", words_json(words_of(figures.categories))},
            {"channels", words_json(words_of(figures.channels))},
            {"places", places},
            {"software", software},
            {"largest", largest}};
}

PaperJson rights_json(const PrivacyNotice& notice, const PaperTexts& texts) {
    PaperJson rights;
    for (const auto* article : {"15", "16", "17", "18", "19", "20", "7"}) {
        rights[article] = texts.plain(texts.at("notice.rights." + std::string{article}));
    }
    rights["21"] = texts.plain(texts.at("notice.object.text"));
    rights["77"] = texts.plain(
        texts.fill("notice.rights.77", {{"authority", notice.operator_facts.controller.authority}}));
    return rights;
}

}  // namespace

void render_json(const PrivacyNotice& notice, const PaperTexts& texts, std::ostream& out) {
    const auto& facts = notice.operator_facts;
    auto activities = PaperJson::array();
    for (const auto& activity : notice.activities) {
        activities.push_back(activity_json(activity));
    }
    const PaperJson document{{"format", kPrivacyNoticeFormat},
                             {"language", notice.language},
                             {"generated_at", format_rfc3339(notice.generated_at)},
                             {"hosts", facts.hosts},
                             {"controller", controller_json(facts)},
                             {"joint_essence", text_or_null(notice.essence)},
                             {"activities", activities},
                             {"processors", processors_json(facts)},
                             {"federation", figures_json(notice.federation)},
                             {"must_give", facts.required},
                             {"must_give_text", texts.plain(texts.at("notice.must." + facts.required))},
                             {"automated_decisions", text_or_null(notice.automated)},
                             {"intended_transfers", texts.plain(texts.at("notice.network.intended"))},
                             {"source_of_others", texts.plain(texts.at("notice.network.others"))},
                             {"rights", rights_json(notice, texts)}};
    out << written(document);
}

}  // namespace fedtrail::reports
