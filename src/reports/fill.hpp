/// Texts with placeholders, filled.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "language/forms.hpp"

namespace fedtrail::reports {

/// Names and what to put in their place.
using FillValues = std::vector<std::pair<std::string, std::string>>;

/// How many of something.
struct FillCount {
    std::string name;  ///< In the text.
    std::uint64_t value{};
    std::string noun;  ///< As in `count.<noun>`.
};

/// A number and its noun: ("servers", 1) is "1 server".
using CountWords = std::function<std::string(std::string_view noun, std::uint64_t value)>;

/// `text` with every `{{name}}` replaced, nothing escaped. For a count "servers" of five, `{{servers}}` is
/// what `counted` says, `{{servers_n}}` is "5", and the section `{{#servers_other}}` is open.
[[nodiscard]] std::string filled(const std::string& text,
                                 const language::Forms& forms,
                                 const FillValues& values,
                                 const std::vector<FillCount>& counts,
                                 const CountWords& counted);

}  // namespace fedtrail::reports
