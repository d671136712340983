#include "fedtrail/privacy/transfer_rules.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "privacy/host_suffixes.hpp"

namespace fedtrail::privacy {

namespace {

constexpr std::array<std::string_view, 3> kEffects{"allow", "flag", "block"};

template <typename List, typename Value>
bool lists(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool recipient_matches(const TransferRule& rule, const RuleFacts& facts) {
    if (!rule.countries.empty() || rule.country_unknown) {
        const bool listed = facts.country ? lists(rule.countries, *facts.country) : rule.country_unknown;
        if (!listed) {
            return false;
        }
    }
    if (!rule.bases.empty() && !lists(rule.bases, facts.basis)) {
        return false;
    }
    if (!rule.software.empty() && !lists(rule.software, facts.software)) {
        return false;
    }
    // A rate needs no more digits than these: both counts fit many times into 64 bits.
    return !rule.honour ||
           (facts.told > 0 && facts.told >= rule.honour->least_told &&
            static_cast<double>(facts.gone) * 100.0 < static_cast<double>(facts.told) * rule.honour->percent);
}

bool matches(const TransferRule& rule, const RuleFacts& facts) {
    const unsigned visible = facts.visibility < 8 ? 1U << facts.visibility : 0U;
    return (!rule.objection || *rule.objection == facts.objection) &&
           (!rule.minor || *rule.minor == facts.minor) &&
           (rule.categories == 0 || (rule.categories & facts.categories) != 0) &&
           (rule.visibilities == 0 || (rule.visibilities & visible) != 0) && recipient_matches(rule, facts);
}

/// Positions from several ascending lists, in ascending order.
class Merge {
public:
    using Positions = std::vector<std::uint32_t>;

    void add(const Positions& positions) {
        if (!positions.empty()) {
            rest_.emplace_back(positions);
        }
    }

    /// The next; one that stands in two lists comes twice.
    std::optional<std::uint32_t> next() {
        std::span<const std::uint32_t>* least = nullptr;
        for (auto& list : rest_) {
            if (!list.empty() && (least == nullptr || list.front() < least->front())) {
                least = &list;
            }
        }
        if (least == nullptr) {
            return std::nullopt;
        }
        const auto position = least->front();
        *least = least->subspan(1);
        return position;
    }

private:
    std::vector<std::span<const std::uint32_t>> rest_;
};

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
        made.place(at);
    }
    return made;
}

void TransferRules::place(std::uint32_t at) {
    const auto& hosts = rules_[at].hosts;
    for (const auto& host : hosts) {
        auto& positions = (host.below() ? below_ : exact_)[host.name()];
        if (positions.empty() || positions.back() != at) {
            positions.push_back(at);
        }
        longest_below_ = std::max(longest_below_, host.below() ? host.name().size() : 0);
    }
    if (hosts.empty()) {
        anywhere_.push_back(at);
    }
}

RuleDecision decide(const TransferRules& rules, const RuleFacts& facts) {
    if (rules.rules_.empty()) {
        return {};
    }
    Merge candidates;
    const auto name = without_port(facts.recipient.text());
    const auto add = [&](const TransferRules::ByName& by_name, std::string_view key) {
        if (const auto found = by_name.find(key); found != by_name.end()) {
            candidates.add(found->second);
        }
    };
    add(rules.exact_, name);
    for_each_suffix(name, [&](std::string_view suffix) {
        if (suffix.size() <= rules.longest_below_) {
            add(rules.below_, suffix);
        }
    });
    candidates.add(rules.anywhere_);
    while (const auto at = candidates.next()) {
        if (matches(rules.rules_[*at], facts)) {
            return {rules.rules_[*at].effect, *at};
        }
    }
    return {};
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
