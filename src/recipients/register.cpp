#include "recipients/register.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "recipients/country_choice.hpp"
#include "recipients/joined_entries.hpp"

namespace fedtrail::recipients {

namespace {

using records::RecipientCard;

/// The other hosts of the recipient, as `of_one` names them; that one last by which it is named.
std::vector<records::HostAlias> aliases_of(const Host& host, std::span<const RecipientEntry* const> of_one) {
    const auto& main = of_one.front()->host;
    std::vector<records::HostAlias> aliases;
    const auto is_new = [&](const records::HostAlias& alias) {
        return alias.host != host && alias.host != main &&
               std::none_of(
                   aliases.begin(), aliases.end(), [&](const auto& one) { return one.host == alias.host; });
    };
    const auto add = [&](const records::HostAlias& alias) {
        if (is_new(alias)) {
            aliases.push_back(alias);
        }
    };
    for (const auto* entry : of_one) {
        std::for_each(entry->aliases.begin(), entry->aliases.end(), add);
    }
    if (main != host) {
        aliases.push_back({main, "main"});
    }
    return aliases;
}

/// What holds for the recipient, whichever of its hosts is asked about.
RecipientCard card_of(const RecipientEntry& whole) {
    RecipientCard card;
    card.software = whole.software;
    card.version = whole.version;
    card.users = whole.users;
    card.registrations_open = whole.registrations_open;
    card.operator_name = whole.operator_name;
    card.operator_source = whole.operator_name.reveal().empty() ? "" : "declared";
    card.contact_name = whole.contact_name;
    card.contact = whole.contact;
    card.privacy_policy = whole.privacy_policy;
    card.terms = whole.terms;
    card.known_at = whole.known_at;
    card.told = whole.told;
    card.gone = whole.gone;
    card.present = whole.present;
    card.not_visible = whole.not_visible;
    card.marks.relay = whole.relay;
    card.marks.bridge = whole.bridge;
    card.marks.community = whole.community;
    card.marks.single_person = whole.single_person;
    return card;
}

/// What lets nobody ask what it runs is known by one of its hosts, as its Deletes are.
void name_by_host(RecipientCard& card, const fediverse::Dialects& dialects) {
    for (const auto& host : records::hosts_of(card)) {
        card.software = dialects.software_of(host, card.software);
    }
}

/// Of this very host: whether it answers.
void add_reach(RecipientCard& card, const RecipientEntry& entry, Instant now) {
    card.failing_since = entry.failing_since;
    card.failing_how = entry.failing_how;
    if (is_resting(entry, now)) {
        card.rest_until = entry.rest_until;
    }
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

/// What says where an operator is.
struct PlaceEvidence {
    std::span<const RecipientEntry* const> of_one;
    const RecipientEntry& whole;
    const Declaration& declaration;
    std::vector<records::CountryFinding> findings;  ///< Of all hosts in `of_one`.
};

/// Where the operator is, and how that is known.
Result<void> place(RecipientCard& card,
                   PlaceEvidence evidence,
                   const RegisterPolicies& policies,
                   const privacy::Day& today) {
    auto& findings = evidence.findings;
    auto hint = address_hint(
        evidence.whole.addresses, evidence.whole.known_at, policies.networks, policies.addresses.get());
    if (!hint) {
        return fail(hint);
    }
    card.marks.content_delivery = !hint->delivery.empty();
    findings.push_back(std::move(hint->finding));
    for (const auto* entry : evidence.of_one) {
        findings.push_back(declared_country(entry->declared_country, entry->known_at, policies.words));
    }
    if (evidence.declaration.country) {
        findings.push_back(*evidence.declaration.country);
    }
    card.country = choose_country(findings, today);
    if (!card.country.country && card.marks.content_delivery) {
        card.country.network = hint->delivery;
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
    facts.country = records::established_in(country);
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

/// Everything of each store about the hosts in `entries`.
struct Register::Read {
    JoinedEntries entries;
    std::map<Host, std::vector<DeclaredWord>> declared;
    std::map<Host, std::vector<records::CountryFinding>> findings;
};

Result<Register::Read> Register::read(std::span<const Host> hosts) const {
    auto entries = entries_with_joined(ports_.directory, hosts);
    if (!entries) {
        return fail(entries);
    }
    std::vector<Host> all;
    all.reserve(entries->size());
    for (const auto& [host, entry] : *entries) {
        all.push_back(host);
    }
    auto declared = ports_.declarations.declared(all);
    auto findings = declared ? ports_.countries.findings(all) : fail(declared);
    if (!declared || !findings) {
        return !declared ? Result<Read>{fail(declared)} : Result<Read>{fail(findings)};
    }
    Read read{std::move(*entries), {}, {}};
    for (std::size_t at = 0; at < all.size(); ++at) {
        read.declared.emplace(all[at], std::move((*declared)[at]));
        read.findings.emplace(all[at], std::move((*findings)[at]));
    }
    return read;
}

Result<Register::Known> Register::known(std::span<const Host> hosts) const {
    const auto read = this->read(hosts);
    if (!read) {
        return fail(read);
    }
    Known known{policies(), {}, {}};
    const auto now = ports_.clock.now();
    const auto today = day_of(now);
    for (const auto& host : hosts) {
        const auto of_one = entries_of_one(read->entries, host);
        const auto whole = whole_entry(of_one);
        std::vector<std::vector<DeclaredWord>> declared;
        std::vector<records::CountryFinding> findings;
        for (const auto* entry : of_one) {
            declared.push_back(read->declared.at(entry->host));
            const auto& of_host = read->findings.at(entry->host);
            findings.insert(findings.end(), of_host.begin(), of_host.end());
        }
        auto declaration = read_declaration(whole_declaration(declared));
        auto card = card_of(whole);
        card.host = host;
        card.aliases = aliases_of(host, of_one);
        add_reach(card, read->entries.at(host), now);
        if (card.software.empty() && known.policies->dialects) {
            name_by_host(card, *known.policies->dialects);
        }
        if (auto placed =
                place(card, {of_one, whole, declaration, std::move(findings)}, *known.policies, today);
            !placed) {
            return fail(placed);
        }
        overrule(card, declaration);
        known.cards.push_back(std::move(card));
        known.declarations.push_back(std::move(declaration));
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
        card.basis_turns = privacy::turning_days(facts, adequacy, *in_force);
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

namespace {

/// The days at whose end the switch was off although it was turned on again later. `turns`: the oldest first.
std::vector<privacy::DaySpan> days_off(const std::vector<SwitchTurn>& turns) {
    const auto is_on = [](const SwitchTurn& turn) { return turn.on; };
    std::vector<privacy::DaySpan> spans;
    auto off = std::find_if_not(turns.begin(), turns.end(), is_on);
    while (off != turns.end()) {
        const auto back = std::find_if(off, turns.end(), is_on);
        if (back == turns.end()) {
            break;
        }
        if (const auto first = day_of(off->at), last = day_of(back->at); first < last) {
            spans.push_back({first, std::chrono::sys_days{last} - std::chrono::days{1}});
        }
        off = std::find_if_not(back, turns.end(), is_on);
    }
    return spans;
}

}  // namespace

Result<privacy::TransferSwitches> Register::switches() const {
    const auto turns = ports_.switches.turns(std::string{kDpfSwitch});
    if (!turns) {
        return fail(turns);
    }
    auto in_force = policies()->adequacy.switches;
    in_force.dpf_enabled = in_force.dpf_enabled && (turns->empty() || turns->back().on);
    in_force.dpf_off = days_off(*turns);
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
