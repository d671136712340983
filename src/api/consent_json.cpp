#include "api/consent_json.hpp"

#include <functional>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/json_text.hpp"
#include "api/request_body.hpp"

namespace fedtrail::api {

Result<ConsentOrder> read_consent(const ConsentWords& words, privacy::Day today) {
    const auto country = privacy::Country::parse(words.country);
    if (!country) {
        return fail(ErrorKind::Invalid,
                    "a consent names the country that the data goes to",
                    "Write it as two letters, as US.");
    }
    auto host = words.recipient.empty() ? Result<Host>{Host{}} : Host::parse(words.recipient);
    if (!host) {
        return fail(ErrorKind::Invalid, "the recipient is not a host name", "Write it as a.example.");
    }
    const auto day = words.day.empty() ? Result<privacy::Day>{today} : privacy::parse_day(words.day);
    if (!day) {
        return fail(ErrorKind::Invalid, "the day cannot be read", "Write it as 2026-11-22.");
    }
    return ConsentOrder{*country, std::move(*host), *day};
}

Result<void> check_given(const ConsentOrder& order, const privacy::Adequacy& adequacy) {
    if (privacy::is_within_eea(order.country, adequacy)) {
        const std::string country{order.country.code()};
        return fail(ErrorKind::Invalid,
                    country + " is within the EEA: what goes there needs no consent (GDPR Art. 49(1)(a))",
                    "Name the country outside the EEA that the consent is for.");
    }
    return {};
}

namespace {

using ConsentMembers = std::map<std::string, std::string*, std::less<>>;

std::vector<std::string> names_in(const ConsentMembers& members) {
    std::vector<std::string> names;
    names.reserve(members.size());
    for (const auto& [name, text] : members) {
        names.push_back(name);
    }
    return names;
}

}  // namespace

Result<ConsentWords> consent_body(const std::string& json, bool withdrawal) {
    const auto document = nlohmann::json::parse(json, nullptr, false);
    if (!document.is_object()) {
        return fail(ErrorKind::Invalid, "the body is not a JSON object", "See schemas/openapi.yaml.");
    }
    ConsentWords words;
    ConsentMembers members{{"country", &words.country},
                           {"recipient", &words.recipient},
                           {withdrawal ? "withdrawn" : "given", &words.day}};
    if (!withdrawal) {
        members.emplace("evidence", &words.evidence);
    }
    for (const auto& [name, value] : document.items()) {
        const auto member = members.find(name);
        if (member == members.end()) {
            return tl::unexpected{unknown_member(name, names_in(members))};
        }
        if (!value.is_string()) {
            return tl::unexpected{wrong_type_of(member->first)};
        }
        *member->second = value.get<std::string>();
    }
    return words;
}

std::string consents_json(privacy::SubjectNumber subject, std::span<const records::Consent> consents) {
    auto list = Json::array();
    for (const auto& consent : consents) {
        list.push_back({{"number", consent.number},
                        {"country", std::string{consent.country.code()}},
                        {"recipient", nullptr},
                        {"given", privacy::format_day(consent.given)},
                        {"withdrawn", nullptr},
                        {"evidence", consent.evidence}});
        if (!consent.recipient.empty()) {
            list.back()["recipient"] = consent.recipient.text();
        }
        if (consent.withdrawn) {
            list.back()["withdrawn"] = privacy::format_day(*consent.withdrawn);
        }
    }
    const Json document{{"format", "fedtrail/consents/1"}, {"subject", subject.get()}, {"consents", list}};
    return indented(document);
}

}  // namespace fedtrail::api
