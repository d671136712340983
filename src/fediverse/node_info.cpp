#include "fedtrail/fediverse/node_info.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace fedtrail::fediverse {

namespace {

using nlohmann::json;

constexpr int kDeepest = 16;
constexpr std::size_t kLongest = 64;
constexpr std::size_t kMostLinks = 20;

/// Discarded if it is no JSON; what lies too deep is left out.
json parsed(std::string_view body) {
    return json::parse(
        body.begin(),
        body.end(),
        [](int depth, json::parse_event_t /*event*/, json& /*value*/) { return depth <= kDeepest; },
        false);
}

std::string text_at(const json& object, const char* field) {
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(field);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

const json& part_of(const json& object, const char* field) {
    static const json nothing = json::object();
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(field);
    return found != object.end() ? *found : nothing;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string software_name(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), lower);
    const bool fine = name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
                          return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_';
                      });
    return fine ? name : std::string{};
}

std::string printable(const std::string& text) {
    std::string kept;
    std::copy_if(
        text.begin(), text.end(), std::back_inserter(kept), [](char c) { return c > ' ' && c <= '~'; });
    return kept.substr(0, kLongest);
}

bool is_subtag(std::string_view text, std::size_t least, std::size_t most) {
    return text.size() >= least && text.size() <= most &&
           std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

/// RFC 5646 section 2.1, roughly: "en", "pt-BR", "zh-Hans-CN".
bool is_language(std::string_view tag) {
    auto end = std::min(tag.find('-'), tag.size());
    const auto primary = tag.substr(0, end);
    bool fine = tag.size() <= 35 && is_subtag(primary, 2, 3) &&
                std::none_of(primary.begin(), primary.end(), [](char c) { return c <= '9'; });
    while (fine && end < tag.size()) {
        const auto begin = end + 1;
        end = std::min(tag.find('-', begin), tag.size());
        fine = is_subtag(tag.substr(begin, end - begin), 1, 8);
    }
    return fine;
}

std::string language_of(const json& list) {
    if (!list.is_array()) {
        return {};
    }
    const auto found = std::find_if(list.begin(), list.end(), [](const json& one) {
        return one.is_string() && is_language(one.get_ref<const std::string&>());
    });
    return found == list.end() ? std::string{} : found->get<std::string>();
}

/// Where the servers that were looked at have the operator's address.
std::string contact_in(const json& object) {
    const auto& contact = part_of(object, "contact");
    const std::array<std::string, 8> places{text_at(part_of(object, "maintainer"), "email"),
                                            text_at(contact, "email"),
                                            contact.is_string() ? contact.get<std::string>() : std::string{},
                                            text_at(object, "maintainerEmail"),
                                            text_at(object, "contactEmail"),
                                            text_at(object, "contact_email"),
                                            text_at(part_of(object, "admin"), "email"),
                                            text_at(object, "email")};
    for (const auto& place : places) {
        if (auto address = mail_address(place)) {
            return *address;
        }
    }
    return {};
}

/// Funkwhale: [{"identifier": "instance__contact_email", "value": …}, …]
std::string contact_in_settings(const json& settings) {
    for (const auto& one : settings) {
        if (text_at(one, "identifier") == "instance__contact_email") {
            return mail_address(text_at(one, "value")).value_or("");
        }
    }
    return {};
}

void take(NodeFacts& facts, std::string contact, std::string language) {
    if (facts.contact.reveal().empty()) {
        facts.contact = Personal<std::string>{std::move(contact)};
    }
    if (facts.language.empty()) {
        facts.language = std::move(language);
    }
}

struct Question {
    std::string_view software;
    std::string_view path;
};

constexpr std::string_view kMeta = "/api/meta";
// Each software's own: an unknown one is not asked at random.
constexpr std::array<Question, 26> kQuestions{{
    {"mastodon", "/api/v2/instance"},
    {"hometown", "/api/v2/instance"},
    {"gotosocial", "/api/v2/instance"},
    {"pixelfed", "/api/v1/instance"},
    {"pleroma", "/api/v1/instance"},
    {"akkoma", "/api/v1/instance"},
    {"rebased", "/api/v1/instance"},
    {"soapbox", "/api/v1/instance"},
    {"friendica", "/api/v1/instance"},
    {"snac", "/api/v1/instance"},
    {"snac2", "/api/v1/instance"},
    {"takahe", "/api/v1/instance"},
    {"bookwyrm", "/api/v1/instance"},
    {"peertube", "/api/v1/config/about"},
    {"funkwhale", "/api/v1/instance/settings/"},
    {"mbin", "/api/instance"},
    {"kbin", "/api/instance"},
    {"misskey", kMeta},
    {"sharkey", kMeta},
    {"firefish", kMeta},
    {"calckey", kMeta},
    {"iceshrimp", kMeta},
    {"cherrypick", kMeta},
    {"foundkey", kMeta},
    {"catodon", kMeta},
    {"magnetar", kMeta},
}};

}  // namespace

std::optional<std::string> mail_address(std::string_view text) {
    constexpr std::string_view kScheme = "mailto:";
    if (text.substr(0, kScheme.size()) == kScheme) {
        text.remove_prefix(kScheme.size());
    }
    const auto at = text.find('@');
    if (text.size() > 254 || at == 0 || at > 64) {
        return std::nullopt;
    }
    const auto local = text.substr(0, at);
    constexpr std::string_view kAtom = "!#$%&'*+-/=?^_`{|}~.";
    const bool atoms = std::all_of(local.begin(), local.end(), [&](char c) {
        return is_letter_or_digit(c) || kAtom.find(c) != std::string_view::npos;
    });
    const auto domain = Host::parse(text.substr(std::min(at, text.size() - 1) + 1));
    if (!atoms || local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos ||
        !domain || domain->text().find('.') == std::string::npos ||
        domain->text().find_first_of(":[") != std::string::npos) {
        return std::nullopt;
    }
    return std::string{local} + "@" + domain->text();
}

Result<Uri> node_info_link(std::string_view well_known, const Host& host) {
    const auto document = parsed(well_known);
    const auto& links = part_of(document, "links");
    std::pair<int, Uri> best{0, {}};
    std::size_t seen = 0;
    for (const auto& link : links.is_array() ? links : json::array()) {
        if (++seen > kMostLinks) {
            break;
        }
        const auto relation = text_at(link, "rel");
        const int schema = relation.size() >= 11 && relation.find("nodeinfo") != std::string::npos
                               ? (relation.ends_with("/schema/2.1")   ? 21
                                  : relation.ends_with("/schema/2.0") ? 20
                                                                      : 0)
                               : 0;
        auto uri = Uri::parse(text_at(link, "href"));
        if (uri && uri->scheme() == "http") {  // behind a proxy that did not say so
            uri = Uri::parse("https" + uri->text().substr(4));
        }
        if (schema > best.first && uri && uri->host() == host) {
            best = {schema, *uri};
        }
    }
    if (best.first == 0) {
        return fail(ErrorKind::Invalid, "the server names no NodeInfo document of its own");
    }
    return best.second;
}

Result<NodeFacts> read_node_info(std::string_view body) {
    const auto document = parsed(body);
    const auto& software = part_of(document, "software");
    NodeFacts facts;
    facts.software = software_name(text_at(software, "name"));
    if (facts.software.empty()) {
        return fail(ErrorKind::Invalid, "the NodeInfo document names no software");
    }
    facts.version = printable(text_at(software, "version"));
    const auto& about = part_of(document, "metadata");
    const auto languages = language_of(part_of(about, "langs"));
    take(facts, contact_in(about), languages.empty() ? language_of(part_of(about, "languages")) : languages);
    return facts;
}

std::optional<InstanceQuestion> instance_question(std::string_view software) {
    const auto* const found = std::find_if(
        kQuestions.begin(), kQuestions.end(), [&](const Question& one) { return one.software == software; });
    if (found == kQuestions.end()) {
        return std::nullopt;
    }
    const bool meta = found->path == kMeta;
    return InstanceQuestion{
        meta ? "POST" : "GET", std::string{found->path}, meta ? R"({"detail":false})" : ""};
}

void add_instance_facts(NodeFacts& facts, std::string_view body) {
    const auto document = parsed(body);
    if (document.is_array()) {
        take(facts, contact_in_settings(document), {});
        return;
    }
    const auto& inner = part_of(document, "instance");
    for (const auto* object : {&document, &inner}) {
        const auto languages = language_of(part_of(*object, "languages"));
        take(facts,
             contact_in(*object),
             languages.empty() ? language_of(part_of(*object, "langs")) : languages);
    }
}

bool is_relay(std::string_view software) {
    return software.find("relay") != std::string_view::npos;
}

}  // namespace fedtrail::fediverse
