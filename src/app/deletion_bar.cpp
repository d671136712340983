#include "app/deletion_bar.hpp"

#include "fedtrail/fediverse/category.hpp"

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
    facts.told = known.told;
    facts.gone = known.gone;
    facts.minor = minor;
    facts.categories =
        fediverse::CategorySet{fediverse::DataCategory::Handle, fediverse::DataCategory::Deletion}.bits();
    facts.visibility = static_cast<std::uint8_t>(fediverse::Visibility::Public);
    facts.takes_back = true;
    return facts;
}

}  // namespace

erasure::Planner::Barred deletion_bar(const capture::RulesInForce& rules,
                                      const RecipientRegister& recipients,
                                      const SubjectFacts& facts,
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
        if (!cards || !minor) {
            return !cards ? Result<std::vector<std::string>>{fail(cards)}
                          : Result<std::vector<std::string>>{fail(minor)};
        }
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            const auto known = capture::known_of(cards->at(i));
            const auto decision = decide(set->rules(), deletion_to(hosts[i], known, minor->value_or(false)));
            if (decision.effect == privacy::RuleEffect::Block && decision.rule) {
                names[i] = set->rules().rules()[*decision.rule].name;
            }
        }
        return names;
    };
}

}  // namespace fedtrail::app
