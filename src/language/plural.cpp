#include "language/plural.hpp"

#include <algorithm>
#include <utility>

#include "language/tag.hpp"

namespace fedtrail::language {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

Plural one_or_other(std::uint64_t n) {
    return n == 1 ? Plural::One : Plural::Other;
}

/// "un millón de servidores": whole millions take a preposition.
Plural with_millions(std::uint64_t n) {
    return n != 0 && n % kMillion == 0 ? Plural::Many : one_or_other(n);
}

/// "0 serveur": nothing is singular too.
Plural french(std::uint64_t n) {
    return n == 0 ? Plural::One : with_millions(n);
}

Plural polish(std::uint64_t n) {
    if (n == 1) {
        return Plural::One;
    }
    const auto last = n % 10;
    const auto teens = n % 100 >= 12 && n % 100 <= 14;
    return last >= 2 && last <= 4 && !teens ? Plural::Few : Plural::Many;
}

struct Entry {
    std::string_view language;
    Plural (*of)(std::uint64_t n);
    bool few;
    bool many;
    bool other;
};

constexpr std::array kRules{Entry{"de", one_or_other, false, false, true},
                            Entry{"en", one_or_other, false, false, true},
                            Entry{"es", with_millions, false, true, true},
                            Entry{"fr", french, false, true, true},
                            Entry{"it", with_millions, false, true, true},
                            Entry{"nl", one_or_other, false, false, true},
                            Entry{"pl", polish, true, true, false}};

PluralRule rule_of(const Entry& entry) {
    PluralRule rule{entry.of, {Plural::One}};
    for (const auto& [has, form] : {std::pair{entry.few, Plural::Few},
                                    std::pair{entry.many, Plural::Many},
                                    std::pair{entry.other, Plural::Other}}) {
        if (has) {
            rule.forms.push_back(form);
        }
    }
    return rule;
}

}  // namespace

std::string_view name_of(Plural plural) {
    switch (plural) {
        case Plural::One:
            return "one";
        case Plural::Few:
            return "few";
        case Plural::Many:
            return "many";
        case Plural::Other:
            break;
    }
    return "other";
}

std::optional<PluralRule> plural_rule(std::string_view language) {
    const auto wanted = lower(primary(language));
    const auto known = [&wanted](const Entry& entry) { return entry.language == wanted; };
    const auto* const found = std::find_if(kRules.begin(), kRules.end(), known);
    return found == kRules.end() ? std::nullopt : std::optional{rule_of(*found)};
}

}  // namespace fedtrail::language
