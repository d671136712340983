#include "recipients/adequacy_policy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fediverse/policy_json.hpp"
#include "recipients/policy_values.hpp"

namespace fedtrail::recipients {

namespace {

using fediverse::PolicyFault;
using Json = nlohmann::json;
using privacy::Country;
using privacy::Day;
using privacy::EftaState;

constexpr const char* kAdequacyFormat = "fedtrail/adequacy/1";
constexpr int kMostMonths = 24;
constexpr int kMostCheckMonths = 120;

constexpr std::array<std::pair<std::string_view, EftaState>, 3> kEftaStates{
    {{"as_eu", EftaState::AsEu}, {"pending", EftaState::Pending}, {"not_known", EftaState::NotKnown}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kUnknownIs{
    {{"unverified", false}, {"outside", true}}};

Day day_in(const Json& value) {
    return good(privacy::parse_day(value.get<std::string>()));
}

int months_in(const Json& value, int most) {
    const int months = value.get<int>();
    if (months < 1 || months > most) {
        throw PolicyFault{"a number of months lies between 1 and " + std::to_string(most)};
    }
    return months;
}

std::vector<Country> countries_in(const Json& list) {
    std::vector<Country> countries;
    for (const auto& code : list) {
        countries.push_back(country_in(code));
    }
    std::sort(countries.begin(), countries.end());
    return countries;
}

std::optional<privacy::AdequacyScope> scope_in(const Json& value) {
    if (value.is_null()) {
        return std::nullopt;
    }
    privacy::AdequacyScope scope;
    scope.fact = value.at("fact").get<std::string>();
    scope.presumed_outside =
        fediverse::named_in(kUnknownIs, value.at("unknown_is").get<std::string>(), "unknown_is");
    scope.needs_record = value.value("needs_record", false);
    scope.entries = value.value("entries", std::vector<std::string>{});
    scope.data_kinds = value.value("data_kinds", std::vector<std::string>{});
    if (value.contains("holds_months")) {
        scope.holds_months = months_in(value.at("holds_months"), kMostCheckMonths);
    }
    return scope;
}

privacy::AdequacyDecision decision_in(const Json& row) {
    privacy::AdequacyDecision decision;
    decision.number = row.at("number").get<std::string>();
    if (row.contains("country") == row.contains("organisation")) {
        throw PolicyFault{"a decision is for a \"country\" or for an \"organisation\""};
    }
    if (row.contains("country")) {
        decision.country = country_in(row.at("country"));
    } else {
        decision.organisation = row.at("organisation").get<std::string>();
    }
    decision.valid_from = day_in(row.at("valid_from"));
    if (!row.at("valid_to").is_null()) {
        decision.valid_to = day_in(row.at("valid_to"));
    }
    if (decision.valid_to && *decision.valid_to < decision.valid_from) {
        throw PolicyFault{"\"valid_to\" lies before \"valid_from\""};
    }
    decision.scope = scope_in(row.at("scope"));
    decision.efta = fediverse::named_in(kEftaStates, row.at("efta").get<std::string>(), "efta");
    decision.checked_at = day_in(row.at("checked_at"));
    return decision;
}

void read(const Json& document, AdequacyPolicy& policy, std::string& place) {
    if (document.at("format").get<std::string>() != kAdequacyFormat) {
        throw PolicyFault{std::string{"\"format\" is not \""} + kAdequacyFormat + "\""};
    }
    auto& adequacy = policy.adequacy;
    adequacy.checked_at = day_in(document.at("checked_at"));
    adequacy.refuse_after_months = months_in(document.at("refuse_after_months"), kMostMonths);
    policy.switches.dpf_enabled = document.at("switches").at("dpf_enabled").get<bool>();
    place = "\"eea\"";
    adequacy.eea = countries_in(document.at("eea").at("eu"));
    adequacy.efta = countries_in(document.at("eea").at("efta"));
    adequacy.eea.insert(adequacy.eea.end(), adequacy.efta.begin(), adequacy.efta.end());
    std::sort(adequacy.eea.begin(), adequacy.eea.end());
    place = "\"territories\"";
    for (const auto& row : document.at("territories")) {
        adequacy.territories.push_back(privacy::Territory{
            country_in(row.at("code")), country_in(row.at("of")), row.at("inside").get<bool>()});
    }
    for (const auto& row : document.at("decisions")) {
        place = row.value("name", std::string{"a row of \"decisions\""});
        adequacy.decisions.push_back(decision_in(row));
    }
}

}  // namespace

Result<AdequacyPolicy> parse_adequacy(std::string_view json) {
    std::string place = "the document";
    AdequacyPolicy policy;
    try {
        read(Json::parse(json), policy, place);
        return policy;
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{kAdequacyFormat} + ", " + place + ": " + error.what(),
                    "Correct the row, or restore the file of this release.");
    }
}

std::vector<std::string> stale_decisions(const privacy::Adequacy& adequacy, const Day& today) {
    std::vector<std::string> stale;
    const privacy::Occasion occasion{today, today, adequacy.eea.front()};
    for (const auto& decision : adequacy.decisions) {
        privacy::RecipientFacts facts;
        facts.country = decision.country;
        facts.organisation = decision.organisation;
        if (privacy::basis(facts, occasion, adequacy, {}).stale) {
            stale.push_back(decision.number);
        }
    }
    return stale;
}

}  // namespace fedtrail::recipients
