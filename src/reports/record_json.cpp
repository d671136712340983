#include <algorithm>
#include <array>
#include <ostream>

#include "reports/dpv_terms.hpp"
#include "reports/paper_json.hpp"
#include "reports/paper_texts.hpp"
#include "reports/processing_record.hpp"

namespace fedtrail::reports {

namespace {

/// Kinds of data in the terms of DPV 2.3's personal data extension.
using Terms = std::array<std::string_view, 8>;

struct DataTerms {
    std::string_view activity;
    Terms terms;
};

/// What servers send each other, whichever of the two is this one.
constexpr Terms kExchanged{"pd:Username",
                           "pd:UID",
                           "pd:Profile",
                           "pd:SocialMediaCommunication",
                           "pd:PubliclyAvailableSocialMedia",
                           "pd:Communication",
                           "pd:SocialNetwork",
                           "pd:Interaction"};

constexpr std::array kDataTerms{
    DataTerms{"accounts", {"pd:Username", "pd:UID", "pd:Language", "pd:IPAddress"}},
    DataTerms{"publishing",
              {"pd:Profile",
               "pd:Name",
               "pd:Picture",
               "pd:SocialMediaCommunication",
               "pd:PubliclyAvailableSocialMedia",
               "pd:Communication",
               "pd:SocialNetwork",
               "pd:Interaction"}},
    DataTerms{"federation", kExchanged},
    DataTerms{"remote_copies", kExchanged},
    DataTerms{"moderation", {"pd:Username", "pd:SocialMediaCommunication", "pd:Opinion"}},
    DataTerms{"logs", {"pd:IPAddress", "pd:UserAgent", "pd:CommunicationsMetadata"}},
    DataTerms{"ledger", {"pd:UID", "pd:CommunicationsMetadata"}}};

PaperJson term(std::string id) {
    return {{"@id", std::move(id)}};
}

PaperJson described(const std::string& words) {
    return {{"dct:description", words}};
}

/// Of "no" and "yes"; null for "", which nobody said.
PaperJson truth_or_null(const std::string& said) {
    return said.empty() ? PaperJson{} : PaperJson(said == "yes");
}

PaperJson storage_term(const std::string& words) {
    return {{"@type", "dpv:StorageDuration"}, {"dct:description", words}};
}

/// "6(1)(b)" is eu-gdpr:A6-1-b; "9(2)(e)" is eu-gdpr:A9-2-e.
std::string gdpr_term(const std::string& article) {
    std::string id = "eu-gdpr:A";
    for (const char c : article) {
        if (c == '(') {
            id += '-';
        } else if (c != ')') {
            id += c;
        }
    }
    return id;
}

/// "" for none, and for one that the vocabulary does not know.
std::string country_term(const std::string& code) {
    const auto country = privacy::Country::parse(code);
    return country ? dpv_country(*country) : std::string{};
}

PaperJson transfer_term(const ThirdCountryEntry& entry) {
    PaperJson transfer{{"@type", "dpv:CrossBorderTransfer"}};
    if (const auto place = country_term(entry.country); !place.empty()) {
        transfer["dpv:hasThirdCountry"] = term(place);
    }
    const auto declared = dpv_article(entry.article);
    if (entry.basis.starts_with("A4") && entry.basis.find('?') == std::string::npos) {
        transfer["dpv:hasLegalBasis"] = term("eu-gdpr:" + entry.basis);
    } else if (!declared.empty()) {
        transfer["dpv:hasLegalBasis"] = term(declared);
    }
    transfer["ft:transferBasis"] = entry.basis;
    if (entry.intended) {
        transfer["ft:intended"] = true;
    }
    if (!entry.decision.empty()) {
        transfer["ft:decision"] = entry.decision;
    }
    if (!entry.article.empty()) {
        transfer["ft:declaredArticle"] = entry.article;
    }
    if (!entry.to.empty()) {
        transfer["dpv:hasDataImporter"] = {{"dpv:hasName", entry.to}};
    } else {
        transfer["dct:extent"] = entry.servers;
    }
    return transfer;
}

void add_data_terms(const std::string& activity, PaperJson& data) {
    const auto* const known = std::find_if(
        kDataTerms.begin(), kDataTerms.end(), [&](const DataTerms& one) { return one.activity == activity; });
    if (known == kDataTerms.end()) {
        return;
    }
    for (const auto name : known->terms) {
        if (!name.empty()) {
            data.push_back(term(std::string{name}));
        }
    }
}

/// A complaint (Art. 77) is open whatever the basis is.
PaperJson rights_terms(const std::vector<std::string>& rights) {
    auto list = PaperJson::array();
    for (const auto& article : rights) {
        if (auto right = dpv_right(article); !right.empty()) {
            list.push_back(term(std::move(right)));
        }
    }
    list.push_back(term(dpv_right("77")));
    return list;
}

PaperJson process_of(const RecordEntry& entry, const PaperJson& measures) {
    const auto& activity = entry.activity;
    auto data = PaperJson::array({described(activity.data)});
    add_data_terms(activity.code, data);
    auto bases = PaperJson::array();
    for (const auto& point : activity.legal_basis) {
        bases.push_back(term(gdpr_term(point)));
    }
    if (!activity.special_basis.empty()) {
        const auto condition = dpv_special_basis(activity.special_basis);
        bases.push_back(condition.empty() ? described(activity.special_basis) : term(condition));
    }
    auto recipients = PaperJson::array({described(activity.recipients)});
    for (const auto& name : entry.processors) {
        recipients.push_back({{"@type", "dpv:DataProcessor"}, {"dpv:hasName", name}});
    }
    PaperJson process{{"@id", "#" + activity.code},
                      {"@type", "dpv:Process"},
                      {"dct:title", activity.name},
                      {"dpv:hasDataController", term("#controller")},
                      {"dpv:hasPurpose", described(activity.purpose)},
                      {"dpv:hasDataSubject", described(activity.persons)},
                      {"dpv:hasPersonalData", std::move(data)},
                      {"dpv:hasRecipient", std::move(recipients)},
                      {"dpv:hasStorageCondition", storage_term(activity.retention)},
                      {"dpv:hasTechnicalOrganisationalMeasure", measures}};
    if (!bases.empty()) {
        process["dpv:hasLegalBasis"] = std::move(bases);
    }
    if (!activity.data_retention.empty()) {
        process["dpv:hasStorageCondition"] =
            PaperJson::array({storage_term(activity.retention), storage_term(activity.data_retention)});
    }
    process["dpv:hasRight"] = rights_terms(activity.rights);
    if (activity.code == "federation") {
        process["dpv:hasProcessing"] = term("dpv:DiscloseByTransmission");
    } else if (activity.code == "publishing") {
        process["dpv:hasProcessing"] = term("dpv:MakeAvailable");
    }
    for (const auto& each : entry.third_countries) {
        process["dct:hasPart"].push_back(transfer_term(each));
    }
    return process;
}

PaperJson controller_term(const OperatorFacts& facts) {
    PaperJson controller{{"@id", "#controller"},
                         {"@type", "dpv:DataController"},
                         {"dpv:hasName", facts.controller.name},
                         {"dpv:hasContact", facts.controller.contact}};
    if (const auto place = country_term(facts.country); !place.empty()) {
        controller["dpv:hasCountry"] = term(place);
    }
    if (!facts.address.empty()) {
        controller["dpv:hasAddress"] = facts.address;
    }
    if (!facts.representative.empty()) {
        controller["dpv:hasRepresentative"] = {{"dpv:hasContact", facts.representative}};
    }
    if (facts.controller.dpo != kNone) {
        controller["dpv:hasDataProtectionOfficer"] = {{"dpv:hasContact", facts.controller.dpo}};
    }
    if (!facts.controller.authority.empty()) {
        controller["dpv:hasAuthority"] = {{"@type", "dpv:DataProtectionAuthority"},
                                          {"dct:description", facts.controller.authority}};
    }
    return controller;
}

/// The group that decides together (Art. 26), the controller among them.
PaperJson joint_term(const OperatorFacts& facts) {
    auto members = PaperJson::array({term("#controller")});
    for (const auto& other : facts.joint) {
        members.push_back({{"@type", "dpv:DataController"}, {"dct:description", other}});
    }
    return {{"@id", "#joint"}, {"@type", "dpv:JointDataControllers"}, {"dpv:hasDataController", members}};
}

}  // namespace

void render_json(const ProcessingRecord& record, const PaperTexts& texts, std::ostream& out) {
    const auto& facts = record.facts;
    auto activities = PaperJson::array();
    for (const auto& entry : record.entries) {
        auto activity = activity_json(entry.activity);
        activity["sub_purposes"] = text_or_null(entry.activity.sub_purposes);
        activity["balancing"] = text_or_null(entry.activity.balancing);
        activity["data_retention"] = text_or_null(entry.activity.data_retention);
        activity["assessment_required"] = truth_or_null(entry.activity.assessment_required);
        activity["assessment_progress"] = text_or_null(entry.activity.assessment_progress);
        activity["assessment"] = text_or_null(entry.activity.assessment);
        activity["consents"] = text_or_null(entry.activity.consents);
        activity["location"] = text_or_null(entry.activity.location);
        activity["breach_occurred"] = truth_or_null(entry.activity.breach_occurred);
        activity["breaches"] = text_or_null(entry.activity.breaches);
        activity["special_condition"] = text_or_null(entry.activity.special_condition);
        activity["retention_policy"] = text_or_null(entry.activity.retention_policy);
        activity["retention_followed"] = truth_or_null(entry.activity.retention_followed);
        activity["retention_reason"] = text_or_null(entry.activity.retention_reason);
        activity["processors"] = entry.processors;
        activity["third_countries"] = PaperJson::array();
        for (const auto& each : entry.third_countries) {
            activity["third_countries"].push_back(
                {{"country", text_or_null(each.country)},
                 {"hint", text_or_null(each.hint)},
                 {"basis", each.basis},
                 {"decision", text_or_null(each.decision)},
                 {"declared_article", text_or_null(each.article)},
                 {"documents", each.documents},
                 {"to", text_or_null(each.to)},
                 {"servers", each.to.empty() ? PaperJson(each.servers) : PaperJson{}},
                 {"intended", each.intended}});
        }
        activities.push_back(std::move(activity));
    }
    auto processors = processors_json(facts);
    for (std::size_t i = 0; i < processors.size(); ++i) {
        processors[i]["contract"] = text_or_null(facts.processors[i].contract);
        processors[i]["safeguard_document"] = text_or_null(facts.processors[i].safeguard_document);
    }
    out << written({{"format", kProcessingRecordFormat},
                    {"language", record.language},
                    {"generated_at", format_rfc3339(record.generated_at)},
                    {"created", text_or_null(facts.created)},
                    {"updated", text_or_null(facts.updated)},
                    {"hosts", facts.hosts},
                    {"controller", controller_json(facts)},
                    {"processors", processors},
                    {"measures", measure_words(facts, texts)},
                    {"activities", activities}});
}

void render_jsonld(const ProcessingRecord& record, const PaperTexts& texts, std::ostream& out) {
    auto measures = PaperJson::array();
    for (const auto& words : measure_words(record.facts, texts)) {
        measures.push_back(described(words));
    }
    auto graph = PaperJson::array({controller_term(record.facts)});
    PaperJson whole{{"@id", "#record"},
                    {"@type", "dpv:DataProcessingRecord"},
                    {"dct:language", record.language},
                    {"dct:created", format_rfc3339(record.generated_at)},
                    {"dpv:hasDataController", term("#controller")},
                    {"dct:hasPart", PaperJson::array()}};
    if (!record.facts.joint.empty()) {
        graph.push_back(joint_term(record.facts));
        whole["dpv:hasJointDataControllers"] = term("#joint");
    }
    for (const auto& entry : record.entries) {
        whole["dct:hasPart"].push_back(term("#" + entry.activity.code));
        graph.push_back(process_of(entry, measures));
    }
    graph.push_back(std::move(whole));
    out << written({{"@context",
                     {{"dpv", "https://w3id.org/dpv#"},
                      {"eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"},
                      {"loc", "https://w3id.org/dpv/loc#"},
                      {"pd", "https://w3id.org/dpv/pd#"},
                      {"dct", "http://purl.org/dc/terms/"},
                      {"ft", "urn:fedtrail:"},
                      {"@language", record.language}}},
                    {"@graph", graph}});
}

}  // namespace fedtrail::reports
