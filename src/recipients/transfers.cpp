#include "recipients/transfers.hpp"

#include <map>
#include <utility>

#include "fedtrail/records/counted_recipients.hpp"

#include "recipients/recipient_pages.hpp"

namespace fedtrail::recipients {

namespace {

std::vector<Host> hosts_of(const std::vector<RecipientTotals>& page) {
    std::vector<Host> hosts;
    hosts.reserve(page.size());
    for (const auto& totals : page) {
        hosts.push_back(totals.recipient);
    }
    return hosts;
}

}  // namespace

Result<BasisCounts> count_bases(const LedgerReader& ledger,
                                const RecipientRegister& cards,
                                privacy::Day transfer) {
    records::CountedRecipients recipients;
    const auto counted = for_each_page(ledger, [&](const auto& page) -> Result<void> {
        const auto hosts = hosts_of(page);
        const auto found = cards.cards(hosts, transfer);
        if (!found) {
            return fail(found);
        }
        for (std::size_t at = 0; at < hosts.size(); ++at) {
            recipients.add((*found)[at], page[at].channels, page[at].disclosures);
        }
        return {};
    });
    if (!counted) {
        return fail(counted);
    }
    BasisCounts out;
    std::map<std::pair<privacy::BasisKind, privacy::BasisReason>, BasisCount> counts;
    for (const auto& recipient : recipients.take()) {
        const auto& basis = recipient.basis;
        auto& count = counts.try_emplace({basis.kind, basis.reason}, BasisCount{basis.kind, basis.reason})
                          .first->second;
        ++count.recipients;
        count.disclosures += recipient.disclosures;
        ++out.recipients;
        out.stale += basis.stale ? 1 : 0;
    }
    for (auto& [key, count] : counts) {
        out.counts.push_back(count);
    }
    return out;
}

Result<SwitchState> dpf_state(const RegisterPolicies& policies, const SwitchBook& book) {
    auto turns = book.turns(std::string{kDpfSwitch});
    if (!turns) {
        return fail(turns);
    }
    SwitchState state;
    state.allowed = policies.adequacy.switches.dpf_enabled;
    state.on = state.allowed && (turns->empty() || turns->back().on);
    state.turns = std::move(*turns);
    return state;
}

Result<std::vector<privacy::BasisChange>> effect_of_dpf(const LedgerReader& ledger,
                                                        const Register& cards,
                                                        bool on,
                                                        privacy::Day transfer) {
    const auto policies = cards.policies();
    const auto now = cards.switches();
    if (!now) {
        return fail(now);
    }
    auto then = *now;
    then.dpf_enabled = on;
    std::vector<privacy::BasisChange> changes;
    const auto done = for_each_page(ledger, [&](const auto& page) -> Result<void> {
        const auto hosts = hosts_of(page);
        const auto facts = cards.facts(hosts);
        if (!facts) {
            return fail(facts);
        }
        auto of_page = privacy::effect_of_switch(
            *facts, cards.occasion(transfer), policies->adequacy.adequacy, *now, then);
        changes.insert(
            changes.end(), std::make_move_iterator(of_page.begin()), std::make_move_iterator(of_page.end()));
        return {};
    });
    return done ? Result<std::vector<privacy::BasisChange>>{std::move(changes)} : fail(done);
}

Result<void> turn_dpf(const RegisterPolicies& policies, SwitchBook& book, SwitchTurn turn) {
    turn.name = kDpfSwitch;
    if (turn.reason.find_first_not_of(" \t\r\n") == std::string::npos ||
        turn.reason.size() > kLongestReason) {
        return fail(ErrorKind::Invalid,
                    "the switch is not turned without a reason of at most 2,000 octets",
                    "Say why, as --reason \"the appeal was decided\".");
    }
    const auto state = dpf_state(policies, book);
    if (!state) {
        return fail(state);
    }
    if (turn.on && !state->allowed) {
        return fail(ErrorKind::Denied,
                    "policies/adequacy.json has switches.dpf_enabled off",
                    "Set it to true there first, then turn the switch on.");
    }
    if (turn.on == state->on) {
        return fail(ErrorKind::Conflict,
                    std::string{"the switch is "} + (turn.on ? "on" : "off") + " already",
                    "See `fedtrail transfers switch dpf`.");
    }
    return book.turn(turn);
}

}  // namespace fedtrail::recipients
