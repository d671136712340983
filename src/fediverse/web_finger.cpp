#include "fedtrail/fediverse/web_finger.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "fediverse/json_field.hpp"

namespace fedtrail::fediverse {

namespace {

using Json = nlohmann::json;

constexpr int kDeepestAnswer = 8;
constexpr std::size_t kLongestUserName = 256;
constexpr std::size_t kMostActors = 4;

/// RFC 3986 section 3.4: what may stand in a query and means nothing there by itself.
std::string encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~:@/";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           kPlain.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out.append("%").append(1, kHex[octet >> 4U]).append(1, kHex[octet & 0xFU]);
        }
    }
    return out;
}

/// Null if it is too long, too deep, or no JSON.
Json answer_in(std::string_view body) {
    if (body.size() > kMaxWebFinger) {
        return {};
    }
    auto document = Json::parse(
        body.begin(),
        body.end(),
        [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) { return depth <= kDeepestAnswer; },
        false);
    return document.is_discarded() ? Json{} : document;
}

bool is_uri_of(const std::string& text, const Uri& actor) {
    const auto uri = Uri::parse(text);
    return uri && *uri == actor;
}

template <typename Fits>
bool any_in(const Json& document, const char* field, Fits fits) {
    const auto list = document.find(field);
    return list != document.end() && list->is_array() && std::any_of(list->begin(), list->end(), fits);
}

/// Other servers take the account that "self" links to. Where nothing is said to be that, the aliases name
/// the same entity as the subject (RFC 7033 section 4.4.2).
bool is_about(const Json& document, const Uri& actor) {
    const auto is_self = [](const Json& link) { return text_at(link, "rel") == "self"; };
    if (any_in(document, "links", is_self)) {
        return any_in(document, "links", [&](const Json& link) {
            return is_self(link) && is_uri_of(text_at(link, "href"), actor);
        });
    }
    return any_in(document, "aliases", [&](const Json& alias) {
        return alias.is_string() && is_uri_of(alias.get<std::string>(), actor);
    });
}

/// "alice@example.org" of "acct:alice@example.org" (RFC 7565); nothing if it is none.
std::optional<std::string> handle_of(std::string_view subject) {
    constexpr std::string_view kScheme = "acct:";
    if (subject.substr(0, kScheme.size()) != kScheme) {
        return std::nullopt;
    }
    subject.remove_prefix(kScheme.size());
    const auto at = subject.rfind('@');
    const auto name = subject.substr(0, at);
    const bool is_name = at != std::string_view::npos && !name.empty() && name.size() <= kLongestUserName &&
                         std::none_of(name.begin(), name.end(), [](char c) {
                             return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '@';
                         });
    const auto host = Host::parse(is_name ? subject.substr(at + 1) : std::string_view{});
    if (!host || host->empty()) {
        return std::nullopt;
    }
    return std::string{name} + "@" + host->text();
}

/// The subject; where that is no handle, the one alias that is.
std::optional<std::string> handle_named(const Json& document) {
    auto handle = handle_of(text_at(document, "subject"));
    const auto aliases = document.find("aliases");
    if (handle || aliases == document.end() || !aliases->is_array()) {
        return handle;
    }
    for (const auto& alias : *aliases) {
        auto other = handle_of(alias.is_string() ? alias.get<std::string>() : std::string{});
        if (other && handle) {
            return std::nullopt;
        }
        handle = other ? std::move(other) : std::move(handle);
    }
    return handle;
}

}  // namespace

Result<Uri> web_finger_url(const Host& host, std::string_view resource) {
    return Uri::parse("https://" + host.text() + "/.well-known/webfinger?resource=" + encoded(resource));
}

std::optional<std::string> handle_in_web_finger(std::string_view body, const Uri& actor) {
    const auto document = answer_in(body);
    if (!document.is_object() || !is_about(document, actor)) {
        return std::nullopt;
    }
    return handle_named(document);
}

std::vector<Uri> actors_in_web_finger(std::string_view body) {
    const auto document = answer_in(body);
    std::vector<Uri> actors;
    const auto links = document.is_object() ? document.find("links") : document.end();
    if (links == document.end() || !links->is_array()) {
        return actors;
    }
    for (const auto& link : *links) {
        auto actor = text_at(link, "rel") == "self" ? Uri::parse(text_at(link, "href"))
                                                    : Result<Uri>{fail(ErrorKind::Invalid, "another link")};
        if (actor && actors.size() < kMostActors) {
            actors.push_back(std::move(*actor));
        }
    }
    return actors;
}

std::optional<std::string> username_in_actor(std::string_view body, const Uri& actor) {
    const auto document = answer_in(body);
    if (!document.is_object() || !is_uri_of(text_at(document, "id"), actor)) {
        return std::nullopt;
    }
    auto name = text_at(document, "preferredUsername");
    return name.empty() || name.size() > kLongestUserName ? std::nullopt : std::optional{std::move(name)};
}

}  // namespace fedtrail::fediverse
