/// How a country is found in an imprint: policies/imprint.json and the names of countries. Pure.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/country.hpp"

namespace fedtrail::recipients {

struct ImprintWords {
    using Names = std::map<std::string, privacy::Country, std::less<>>;

    std::vector<std::string>
        operators;                    ///< Say that the operator's address follows. All words are lower case.
    std::vector<std::string> others;  ///< Say that somebody else's does.
    Names countries;                  ///< In every language there is.
    Names prefixes;                   ///< "D" before a postcode; as they are written.
    std::set<std::string, std::less<>> states;  ///< Of the United States, "CA".
    std::vector<std::string> number_words;
    std::vector<std::pair<std::string, privacy::Country>> number_forms;  ///< "DE#########".
    std::vector<std::pair<std::string, privacy::Country>> phrases;
    std::vector<std::string> negations;  ///< Before a phrase in its line: it does not count.
};

/// `names`: the files policies/texts/*/countries.json. Errors: Invalid; names the row.
[[nodiscard]] Result<ImprintWords> parse_imprint_words(std::string_view json,
                                                       std::span<const std::string> names);

}  // namespace fedtrail::recipients
