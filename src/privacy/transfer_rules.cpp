#include "fedtrail/privacy/transfer_rules.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "fedtrail/privacy/joined_hosts.hpp"

#include "privacy/host_suffixes.hpp"
#include "privacy/rule_index.hpp"
#include "privacy/unread_rules.hpp"

namespace fedtrail::privacy {

namespace {

constexpr std::array<std::string_view, 3> kEffects{"allow", "flag", "block"};

bool asks_more_than_host(const TransferRule& rule) {
    return rule.enabled && (!rule.countries.empty() || rule.country_unknown || !rule.bases.empty() ||
                            !rule.software.empty() || rule.honour);
}

/// What is left of a rule where nothing could be read. A condition that somebody objects, or is a child,
/// stays: whether anybody could be meant is asked of the facts.
void forget_content(TransferRule& rule) {
    if (!decides_unread(rule)) {
        rule.enabled = false;
        return;
    }
    if (!rule.objection.value_or(false)) {
        rule.objection.reset();
    }
    if (!rule.minor.value_or(false)) {
        rule.minor.reset();
    }
    rule.categories = 0;
    rule.visibilities = 0;
}

/// `index` may be null: there are no rules.
RuleDecision decided(const RuleIndex* index, std::span<const TransferRule> rules, const RuleFacts& facts) {
    const bool objects = facts.objection && !facts.takes_back;
    const auto at = index != nullptr ? index->first(rules, facts, objects) : std::nullopt;
    if (at) {
        return {rules[*at].effect, *at, false};
    }
    return objects ? RuleDecision{RuleEffect::Block, std::nullopt, true} : RuleDecision{};
}

}  // namespace

Result<HostPattern> HostPattern::parse(std::string_view text) {
    const bool below = text.starts_with("*.");
    const auto name = below ? text.substr(2) : text;
    const auto host = Host::parse(name);
    if (!host || without_port(name) != name || (below && host->text().starts_with('['))) {
        return fail(ErrorKind::Invalid,
                    "a host pattern is neither a host nor \"*.\" with one",
                    "Write \"example.org\" or \"*.example.org\", without scheme, port or path.");
    }
    return HostPattern{host->text(), below};
}

bool HostPattern::covers(const HostPattern& other) const {
    if (!below_) {
        return *this == other;
    }
    const std::string_view theirs = other.name_;
    const bool within = theirs.size() > name_.size() && theirs.ends_with(name_) &&
                        theirs[theirs.size() - name_.size() - 1] == '.';
    return within || (other.below_ && theirs == name_);
}

Result<TransferRules> TransferRules::compile(std::vector<TransferRule> rules) {
    if (rules.size() > std::numeric_limits<std::uint32_t>::max()) {
        return fail(ErrorKind::Invalid, "there are more than four billion transfer rules");
    }
    TransferRules made;
    made.rules_ = std::move(rules);
    for (std::uint32_t at = 0; at < made.rules_.size(); ++at) {
        const auto& rule = made.rules_[at];
        if (!rule.enabled) {
            continue;
        }
        if (!rule.unknown.empty()) {
            const auto& word = rule.unknown.front();
            return fail(ErrorKind::Invalid,
                        "transfer rule \"" + rule.name + "\" (line " + std::to_string(rule.line) + "): \"" +
                            word.word + "\" in \"" + word.field + "\" means nothing",
                        "Correct the word, or disable the rule.");
        }
        made.asks_recipient_ = made.asks_recipient_ || asks_more_than_host(rule);
        made.blocks_ = made.blocks_ || rule.effect == RuleEffect::Block;
    }
    if (!made.rules_.empty()) {
        made.make_indexes(JoinedHosts{});
    }
    return made;
}

TransferRules TransferRules::joined(const JoinedHosts& hosts) const {
    auto made = *this;
    if (made.index_) {
        made.make_indexes(hosts);
    }
    return made;
}

void TransferRules::make_indexes(const JoinedHosts& hosts) {
    index_ = std::make_shared<const RuleIndex>(rules_, hosts);
    auto left = rules_;
    for (auto& rule : left) {
        forget_content(rule);
    }
    unread_ = std::make_shared<const RuleIndex>(left, hosts);
}

RuleDecision decide(const TransferRules& rules, const RuleFacts& facts) {
    return decided(rules.index_.get(), rules.rules_, facts);
}

RuleDecision decide_unread(const TransferRules& rules, const RuleFacts& facts) {
    return decided(rules.unread_.get(), rules.rules_, facts);
}

std::string_view name_of(RuleEffect effect) {
    return kEffects.at(static_cast<std::size_t>(effect));
}

std::optional<RuleEffect> rule_effect_named(std::string_view name) {
    const auto* const found = std::find(kEffects.begin(), kEffects.end(), name);
    return found == kEffects.end() ? std::nullopt
                                   : std::optional{static_cast<RuleEffect>(found - kEffects.begin())};
}

}  // namespace fedtrail::privacy
