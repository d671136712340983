#include "fedtrail/privacy/transfer_basis.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fedtrail::privacy {

namespace {

using std::chrono::months;

constexpr std::array<std::pair<BasisKind, std::string_view>, 7> kKinds{{
    {BasisKind::NoneNeeded, "none_needed"},
    {BasisKind::Adequacy, "A45-3"},
    {BasisKind::AdequacyUnverified, "A45-3?unverified"},
    {BasisKind::StandardClauses, "A46-2-c"},
    {BasisKind::ExplicitConsent, "A49-1-a"},
    {BasisKind::Declared, "admin-declared"},
    {BasisKind::Undocumented, "undocumented"},
}};

constexpr std::array<std::pair<BasisReason, std::string_view>, 18> kReasons{{
    {BasisReason::InEea, "in_eea"},
    {BasisReason::DecisionHolds, "decision_holds"},
    {BasisReason::ScopeNotKnown, "scope_not_known"},
    {BasisReason::CheckDated, "check_dated"},
    {BasisReason::CheckIncomplete, "check_incomplete"},
    {BasisReason::DataStale, "data_stale"},
    {BasisReason::EftaNotKnown, "efta_not_known"},
    {BasisReason::ClausesOnFile, "clauses_on_file"},
    {BasisReason::ConsentOnFile, "consent_on_file"},
    {BasisReason::DeclaredByController, "declared_by_controller"},
    {BasisReason::CountryNotKnown, "country_not_known"},
    {BasisReason::NoDecision, "no_decision"},
    {BasisReason::DecisionNotInForce, "decision_not_in_force"},
    {BasisReason::ScopeNotMet, "scope_not_met"},
    {BasisReason::SwitchedOff, "switched_off"},
    {BasisReason::EftaPending, "efta_pending"},
    {BasisReason::SpecialTerritory, "special_territory"},
    {BasisReason::CountryDated, "country_dated"},
}};

bool lists(const std::vector<Country>& countries, const Country& country) {
    return std::find(countries.begin(), countries.end(), country) != countries.end();
}

Day months_after(const Day& day, int count) {
    const Day later = day + months{count};
    return later.ok() ? later : Day{later.year() / later.month() / std::chrono::last};
}

bool within(const Day& day, const Day& first, const std::optional<Day>& last) {
    return first <= day && (!last || day <= *last);
}

/// A check that is said to lie ahead is a slip of the pen and vouches for nothing.
bool is_stale(const Day& checked_at, const Occasion& occasion, const Adequacy& adequacy) {
    return checked_at > occasion.today ||
           months_after(checked_at, adequacy.refuse_after_months) < occasion.today;
}

Day first_covered(const ScopeCheck& check) {
    return check.met ? std::min(check.since.value_or(check.checked_at), check.checked_at) : check.checked_at;
}

std::optional<Day> last_covered(const ScopeCheck& check, const AdequacyScope& scope) {
    return scope.holds_months ? std::optional{months_after(check.checked_at, *scope.holds_months)}
                              : std::nullopt;
}

bool covers(const ScopeCheck& check, const AdequacyScope& scope, const Day& day) {
    return within(day, first_covered(check), last_covered(check, scope));
}

bool is_complete(const ScopeCheck& check) {
    return !check.entity.empty() && !check.entry.empty() && !check.data_kind.empty();
}

bool is_one_of(const std::string& word, const std::vector<std::string>& accepted) {
    return accepted.empty() || std::find(accepted.begin(), accepted.end(), word) != accepted.end();
}

/// A row of another list, or for data of another kind, is none.
bool is_row_for_us(const ScopeCheck& check, const AdequacyScope& scope) {
    return is_one_of(check.entry, scope.entries) && is_one_of(check.data_kind, scope.data_kinds);
}

TransferBasis undocumented(BasisReason reason, const AdequacyDecision& decision) {
    return {BasisKind::Undocumented, reason, decision.number};
}

/// Nothing if the recipient is one of those the decision is for.
std::optional<TransferBasis> outside_scope(const RecipientFacts& recipient,
                                           const AdequacyDecision& decision,
                                           const Day& day) {
    if (!decision.scope) {
        return std::nullopt;
    }
    const auto& scope = *decision.scope;
    const ScopeCheck* newest = nullptr;
    bool any = false;
    for (const auto& check : recipient.checks) {
        if (check.fact != scope.fact) {
            continue;
        }
        any = true;
        if (covers(check, scope, day) && (newest == nullptr || newest->checked_at <= check.checked_at)) {
            newest = &check;
        }
    }
    if (newest != nullptr && !newest->met) {
        return undocumented(BasisReason::ScopeNotMet, decision);
    }
    if (newest != nullptr && is_complete(*newest) && !is_row_for_us(*newest, scope)) {
        return undocumented(BasisReason::ScopeNotMet, decision);
    }
    const bool complete = newest != nullptr && (!scope.needs_record || is_complete(*newest));
    if (complete) {
        return std::nullopt;
    }
    const auto reason = newest != nullptr ? BasisReason::CheckIncomplete
                        : any             ? BasisReason::CheckDated
                                          : BasisReason::ScopeNotKnown;
    return TransferBasis{scope.presumed_outside ? BasisKind::Undocumented : BasisKind::AdequacyUnverified,
                         reason,
                         decision.number};
}

bool asks_for_dpf(const AdequacyDecision& decision) {
    return decision.scope && decision.scope->fact == kDpfFact;
}

bool has_dpf(const TransferSwitches& switches, const Day& day) {
    return switches.dpf_enabled &&
           std::none_of(switches.dpf_off.begin(), switches.dpf_off.end(), [&day](const DaySpan& off) {
               return within(day, off.first, off.last);
           });
}

TransferBasis rests_on(const AdequacyDecision& decision,
                       const RecipientFacts& recipient,
                       const Occasion& occasion,
                       const Adequacy& adequacy,
                       const TransferSwitches& switches) {
    if (!within(occasion.transfer, decision.valid_from, decision.valid_to)) {
        return undocumented(BasisReason::DecisionNotInForce, decision);
    }
    if (asks_for_dpf(decision) && !has_dpf(switches, occasion.transfer)) {
        return undocumented(BasisReason::SwitchedOff, decision);
    }
    const bool efta = lists(adequacy.efta, occasion.controller);
    if (efta && decision.efta == EftaState::Pending) {
        return undocumented(BasisReason::EftaPending, decision);
    }
    if (auto outside = outside_scope(recipient, decision, occasion.transfer)) {
        return *std::move(outside);
    }
    if (efta && decision.efta == EftaState::NotKnown) {
        return {BasisKind::AdequacyUnverified, BasisReason::EftaNotKnown, decision.number};
    }
    if (is_stale(decision.checked_at, occasion, adequacy)) {
        return {BasisKind::AdequacyUnverified, BasisReason::DataStale, decision.number};
    }
    return {BasisKind::Adequacy, BasisReason::DecisionHolds, decision.number};
}

bool is_for(const AdequacyDecision& decision, const RecipientFacts& recipient) {
    return recipient.organisation.empty()
               ? decision.country && recipient.country && *decision.country == *recipient.country
               : decision.organisation == recipient.organisation;
}

/// What a reader should be told first: the better class, and a decision in force before one that is not.
bool is_better(const TransferBasis& a, const TransferBasis& b) {
    const auto rank = [](const TransferBasis& one) {
        return std::pair{one.kind, one.reason == BasisReason::DecisionNotInForce};
    };
    return rank(a) < rank(b);
}

TransferBasis by_adequacy(const RecipientFacts& recipient,
                          const Occasion& occasion,
                          const Adequacy& adequacy,
                          const TransferSwitches& switches) {
    std::optional<TransferBasis> best;
    for (const auto& decision : adequacy.decisions) {
        if (!is_for(decision, recipient)) {
            continue;
        }
        auto found = rests_on(decision, recipient, occasion, adequacy, switches);
        found.stale = is_stale(decision.checked_at, occasion, adequacy);
        if (!best || is_better(found, *best)) {
            best = std::move(found);
        }
    }
    if (best) {
        return *std::move(best);
    }
    const bool nowhere = !recipient.country && recipient.organisation.empty();
    const auto placed = recipient.country_dated ? BasisReason::CountryDated : BasisReason::CountryNotKnown;
    TransferBasis none{BasisKind::Undocumented, nowhere ? placed : BasisReason::NoDecision};
    none.stale = !nowhere && is_stale(adequacy.checked_at, occasion, adequacy);
    return none;
}

/// The classes below adequacy.
std::optional<TransferBasis> on_file(const RecipientFacts& recipient, const Occasion& occasion) {
    const auto& clauses = recipient.clauses;
    if (clauses && clauses->assessed && within(occasion.transfer, clauses->signed_on, clauses->until)) {
        return TransferBasis{BasisKind::StandardClauses, BasisReason::ClausesOnFile};
    }
    const auto& consent = occasion.consent;
    if (consent && recipient.country && recipient.organisation.empty() &&
        lists(consent->countries, *recipient.country) && consent->given <= occasion.transfer &&
        (!consent->withdrawn || occasion.transfer < *consent->withdrawn)) {
        return TransferBasis{BasisKind::ExplicitConsent, BasisReason::ConsentOnFile};
    }
    const auto& declared = recipient.declared;
    if (declared && within(occasion.transfer, declared->from, declared->until)) {
        TransferBasis found{BasisKind::Declared, BasisReason::DeclaredByController};
        found.article = declared->article;
        found.document = declared->document;
        return found;
    }
    return std::nullopt;
}

const Territory* territory_named(const Country& country, const Adequacy& adequacy) {
    const auto found = std::find_if(adequacy.territories.begin(),
                                    adequacy.territories.end(),
                                    [&](const Territory& one) { return one.code == country; });
    return found == adequacy.territories.end() ? nullptr : &*found;
}

/// The flag of the territory, and its answer if it is part of the EEA.
std::optional<TransferBasis> within_eea(const RecipientFacts& recipient,
                                        const Occasion& occasion,
                                        const Adequacy& adequacy,
                                        const Territory* territory) {
    if (!recipient.country || !recipient.organisation.empty()) {
        return std::nullopt;
    }
    if (!is_within_eea(*recipient.country, adequacy)) {
        return std::nullopt;
    }
    TransferBasis none{BasisKind::NoneNeeded, BasisReason::InEea};
    none.stale = is_stale(adequacy.checked_at, occasion, adequacy);
    none.special_territory = territory != nullptr;
    return none;
}

void add_span(std::vector<Day>& turns, const Day& first, const std::optional<Day>& last) {
    turns.push_back(first);
    if (last) {
        turns.emplace_back(std::chrono::sys_days{*last} + std::chrono::days{1});
    }
}

/// Of a decision that is for the recipient.
void add_turns(std::vector<Day>& turns,
               const AdequacyDecision& decision,
               const RecipientFacts& recipient,
               const TransferSwitches& switches) {
    add_span(turns, decision.valid_from, decision.valid_to);
    if (asks_for_dpf(decision)) {
        for (const auto& off : switches.dpf_off) {
            add_span(turns, off.first, off.last);
        }
    }
    for (const auto& check : recipient.checks) {
        if (decision.scope && check.fact == decision.scope->fact) {
            add_span(turns, first_covered(check), last_covered(check, *decision.scope));
        }
    }
}

const Territory* territory_of(const RecipientFacts& recipient, const Adequacy& adequacy) {
    if (!recipient.country || !recipient.organisation.empty()) {
        return nullptr;
    }
    return territory_named(*recipient.country, adequacy);
}

}  // namespace

bool is_within_eea(const Country& country, const Adequacy& adequacy) {
    const auto* const territory = territory_named(country, adequacy);
    return lists(adequacy.eea, country) || (territory != nullptr && territory->inside);
}

TransferBasis basis(const RecipientFacts& recipient,
                    const Occasion& occasion,
                    const Adequacy& adequacy,
                    const TransferSwitches& switches) {
    const auto* const territory = territory_of(recipient, adequacy);
    if (auto inside = within_eea(recipient, occasion, adequacy, territory)) {
        return *std::move(inside);
    }
    auto found = by_adequacy(recipient, occasion, adequacy, switches);
    if (territory != nullptr && found.reason == BasisReason::NoDecision) {
        found.reason = BasisReason::SpecialTerritory;
    }
    auto filed = on_file(recipient, occasion);
    if (filed && found.kind == BasisKind::AdequacyUnverified) {
        found.besides = filed->kind;
        found.article = std::move(filed->article);
        found.document = std::move(filed->document);
    } else if (filed && found.kind == BasisKind::Undocumented) {
        found = *std::move(filed);
    }
    found.special_territory = territory != nullptr;
    return found;
}

std::vector<Day> turning_days(const RecipientFacts& recipient,
                              const Adequacy& adequacy,
                              const TransferSwitches& switches) {
    std::vector<Day> turns;
    const bool in_a_country = recipient.country && recipient.organisation.empty();
    if (in_a_country && is_within_eea(*recipient.country, adequacy)) {
        return turns;
    }
    for (const auto& decision : adequacy.decisions) {
        if (!is_for(decision, recipient)) {
            continue;
        }
        add_turns(turns, decision, recipient, switches);
    }
    if (recipient.clauses) {
        add_span(turns, recipient.clauses->signed_on, recipient.clauses->until);
    }
    if (recipient.declared) {
        add_span(turns, recipient.declared->from, recipient.declared->until);
    }
    std::sort(turns.begin(), turns.end());
    turns.erase(std::unique(turns.begin(), turns.end()), turns.end());
    return turns;
}

std::vector<BasisChange> effect_of_switch(std::span<const RecipientFacts> recipients,
                                          const Occasion& occasion,
                                          const Adequacy& adequacy,
                                          const TransferSwitches& before,
                                          const TransferSwitches& after) {
    std::vector<BasisChange> changes;
    for (const auto& recipient : recipients) {
        auto was = basis(recipient, occasion, adequacy, before);
        auto is = basis(recipient, occasion, adequacy, after);
        if (was.kind != is.kind) {
            changes.push_back(BasisChange{recipient.host, std::move(was), std::move(is)});
        }
    }
    return changes;
}

std::string_view name_of(BasisKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind)).second;
}

std::string_view name_of(BasisReason reason) {
    return kReasons.at(static_cast<std::size_t>(reason)).second;
}

std::optional<BasisKind> basis_named(std::string_view name) {
    for (const auto& [kind, text] : kKinds) {
        if (text == name) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace fedtrail::privacy
