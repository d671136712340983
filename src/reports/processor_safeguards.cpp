#include "reports/processor_safeguards.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fedtrail::reports {

namespace {

using privacy::BasisKind;
using privacy::BasisReason;

constexpr std::string_view kDecision = "A45-3";

/// As for recipients: who says of no country is taken to be in the European Union.
privacy::Country country_of(const OperatorFacts& facts) {
    const auto said = privacy::Country::parse(facts.country);
    return said ? *said : *privacy::Country::parse("BE");
}

/// For part of a country's recipients, or perhaps not for exporters in IS, LI and NO: it can be the
/// safeguard, and is never printed as if that were established. Who has to be in a list is none of these.
bool is_unverified(const privacy::TransferBasis& decided) {
    return decided.kind == BasisKind::AdequacyUnverified &&
           (decided.reason == BasisReason::ScopeNotKnown || decided.reason == BasisReason::EftaNotKnown);
}

constexpr std::array kFaults{
    std::pair{BasisReason::NoDecision, "there is no adequacy decision for this country"},
    std::pair{BasisReason::SpecialTerritory, "there is no adequacy decision for this territory"},
    std::pair{BasisReason::DecisionNotInForce, "the adequacy decision is not in force"},
    std::pair{BasisReason::DataStale, "the adequacy decision was last checked too long ago"},
    std::pair{BasisReason::ScopeNotKnown,
              "only who is in the Data Privacy Framework List has one: look it up, and write "
              "dpf_checked_at, dpf_entity, dpf_entry and dpf_data_kind"},
    std::pair{BasisReason::CheckDated,
              "the Data Privacy Framework List was looked into too long ago, or on a day to come "
              "(dpf_checked_at)"},
    std::pair{BasisReason::CheckIncomplete,
              "dpf_entity, dpf_entry and dpf_data_kind have to say what was found in the Data Privacy "
              "Framework List"},
    std::pair{BasisReason::ScopeNotMet,
              "what was found in the Data Privacy Framework List is of another framework or for another "
              "kind of data"},
    std::pair{BasisReason::SwitchedOff, "you do not rely on the Data Privacy Framework"},
    std::pair{BasisReason::EftaPending, "the adequacy decision is not part of the EEA Agreement"}};

}  // namespace

bool within_eea(const std::string& code, const privacy::Adequacy& adequacy) {
    const auto country = privacy::Country::parse(code);
    return country && std::binary_search(adequacy.eea.begin(), adequacy.eea.end(), *country);
}

OperatorFacts with_decisions(OperatorFacts facts,
                             const privacy::Adequacy& adequacy,
                             const privacy::TransferSwitches& switches,
                             const privacy::Day& today) {
    const privacy::Occasion occasion{today, today, country_of(facts)};
    for (auto& processor : facts.processors) {
        const auto country = privacy::Country::parse(processor.country);
        if (processor.safeguard != kDecision || !country) {
            continue;
        }
        privacy::RecipientFacts of_it;
        of_it.country = *country;
        if (processor.dpf) {
            of_it.checks.push_back(*processor.dpf);
        }
        processor.decided = privacy::basis(of_it, occasion, adequacy, switches);
    }
    return facts;
}

std::vector<SafeguardChange> effect_on_processors(const OperatorFacts& facts,
                                                  const privacy::Adequacy& adequacy,
                                                  const privacy::TransferSwitches& before,
                                                  const privacy::TransferSwitches& after,
                                                  const privacy::Day& today) {
    const auto was = with_decisions(facts, adequacy, before, today);
    const auto is = with_decisions(facts, adequacy, after, today);
    std::vector<SafeguardChange> changes;
    for (std::size_t i = 0; i < facts.processors.size(); ++i) {
        const auto& from = was.processors[i].decided;
        const auto& to = is.processors[i].decided;
        if (from && to && from->kind != to->kind) {
            changes.push_back({facts.processors[i].name, *from, *to});
        }
    }
    return changes;
}

std::string safeguard_fault(const ProcessorFacts& processor) {
    if (processor.safeguard != kDecision) {
        return {};
    }
    const auto decided = processor.decided.value_or(privacy::TransferBasis{});
    if (decided.kind == BasisKind::NoneNeeded || decided.kind == BasisKind::Adequacy ||
        is_unverified(decided)) {
        return {};
    }
    const auto found = std::find_if(
        kFaults.begin(), kFaults.end(), [&](const auto& one) { return one.first == decided.reason; });
    return found == kFaults.end() ? "no adequacy decision covers it" : found->second;
}

std::string safeguard_code(const ProcessorFacts& processor) {
    if (processor.safeguard != kDecision || !processor.decided) {
        return processor.safeguard;
    }
    if (processor.decided->kind == BasisKind::NoneNeeded) {
        return {};
    }
    const bool holds = processor.decided->kind == BasisKind::Adequacy;
    return std::string{privacy::name_of(holds ? BasisKind::Adequacy : BasisKind::AdequacyUnverified)};
}

std::string safeguard_decision(const ProcessorFacts& processor) {
    return processor.decided ? processor.decided->decision : std::string{};
}

}  // namespace fedtrail::reports
