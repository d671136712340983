#include "reports/processing_record.hpp"

#include <algorithm>
#include <array>

#include "reports/paper_texts.hpp"
#include "reports/processor_safeguards.hpp"

namespace fedtrail::reports {

namespace {

/// Which activities a service touches; one that is not listed touches all.
struct ServiceReach {
    std::string_view service;
    std::string_view activity;
};

constexpr std::array kReach{ServiceReach{"mail", "accounts"},
                            ServiceReach{"mail", "moderation"},
                            ServiceReach{"moderation", "moderation"},
                            ServiceReach{"delivery_network", "publishing"},
                            ServiceReach{"delivery_network", "remote_copies"},
                            ServiceReach{"delivery_network", "logs"}};

bool touches(const std::string& service, const std::string& activity) {
    const auto of_service = [&](const ServiceReach& reach) { return reach.service == service; };
    return std::none_of(kReach.begin(), kReach.end(), of_service) || !is_known_activity(activity) ||
           std::any_of(kReach.begin(), kReach.end(), [&](const ServiceReach& reach) {
               return reach.service == service && reach.activity == activity;
           });
}

ThirdCountryEntry third_country(const CountryShare& place) {
    ThirdCountryEntry went;
    went.country = place.country ? place.country->code() : "";
    went.hint = place.hint ? place.hint->code() : "";
    went.basis = privacy::name_of(place.basis);
    went.decision = place.decision;
    went.article = place.article;
    went.servers = place.servers;
    for (const auto& document : place.documents) {
        went.documents.push_back(without_marks(document));
    }
    return went;
}

ThirdCountryEntry third_country(const ProcessorFacts& processor, const std::string& basis) {
    ThirdCountryEntry there;
    there.country = processor.country;
    there.basis = basis;
    there.decision = safeguard_decision(processor);
    there.to = without_marks(processor.name);
    if (!processor.safeguard_document.empty()) {
        there.documents.push_back(without_marks(processor.safeguard_document));
    }
    return there;
}

/// What went out names the countries; before that the transfer is intended all the same (Art. 30(1)(e)).
void add_federation(const FederationFigures& figures, RecordEntry& entry) {
    bool any = false;
    for (const auto& place : figures.places) {
        if (place.basis != privacy::BasisKind::NoneNeeded) {
            any = true;
            entry.third_countries.push_back(third_country(place));
        }
    }
    if (!any) {
        ThirdCountryEntry meant;
        meant.basis = privacy::name_of(privacy::BasisKind::Undocumented);
        meant.intended = true;
        entry.third_countries.push_back(std::move(meant));
    }
}

RecordEntry entry_of(ActivityEntry activity,
                     const OperatorFacts& facts,
                     const FederationFigures& figures,
                     const privacy::Adequacy& adequacy) {
    RecordEntry entry;
    entry.activity = std::move(activity);
    for (const auto& processor : facts.processors) {
        if (!touches(processor.service, entry.activity.code)) {
            continue;
        }
        entry.processors.push_back(without_marks(processor.name));
        if (!processor.contract.empty()) {
            entry.contracts.emplace_back(entry.processors.back(), without_marks(processor.contract));
        }
        const auto basis = safeguard_code(processor);
        if (!within_eea(processor.country, adequacy) && !basis.empty()) {
            entry.third_countries.push_back(third_country(processor, basis));
        }
    }
    if (entry.activity.code == "federation") {
        add_federation(figures, entry);
    }
    return entry;
}

}  // namespace

Result<ProcessingRecord> build_processing_record(const PaperSources& sources, const PaperTexts& texts) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(sources.now)};
    const auto facts = with_decisions(sources.facts, sources.policies.adequacy, sources.switches, today);
    const auto missing = missing_items(facts,
                                       PaperKind::Record,
                                       texts.language(),
                                       sources.policies.adequacy,
                                       all_limited(sources.policies.own));
    if (auto complete = refuse_missing(missing, PaperKind::Record); !complete) {
        return fail(complete);
    }
    const auto figures = federation_figures(sources.ledger, sources.recipients, today, 0);
    if (!figures) {
        return fail(figures);
    }
    ProcessingRecord record;
    record.language = texts.language();
    record.generated_at = sources.now;
    record.facts = facts;
    for (auto& activity : activity_list(facts, sources.policies.own, texts)) {
        record.entries.push_back(entry_of(std::move(activity), facts, *figures, sources.policies.adequacy));
    }
    return record;
}

}  // namespace fedtrail::reports
