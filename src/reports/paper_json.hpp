/// What the JSON of several papers has in common.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "fedtrail/privacy/country.hpp"

#include "reports/activity_list.hpp"
#include "reports/operator_facts.hpp"

namespace fedtrail::reports {

class PaperTexts;

using PaperJson = nlohmann::ordered_json;

[[nodiscard]] inline PaperJson text_or_null(const std::string& text) {
    return text.empty() ? PaperJson{} : PaperJson(text);
}
[[nodiscard]] inline PaperJson code_or_null(const std::optional<privacy::Country>& country) {
    return country ? PaperJson(std::string{country->code()}) : PaperJson{};
}

/// Name, address, representative, officer …
[[nodiscard]] PaperJson controller_json(const OperatorFacts& facts);
[[nodiscard]] PaperJson processors_json(const OperatorFacts& facts);
[[nodiscard]] PaperJson activity_json(const ActivityEntry& activity);

/// Two blanks of indentation and a line feed; octets that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string written(const PaperJson& document);

}  // namespace fedtrail::reports
