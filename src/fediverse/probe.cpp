#include "fedtrail/fediverse/probe.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "fediverse/policy_json.hpp"

namespace fedtrail::fediverse {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, ProbeTarget>, 2> kTargets{
    {{"account", ProbeTarget::Account}, {"object", ProbeTarget::Object}}};
constexpr std::array<std::pair<std::string_view, Presence>, 6> kNamedPresences{
    {{"unknown", Presence::Unknown},
     {"gone", Presence::Gone},
     {"missing", Presence::Missing},
     {"present", Presence::Present},
     {"not_visible", Presence::NotVisible},
     {"unprobeable", Presence::Unprobeable}}};
constexpr std::array<std::string_view, 8> kPlaces{
    "handle", "user", "host", "actor", "object", "id", "last", "page"};
constexpr std::size_t kMostPages = 20;

// ---- placeholders

std::string value_of(const ProbePlaces& places, std::string_view name) {
    const auto& handle = places.handle.reveal();
    const auto at = handle.rfind('@');
    if (name == "handle") {
        return handle;
    }
    if (name == "user") {
        return handle.substr(0, at);
    }
    if (name == "host") {
        return at == std::string::npos ? std::string{} : handle.substr(at + 1);
    }
    if (name == "id") {
        return places.id;
    }
    if (name == "last") {
        return places.last;
    }
    if (name == "page") {
        return std::to_string(places.page);
    }
    return name == "actor" ? places.actor.reveal() : places.object.reveal();
}

/// The next "{name}" at or after `from`, where name is lower-case letters: its start and its length.
std::optional<std::pair<std::size_t, std::size_t>> next_place(std::string_view text, std::size_t from) {
    for (auto at = text.find('{', from); at != std::string_view::npos; at = text.find('{', at + 1)) {
        auto end = at + 1;
        while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') {
            ++end;
        }
        if (end > at + 1 && end < text.size() && text[end] == '}') {
            return std::pair{at, end + 1 - at};
        }
    }
    return std::nullopt;
}

std::string filled(std::string_view text,
                   const ProbePlaces& places,
                   const std::function<std::string(std::string)>& encode) {
    std::string out;
    std::size_t done = 0;
    while (const auto place = next_place(text, done)) {
        out.append(text.substr(done, place->first - done));
        out.append(encode(value_of(places, text.substr(place->first + 1, place->second - 2))));
        done = place->first + place->second;
    }
    return out.append(text.substr(done));
}

/// A misspelt placeholder would be asked for as it stands.
std::string checked(std::string text, const char* field) {
    std::size_t done = 0;
    while (const auto place = next_place(text, done)) {
        const auto name = std::string_view{text}.substr(place->first + 1, place->second - 2);
        if (std::find(kPlaces.begin(), kPlaces.end(), name) == kPlaces.end()) {
            throw PolicyFault{std::string{"\""} + field + "\" has the unknown placeholder {" +
                              std::string{name} + "}"};
        }
        done = place->first + place->second;
    }
    return text;
}

/// RFC 3986 section 2.3: everything but unreserved characters is encoded.
std::string percent_encoded(const std::string& text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kUnreserved = "-._~";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           kUnreserved.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out.append("%").append(1, kHex[octet >> 4U]).append(1, kHex[octet & 0xFU]);
        }
    }
    return out;
}

/// The inside of a JSON string.
std::string json_escaped(const std::string& text) {
    const auto quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

std::string as_it_is(std::string text) {
    return text;
}

// ---- versions

constexpr std::size_t kMostParts = 8;

/// "v4.6.0+glitch" is 4, 6, 0; empty if it begins with no number.
std::vector<std::uint64_t> version_of(std::string_view text) {
    text.remove_prefix(text.substr(0, 1) == "v" ? 1 : 0);
    std::vector<std::uint64_t> parts;
    while (parts.size() < kMostParts) {
        std::uint64_t part = 0;
        const auto* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, part);
        if (error != std::errc{}) {
            break;
        }
        parts.push_back(part);
        text.remove_prefix(static_cast<std::size_t>(stopped - text.data()));
        if (text.substr(0, 1) != ".") {
            break;
        }
        text.remove_prefix(1);
    }
    return parts;
}

/// A part that is left out is 0.
bool comes_before(std::vector<std::uint64_t> a, std::vector<std::uint64_t> b) {
    const auto size = std::max(a.size(), b.size());
    a.resize(size);
    b.resize(size);
    return a < b;
}

// ---- reading the policy

std::vector<std::string> software_of(const Json& row) {
    std::vector<std::string> names;
    for (const auto& name : row.at("software")) {
        names.push_back(lower_ascii(name.get<std::string>()));
    }
    return names;
}

VersionRange versions_of(const Json& row) {
    VersionRange range;
    if (row.contains("versions")) {
        range.from = row.at("versions").value("from", "");
        range.before = row.at("versions").value("before", "");
    }
    const auto is_version = [](const std::string& text) { return text.empty() || !version_of(text).empty(); };
    if (!is_version(range.from) || !is_version(range.before)) {
        throw PolicyFault{"\"versions\" names something that is no version"};
    }
    if (!range.from.empty() && !range.before.empty() &&
        !comes_before(version_of(range.from), version_of(range.before))) {
        throw PolicyFault{"no version lies in \"versions\""};
    }
    return range;
}

ProbeMeaning meaning_of(const Json& row) {
    ProbeMeaning meaning;
    meaning.statuses = row.value("statuses", std::vector<int>{});
    meaning.json_pointer = row.value("json_pointer", "");
    meaning.equals = checked(row.value("equals", ""), "equals");
    meaning.contains = checked(row.value("contains", ""), "contains");
    meaning.presence = named_in(kNamedPresences, row.at("presence").get<std::string>(), "presence");
    static_cast<void>(Json::json_pointer{meaning.json_pointer});  // throws if it is none
    if (meaning.presence == Presence::Gone && meaning.statuses.empty()) {
        throw PolicyFault{"\"gone\" needs the status that says so"};
    }
    return meaning;
}

std::string body_of(const Json& row) {
    return row.contains("body") ? checked(row.at("body").dump(), "body") : "";
}

std::string pointer_of(const Json& row, const char* field, std::string otherwise) {
    auto pointer = row.value(field, std::move(otherwise));
    static_cast<void>(Json::json_pointer{pointer});  // throws if it is none
    return pointer;
}

std::vector<ProbeMeaning> meanings_of(const Json& row) {
    std::vector<ProbeMeaning> meanings;
    for (const auto& meaning : row.at("meanings")) {
        meanings.push_back(meaning_of(meaning));
    }
    return meanings;
}

ProbeFirst first_of(const Json& row) {
    ProbeFirst first;
    first.method = row.at("method").get<std::string>();
    first.path = checked(row.at("path").get<std::string>(), "path");
    first.body = body_of(row);
    first.id = pointer_of(row, "id", "");
    first.meanings = meanings_of(row);
    if (first.id.empty()) {
        throw PolicyFault{"\"first\" says nowhere what the \"id\" is"};
    }
    return first;
}

ProbeList list_of(const Json& row) {
    ProbeList list;
    list.at = pointer_of(row, "at", "");
    for (const auto& uri : row.at("uris")) {
        list.uris.push_back(uri.get<std::string>());
        static_cast<void>(Json::json_pointer{list.uris.back()});
    }
    list.last = pointer_of(row, "last", "");
    const auto& next = row.at("next");
    list.next_path = checked(next.at("path").get<std::string>(), "path");
    list.next_body = body_of(next);
    list.pages = row.at("pages").get<std::size_t>();
    list.absent = named_in(kNamedPresences, row.at("absent").get<std::string>(), "absent");
    if (list.absent == Presence::Gone) {
        throw PolicyFault{"\"absent\" cannot be \"gone\": a list may hide what is there"};
    }
    if (list.pages == 0 || list.pages > kMostPages) {
        throw PolicyFault{"\"pages\" is 1 to " + std::to_string(kMostPages)};
    }
    return list;
}

ProbeRate rate_of(const Json& row) {
    const ProbeRate rate{row.at("requests").get<std::uint32_t>(),
                         std::chrono::seconds{row.at("seconds").get<std::uint32_t>()}};
    if (rate.requests == 0 || rate.within.count() == 0 || rate.apart() > std::chrono::hours{1}) {
        throw PolicyFault{"\"rate_limit\" is at least one request an hour"};
    }
    return rate;
}

Probe probe_of(const Json& row) {
    Probe probe;
    probe.name = row.at("name").get<std::string>();
    probe.software = software_of(row);
    probe.versions = versions_of(row);
    probe.target = named_in(kTargets, row.at("target").get<std::string>(), "target");
    probe.method = row.at("method").get<std::string>();
    probe.path = checked(row.at("path").get<std::string>(), "path");
    probe.body = body_of(row);
    probe.accept = row.at("accept").get<std::string>();
    probe.is_html = row.value("is_html", false);
    probe.signed_get = row.value("signed_get", false);
    probe.write_endpoint = row.value("write_endpoint", false);
    probe.imports = row.value("imports", false);
    if (row.contains("rate_limit")) {
        probe.rate = rate_of(row.at("rate_limit"));
    }
    if (row.contains("list")) {
        probe.list = list_of(row.at("list"));
        if (row.contains("first")) {
            probe.first = first_of(row.at("first"));
        }
    } else {
        probe.meanings = meanings_of(row);
    }
    if (probe.list && (probe.target != ProbeTarget::Object || probe.is_html || probe.imports)) {
        throw PolicyFault{"a \"list\" is of objects, in JSON, and imports nothing"};
    }
    return probe;
}

// ---- reading an answer

std::string text_of_value(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.is_structured() ? "" : value.dump();
}

/// What is in the body, read once and only if a meaning asks.
class Answer {
public:
    explicit Answer(std::string_view body) : body_(body) {}

    [[nodiscard]] bool has(const std::string& text) {
        if (body_.find(text) != std::string_view::npos) {
            return true;
        }
        if (!plain_) {  // PHP writes every slash of a JSON string as "\/"
            plain_.emplace();
            for (std::size_t i = 0; i < body_.size(); ++i) {
                i += body_.substr(i, 2) == "\\/" ? 1U : 0U;
                plain_->push_back(body_[i]);
            }
        }
        return plain_->find(text) != std::string::npos;
    }
    /// Nothing if the body is not JSON.
    [[nodiscard]] const Json* json() {
        if (!json_) {
            json_ = Json::parse(body_, nullptr, false);
        }
        return json_->is_discarded() ? nullptr : &*json_;
    }

private:
    std::string_view body_;
    std::optional<std::string> plain_;
    std::optional<Json> json_;
};

enum class Fit { No, Yes, NotJson };

Fit fit_of(const ProbeMeaning& meaning, const ProbePlaces& places, int status, Answer& answer) {
    const bool asked =
        meaning.statuses.empty() ||
        std::find(meaning.statuses.begin(), meaning.statuses.end(), status) != meaning.statuses.end();
    if (!asked) {
        return Fit::No;
    }
    if (!meaning.contains.empty() && !answer.has(filled(meaning.contains, places, as_it_is))) {
        return Fit::No;
    }
    if (meaning.json_pointer.empty()) {
        return Fit::Yes;
    }
    const auto* json = answer.json();
    if (json == nullptr) {
        return Fit::NotJson;
    }
    const Json::json_pointer pointer{meaning.json_pointer};
    if (!json->contains(pointer) || json->at(pointer).is_null()) {
        return Fit::No;
    }
    const auto& value = json->at(pointer);
    // What stands before a server has errors of other shapes: {"error": {"code": 404}}.
    const auto* const text = value.get_ptr<const std::string*>();
    if (meaning.presence == Presence::Gone && (text == nullptr || text->empty())) {
        return Fit::No;
    }
    return meaning.equals.empty() || text_of_value(value) == filled(meaning.equals, places, as_it_is)
               ? Fit::Yes
               : Fit::No;
}

bool lists(const std::vector<std::string>& software, const std::string& wanted) {
    return std::find(software.begin(), software.end(), wanted) != software.end();
}

}  // namespace

Result<Probes> Probes::parse(std::string_view json) {
    Probes probes;
    auto read = read_policy(json, "fedtrail/probes/1", "probes", [&](const Json& row) {
        auto probe = probe_of(row);
        const bool twice = std::any_of(probes.all_.begin(), probes.all_.end(), [&](const Probe& known) {
            return known.name == probe.name;
        });
        if (twice) {
            throw PolicyFault{"the name is not the only one"};
        }
        probes.all_.push_back(std::move(probe));
    });
    if (read) {
        read = read_policy(json, "fedtrail/probes/1", "unprobeable", [&](const Json& row) {
            probes.unprobeable_.push_back(Unprobeable{software_of(row), row.at("why").get<std::string>()});
        });
    }
    if (!read) {
        return fail(read);
    }
    return probes;
}

bool fits(const VersionRange& range, std::string_view version) {
    const auto number = version_of(version);
    if (number.empty()) {
        return true;
    }
    return (range.from.empty() || !comes_before(number, version_of(range.from))) &&
           (range.before.empty() || comes_before(number, version_of(range.before)));
}

std::vector<const Probe*> Probes::of(std::string_view software,
                                     ProbeTarget target,
                                     std::string_view version) const {
    const auto wanted = lower_ascii(software);
    std::vector<const Probe*> found;
    for (const auto& probe : all_) {
        if (probe.target == target && lists(probe.software, wanted) && fits(probe.versions, version)) {
            found.push_back(&probe);
        }
    }
    return found;
}

std::string_view Probes::why_unprobeable(std::string_view software) const {
    const auto wanted = lower_ascii(software);
    for (const auto& row : unprobeable_) {
        if (lists(row.software, wanted)) {
            return row.why;
        }
    }
    return {};
}

namespace {

Result<ProbeRequest> asked(const Probe& probe,
                           const std::string& method,
                           const std::string& pattern,
                           const std::string& body,
                           const Host& recipient,
                           const ProbePlaces& places) {
    const auto path = filled(pattern, places, percent_encoded);
    auto url = Uri::parse("https://" + recipient.text() + path);
    // A user called ".." would ask for something else: dots cannot be encoded.
    if (!url || url->path() != std::string_view{path}.substr(0, path.find('?'))) {
        return fail(ErrorKind::Invalid, "the probe " + probe.name + " makes no URI at " + recipient.text());
    }
    return ProbeRequest{method, std::move(*url), probe.accept, filled(body, places, json_escaped)};
}

}  // namespace

Result<ProbeRequest> probe_request(const Probe& probe, const Host& recipient, const ProbePlaces& places) {
    return asked(probe, probe.method, probe.path, probe.body, recipient, places);
}

Result<ProbeRequest> first_request(const Probe& probe, const Host& recipient, const ProbePlaces& places) {
    const auto& first = *probe.first;
    return asked(probe, first.method, first.path, first.body, recipient, places);
}

Result<ProbeRequest> page_request(const Probe& probe, const Host& recipient, const ProbePlaces& places) {
    const auto& list = *probe.list;
    return places.page <= 1 ? probe_request(probe, recipient, places)
                            : asked(probe, probe.method, list.next_path, list.next_body, recipient, places);
}

std::optional<Presence> said_presence(std::span<const ProbeMeaning> meanings,
                                      const ProbePlaces& places,
                                      int status,
                                      std::string_view body) {
    if (body.size() > kMaxProbeAnswer) {
        return std::nullopt;
    }
    Answer answer{body};
    for (const auto& meaning : meanings) {
        switch (fit_of(meaning, places, status, answer)) {
            case Fit::Yes:
                return meaning.presence;
            case Fit::NotJson:
                return std::nullopt;
            case Fit::No:
                break;
        }
    }
    return std::nullopt;
}

Presence presence_of(std::span<const ProbeMeaning> meanings,
                     const ProbePlaces& places,
                     int status,
                     std::string_view body) {
    return said_presence(meanings, places, status, body).value_or(Presence::Unknown);
}

}  // namespace fedtrail::fediverse
