/// What the JSON of several papers has in common.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/privacy/country.hpp"

#include "reports/activity_list.hpp"
#include "reports/json_text.hpp"
#include "reports/operator_facts.hpp"

namespace fedtrail::reports {

class PaperTexts;

using PaperJson = Json;

[[nodiscard]] inline PaperJson code_or_null(const std::optional<privacy::Country>& country) {
    return country ? PaperJson(std::string{country->code()}) : PaperJson{};
}
[[nodiscard]] inline PaperJson words_json(const std::vector<std::string_view>& words) {
    auto list = PaperJson::array();
    for (const auto word : words) {
        list.push_back(std::string{word});
    }
    return list;
}

/// Name, address, representative, officer …
[[nodiscard]] PaperJson controller_json(const OperatorFacts& facts);
[[nodiscard]] PaperJson processors_json(const OperatorFacts& facts);
[[nodiscard]] PaperJson activity_json(const ActivityEntry& activity);

/// Two blanks of indentation and a line feed; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string written(const PaperJson& document);

}  // namespace fedtrail::reports
