#include "app/operator_facts.hpp"

#include <optional>

#include "app/texts.hpp"

namespace fedtrail::app {

namespace {

reports::ActivityFacts facts_of(const ProcessingConfig& said) {
    reports::ActivityFacts facts;
    facts.activity = said.activity;
    facts.done = said.done;
    facts.name = said.name;
    facts.purpose = said.purpose;
    facts.sub_purposes = said.sub_purposes;
    facts.persons = said.persons;
    facts.data = said.data;
    facts.recipients = said.recipients;
    facts.source = said.source;
    facts.legal_basis = said.legal_basis;
    facts.law = said.law;
    facts.legitimate_interest = said.legitimate_interest;
    facts.balancing = said.balancing;
    facts.special_basis = said.special_basis;
    facts.special_condition = said.special_condition;
    facts.retention = said.retention;
    facts.data_retention = said.data_retention;
    facts.retention_policy = said.retention_policy;
    facts.retention_followed = said.retention_followed;
    facts.retention_reason = said.retention_reason;
    facts.assessment_required = said.assessment_required;
    facts.assessment_progress = said.assessment_progress;
    facts.assessment = said.assessment;
    facts.consents = said.consents;
    facts.location = said.location;
    facts.breach_occurred = said.breach_occurred;
    facts.breaches = said.breaches;
    return facts;
}

/// What was found in the Data Privacy Framework List; a look without its day is none.
std::optional<privacy::ScopeCheck> look_in_list(const ProcessorConfig& said) {
    const auto day = privacy::parse_day(said.dpf_checked_at);
    if (!day) {
        return std::nullopt;
    }
    privacy::ScopeCheck check{std::string{privacy::kDpfFact}, true, *day};
    check.entity = said.dpf_entity;
    check.entry = said.dpf_entry;
    check.data_kind = said.dpf_data_kind;
    return check;
}

}  // namespace

reports::OperatorFacts operator_facts(const Config& config) {
    reports::OperatorFacts facts;
    facts.controller = {config.controller.name,
                        config.controller.contact,
                        config.controller.dpo,
                        config.controller.authority};
    if (config.notice.dpo == reports::kNone) {
        facts.controller.dpo = reports::kNone;
    }
    facts.address = config.controller.address;
    facts.representative = config.controller.representative;
    facts.joint = config.controller.joint;
    facts.country = config.controller.country;
    for (const auto& origin : config.origins) {
        facts.hosts.push_back(origin.host.text());
    }
    facts.usual_language = usual_language(config);
    facts.required = config.notice.required;
    facts.automated = config.notice.automated;
    facts.no_processors = config.notice.processors == reports::kNone;
    facts.essence = config.notice.essence;
    facts.largest = config.notice.largest;
    facts.measures = config.record.measures;
    facts.own_measures = config.record.own_measures;
    facts.created = config.record.created;
    facts.updated = config.record.updated;
    for (const auto& each : config.processings) {
        facts.activities.push_back(facts_of(each));
    }
    for (const auto& each : config.processors) {
        facts.processors.push_back({each.name,
                                    each.service,
                                    each.country,
                                    each.safeguard,
                                    each.contract,
                                    each.safeguard_document,
                                    look_in_list(each)});
    }
    return facts;
}

}  // namespace fedtrail::app
