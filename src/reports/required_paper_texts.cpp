#include "reports/required_paper_texts.hpp"

#include <array>
#include <string_view>

#include "reports/operator_facts.hpp"
#include "reports/own_records.hpp"

namespace fedtrail::reports {

namespace {

using Keys = std::vector<std::string>;

void add(Keys& keys, const std::string& group, std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        keys.push_back(group + "." + std::string{name});
    }
}

void add_labels(Keys& keys) {
    add(keys,
        "label",
        {"activity",       "purpose",     "persons",    "data",      "basis",        "law",     "interest",
         "special",        "retention",   "recipients", "source",    "controller",   "address", "contact",
         "representative", "dpo",         "joint",      "authority", "servers_here", "made",    "by",
         "contents",       "service",     "country",    "safeguard", "server",       "servers", "software",
         "transfer_basis", "disclosures", "unknown",    "rest",      "skip",         "back"});
    add(keys, "legal_basis", {"a", "b", "c", "d", "e", "f"});
    add(keys, "retention", {"time", "account", "account_more", "item", "item_more", "own_year_end"});
    for (const auto kind : kOwnRecords) {
        keys.push_back("retention.own_" + std::string{kind});
    }
    for (const auto kind : kOwnEndless) {
        keys.push_back("retention.own_" + std::string{kind});
    }
    add(keys, "safeguard", {"A46-2-b"});
    add(keys, "source", {"person", "others", "both"});
    add(keys,
        "service",
        {"hosting", "storage", "mail", "backup", "delivery_network", "moderation", "monitoring", "other"});
}

void add_notice(Keys& keys) {
    add(keys, "notice", {"title", "heading", "colophon"});
    add(keys, "notice.short", {"heading", "who", "network", "figures", "figures_none", "rights", "layers"});
    add(keys, "notice.who", {"heading", "text", "none_dpo", "joint"});
    add(keys, "notice.account", {"heading", "text"});
    add(keys, "notice.server", {"heading", "text"});
    add(keys, "notice.network", {"heading",         "text",           "sent_heading",     "sent",
                                 "sent_none",       "kinds",          "unread",           "relays",
                                 "own_answer",      "public",         "erasure",          "countries_heading",
                                 "intended",        "countries_none", "countries",        "none_on_record",
                                 "country_unknown", "copy",           "software_heading", "largest_heading",
                                 "largest",         "others_heading", "others",           "no_letter"});
    add(keys, "notice.processors", {"heading", "text", "none"});
    add(keys, "notice.must", {"heading", "contract", "law", "no"});
    add(keys, "notice.automated", {"heading", "none", "some"});
    add(keys, "notice.object", {"heading", "text"});
    add(keys, "notice.rights", {"heading", "text", "15", "16", "17", "18", "19", "20", "7", "77"});
    add(keys, "notice.changes", {"heading", "text"});
}

void add_record(Keys& keys) {
    add(keys, "record", {"heading", "servers", "activities", "sensitive_possible", "any_country"});
    add(keys, "record.none", {"sensitive", "automated", "third_countries", "transfer_recipients"});
    add(keys, "record.followed", {"no", "yes"});
    add(keys, "record.progress", {"planned", "under_way", "done"});
    add(keys,
        "record.column",
        {"reference",
         "activity",
         "created",
         "updated",
         "controller",
         "joint",
         "dpo",
         "representative",
         "purpose",
         "sub_purposes",
         "persons",
         "data",
         "data_retention",
         "sensitive",
         "recipients",
         "processors",
         "contracts",
         "transfer_recipients",
         "third_countries",
         "safeguards",
         "safeguard_links",
         "retention",
         "measures",
         "legal_basis",
         "interest",
         "balancing",
         "rights",
         "automated",
         "source",
         "consent_record",
         "location",
         "assessment_required",
         "assessment_progress",
         "assessment",
         "breach_occurred",
         "breach",
         "special_condition",
         "retention_policy",
         "retention_followed",
         "retention_reason"});
}

}  // namespace

std::vector<std::string> required_paper_texts(const language::PluralRule& plurals) {
    Keys keys;
    add_labels(keys);
    add_notice(keys);
    add_record(keys);
    for (const auto activity : kActivities) {
        add(keys, "activity." + std::string{activity}, {"name", "purpose", "persons", "data", "recipients"});
    }
    for (const auto measure : kMeasures) {
        keys.push_back("measure." + std::string{measure});
    }
    for (const std::string noun : {"days", "months", "years", "countries"}) {
        for (const auto form : plurals.forms) {
            keys.push_back("count." + noun + "." + std::string{name_of(form)});
        }
    }
    return keys;
}

std::vector<std::string> required_assessment_texts(const language::PluralRule& plurals) {
    Keys keys;
    add(keys, "assess", {"title", "heading", "colophon"});
    add(keys,
        "assess.short",
        {"heading",
         "where",
         "where_unknown",
         "holds",
         "holds_none",
         "honour",
         "honour_unseen",
         "honour_none",
         "risks"});
    add(keys, "assess.who", {"heading", "others"});
    add(keys, "assess.where", {"heading", "network", "dated", "against"});
    add(keys, "assess.alias", {"main", "www", "webfinger", "host_meta", "nodeinfo", "admin"});
    add(keys, "assess.holds", {"heading", "none", "unread"});
    add(keys, "assess.honour", {"heading", "none", "text"});
    add(keys, "assess.policy", {"heading", "none", "text", "denied", "change", "older"});
    add(keys, "assess.rules", {"heading", "text"});
    add(keys, "assess.risks", {"heading", "text", "others", "none"});
    add(keys, "assess.decide", {"heading", "let", "limit", "stop", "learn"});
    add(keys, "assess.label", {"host",       "aliases",    "software",  "users",       "registrations",
                               "open",       "closed",     "operator",  "contact",     "privacy_policy",
                               "terms",      "known_at",   "kind",      "country",     "country_source",
                               "confidence", "evidence",   "doubt",     "basis",       "reason",
                               "decision",   "subjects",   "objects",   "disclosures", "first",
                               "last",       "categories", "channels",  "strongest",   "not_counted",
                               "told",       "gone",       "present",   "not_visible", "notices",
                               "topic",      "sentence",   "not_found", "text",        "read",
                               "address",    "what",       "effect",    "rule",        "no_rule",
                               "weight",     "point",      "todo",      "declared"});
    add(keys, "assess.what", {"public", "unlisted", "followers", "direct"});
    add(keys, "assess.effect", {"allow", "flag", "block"});
    add(keys, "assess.weight", {"high", "medium", "low"});
    add(keys,
        "assess.topic",
        {"contact", "legal_entity", "retention", "sharing", "advertising", "training", "rights"});
    add(keys, "assess.text_kind", {"privacy", "terms", "about", "imprint"});
    for (const std::string noun : {"people", "erasures"}) {
        for (const auto form : plurals.forms) {
            keys.push_back("count." + noun + "." + std::string{name_of(form)});
        }
    }
    return keys;
}

}  // namespace fedtrail::reports
