/// Random rules and facts in a world so small that they meet.

#pragma once

#include <random>
#include <string>
#include <vector>

#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::testing {

class RandomRules {
public:
    explicit RandomRules(std::uint32_t seed) : random_(seed) {}

    privacy::TransferRule rule() {
        privacy::TransferRule made;
        made.name = "rule-" + std::to_string(++made_);
        made.effect = static_cast<privacy::RuleEffect>(below(3));
        made.enabled = !chance(8);
        while (chance(2)) {
            made.hosts.push_back(*privacy::HostPattern::parse((chance(2) ? "*." : "") + host()));
        }
        while (chance(3)) {
            made.countries.push_back(country());
        }
        made.country_unknown = chance(8);
        while (chance(4)) {
            made.bases.push_back(kind());
        }
        while (chance(4)) {
            made.software.push_back(software());
        }
        if (chance(6)) {
            made.honour = privacy::HonourBelow{1 + below(100), below(4)};
        }
        if (chance(6)) {
            made.objection = chance(2);
        }
        if (chance(6)) {
            made.minor = chance(2);
        }
        if (chance(4)) {
            made.categories = categories();
        }
        if (chance(4)) {
            made.visibilities = static_cast<std::uint8_t>(below(8));
        }
        return made;
    }

    std::vector<privacy::TransferRule> rules(unsigned most) {
        std::vector<privacy::TransferRule> made;
        for (unsigned left = below(most + 1); left > 0; --left) {
            made.push_back(rule());
        }
        return made;
    }

    privacy::RuleFacts facts() {
        privacy::RuleFacts made;
        made.recipient = *Host::parse(host() + (chance(4) ? ":8443" : ""));
        if (!chance(4)) {
            made.country = country();
        }
        made.basis = kind();
        made.software = software();
        made.judged = below(5);
        made.gone = below(static_cast<unsigned>(made.judged) + 1);
        made.objection = chance(2);
        made.minor = chance(2);
        made.categories = categories();
        made.visibility = static_cast<std::uint8_t>(below(4));
        made.takes_back = chance(4);
        return made;
    }

private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    bool chance(unsigned one_in) { return below(one_in) == 0; }
    std::string host() {
        std::string name = chance(2) ? "org" : "xorg";
        for (auto labels = below(4); labels > 0; --labels) {
            name = std::string{chance(2) ? "a" : "b"} + "." + name;
        }
        return name;
    }
    privacy::Country country() {
        constexpr const char* kSome[] = {"US", "GB", "KE"};
        return *privacy::Country::parse(kSome[below(3)]);
    }
    std::uint16_t categories() {
        return static_cast<std::uint16_t>(below(16) | (chance(4) ? privacy::kDeletionBit : 0U));
    }
    privacy::BasisKind kind() { return static_cast<privacy::BasisKind>(below(7)); }
    std::string software() {
        constexpr const char* kSome[] = {"", "mastodon", "lemmy"};
        return kSome[below(3)];
    }

    std::mt19937 random_;
    unsigned made_{};
};

}  // namespace fedtrail::testing
