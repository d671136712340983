#include "reports/required_texts.hpp"

#include <array>
#include <string_view>

#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/access_purpose.hpp"

#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

constexpr std::array<std::string_view, 15> kCodes{code::kNothingRecorded,
                                                  code::kBeforeRecording,
                                                  code::kUnreadConnections,
                                                  code::kUnrecordedDeliveries,
                                                  code::kOutcomeUnknown,
                                                  code::kInferredOnly,
                                                  code::kReceiptUnconfirmed,
                                                  code::kUnreadContent,
                                                  code::kAnonymousPulls,
                                                  code::kUnnamedFetches,
                                                  code::kOnwardForwarding,
                                                  code::kRelays,
                                                  code::kCountries,
                                                  code::kCountriesUnknown,
                                                  code::kCountriesHinted};

constexpr std::array<std::string_view, 2> kWithheld{withheld::kOtherPeople, withheld::kSinglePerson};

constexpr std::array<std::string_view, 40> kSentences{
    "heading",       "period_all",    "period_since",    "period_until",
    "period_both",   "lead",          "lead_none",       "lead_presumed",
    "when",          "when_once",     "explain",         "sure_all",
    "sure_one",      "unsure_one",    "sure_some",       "sure_none",
    "most",          "most_one",      "none_explain",    "absent",
    "chart_day",     "chart_week",    "chart_month",     "chart_year",
    "chart_alt",     "bar",           "week_of",         "caption",
    "map_alt",       "map_missing",   "figure_unplaced", "figure_outside",
    "items_all",     "items_caption", "accesses_more",   "joined_to",
    "several_hosts", "others",        "access_request",  "access_purpose"};

/// Texts of the page that code asks for, not the layout.
constexpr std::array<std::string_view, 10> kOfPage{"column_objects",
                                                   "figure_servers",
                                                   "figure_countries",
                                                   "figure_undocumented",
                                                   "figure_told",
                                                   "figure_gone",
                                                   "country_unknown",
                                                   "part",
                                                   "not_stated",
                                                   "no_reason"};

constexpr std::array kVisibilities{fediverse::Visibility::Public,
                                   fediverse::Visibility::Unlisted,
                                   fediverse::Visibility::Followers,
                                   fediverse::Visibility::Direct,
                                   fediverse::Visibility::Unknown};

constexpr std::array<std::string_view, 7> kNouns{
    "servers", "disclosures", "times", "connections", "deliveries", "countries", "items"};

void add_word(std::vector<std::string>& keys, std::string_view group, std::string_view word) {
    const auto stem = std::string{group} + "." + std::string{word};
    keys.push_back(stem + ".word");
    keys.push_back(stem + ".meaning");
}

}  // namespace

std::vector<std::string> required_texts(const language::PluralRule& plurals) {
    std::vector<std::string> keys;
    for (const auto channel : kChannels) {
        add_word(keys, "channel", name_of(channel));
    }
    for (const auto evidence : kEvidence) {
        add_word(keys, "evidence", name_of(evidence));
    }
    for (const auto& [category, name] : fediverse::kDataCategories) {
        add_word(keys, "category", name);
    }
    for (const auto word : kCodes) {
        keys.push_back("not_established." + std::string{word} + ".title");
        keys.push_back("not_established." + std::string{word} + ".sentence");
    }
    for (const auto word : kWithheld) {
        keys.push_back("withheld." + std::string{word} + ".title");
        keys.push_back("withheld." + std::string{word} + ".sentence");
    }
    for (const auto noun : kNouns) {
        for (const auto form : plurals.forms) {
            keys.push_back("count." + std::string{noun} + "." + std::string{name_of(form)});
        }
    }
    for (const auto article : kRights) {
        keys.push_back("rights." + std::string{article} + ".title");
        keys.push_back("rights." + std::string{article} + ".text");
    }
    for (const auto name : kSentences) {
        keys.push_back("sentence." + std::string{name});
    }
    for (const auto name : kOfPage) {
        keys.push_back("page." + std::string{name});
    }
    for (const auto what : kLooked) {
        keys.push_back("looked." + std::string{what});
    }
    for (const auto& words : records::kAccessPurposes) {
        keys.push_back("purpose." + std::string{words.name});
    }
    for (const auto role : kLookers) {
        keys.push_back("looker." + std::string{name_of(role)});
    }
    for (const auto visibility : kVisibilities) {
        keys.push_back("visibility." + std::string{name_of(visibility)});
    }
    return keys;
}

}  // namespace fedtrail::reports
