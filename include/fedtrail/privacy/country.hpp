/// Country: a code of ISO 3166-1 that exists.

#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::privacy {

/// Two capital letters, a code of ISO 3166-1 alpha-2 or XK (Kosovo, which has none and is written so).
class Country {
public:
    /// "NL", "nl"; "EL" is read as GR and "UK" as GB, as the institutions of the EU write them.
    /// Errors: Invalid (there is no such code).
    [[nodiscard]] static Result<Country> parse(std::string_view text);

    /// "GR"
    [[nodiscard]] constexpr std::string_view code() const noexcept { return {letters_, 2}; }

    friend constexpr bool operator==(const Country& a, const Country& b) { return a.code() == b.code(); }
    friend constexpr auto operator<=>(const Country& a, const Country& b) { return a.code() <=> b.code(); }

private:
    constexpr Country(char first, char second) : letters_{first, second} {}
    char letters_[2];  // NOLINT(modernize-avoid-c-arrays): two octets, copied a thousand times
};

}  // namespace fedtrail::privacy
