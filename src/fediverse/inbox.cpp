#include "fedtrail/fediverse/inbox.hpp"

#include <nlohmann/json.hpp>

#include "fediverse/json_field.hpp"

namespace fedtrail::fediverse {

namespace {

using Json = nlohmann::json;

constexpr int kDeepestActor = 16;
constexpr std::size_t kMostActorLinks = 50;
constexpr std::string_view kApplication = "https://www.w3.org/ns/activitystreams#Application";

/// Discarded if it is no JSON; what lies too deep is left out.
Json actor_json(std::string_view body) {
    return Json::parse(
        body.begin(),
        body.end(),
        [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) { return depth <= kDeepestActor; },
        false);
}

std::string_view without_www(std::string_view host) {
    constexpr std::string_view kWww = "www.";
    return host.starts_with(kWww) ? host.substr(kWww.size()) : host;
}

std::optional<Uri> own_uri(const std::string& text, const Host& host) {
    auto uri = Uri::parse(text);
    return uri && is_inbox_of(*uri, host) ? std::optional{std::move(*uri)} : std::nullopt;
}

std::string own_text(const std::string& text, const Host& host) {
    const auto uri = own_uri(text, host);
    return uri ? uri->text() : std::string{};
}

/// The first link of that relation that leads to an actor.
std::optional<Uri> actor_linked(std::string_view document, std::string_view relation, const Host& host) {
    const auto json = actor_json(document);
    const auto links = json.is_object() ? json.find("links") : json.end();
    if (!json.is_object() || links == json.end() || !links->is_array()) {
        return std::nullopt;
    }
    std::size_t seen = 0;
    for (const auto& link : *links) {
        if (++seen > kMostActorLinks) {
            break;
        }
        const auto type = text_at(link, "type");
        const bool fits =
            text_at(link, "rel") == relation && (type.empty() || type.find("json") != std::string::npos);
        if (auto uri = fits ? own_uri(text_at(link, "href"), host) : std::nullopt) {
            return uri;
        }
    }
    return std::nullopt;
}

}  // namespace

bool is_inbox_of(const Uri& inbox, const Host& host) {
    if (inbox.scheme() != "https" || host.empty()) {
        return false;
    }
    const std::string_view own = without_www(host.text());
    const std::string_view there = inbox.host().text();
    if (without_www(there) == own) {
        return true;
    }
    return there.size() > own.size() && there.ends_with(own) && there[there.size() - own.size() - 1] == '.';
}

std::optional<Uri> application_link(std::string_view well_known, const Host& host) {
    return actor_linked(well_known, kApplication, host);
}

std::optional<Uri> self_link(std::string_view web_finger, const Host& host) {
    return actor_linked(web_finger, "self", host);
}

ActorInboxes inboxes_in_actor(std::string_view actor, const Host& host) {
    const auto json = actor_json(actor);
    ActorInboxes found;
    if (!json.is_object()) {
        return found;
    }
    if (const auto endpoints = json.find("endpoints"); endpoints != json.end()) {
        found.shared = own_text(text_at(*endpoints, "sharedInbox"), host);
    }
    found.own = own_text(text_at(json, "inbox"), host);
    return found;
}

}  // namespace fedtrail::fediverse
