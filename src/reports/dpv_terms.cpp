#include "reports/dpv_terms.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

namespace fedtrail::reports {

namespace {

using fediverse::DataCategory;
using privacy::BasisKind;
using privacy::Doing;

constexpr std::array<std::pair<DataCategory, std::string_view>, 19> kPersonalData{
    {{DataCategory::Profile, "pd:Name"},
     {DataCategory::Profile, "pd:Picture"},
     {DataCategory::Profile, "pd:Profile"},
     {DataCategory::Handle, "pd:UID"},
     {DataCategory::Handle, "pd:Username"},
     {DataCategory::PostText, "pd:SocialMediaCommunication"},
     {DataCategory::Media, "pd:SocialMediaCommunication"},
     {DataCategory::Location, "pd:Location"},
     {DataCategory::FollowRelation, "pd:Connection"},
     {DataCategory::FollowRelation, "pd:SocialNetwork"},
     {DataCategory::Reaction, "pd:Interaction"},
     {DataCategory::Boost, "pd:Interaction"},
     {DataCategory::PollVote, "pd:Interaction"},
     {DataCategory::DirectMessage, "pd:Communication"},
     {DataCategory::Report, "pd:Communication"},
     {DataCategory::Block, "pd:Connection"},
     {DataCategory::Move, "pd:UID"},
     {DataCategory::Deletion, "pd:CommunicationsMetadata"},
     {DataCategory::Deletion, "pd:UID"}}};

constexpr std::array<std::string_view, 10> kRightsNamed{
    "13", "14", "15", "16", "17", "18", "19", "20", "21", "22"};

/// Countries whose decision has a name in DPV 2.3.
constexpr std::array<std::string_view, 13> kDecisions{
    "AD", "AR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "NZ", "UY"};

}  // namespace

std::string dpv_article(std::string_view article) {
    if (article == "49(1)") {  // as it is declared: the second subparagraph
        return "eu-gdpr:A49-2";
    }
    std::string term = "A";
    for (const char c : article) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            term += c;
        } else if (c == '(') {
            term += '-';
        } else if (c != ')') {
            return {};
        }
    }
    static constexpr std::array<std::string_view, 14> kKnown{"A46-2-a",
                                                             "A46-2-b",
                                                             "A46-2-d",
                                                             "A46-2-e",
                                                             "A46-2-f",
                                                             "A46-3-a",
                                                             "A46-3-b",
                                                             "A49-1-a",
                                                             "A49-1-b",
                                                             "A49-1-c",
                                                             "A49-1-d",
                                                             "A49-1-e",
                                                             "A49-1-f",
                                                             "A49-1-g"};
    const bool known = std::find(kKnown.begin(), kKnown.end(), term) != kKnown.end();
    return known ? "eu-gdpr:" + term : std::string{};
}

Json dpv_context() {
    return Json{{"dpv", "https://w3id.org/dpv#"},
                {"eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"},
                {"legal-eu", "https://w3id.org/dpv/legal/eu#"},
                {"loc", "https://w3id.org/dpv/loc#"},
                {"pd", "https://w3id.org/dpv/pd#"},
                {"dct", "http://purl.org/dc/terms/"},
                {"prov", "http://www.w3.org/ns/prov#"},
                {"xsd", "http://www.w3.org/2001/XMLSchema#"},
                {"ft", "urn:fedtrail:"}};
}

std::vector<std::string_view> dpv_personal_data(fediverse::CategorySet categories, bool public_posts) {
    std::set<std::string_view> terms;
    for (const auto& [category, term] : kPersonalData) {
        if (categories.has(category)) {
            terms.insert(term);
        }
    }
    if (public_posts && terms.count("pd:SocialMediaCommunication") != 0) {
        terms.insert("pd:PubliclyAvailableSocialMedia");
    }
    return {terms.begin(), terms.end()};
}

std::vector<std::string_view> dpv_processing(privacy::ChannelSet channels) {
    std::vector<std::string_view> terms;
    if (channels.has(Doing::Sent)) {
        terms.emplace_back("dpv:DiscloseByTransmission");
    }
    if (channels.has(Doing::Fetched)) {
        terms.emplace_back("dpv:MakeAvailable");
    }
    if (terms.empty()) {  // somebody else's doing
        terms.emplace_back("dpv:Disseminate");
    }
    return terms;
}

std::string dpv_basis(const privacy::TransferBasis& basis) {
    switch (basis.kind) {
        case BasisKind::Adequacy:
            return "eu-gdpr:A45-3";
        case BasisKind::StandardClauses:
            return "eu-gdpr:A46-2-c";
        case BasisKind::ExplicitConsent:
            return "eu-gdpr:A49-1-a";
        case BasisKind::Declared:
            return dpv_article(basis.article);
        case BasisKind::NoneNeeded:
        case BasisKind::AdequacyUnverified:
        case BasisKind::Undocumented:
            return {};
    }
    return {};
}

std::string dpv_decision(const privacy::Country& country, const privacy::TransferBasis& basis) {
    const bool named = std::find(kDecisions.begin(), kDecisions.end(), country.code()) != kDecisions.end();
    return named && basis.kind == BasisKind::Adequacy ? "legal-eu:Adequacy-EU-" + std::string{country.code()}
                                                      : std::string{};
}

std::string dpv_country(const privacy::Country& country) {
    return country.code() == "XK" ? std::string{} : "loc:" + std::string{country.code()};
}

std::string_view dpv_request_status(privacy::RequestState state) {
    using privacy::RequestState;
    switch (state) {
        case RequestState::Received:
            return "dpv:RequestInitiated";
        case RequestState::IdentityPending:
        case RequestState::PausedForInfo:
            return "dpv:RequestRequiresAction";
        case RequestState::InProgress:
            return "dpv:RequestAccepted";
        case RequestState::Fulfilled:
            return "dpv:RequestFulfilled";
        case RequestState::Refused:
            return "dpv:RequestRejected";
        case RequestState::PartlyFulfilled:
        case RequestState::Withdrawn:
        case RequestState::Duplicate:
            return {};
    }
    return {};
}

std::string dpv_special_basis(std::string_view point) {
    constexpr std::string_view kBefore = "9(2)(";
    const bool named = point.size() == kBefore.size() + 2 && point.starts_with(kBefore) &&
                       point.ends_with(')') && point[kBefore.size()] >= 'a' && point[kBefore.size()] <= 'j';
    return named ? std::string{"eu-gdpr:A9-2-"} + point[kBefore.size()] : std::string{};
}

std::string dpv_right(std::string_view article) {
    if (article == "77") {
        return "eu-gdpr:A77";
    }
    if (article == "7(3)") {
        return "eu-gdpr:A7-3";
    }
    const bool named = std::find(kRightsNamed.begin(), kRightsNamed.end(), article) != kRightsNamed.end();
    return named ? "eu-gdpr:A" + std::string{article} : std::string{};
}

}  // namespace fedtrail::reports
