#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "fedtrail/privacy/transfer_rules.hpp"

#include "privacy/host_suffixes.hpp"
#include "privacy/unread_rules.hpp"

namespace fedtrail::privacy {

namespace {

constexpr std::array<std::string_view, 4> kFaults{"unknown_word", "unreachable", "conflict", "name_twice"};

/// Of two lists that may be "no condition" (empty): whether `wide` holds wherever `narrow` does.
template <typename List>
bool holds_list(const List& wide, const List& narrow) {
    return wide.empty() ||
           (!narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](const auto& one) {
               return std::find(wide.begin(), wide.end(), one) != wide.end();
           }));
}

bool holds_bits(unsigned wide, unsigned narrow) {
    return wide == 0 || (narrow != 0 && (narrow & ~wide) == 0);
}

/// A list of all kinds asks for nothing: each recipient has one of them.
bool holds_bases(const TransferRule& wide, const TransferRule& narrow) {
    const auto asked = [&wide](BasisKind kind) {
        return std::find(wide.bases.begin(), wide.bases.end(), kind) != wide.bases.end();
    };
    for (unsigned kind = 0; kind <= static_cast<unsigned>(BasisKind::Undocumented); ++kind) {
        if (!asked(static_cast<BasisKind>(kind))) {
            return holds_list(wide.bases, narrow.bases);
        }
    }
    return true;
}

/// A list of all asks nothing of what is read; what is not read passes by a rule that lets pass and has one.
/// (No list of categories is like that: an object may have none of them.)
bool holds_visibilities(const TransferRule& wide, const TransferRule& narrow) {
    const bool lets_unread_pass = narrow.effect != RuleEffect::Block && decides_unread(narrow);
    const bool asks_nothing =
        wide.visibilities == kAllVisibilities && (decides_unread(wide) || !lets_unread_pass);
    return asks_nothing || holds_bits(wide.visibilities, narrow.visibilities);
}

bool holds_flag(const std::optional<bool>& wide, const std::optional<bool>& narrow) {
    return !wide || wide == narrow;
}

bool holds_country(const TransferRule& wide, const TransferRule& narrow) {
    if (wide.countries.empty() && !wide.country_unknown) {
        return true;
    }
    if (narrow.countries.empty() && !narrow.country_unknown) {
        return false;
    }
    return (!narrow.country_unknown || wide.country_unknown) &&
           std::all_of(narrow.countries.begin(), narrow.countries.end(), [&](const Country& one) {
               return std::find(wide.countries.begin(), wide.countries.end(), one) != wide.countries.end();
           });
}

bool holds_honour(const std::optional<HonourBelow>& wide, const std::optional<HonourBelow>& narrow) {
    return !wide || (narrow && narrow->percent <= wide->percent && narrow->least_told >= wide->least_told);
}

/// Whether `wide` is asked at all where `narrow` is: what a person objects to, and what takes data back, is
/// for rules that say so.
bool is_asked(const TransferRule& wide, const TransferRule& narrow) {
    const bool deletion = (narrow.categories & kDeletionBit) != 0 && wide.effect == RuleEffect::Block;
    return (!narrow.objection.value_or(false) || wide.objection.value_or(false)) &&
           (!deletion || (wide.categories & kDeletionBit) != 0);
}

/// Whether everything but the host that `narrow` asks for is enough for `wide`.
bool holds(const TransferRule& wide, const TransferRule& narrow) {
    return is_asked(wide, narrow) && holds_country(wide, narrow) && holds_bases(wide, narrow) &&
           holds_list(wide.software, narrow.software) && holds_honour(wide.honour, narrow.honour) &&
           holds_flag(wide.objection, narrow.objection) && holds_flag(wide.minor, narrow.minor) &&
           holds_bits(wide.categories, narrow.categories) && holds_visibilities(wide, narrow);
}

/// What `narrow` decides of although `wide` holds wherever it does.
RuleLeft left_of(const TransferRule& wide, const TransferRule& narrow) {
    if (wide.effect == RuleEffect::Block && narrow.effect != RuleEffect::Block) {
        return (wide.categories & kDeletionBit) == 0 ? RuleLeft::Deletions : RuleLeft::Nothing;
    }
    return narrow.effect == RuleEffect::Block && !decides_unread(wide) ? RuleLeft::Unread : RuleLeft::Nothing;
}

/// Rules seen so far, by the hosts they name.
class Earlier {
public:
    explicit Earlier(std::span<const TransferRule> rules) : rules_(rules) {}

    void add(std::size_t at) {
        for (const auto& host : rules_[at].hosts) {
            named_[host.text()].push_back(at);
        }
        if (rules_[at].hosts.empty()) {
            anywhere_.push_back(at);
        }
    }

    /// The first that decides whatever `rule` would for `host`; without a host, for all of them.
    [[nodiscard]] std::optional<std::size_t> covers(const TransferRule& rule, const HostPattern* host) const {
        std::optional<std::size_t> first;
        take(anywhere_, rule, first);
        if (host != nullptr) {
            take_named(host->text(), rule, first);
            for_each_suffix(host->name(), [&](std::string_view suffix) {
                take_named("*." + std::string{suffix}, rule, first);
            });
        }
        return first;
    }

private:
    void take_named(const std::string& pattern,
                    const TransferRule& rule,
                    std::optional<std::size_t>& first) const {
        if (const auto found = named_.find(pattern); found != named_.end()) {
            take(found->second, rule, first);
        }
    }
    void take(const std::vector<std::size_t>& positions,
              const TransferRule& rule,
              std::optional<std::size_t>& first) const {
        for (const auto at : positions) {
            if (first && *first <= at) {
                return;
            }
            if (holds(rules_[at], rule)) {
                first = at;
                return;
            }
        }
    }

    std::span<const TransferRule> rules_;
    std::unordered_map<std::string, std::vector<std::size_t>> named_;
    std::vector<std::size_t> anywhere_;
};

class Check {
public:
    explicit Check(std::span<const TransferRule> rules) : rules_(rules), earlier_(rules) {}

    std::vector<RuleFinding> run() && {
        for (std::size_t at = 0; at < rules_.size(); ++at) {
            words(at);
            if (const auto [known, fresh] = names_.emplace(rules_[at].name, at); !fresh) {
                find(RuleFault::NameTwice, at, known->second, "");
            }
            if (rules_[at].enabled && rules_[at].unknown.empty()) {
                reach(at);
                earlier_.add(at);
            }
        }
        return std::move(findings_);
    }

private:
    void find(RuleFault fault, std::size_t at, std::optional<std::size_t> other, std::string detail) {
        const auto left =
            fault == RuleFault::Conflict ? left_of(rules_[*other], rules_[at]) : RuleLeft::Nothing;
        findings_.push_back(RuleFinding{fault, at, rules_[at].line, other, std::move(detail), left});
    }
    void words(std::size_t at) {
        for (const auto& unknown : rules_[at].unknown) {
            find(RuleFault::UnknownWord, at, {}, unknown.field + ": " + unknown.word);
        }
    }
    void shadowed(std::size_t at, std::size_t by, std::string detail) {
        const bool same = rules_[at].effect == rules_[by].effect;
        find(same ? RuleFault::Unreachable : RuleFault::Conflict, at, by, std::move(detail));
    }
    void reach(std::size_t at) {
        const auto& rule = rules_[at];
        if (const auto by = earlier_.covers(rule, nullptr)) {
            shadowed(at, *by, "");
            return;
        }
        std::vector<std::pair<const HostPattern*, std::size_t>> covered;
        for (const auto& host : rule.hosts) {
            if (const auto by = earlier_.covers(rule, &host)) {
                covered.emplace_back(&host, *by);
            }
        }
        const bool all = !covered.empty() && covered.size() == rule.hosts.size();
        const bool one = all && std::all_of(covered.begin(), covered.end(), [&](const auto& each) {
                             return each.second == covered.front().second;
                         });
        if (one) {
            shadowed(at, covered.front().second, "");
            return;
        }
        for (const auto& [host, by] : covered) {
            shadowed(at, by, host->text());
        }
    }

    std::span<const TransferRule> rules_;
    Earlier earlier_;
    std::unordered_map<std::string_view, std::size_t> names_;
    std::vector<RuleFinding> findings_;
};

}  // namespace

std::vector<RuleFinding> check_rules(std::span<const TransferRule> rules) {
    return Check{rules}.run();
}

std::string_view name_of(RuleFault fault) {
    return kFaults.at(static_cast<std::size_t>(fault));
}

}  // namespace fedtrail::privacy
