#include "recipients/policy_places.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace fedtrail::recipients {

namespace {

using Json = nlohmann::json;
using records::PolicyKind;
using PlaceForm = PolicyPlace::Form;

constexpr int kDeepestAnswer = 16;

struct Known {
    std::string_view software;
    PolicyKind kind;
    PlaceForm form;
    std::string_view path;
};

constexpr std::array<Known, 16> kKnown{{
    {"mastodon", PolicyKind::Privacy, PlaceForm::Content, "/api/v1/instance/privacy_policy"},
    {"mastodon", PolicyKind::Terms, PlaceForm::Content, "/api/v1/instance/terms_of_service"},
    {"mastodon", PolicyKind::About, PlaceForm::Content, "/api/v1/instance/extended_description"},
    {"hometown", PolicyKind::Privacy, PlaceForm::Content, "/api/v1/instance/privacy_policy"},
    {"hometown", PolicyKind::About, PlaceForm::Content, "/api/v1/instance/extended_description"},
    {"mbin", PolicyKind::Privacy, PlaceForm::Page, "/privacy-policy"},
    {"mbin", PolicyKind::Terms, PlaceForm::Page, "/terms"},
    {"kbin", PolicyKind::Privacy, PlaceForm::Page, "/privacy-policy"},
    {"kbin", PolicyKind::Terms, PlaceForm::Page, "/terms"},
    {"pixelfed", PolicyKind::Privacy, PlaceForm::Page, "/site/privacy"},
    {"pixelfed", PolicyKind::Terms, PlaceForm::Page, "/site/terms"},
    {"pleroma", PolicyKind::Terms, PlaceForm::Page, "/static/terms-of-service.html"},
    {"akkoma", PolicyKind::Terms, PlaceForm::Page, "/static/terms-of-service.html"},
    {"friendica", PolicyKind::Terms, PlaceForm::Page, "/tos"},
    // theatl-social/pyfedi app/main/routes.py; a page of the operator's own, else the software's.
    {"piefed", PolicyKind::Privacy, PlaceForm::Page, "/privacy"},
    // WordPress wp-admin/includes/upgrade.php (changeset 42981): a draft until the operator publishes it,
    // with a name of its own in some languages.
    {"wordpress", PolicyKind::Privacy, PlaceForm::Page, "/privacy-policy/"},
}};

struct Page {
    std::string_view software;
    PolicyKind kind;
    std::string_view path;
};

constexpr std::array<Page, 4> kPages{{
    {"mastodon", PolicyKind::Privacy, "/privacy-policy"},
    {"hometown", PolicyKind::Privacy, "/privacy-policy"},
    {"lemmy", PolicyKind::Privacy, "/legal"},
    {"gotosocial", PolicyKind::Terms, "/about"},
}};

struct Inside {
    std::string_view software;
    PolicyKind kind;
    std::string_view place;  ///< JSON pointer (RFC 6901); the name of one setting in a list of settings.
    bool html;
};

constexpr std::array<Inside, 6> kInside{{
    {"lemmy", PolicyKind::Privacy, "/site_view/local_site/legal_information", false},
    {"lemmy", PolicyKind::About, "/site_view/site/sidebar", false},
    {"gotosocial", PolicyKind::Terms, "/terms", true},
    // Chocobozzz/PeerTube packages/models/src/server/about.model.ts
    {"peertube", PolicyKind::Terms, "/instance/terms", false},
    {"peertube", PolicyKind::About, "/instance/description", false},
    // Funkwhale api/funkwhale_api/instance/dynamic_preferences_registry.py: "Terms of service and privacy
    // policy".
    {"funkwhale", PolicyKind::Terms, "instance__terms", false},
}};

Json parsed(std::string_view body) {
    return Json::parse(
        body.begin(),
        body.end(),
        [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) { return depth <= kDeepestAnswer; },
        false);
}

std::string text_behind(const Json& document, std::string_view pointer) {
    const Json::json_pointer place{std::string{pointer}};
    const bool there = document.contains(place) && document.at(place).is_string();
    return there ? document.at(place).get<std::string>() : std::string{};
}

/// Funkwhale: [{"identifier": "instance__terms", "value": …}, …]
std::string setting_in(const Json& settings, std::string_view name) {
    for (const auto& one : settings.is_array() ? settings : Json::array()) {
        const auto identifier = one.is_object() ? one.find("identifier") : one.end();
        if (identifier == one.end() || *identifier != name) {
            continue;
        }
        const auto value = one.find("value");
        return value != one.end() && value->is_string() ? value->get<std::string>() : std::string{};
    }
    return {};
}

std::string text_in(const Json& document, std::string_view place) {
    return place.starts_with('/') ? text_behind(document, place) : setting_in(document, place);
}

std::string_view said_by(const fediverse::NodeFacts& facts, PolicyKind kind) {
    switch (kind) {
        case PolicyKind::Privacy:
            return facts.privacy_policy;
        case PolicyKind::Terms:
            return facts.terms;
        case PolicyKind::Imprint:
            return facts.imprint;
        case PolicyKind::About:
            break;
    }
    return {};
}

std::optional<PolicyPlace> place_of(PolicyKind kind, const fediverse::NodeFacts& facts, const Host& host) {
    const auto* const known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) {
        return one.software == facts.software && one.kind == kind;
    });
    const auto said = said_by(facts, kind);
    // An API's answer is the text itself; the page of such software is often a program that shows it.
    const bool by_api = known != kKnown.end() && known->form == PlaceForm::Content;
    if (!said.empty() && !by_api) {
        auto url = Uri::parse(said);
        return url && url->scheme() == "https"
                   ? std::optional{PolicyPlace{kind, PlaceForm::Page, std::move(*url)}}
                   : std::nullopt;
    }
    if (known == kKnown.end()) {
        return std::nullopt;
    }
    auto url = Uri::parse("https://" + host.text() + std::string{known->path});
    return url ? std::optional{PolicyPlace{kind, known->form, std::move(*url)}} : std::nullopt;
}

}  // namespace

std::vector<PolicyPlace> policy_places(const fediverse::NodeFacts& facts, const Host& host) {
    std::vector<PolicyPlace> places;
    for (const auto kind : {PolicyKind::Privacy, PolicyKind::Terms, PolicyKind::About, PolicyKind::Imprint}) {
        if (auto place = place_of(kind, facts, host)) {
            places.push_back(std::move(*place));
        }
    }
    return places;
}

std::string usual_page(std::string_view software, PolicyKind kind, const Host& host) {
    const auto* const page = std::find_if(kPages.begin(), kPages.end(), [&](const Page& one) {
        return one.software == software && one.kind == kind;
    });
    if (page != kPages.end()) {
        return "https://" + host.text() + std::string{page->path};
    }
    const auto* const known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) {
        return one.software == software && one.kind == kind && one.form == PlaceForm::Page;
    });
    return known == kKnown.end() ? std::string{} : "https://" + host.text() + std::string{known->path};
}

std::vector<InlinePolicy> inline_policies(std::string_view software, std::string_view body) {
    std::vector<InlinePolicy> texts;
    const bool any = std::any_of(
        kInside.begin(), kInside.end(), [&](const Inside& one) { return one.software == software; });
    if (!any) {
        return texts;
    }
    const auto document = parsed(body);
    for (const auto& place : kInside) {
        auto text = place.software == software ? text_in(document, place.place) : std::string{};
        if (!text.empty()) {
            texts.push_back({place.kind, std::move(text), place.html});
        }
    }
    return texts;
}

std::string content_in(std::string_view body) {
    return text_behind(parsed(body), "/content");
}

}  // namespace fedtrail::recipients
