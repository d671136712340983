/// Which form of a noun goes with a number: the cardinal rules of Unicode CLDR, for whole numbers.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fedtrail::language {

enum class Plural : std::uint8_t { One, Few, Many, Other };

inline constexpr std::array kPlurals{Plural::One, Plural::Few, Plural::Many, Plural::Other};

/// "one", "few", "many", "other"
[[nodiscard]] std::string_view name_of(Plural plural);

/// The rule of one language.
struct PluralRule {
    Plural (*of)(std::uint64_t n){};
    std::vector<Plural> forms;  ///< Every form that a whole number can ask for.
};

/// By the tag's first part ("de" for "de-AT"); nothing for a language whose rule is not known.
[[nodiscard]] std::optional<PluralRule> plural_rule(std::string_view language);

}  // namespace fedtrail::language
