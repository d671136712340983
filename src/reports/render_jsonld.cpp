#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "reports/dpv_terms.hpp"
#include "reports/json_text.hpp"
#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"
#include "reports/words.hpp"

namespace fedtrail::reports {

namespace {

Json moment(Instant at) {
    return Json{{"@value", format_rfc3339(at)}, {"@type", "xsd:dateTime"}};
}

Json day(const privacy::Day& on) {
    return Json{{"@value", privacy::format_day(on)}, {"@type", "xsd:date"}};
}

Json reference(std::string_view iri) {
    return Json{{"@id", iri}};
}

template <typename Iris>
Json references(const Iris& iris) {
    auto list = Json::array();
    for (const auto& iri : iris) {
        list.push_back(reference(iri));
    }
    return list;
}

Json controller_node(const ControllerBlock& controller) {
    Json node{{"@id", "_:controller"}, {"@type", "dpv:DataController"}};
    if (!controller.name.empty()) {
        node["dpv:hasName"] = controller.name;
    }
    if (!controller.contact.empty()) {
        node["dpv:hasContact"] = controller.contact;
    }
    if (!controller.dpo.empty()) {
        node["dpv:hasDataProtectionOfficer"] =
            Json{{"@type", "dpv:DataProtectionOfficer"}, {"dpv:hasContact", controller.dpo}};
    }
    if (!controller.authority.empty()) {
        node["dpv:hasAuthority"] =
            Json{{"@type", "dpv:DataProtectionAuthority"}, {"dct:description", controller.authority}};
    }
    return node;
}

/// What answers the request: dpv:RightExerciseActivity with its days, and how it stands.
Json request_node(const ReportCover& cover) {
    Json node{{"@type", "dpv:RightExerciseActivity"},
              {"dct:identifier", std::to_string(cover.number.get())},
              {"dct:dateSubmitted", day(cover.received)},
              {"dct:issued", day(cover.answered)}};
    if (cover.state) {
        if (const auto status = dpv_request_status(*cover.state); !status.empty()) {
            node["dpv:hasRequestStatus"] = reference(status);
        }
        node["ft:requestState"] = name_of(*cover.state);
    }
    return node;
}

/// Two hosts of one recipient are one node with two identifiers.
Json importer_node(const ReportedRecipient& recipient) {
    const auto& card = recipient.card;
    const auto& named = recipient.joined_to.empty() ? recipient.pair.recipient : recipient.joined_to;
    Json node{{"@id", "https://" + named.text() + "/"},
              {"@type", Json::array({"dpv:DataController", "eu-gdpr:Recipient"})},
              {"dct:identifier", recipient.pair.recipient.text()}};
    if (const auto& name = card.operator_name.reveal(); !name.empty()) {
        node["dpv:hasName"] = name;
        node["ft:operatorSource"] = card.operator_source;
    }
    if (card.country.country) {
        if (const auto iri = dpv_country(*card.country.country); !iri.empty()) {
            node[records::hinted_in(card.country) ? "ft:hintedCountry" : "dpv:hasCountry"] = reference(iri);
        }
        node["ft:countrySource"] = name_of(card.country.source);
    }
    return node;
}

void add_transfer(Json& node, const records::RecipientCard& card) {
    if (records::outside_eea(card)) {
        if (const auto iri = dpv_country(*card.country.country); !iri.empty()) {
            node["dpv:hasThirdCountry"] = reference(iri);
        }
    }
    if (const auto basis = dpv_basis(card.basis); !basis.empty()) {
        node["dpv:hasLegalBasis"] = reference(basis);
        const auto decision =
            card.country.country ? dpv_decision(*card.country.country, card.basis) : std::string{};
        if (!decision.empty()) {
            node["dpv:hasLegalBasis"] = references(std::array{basis, decision});
        }
    }
    if (!card.basis.decision.empty()) {
        node["ft:decision"] = card.basis.decision;
    }
    if (!card.basis.article.empty()) {
        node["ft:declaredArticle"] = card.basis.article;
    }
}

/// What others alone passed on is no transfer of the controller's: they exported nothing.
Json disclosure_node(const ReportedRecipient& recipient, bool public_posts) {
    const auto& pair = recipient.pair;
    const bool ours = privacy::got_from_us(pair.channels);
    auto processing = dpv_processing(pair.channels);
    auto types = Json::array({"dpv:Process"});
    if (ours && records::outside_eea(recipient.card)) {
        processing.emplace_back("dpv:CrossBorderTransfer");
        types.push_back("dpv:DataTransferRecord");
    }
    const auto importer = importer_node(recipient);
    Json node{{"@type", types},
              {"dpv:hasProcessing", references(processing)},
              {"dpv:hasDataSubject", reference("_:subject")},
              {"dpv:hasRecipientDataController", importer},
              {"dpv:hasPersonalData", references(dpv_personal_data(pair.categories, public_posts))},
              {"prov:startedAtTime", moment(pair.first)},
              {"prov:endedAtTime", moment(pair.last)},
              {"ft:objects", pair.objects},
              {"ft:disclosures", pair.disclosures},
              {"ft:evidence", name_of(pair.strongest)},
              {"ft:receivedFrom", received_from(pair.channels)},
              {"ft:transferBasis", name_of(recipient.card.basis.kind)}};
    if (ours) {
        node["dpv:hasDataExporter"] = reference("_:controller");
        node["dpv:hasDataImporter"] = reference(importer["@id"].get<std::string>());
        add_transfer(node, recipient.card);
    }
    if (const auto& state = recipient.deletion.state) {
        const bool informed =
            recipient.deletion.told || *state == fediverse::NoticeState::Escalated;  // by letter
        node["dpv:hasStatus"] = reference(informed ? "dpv:RecipientInformed" : "dpv:RecipientUninformed");
        node["ft:deletion"] = name_of(*state);
    }
    return node;
}

}  // namespace

void render_jsonld(const TransferReport& report, std::ostream& out, const std::vector<bool>* public_posts) {
    out << "{\n";
    member(out, "@context", dpv_context());
    member(out, "@id", "_:report");
    member(out, "@type", "eu-gdpr:SARNotice");
    member(out, "dct:created", moment(report.generated_at));
    member(out, "dct:language", report.language);
    member(out, "dpv:hasDataController", controller_node(report.controller));
    member(
        out,
        "dpv:hasDataSubject",
        Json{
            {"@id", "_:subject"}, {"@type", "dpv:DataSubject"}, {"dct:identifier", report.subject.reveal()}});
    if (report.cover) {
        member(out, "dct:isReferencedBy", request_node(*report.cover));
    }
    auto rights = Json::array();
    for (const auto article : kRights) {
        if (const auto iri = dpv_right(article); !iri.empty()) {
            rights.push_back(reference(iri));
        }
    }
    member(out, "dpv:hasRight", rights);
    out << " \"dct:hasPart\": [";
    for (std::size_t i = 0; i < report.recipients.size(); ++i) {
        const bool some = public_posts != nullptr && public_posts->at(i);
        out << (i == 0 ? "\n  " : ",\n  ") << text_of(disclosure_node(report.recipients[i], some));
    }
    out << "]\n}\n";
}

}  // namespace fedtrail::reports
