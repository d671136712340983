/// Sets of transfer rules as large as they may be.

#pragma once

#include <string>
#include <vector>

#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::bench {

enum class RuleKind {
    Hosts,      ///< As an imported block list: one host each.
    NoHosts,    ///< Country, software or basis, and a category.
    HonourAll,  ///< Each asks for another honour rate, and all else holds: the worst there is.
};

inline std::vector<privacy::TransferRule> rule_set(RuleKind kind, std::size_t count) {
    constexpr const char* kCountries[] = {"US", "GB", "KE", "BR", "IN", "JP", "KR", "CA"};
    std::vector<privacy::TransferRule> rules(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto& rule = rules[i];
        const auto number = std::to_string(i);
        rule.name = "rule-" + number;
        rule.effect = privacy::RuleEffect::Block;
        switch (kind) {
            case RuleKind::Hosts:
                rule.hosts.push_back(*privacy::HostPattern::parse((i % 4 == 0 ? "*.blocked" : "blocked") +
                                                                  number + ".example"));
                break;
            case RuleKind::NoHosts:
                rule.categories = static_cast<std::uint16_t>(1U << (i % 13));
                if (i % 3 == 0) {
                    rule.countries.push_back(*privacy::Country::parse(kCountries[i % 8]));
                } else if (i % 3 == 1) {
                    rule.software.push_back("software" + number);
                } else {
                    rule.bases.push_back(static_cast<privacy::BasisKind>(1 + i % 5));
                    rule.visibilities = 0b01000;
                }
                break;
            case RuleKind::HonourAll:
                rule.honour = privacy::HonourBelow{1 + static_cast<unsigned>(i % 50), 10 + i};
                break;
        }
    }
    return rules;
}

}  // namespace fedtrail::bench
