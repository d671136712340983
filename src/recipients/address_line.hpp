/// Lines of postal addresses, and numbers that one country gives out. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recipients/imprint_words.hpp"

namespace fedtrail::recipients {

struct FoundAddress {
    privacy::Country country;
    std::string text;  ///< From the postcode to the country.
};

/// The end of a postal address in `line`: a country's name behind a postcode (which may stand in `before`,
/// the lines above), a postcode with a country's letters before it, or one whose form only one country has.
[[nodiscard]] std::optional<FoundAddress> address_in(std::string_view line,
                                                     std::string_view before,
                                                     const ImprintWords& words);

/// Whether a word of `line`, without the blanks and dots inside it, has the form: # is a digit, @ a capital
/// letter, * either.
[[nodiscard]] bool holds_number(std::string_view line, std::string_view form);

/// Whether `lower` has `word` at the beginning of a word.
[[nodiscard]] bool begins_word(std::string_view lower, std::string_view word);

[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace fedtrail::recipients
