#include "recipients/register.hpp"

#include <algorithm>
#include <utility>

#include "recipients/country_choice.hpp"

namespace fedtrail::recipients {

namespace {

using records::RecipientCard;

/// The card of `host`, whose recipient is named by `entry.host`.
RecipientCard card_of(const Host& host, const RecipientEntry& entry) {
    RecipientCard card;
    card.host = host;
    card.aliases = entry.aliases;
    std::erase_if(card.aliases, [&host](const records::HostAlias& alias) { return alias.host == host; });
    if (entry.host != host) {
        card.aliases.push_back({entry.host, "main"});
    }
    card.software = entry.software;
    card.version = entry.version;
    card.users = entry.users;
    card.registrations_open = entry.registrations_open;
    card.operator_name = entry.operator_name;
    card.operator_source = entry.operator_name.reveal().empty() ? "" : "declared";
    card.contact_name = entry.contact_name;
    card.contact = entry.contact;
    card.privacy_policy = entry.privacy_policy;
    card.terms = entry.terms;
    card.known_at = entry.known_at;
    card.marks.relay = entry.relay;
    card.marks.bridge = entry.bridge;
    card.marks.community = entry.community;
    card.marks.single_person = entry.single_person;
    return card;
}

/// Of this very host: whether it answers, and how well it honours deletions.
void add_conduct(RecipientCard& card, const RecipientEntry& entry, Instant now) {
    card.failing_since = entry.failing_since;
    card.failing_how = entry.failing_how;
    if (is_resting(entry, now)) {
        card.rest_until = entry.rest_until;
    }
    card.told = entry.told;
    card.gone = entry.gone;
    card.present = entry.present;
    card.not_visible = entry.not_visible;
}

/// The controller's word stands before everything else.
void overrule(RecipientCard& card, const Declaration& declaration) {
    if (!declaration.operator_name.reveal().empty()) {
        card.operator_name = declaration.operator_name;
        card.operator_source = "admin";
    }
    if (!declaration.contact.reveal().empty()) {
        card.contact = declaration.contact;
    }
    card.marks.relay = declaration.relay.value_or(card.marks.relay);
    card.marks.bridge = declaration.bridge.value_or(card.marks.bridge);
    card.marks.single_person = declaration.single_person.value_or(card.marks.single_person);
    card.marks.several_people = declaration.single_person == std::optional{false};
}

/// Where the operator is, and how that is known.
Result<void> place(RecipientCard& card,
                   const RecipientEntry& entry,
                   std::vector<records::CountryFinding> findings,
                   const Declaration& declaration,
                   const RegisterPolicies& policies,
                   const privacy::Day& today) {
    auto hint = address_hint(entry.addresses, entry.known_at, policies.networks, policies.addresses.get());
    if (!hint) {
        return fail(hint);
    }
    card.marks.content_delivery = !hint->delivery.empty();
    findings.push_back(std::move(hint->finding));
    findings.push_back(declared_country(entry.declared_country, entry.known_at, policies.words));
    if (declaration.country) {
        findings.push_back(*declaration.country);
    }
    card.country = choose_country(findings, today);
    if (!card.country.country && card.marks.content_delivery) {
        card.country.why = "it answers through " + hint->delivery + ", which says nothing of its operator";
    }
    return {};
}

}  // namespace

privacy::RecipientFacts facts_of(const Host& host,
                                 const records::CountryFinding& country,
                                 const Declaration& declaration,
                                 const privacy::Day& today) {
    privacy::RecipientFacts facts;
    facts.host = host;
    if (country.confidence > records::Confidence::Low) {
        facts.country = country.country;
    }
    facts.country_dated = !facts.country && is_dated(country, today);
    facts.organisation = declaration.organisation;
    facts.checks = declaration.checks;
    facts.clauses = declaration.clauses;
    facts.declared = declaration.basis;
    return facts;
}

/// Everything that was read about some hosts, in their order.
struct Register::Known {
    std::shared_ptr<const RegisterPolicies> policies;
    std::vector<RecipientCard> cards;  ///< Without their bases.
    std::vector<Declaration> declarations;
};

/// Everything of one store about `hosts` and, behind it, about `mains`.
struct Register::Read {
    std::vector<RecipientEntry> entries;
    std::vector<std::vector<DeclaredWord>> declared;
    std::vector<std::vector<records::CountryFinding>> findings;
};

Result<Register::Read> Register::read(std::span<const Host> hosts) const {
    auto entries = ports_.directory.entries(hosts);
    auto declared = ports_.declarations.declared(hosts);
    if (!entries || !declared) {
        return !entries ? Result<Read>{fail(entries)} : Result<Read>{fail(declared)};
    }
    auto findings = ports_.countries.findings(hosts);
    if (!findings) {
        return fail(findings);
    }
    return Read{std::move(*entries), std::move(*declared), std::move(*findings)};
}

Result<Register::Known> Register::known(std::span<const Host> hosts) const {
    const auto own = read(hosts);
    if (!own) {
        return fail(own);
    }
    std::vector<Host> mains;  // of those among them that are aliases
    for (const auto& entry : own->entries) {
        if (!entry.main.empty()) {
            mains.push_back(entry.main);
        }
    }
    const auto of_mains = read(mains);
    if (!of_mains) {
        return fail(of_mains);
    }
    Known known{policies(), {}, {}};
    const auto now = ports_.clock.now();
    const auto today = day_of(now);
    std::size_t main = 0;
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        const bool alias = !own->entries[at].main.empty();
        const auto& entry = alias ? of_mains->entries[main] : own->entries[at];
        auto declaration =
            read_declaration(alias ? over(of_mains->declared[main], own->declared[at]) : own->declared[at]);
        auto card = card_of(hosts[at], entry);
        add_conduct(card, own->entries[at], now);
        const auto& findings = alias ? of_mains->findings[main] : own->findings[at];
        if (auto placed = place(card, entry, findings, declaration, *known.policies, today); !placed) {
            return fail(placed);
        }
        overrule(card, declaration);
        known.cards.push_back(std::move(card));
        known.declarations.push_back(std::move(declaration));
        main += alias ? 1 : 0;
    }
    return known;
}

namespace {

/// What the basis would be had the person consented to transfers to that country; nothing where it would be
/// the same.
std::optional<records::IfConsented> if_consented(const privacy::RecipientFacts& facts,
                                                 privacy::Occasion day,
                                                 privacy::Day transfer,
                                                 const privacy::TransferBasis& basis,
                                                 const privacy::Adequacy& adequacy,
                                                 const privacy::TransferSwitches& in_force) {
    if (!facts.country) {
        return std::nullopt;
    }
    day.consent = privacy::ExplicitConsent{{*facts.country}, transfer, {}};
    auto then = privacy::basis(facts, day, adequacy, in_force);
    return then == basis ? std::nullopt
                         : std::optional{records::IfConsented{*facts.country, std::move(then)}};
}

}  // namespace

Result<std::vector<RecipientCard>> Register::cards(std::span<const Host> hosts, privacy::Day transfer) const {
    auto known = this->known(hosts);
    const auto in_force = switches();
    if (!known || !in_force) {
        return !known ? Result<std::vector<RecipientCard>>{fail(known)}
                      : Result<std::vector<RecipientCard>>{fail(in_force)};
    }
    const auto day = occasion(transfer);
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        auto& card = known->cards[at];
        const auto facts = facts_of(card.host, card.country, known->declarations[at], day.today);
        const auto& adequacy = known->policies->adequacy.adequacy;
        card.basis = privacy::basis(facts, day, adequacy, *in_force);
        card.if_consented = if_consented(facts, day, transfer, card.basis, adequacy, *in_force);
    }
    return std::move(known->cards);
}

Result<std::vector<privacy::RecipientFacts>> Register::facts(std::span<const Host> hosts) const {
    const auto known = this->known(hosts);
    if (!known) {
        return fail(known);
    }
    std::vector<privacy::RecipientFacts> facts;
    facts.reserve(hosts.size());
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        facts.push_back(facts_of(
            hosts[at], known->cards[at].country, known->declarations[at], day_of(ports_.clock.now())));
    }
    return facts;
}

privacy::Occasion Register::occasion(privacy::Day transfer) const {
    return {transfer, day_of(ports_.clock.now()), policies()->controller};
}

Result<privacy::TransferSwitches> Register::switches() const {
    const auto turns = ports_.switches.turns(std::string{kDpfSwitch});
    if (!turns) {
        return fail(turns);
    }
    auto in_force = policies()->adequacy.switches;
    in_force.dpf_enabled = in_force.dpf_enabled && (turns->empty() || turns->back().on);
    return in_force;
}

void Register::use(std::shared_ptr<const RegisterPolicies> policies) {
    const std::lock_guard held{guard_};
    policies_ = std::move(policies);
}

std::shared_ptr<const RegisterPolicies> Register::policies() const {
    const std::lock_guard held{guard_};
    return policies_;
}

}  // namespace fedtrail::recipients
