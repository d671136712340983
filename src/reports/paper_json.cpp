#include "reports/paper_json.hpp"

#include "reports/processor_safeguards.hpp"

namespace fedtrail::reports {

PaperJson controller_json(const OperatorFacts& facts) {
    const auto& controller = facts.controller;
    const bool no_officer = controller.dpo == kNone;
    return {{"name", text_or_null(controller.name)},
            {"address", text_or_null(facts.address)},
            {"contact", text_or_null(controller.contact)},
            {"country", text_or_null(facts.country)},
            {"representative", text_or_null(facts.representative)},
            {"dpo", no_officer ? PaperJson{} : text_or_null(controller.dpo)},
            {"joint_controllers", facts.joint},
            {"authority", text_or_null(controller.authority)}};
}

PaperJson processors_json(const OperatorFacts& facts) {
    auto list = PaperJson::array();
    for (const auto& each : facts.processors) {
        list.push_back({{"name", each.name},
                        {"service", each.service},
                        {"country", each.country},
                        {"safeguard", text_or_null(safeguard_code(each))},
                        {"decision", text_or_null(safeguard_decision(each))}});
    }
    return list;
}

PaperJson activity_json(const ActivityEntry& activity) {
    return {{"activity", activity.code},
            {"name", activity.name},
            {"purpose", activity.purpose},
            {"persons", activity.persons},
            {"data", activity.data},
            {"recipients", activity.recipients},
            {"source", activity.source},
            {"source_text", activity.source_words},
            {"legal_basis", activity.legal_basis},
            {"law", text_or_null(activity.law)},
            {"legitimate_interest", text_or_null(activity.interest)},
            {"special_basis", text_or_null(activity.special_basis)},
            {"retention", activity.retention},
            {"rights", activity.rights}};
}

std::string written(const PaperJson& document) {
    return document.dump(2, ' ', false, PaperJson::error_handler_t::replace) + "\n";
}

}  // namespace fedtrail::reports
