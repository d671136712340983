#include "app/deletion_bar.hpp"

#include <algorithm>

#include "fedtrail/core/address.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"

#include "capture/known_recipients.hpp"

namespace fedtrail::app {

namespace {

/// A Delete, as the table of activities reads it.
privacy::RuleFacts deletion_to(const Host& host, const capture::KnownRecipient& known, bool minor) {
    privacy::RuleFacts facts;
    facts.recipient = host;
    facts.country = known.country;
    facts.basis = known.basis;
    facts.software = known.software;
    facts.judged = known.judged;
    facts.gone = known.gone;
    facts.minor = minor;
    facts.categories =
        fediverse::CategorySet{fediverse::DataCategory::Handle, fediverse::DataCategory::Deletion}.bits();
    facts.visibility = static_cast<std::uint8_t>(fediverse::Visibility::Public);
    facts.takes_back = true;
    return facts;
}

capture::KnownRecipient known_to(const std::vector<records::Consent>& consents,
                                 const records::RecipientCard& card,
                                 const privacy::Day& today) {
    auto known = capture::known_of(card, today);
    if (std::any_of(consents.begin(), consents.end(), [&](const records::Consent& consent) {
            return records::carries(consent, card, today);
        })) {
        known.basis = card.if_consented->basis.kind;
    }
    return known;
}

/// The rule that stops the deletion; "" if none does.
std::string barring(const capture::RuleSet& set, const privacy::RuleFacts& delivery) {
    const auto decision = decide(set.rules(), delivery);
    return decision.effect == privacy::RuleEffect::Block && decision.rule
               ? set.rules().rules()[*decision.rule].name
               : std::string{};
}

}  // namespace

erasure::Planner::Barred deletion_bar(const capture::RulesInForce& rules,
                                      const RecipientRegister& recipients,
                                      const SubjectFacts& facts,
                                      const ConsentBook& consents,
                                      const Clock& clock) {
    return [&](privacy::SubjectNumber subject,
               std::span<const Host> hosts) -> Result<std::vector<std::string>> {
        std::vector<std::string> names(hosts.size());
        const auto set = rules.now();
        if (set->rules().rules().empty()) {
            return names;
        }
        const privacy::Day today{std::chrono::floor<std::chrono::days>(clock.now())};
        const auto cards = recipients.cards(hosts, today);
        const auto minor = facts.minor(subject);
        const auto agreed = consents.consents(subject);
        if (!cards || !minor || !agreed) {
            return tl::unexpected<Error>{!cards ? cards.error() : !minor ? minor.error() : agreed.error()};
        }
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            const auto known = known_to(*agreed, cards->at(i), today);
            names[i] = barring(*set, deletion_to(hosts[i], known, minor->value_or(false)));
        }
        return names;
    };
}

erasure::Planner::Permits address_permits(const std::vector<std::string>& allowed) {
    auto guard = AddressGuard::make(allowed);
    return [guard = guard ? *guard : AddressGuard{}](const Host& host) {
        auto name = privacy::without_port(host);
        if (name.starts_with('[') && name.ends_with(']')) {
            name = name.substr(1, name.size() - 2);
        }
        const auto address = IpAddress::parse(name);
        return !address || guard.permits(*address);
    };
}

}  // namespace fedtrail::app
