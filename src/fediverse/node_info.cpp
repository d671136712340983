#include "fedtrail/fediverse/node_info.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fediverse/ascii.hpp"
#include "fediverse/json_field.hpp"

namespace fedtrail::fediverse {

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 16;
constexpr std::size_t kLongest = 64;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kMostLinks = 20;

/// Discarded if it is no JSON; what lies too deep is left out.
Json parsed(std::string_view body) {
    return Json::parse(
        body.begin(),
        body.end(),
        [](int depth, Json::parse_event_t /*event*/, Json& /*value*/) { return depth <= kDeepest; },
        false);
}

const Json& part_of(const Json& object, const char* field) {
    static const Json nothing = Json::object();
    if (!object.is_object()) {
        return nothing;
    }
    const auto found = object.find(field);
    return found != object.end() ? *found : nothing;
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

std::string language_of(const Json& list) {
    if (!list.is_array()) {
        return {};
    }
    const auto found = std::find_if(list.begin(), list.end(), [](const Json& one) {
        return one.is_string() && is_language(one.get_ref<const std::string&>());
    });
    return found == list.end() ? std::string{} : found->get<std::string>();
}

/// Where the servers that were looked at have the operator's address.
std::string contact_in(const Json& object) {
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
std::string contact_in_settings(const Json& settings) {
    for (const auto& one : settings) {
        if (text_at(one, "identifier") == "instance__contact_email") {
            return mail_address(text_at(one, "value")).value_or("");
        }
    }
    return {};
}

std::optional<std::uint64_t> number_at(const Json& object, const char* field) {
    const auto& value = part_of(object, field);
    return value.is_number_unsigned() ? std::optional{value.get<std::uint64_t>()} : std::nullopt;
}

std::optional<bool> flag_at(const Json& object, const char* field) {
    const auto& value = part_of(object, field);
    return value.is_boolean() ? std::optional{value.get<bool>()} : std::nullopt;
}

/// A name as it may stand in a report: one line, no controls, at most 200 octets of UTF-8.
std::string name_in(const std::string& text) {
    std::string name;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
        if (!blank || (!name.empty() && name.back() != ' ')) {
            name += blank ? ' ' : c;
        }
    }
    auto end = std::min(name.size(), kLongestName);
    while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    name.resize(end);
    while (!name.empty() && name.back() == ' ') {
        name.pop_back();
    }
    return name;
}

/// "" unless it is one; http becomes nothing: it could not be read politely and safely.
std::string link_in(const std::string& text) {
    const auto uri = Uri::parse(text);
    return uri && uri->scheme() == "https" ? uri->text() : std::string{};
}

template <std::size_t Size>
std::string first_of(const std::array<std::string, Size>& places) {
    const auto found =
        std::find_if(places.begin(), places.end(), [](const auto& one) { return !one.empty(); });
    return found == places.end() ? std::string{} : *found;
}

/// PeerTube's answer to "Who is behind the instance?": a name, or a text of any length, which is none.
std::string short_name_in(const std::string& text) {
    return text.size() <= kLongestName ? name_in(text) : std::string{};
}

/// Where the servers that were looked at have who runs them.
std::string operator_in(const Json& object) {
    return first_of(std::array{name_in(text_at(part_of(object, "maintainer"), "name")),
                               name_in(text_at(object, "maintainerName")),
                               name_in(text_at(part_of(object, "admin"), "name")),
                               short_name_in(text_at(object, "administrator"))});
}

/// Lemmy and PieFed: [{"person": {"name": …, "actor_id": …}}, …]. Who can be written to there, by their
/// address.
std::string first_admin_in(const Json& object) {
    const auto& admins = part_of(object, "admins");
    if (!admins.is_array() || admins.empty()) {
        return {};
    }
    const auto& person = part_of(admins.front(), "person");
    const auto name = first_of(
        std::array{text_at(person, "display_name"), text_at(person, "name"), text_at(person, "user_name")});
    const auto actor =
        first_of(std::array{link_in(text_at(person, "actor_id")), link_in(text_at(person, "ap_id"))});
    return name_in(actor.empty() || name.empty() ? name + actor : name + " (" + actor + ")");
}

/// Whoever answers mail there calls themselves what they like: that is not who runs it.
std::string contact_name_in(const Json& object) {
    const auto& account = part_of(part_of(object, "contact"), "account");
    return first_of(std::array{name_in(text_at(account, "display_name")),
                               name_in(text_at(part_of(object, "contact_account"), "display_name")),
                               first_admin_in(object)});
}

/// "social.example", also where it is written as a URI.
Host host_in(const std::string& text) {
    if (const auto uri = Uri::parse(text)) {
        return uri->host();
    }
    return Host::parse(text).value_or(Host{});
}

Host account_host_in(const Json& object) {
    for (const auto* field : {"account_domain", "domain", "uri"}) {
        if (auto host = host_in(text_at(object, field)); !host.empty()) {
            return host;
        }
    }
    return {};
}

std::optional<bool> registrations_in(const Json& object) {
    if (const auto open = flag_at(part_of(object, "registrations"), "enabled")) {
        return open;
    }
    const auto open = flag_at(object, "registrations");
    const auto closed = flag_at(object, "disableRegistration");
    return open ? open : closed ? std::optional{!*closed} : std::nullopt;
}

/// What an object of an instance API, or NodeInfo's metadata, says.
NodeFacts facts_in(const Json& object) {
    NodeFacts facts;
    const auto& urls = part_of(part_of(object, "configuration"), "urls");
    facts.contact = Personal{contact_in(object)};
    facts.language = language_of(part_of(object, "languages"));
    if (facts.language.empty()) {
        facts.language = language_of(part_of(object, "langs"));
    }
    facts.registrations_open = registrations_in(object);
    facts.operator_name = Personal{operator_in(object)};
    facts.contact_name = Personal{contact_name_in(object)};
    facts.privacy_policy = first_of(std::array{link_in(text_at(urls, "privacy_policy")),
                                               link_in(text_at(object, "privacyPolicyUrl")),
                                               link_in(text_at(object, "privacy_policy_url"))});
    facts.terms = first_of(std::array{link_in(text_at(urls, "terms_of_service")),
                                      link_in(text_at(object, "tosUrl")),
                                      link_in(text_at(object, "terms_url"))});
    facts.imprint = first_of(
        std::array{link_in(text_at(object, "impressumUrl")), link_in(text_at(object, "impressum_url"))});
    facts.declared_country = name_in(first_of(std::array{
        text_at(object, "serverCountry"), text_at(object, "country"), text_at(object, "jurisdiction")}));
    if (facts.declared_country.size() > kLongest) {
        facts.declared_country.clear();
    }
    facts.account_host = account_host_in(object);
    return facts;
}

int schema_of(const std::string& relation) {
    if (relation.size() < 11 || relation.find("nodeinfo") == std::string::npos) {
        return 0;
    }
    return relation.ends_with("/schema/2.1") ? 21 : relation.ends_with("/schema/2.0") ? 20 : 0;
}

template <typename Fits>
Result<Uri> newest_link(std::string_view well_known, const Fits& fits) {
    const auto document = parsed(well_known);
    const auto& links = part_of(document, "links");
    std::pair<int, Uri> best{0, {}};
    std::size_t seen = 0;
    for (const auto& link : links.is_array() ? links : Json::array()) {
        if (++seen > kMostLinks) {
            break;
        }
        const int schema = schema_of(text_at(link, "rel"));
        auto uri = Uri::parse(text_at(link, "href"));
        if (uri && uri->scheme() == "http") {  // behind a proxy that did not say so
            uri = Uri::parse("https" + uri->text().substr(4));
        }
        if (schema > best.first && uri && fits(*uri)) {
            best = {schema, *uri};
        }
    }
    if (best.first == 0) {
        return fail(ErrorKind::Invalid, "the server names no NodeInfo document of its own");
    }
    return best.second;
}

struct Question {
    std::string_view software;
    std::string_view path;
};

constexpr std::string_view kMeta = "/api/meta";
// Each software's own: an unknown one is not asked at random.
constexpr std::array<Question, 29> kQuestions{{
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
    {"lemmy", "/api/v3/site"},
    {"piefed", "/api/alpha/site"},
    {"iceshrimp.net", "/api/v1/instance"},
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
    return newest_link(well_known, [&](const Uri& uri) { return uri.host() == host; });
}

Result<Uri> node_info_link_anywhere(std::string_view well_known) {
    return newest_link(well_known, [](const Uri& /*any*/) { return true; });
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
    facts.users = number_at(part_of(part_of(document, "usage"), "users"), "total");
    facts.registrations_open = flag_at(document, "openRegistrations");
    complete(facts, facts_in(part_of(document, "metadata")));
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
        NodeFacts settings;
        settings.contact = Personal{contact_in_settings(document)};
        complete(facts, settings);
        return;
    }
    for (const auto* object : {&document,
                               &part_of(document, "instance"),
                               &part_of(part_of(document, "site_view"), "site"),
                               &part_of(part_of(document, "site_view"), "local_site")}) {
        complete(facts, facts_in(*object));
    }
    if (const auto users = number_at(part_of(part_of(document, "site_view"), "counts"), "users");
        users && !facts.users) {
        facts.users = users;
    }
}

void complete(NodeFacts& facts, const NodeFacts& more) {
    const auto text = [](std::string& mine, const std::string& other) { mine = mine.empty() ? other : mine; };
    const auto personal = [](Personal<std::string>& mine, const Personal<std::string>& other) {
        mine = mine.reveal().empty() ? other : mine;
    };
    text(facts.software, more.software);
    text(facts.version, more.version);
    personal(facts.contact, more.contact);
    text(facts.language, more.language);
    facts.users = facts.users ? facts.users : more.users;
    facts.registrations_open = facts.registrations_open ? facts.registrations_open : more.registrations_open;
    personal(facts.operator_name, more.operator_name);
    personal(facts.contact_name, more.contact_name);
    text(facts.privacy_policy, more.privacy_policy);
    text(facts.terms, more.terms);
    text(facts.imprint, more.imprint);
    text(facts.declared_country, more.declared_country);
    facts.account_host = facts.account_host.empty() ? more.account_host : facts.account_host;
}

bool is_relay(std::string_view software) {
    return software.find("relay") != std::string_view::npos;
}

}  // namespace fedtrail::fediverse
