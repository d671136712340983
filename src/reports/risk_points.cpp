#include "reports/risk_points.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "reports/paper.hpp"
#include "reports/paper_texts.hpp"
#include "reports/recipient_terms.hpp"

namespace fedtrail::reports {

namespace {

constexpr std::array kWeights{RiskWeight::High, RiskWeight::Medium, RiskWeight::Low};

tl::unexpected<Error> bad_point(const std::string& code, const std::string& why) {
    return fail(ErrorKind::Invalid,
                "the point \"" + code + "\" " + why,
                "correct it as risk-points.schema.json says");
}

template <typename Known>
auto named(const Known& known, const std::string& name) {
    return std::find_if(known.begin(), known.end(), [&](const auto& each) { return name_of(each) == name; });
}

/// Reads the conditions of one point, and remembers the first word that means nothing.
class Reading {
public:
    Reading(RiskRule& rule, const nlohmann::json& when) : rule_(rule), when_(when) {}

    [[nodiscard]] std::string read() {
        for (const auto& [key, value] : when_.items()) {
            if (!recipient(key, value) && !policy(key, value) && !ours(key, value)) {
                return key;
            }
        }
        return wrong_;
    }

private:
    bool recipient(const std::string& key, const nlohmann::json& value) {
        if (key == "country") {
            rule_.country_known = value == "known";
        } else if (key == "countries") {
            for (const auto& code : value) {
                const auto country = privacy::Country::parse(code.get<std::string>());
                country ? rule_.countries.push_back(*country) : note(code);
            }
        } else if (key == "confidence_at_most") {
            const auto found = named(kConfidences, value.get<std::string>());
            found != kConfidences.end() ? rule_.confidence_at_most.emplace(*found) : note_empty(value);
        } else if (key == "country_sources") {
            for (const auto& name : value) {
                const auto found = named(kCountrySources, name.get<std::string>());
                found != kCountrySources.end() ? rule_.country_sources.push_back(*found) : note(name);
            }
        } else if (key == "bases") {
            for (const auto& name : value) {
                const auto kind = privacy::basis_named(name.get<std::string>());
                kind ? rule_.bases.push_back(*kind) : note(name);
            }
        } else if (key == "special_territory") {
            rule_.special_territory = value.get<bool>();
        } else if (key == "marks") {
            rule_.marks = value.get<std::vector<std::string>>();
        } else if (key == "users_at_least") {
            rule_.users_at_least = value.get<std::uint64_t>();
        } else if (key == "or_hosts") {
            for (const auto& name : value) {
                const auto host = Host::parse(name.get<std::string>());
                host ? rule_.or_hosts.push_back(*host) : note(name);
            }
        } else if (key == "registrations") {
            rule_.registrations_open = value == "open";
        } else {
            return unknown(key);
        }
        return true;
    }

    bool unknown(const std::string& key) {
        for (auto& [name, flag] : {std::pair{"software", &rule_.software_unknown},
                                   std::pair{"operator", &rule_.operator_unknown},
                                   std::pair{"contact", &rule_.contact_unknown}}) {
            if (key == name) {
                *flag = true;
                return true;
            }
        }
        return false;
    }

    bool policy(const std::string& key, const nlohmann::json& value) {
        if (key == "policy") {
            rule_.policy_none = value == "none";
            rule_.policy_changed = value == "changed";
            return true;
        }
        if (key != "policy_says" && key != "policy_silent") {
            return false;
        }
        auto& topics = key == "policy_says" ? rule_.policy_says : rule_.policy_silent;
        for (const auto& name : value) {
            const auto found = named(records::kPolicyTopics, name.get<std::string>());
            found != records::kPolicyTopics.end() ? topics.push_back(*found) : note(name);
        }
        return true;
    }

    bool ours(const std::string& key, const nlohmann::json& value) {
        if (key == "honour_below_percent") {
            rule_.honour_below_percent = value.get<unsigned>();
        } else if (key == "honour_least_told") {
            rule_.honour_least_told = value.get<std::uint64_t>();
        } else if (key == "never_told") {
            rule_.never_told = value.get<bool>();
        } else if (key == "disclosed") {
            rule_.disclosed = value.get<bool>();
        } else if (key == "categories") {
            for (const auto& name : value) {
                const auto category = fediverse::category_named(name.get<std::string>());
                category ? rule_.categories.add(*category) : note(name);
            }
        } else {
            return false;
        }
        return true;
    }

    void note(const nlohmann::json& word) { wrong_ = word.dump(); }
    records::Confidence& note_empty(const nlohmann::json& word) {
        note(word);
        return rule_.confidence_at_most.emplace(records::Confidence::None);
    }

    RiskRule& rule_;
    const nlohmann::json& when_;
    std::string wrong_;
};

Result<RiskRule> rule_of(const nlohmann::json& entry) {
    RiskRule rule;
    rule.code = entry.at("code").get<std::string>();
    const auto weight = named(kWeights, entry.at("weight").get<std::string>());
    if (weight == kWeights.end()) {
        return bad_point(rule.code, "has no weight");
    }
    rule.weight = *weight;
    rule.source = entry.at("source").get<std::vector<std::string>>();
    rule.checked_at = entry.at("checked_at").get<std::string>();
    rule.why = entry.at("why").get<std::string>();
    const auto& when = entry.at("when");
    if (!when.is_object() || when.empty()) {
        return bad_point(rule.code, "has no condition");
    }
    if (const auto wrong = Reading{rule, when}.read(); !wrong.empty()) {
        return bad_point(rule.code, "has a condition that means nothing: " + wrong);
    }
    return rule;
}

template <typename List, typename Value>
bool has(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool mentioned(const records::PolicySummary& summary, const std::vector<records::PolicyTopic>& topics) {
    return std::any_of(summary.statements.begin(), summary.statements.end(), [&](const auto& statement) {
        return statement.sentence && has(topics, statement.topic);
    });
}

bool said(const records::PolicySummary& summary, const std::vector<records::PolicyTopic>& topics) {
    return std::any_of(summary.statements.begin(), summary.statements.end(), [&](const auto& statement) {
        return statement.sentence && !statement.denied && has(topics, statement.topic);
    });
}

bool place_holds(const RiskRule& rule, const records::RecipientCard& card) {
    const auto country = records::established_in(card.country);
    return (!rule.country_known || *rule.country_known == country.has_value()) &&
           (rule.countries.empty() || (country && has(rule.countries, *country))) &&
           (!rule.confidence_at_most || card.country.confidence <= *rule.confidence_at_most) &&
           (rule.country_sources.empty() || has(rule.country_sources, card.country.source)) &&
           (rule.bases.empty() || has(rule.bases, card.basis.kind)) &&
           (!rule.special_territory || card.basis.special_territory);
}

bool has_users(const RiskRule& rule, const records::RecipientCard& card) {
    return (card.users && *card.users >= *rule.users_at_least) || has(rule.or_hosts, card.host);
}

bool server_holds(const RiskRule& rule, const records::RecipientCard& card) {
    const auto marks = words_of(card.marks);
    const bool marked =
        rule.marks.empty() ||
        std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return has(rule.marks, mark); });
    return marked && (!rule.users_at_least || has_users(rule, card)) &&
           (!rule.registrations_open || card.registrations_open == rule.registrations_open) &&
           (!rule.software_unknown || card.software.empty()) &&
           (!rule.operator_unknown || card.operator_name.reveal().empty()) &&
           (!rule.contact_unknown || card.contact.reveal().empty());
}

bool policy_holds(const RiskRule& rule, const records::PolicyHistory& policy) {
    const auto& summary = policy.summary;
    const bool read = !policy.versions.empty();
    return (!rule.policy_none || !read) && (!rule.policy_changed || !policy.changes.empty()) &&
           (rule.policy_says.empty() || said(summary, rule.policy_says)) &&
           (rule.policy_silent.empty() ||
            (read && !summary.languages.empty() && !mentioned(summary, rule.policy_silent)));
}

bool measured_holds(const RiskRule& rule, const RiskFacts& facts) {
    const auto& card = facts.card;
    const bool disclosed = facts.totals != nullptr && facts.totals->disclosures > 0;
    const auto bits = facts.totals == nullptr ? 0 : facts.totals->categories.bits();
    const auto judged = records::judged(card);
    const bool poor = judged >= rule.honour_least_told && judged > 0 &&
                      card.gone * 100 < judged * rule.honour_below_percent;
    return (rule.honour_below_percent == 0 || poor) && (!rule.never_told || card.told == 0) &&
           (!rule.disclosed || *rule.disclosed == disclosed) &&
           (rule.categories.empty() || (rule.categories.bits() & bits) != 0);
}

std::string words_place(const RiskRule& rule) {
    return "assess.risk." + rule.code;
}

bool has_words(const RiskRule& rule, const PaperTexts& texts) {
    return texts.has(words_place(rule) + ".title") && texts.has(words_place(rule) + ".todo");
}

Result<std::vector<RiskRule>> rules_of(const nlohmann::json& entries) {
    std::vector<RiskRule> rules;
    for (const auto& entry : entries) {
        auto rule = rule_of(entry);
        if (!rule) {
            return fail(rule);
        }
        rules.push_back(std::move(*rule));
    }
    return rules;
}

}  // namespace

std::string_view name_of(RiskWeight weight) {
    constexpr std::array<std::string_view, 3> kNames{"high", "medium", "low"};
    return kNames.at(static_cast<std::size_t>(weight));
}

Result<std::vector<RiskRule>> parse_risk_points(std::string_view json) {
    try {
        return rules_of(nlohmann::json::parse(json).at("points"));
    } catch (const nlohmann::json::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{"not a file of risk points: "} + error.what(),
                    "correct it as risk-points.schema.json says");
    }
}

Result<void> check_risk_words(const std::vector<RiskRule>& rules, const PaperTexts& texts) {
    for (const auto& rule : rules) {
        if (!has_words(rule, texts)) {
            return fail(ErrorKind::Invalid,
                        "the point \"" + rule.code + "\" has no words in the language " + texts.language(),
                        "write assess.risk." + rule.code + ".title and .todo into policies/texts/" +
                            texts.language() + "/assessment.json");
        }
    }
    return {};
}

RiskWords words_of(const RiskRule& rule, const PaperTexts& texts) {
    if (!has_words(rule, texts)) {
        return {without_marks(rule.code), {}};
    }
    return {texts.at(words_place(rule) + ".title"), texts.at(words_place(rule) + ".todo")};
}

bool applies(const RiskRule& rule, const RiskFacts& facts) {
    return place_holds(rule, facts.card) && server_holds(rule, facts.card) &&
           policy_holds(rule, facts.policy) && measured_holds(rule, facts);
}

}  // namespace fedtrail::reports
