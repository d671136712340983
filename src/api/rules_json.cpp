#include "api/rules_json.hpp"

#include "fedtrail/fediverse/category.hpp"

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

using privacy::TransferRule;

constexpr std::size_t kNamed = 3;
constexpr const char* kNotKnown = "unknown";

using Words = std::vector<std::string>;

Words category_words(std::uint16_t bits) {
    Words words;
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (fediverse::CategorySet{bits}.has(category)) {
            words.emplace_back(name);
        }
    }
    return words;
}

Words visibilities_of(std::uint8_t bits) {
    Words words;
    for (unsigned number = 0; number <= static_cast<unsigned>(fediverse::Visibility::Unknown); ++number) {
        if ((bits >> number & 1U) != 0) {
            words.emplace_back(fediverse::name_of(static_cast<fediverse::Visibility>(number)));
        }
    }
    return words;
}

Words countries_of(const TransferRule& rule) {
    Words words;
    for (const auto& country : rule.countries) {
        words.emplace_back(country.code());
    }
    if (rule.country_unknown) {
        words.emplace_back(kNotKnown);
    }
    return words;
}

/// The lists of a rule that have members, by their names in the file.
std::vector<std::pair<const char*, Words>> recipient_lists(const TransferRule& rule) {
    Words hosts;
    for (const auto& host : rule.hosts) {
        hosts.push_back(host.text());
    }
    Words bases;
    for (const auto kind : rule.bases) {
        bases.emplace_back(privacy::name_of(kind));
    }
    Words software;
    for (const auto& name : rule.software) {
        software.push_back(name.empty() ? kNotKnown : name);
    }
    return {{"hosts", std::move(hosts)},
            {"countries", countries_of(rule)},
            {"bases", std::move(bases)},
            {"software", std::move(software)}};
}

Json recipient_json(const TransferRule& rule) {
    auto out = Json::object();
    for (auto& [name, words] : recipient_lists(rule)) {
        if (!words.empty()) {
            out[name] = std::move(words);
        }
    }
    if (rule.honour) {
        out["honour_below_percent"] = rule.honour->percent;
        out["honour_least_told"] = rule.honour->least_told;
    }
    return out;
}

Json to_json(const TransferRule& rule) {
    Json out{{"name", rule.name},
             {"enabled", rule.enabled},
             {"effect", std::string{privacy::name_of(rule.effect)}},
             {"line", rule.line},
             {"recipient", recipient_json(rule)},
             {"subject", Json::object()},
             {"object", Json::object()}};
    if (rule.objection) {
        out["subject"]["objection"] = *rule.objection;
    }
    if (rule.minor) {
        out["subject"]["minor"] = *rule.minor;
    }
    if (rule.categories != 0) {
        out["object"]["categories"] = category_words(rule.categories);
    }
    if (rule.visibilities != 0) {
        out["object"]["visibilities"] = visibilities_of(rule.visibilities);
    }
    return out;
}

Json or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json or_null(std::size_t number) {
    return number == 0 ? Json(nullptr) : Json(number);
}

Json to_json(const recipients::TrialTally& tally) {
    return {
        {"disclosures", tally.disclosures}, {"activities", tally.activities}, {"subjects", tally.subjects}};
}

Json to_json(const recipients::BlockedRecipient& recipient) {
    auto numbers = Json::array();
    for (const auto subject : recipient.subjects) {
        numbers.push_back(subject.get());
    }
    auto roads = Json::array();
    for (const auto& road : recipient.roads) {
        roads.push_back(
            {{"through", road.through.text()}, {"how", road.how}, {"activities", road.activities}});
    }
    return {{"host", recipient.host.text()},
            {"blocked", to_json(recipient.blocked)},
            {"already_there",
             {{"disclosures", recipient.there.disclosures}, {"subjects", recipient.there.subjects}}},
            {"subject_numbers", std::move(numbers)},
            {"still_arriving", recipient.still_arriving},
            {"fetched", recipient.fetched},
            {"passed_on", recipient.passed_on},
            {"roads", std::move(roads)}};
}

void add_part(std::string& out, const std::string& part) {
    out += (out.empty() ? "" : "; ") + part;
}

std::string listed(const char* name, const Words& words) {
    std::string out = name;
    for (std::size_t i = 0; i < words.size() && i < kNamed; ++i) {
        out += (i == 0 ? " " : ", ") + words[i];
    }
    return words.size() > kNamed ? out + " and " + std::to_string(words.size() - kNamed) + " more" : out;
}

}  // namespace

std::string rules_json(const RulesView& view) {
    Json out{{"format", "fedtrail/rules/1"},
             {"file", view.file},
             {"shipped", view.shipped},
             {"since", nullptr},
             {"refused", nullptr},
             {"rules", Json::array()}};
    if (view.since) {
        out["since"] = format_rfc3339(*view.since);
    }
    if (view.refused) {
        out["refused"] = {{"what", view.refused->what}, {"remedy", view.refused->remedy}};
    }
    for (std::size_t i = 0; i < view.rules.size(); ++i) {
        auto rule = to_json(view.rules[i]);
        rule["decided"] = i < view.decided.size() ? Json(view.decided[i]) : Json(nullptr);
        out["rules"].push_back(std::move(rule));
    }
    return indented(out);
}

std::string rules_check_json(const std::string& file, const recipients::CheckedRules& checked) {
    Json out{{"format", "fedtrail/rules-check/1"},
             {"file", file},
             {"usable", checked.usable()},
             {"rules", checked.rules.size()},
             {"ledger_compared", checked.ledger_compared},
             {"joined_compared", checked.joined_compared},
             {"notes", Json::array()}};
    for (const auto& note : checked.notes) {
        out["notes"].push_back({{"level", std::string{recipients::name_of(note.level)}},
                                {"fault", note.fault},
                                {"rule", or_null(note.rule)},
                                {"line", or_null(note.line)},
                                {"other", or_null(note.other)},
                                {"other_line", or_null(note.other_line)},
                                {"what", note.what},
                                {"remedy", note.remedy}});
    }
    return indented(out);
}

std::string rules_trial_json(const std::string& file,
                             const std::vector<TransferRule>& rules,
                             const recipients::RulesTrial& trial) {
    Json out{{"format", "fedtrail/rules-trial/1"},
             {"file", file},
             {"finished", !trial.stopped},
             {"totals",
              {{"blocked", to_json(trial.blocked)},
               {"blocked_by_objection", to_json(trial.by_objection)},
               {"flagged", to_json(trial.flagged)},
               {"allowed_disclosures", trial.allowed},
               {"not_asked_disclosures", trial.not_asked}}},
             {"rules", Json::array()},
             {"recipients", Json::array()},
             {"tunnels", Json::array()},
             {"roads_complete", trial.roads_complete}};
    for (const auto& one : trial.rules) {
        const auto& rule = rules.at(one.rule);
        Json row{{"name", rule.name},
                 {"line", or_null(rule.line)},
                 {"effect", std::string{privacy::name_of(rule.effect)}}};
        row.update(to_json(one.tally));
        row["recipients"] = one.recipients;
        out["rules"].push_back(std::move(row));
    }
    for (const auto& recipient : trial.recipients) {
        out["recipients"].push_back(to_json(recipient));
    }
    for (const auto& tunnels : trial.tunnels) {
        out["tunnels"].push_back({{"host", tunnels.host.text()}, {"connections", tunnels.connections}});
    }
    return indented(out);
}

std::string conditions_of(const TransferRule& rule) {
    std::string out;
    for (const auto& [name, words] : recipient_lists(rule)) {
        if (!words.empty()) {
            add_part(out, listed(name, words));
        }
    }
    if (rule.honour) {
        add_part(out,
                 "honour below " + std::to_string(rule.honour->percent) + " % of " +
                     std::to_string(rule.honour->least_told) + " or more");
    }
    if (rule.objection) {
        add_part(out, *rule.objection ? "objection" : "no objection");
    }
    if (rule.minor) {
        add_part(out, *rule.minor ? "minor" : "not known to be a minor");
    }
    if (rule.categories != 0) {
        add_part(out, listed("categories", category_words(rule.categories)));
    }
    if (rule.visibilities != 0) {
        add_part(out, listed("visibilities", visibilities_of(rule.visibilities)));
    }
    return out.empty() ? "everything" : out;
}

}  // namespace fedtrail::api
