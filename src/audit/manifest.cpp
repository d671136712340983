#include "audit/manifest.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/hex.hpp"

#include "audit/bounded_json.hpp"
#include "audit/cursor.hpp"
#include "audit/zip_format.hpp"

namespace fedtrail::audit {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "fedtrail/audit-bundle/";
constexpr std::size_t kMaxText = 500;  // octets of any text in it

std::string name_of_format(unsigned format) {
    return std::string{kFormat} + std::to_string(format);
}

Json moment(const std::optional<Instant>& at) {
    return at ? Json(format_rfc3339(*at)) : Json(nullptr);
}

Json json_of(const Scope& scope) {
    struct Write {
        Json operator()(const Everything& /*all*/) const { return {{"kind", "everything"}}; }
        Json operator()(const Period& period) const {
            return {{"kind", "period"}, {"since", moment(period.since)}, {"until", moment(period.until)}};
        }
        Json operator()(records::RequestNumber number) const {
            return {{"kind", "request"}, {"number", number.get()}};
        }
        Json operator()(privacy::SubjectNumber number) const {
            return {{"kind", "subject"}, {"number", number.get()}};
        }
    };
    return std::visit(Write{}, scope);
}

Json json_of(const KindCounts& counts) {
    auto json = Json::object();
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        if (counts.at(kind) > 0) {
            json[std::string{records::name_of(static_cast<records::LeafKind>(kind))}] = counts.at(kind);
        }
    }
    return json;
}

Json json_of(const BundleMember& member) {
    Json json{{"path", member.path}, {"size", member.size}};
    if (member.sha256) {
        json["sha256"] = hex(*member.sha256);
    }
    return json;
}

Json json_of(const AbsentMember& absent) {
    Json json{{"path", absent.path}};
    if (absent.sha256) {
        json["sha256"] = hex(*absent.sha256);
    }
    json["why"] = name_of(absent.why);
    return json;
}

/// Reads what must be there; the first thing missing makes all of it unreadable.
class ManifestReader {
public:
    [[nodiscard]] const Json& at(const Json& json, const char* key) {
        static const Json nothing;
        const auto found = json.is_object() ? json.find(key) : json.end();
        if (!json.is_object() || found == json.end()) {
            miss(key);
            return nothing;
        }
        return *found;
    }
    [[nodiscard]] std::string text(const Json& json, const char* key) {
        const auto& value = at(json, key);
        if (!value.is_string()) {
            miss(key);
            return {};
        }
        const auto& found = value.get_ref<const std::string&>();
        if (found.size() > kMaxText) {
            miss(key);
            return {};
        }
        return found;
    }
    [[nodiscard]] std::uint64_t number(const Json& json, const char* key) {
        const auto& value = at(json, key);
        if (!value.is_number_unsigned()) {
            miss(key);
            return 0;
        }
        return value.get<std::uint64_t>();
    }
    template <typename Value, typename Read>
    [[nodiscard]] Value read(const Json& json, const char* key, Read read_text) {
        const auto value = read_text(text(json, key));
        if (!value) {
            miss(key);
            return {};
        }
        return *value;
    }
    void miss(const char* key) {
        if (missing_.empty()) {
            missing_ = key;
        }
    }
    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    std::string missing_;
};

Result<ledger::Hash> hash_from(const std::string& digits) {
    const auto octets = from_hex(digits);
    ledger::Hash hash{};
    if (!octets || octets->size() != hash.size()) {
        return fail(ErrorKind::Invalid, "that is no SHA-256");
    }
    std::copy(octets->begin(), octets->end(), hash.begin());
    return hex(hash) == digits ? Result<ledger::Hash>{hash}
                               : fail(ErrorKind::Invalid, "a SHA-256 has small letters here");
}

/// In the one spelling that a bundle has.
Result<Instant> instant_from(const std::string& text) {
    const auto at = parse_rfc3339(text);
    if (at && *at < Instant{}) {
        return fail(ErrorKind::Invalid, "a time is before 1970");
    }
    return at && format_rfc3339(*at) != text ? fail(ErrorKind::Invalid, "a time is spelled otherwise here")
                                             : at;
}

std::optional<Instant> moment_from(ManifestReader& in, const Json& json, const char* key) {
    return in.at(json, key).is_null() ? std::nullopt
                                      : std::optional{in.read<Instant>(json, key, instant_from)};
}

Scope scope_from(ManifestReader& in, const Json& json) {
    const auto kind = in.text(json, "kind");
    if (kind == "period") {
        return Period{moment_from(in, json, "since"), moment_from(in, json, "until")};
    }
    if (kind == "request") {
        return records::RequestNumber{in.number(json, "number")};
    }
    if (kind == "subject") {
        return privacy::SubjectNumber{in.number(json, "number")};
    }
    if (kind != "everything") {
        in.miss("scope");
    }
    return Everything{};
}

KindCounts counts_from(ManifestReader& in, const Json& json) {
    KindCounts counts{};
    if (!json.is_object()) {
        in.miss("counts");
        return counts;
    }
    for (const auto& [name, value] : json.items()) {
        const auto kind = records::leaf_kind_named(name);
        if (!kind || !value.is_number_unsigned() || value.get<std::uint64_t>() == 0) {
            in.miss("counts");
            return counts;
        }
        counts.at(static_cast<std::size_t>(*kind)) = value.get<std::uint64_t>();
    }
    return counts;
}

std::vector<BundleMember> members_from(ManifestReader& in, const Json& json) {
    std::vector<BundleMember> members;
    if (!json.is_array() || json.size() > kMaxMembers) {
        in.miss("members");
        return members;
    }
    for (const auto& each : json) {
        BundleMember member{in.text(each, "path"), in.number(each, "size"), std::nullopt};
        if (each.is_object() && each.contains("sha256")) {
            member.sha256 = in.read<ledger::Hash>(each, "sha256", hash_from);
        }
        members.push_back(std::move(member));
    }
    return members;
}

std::vector<AbsentMember> absent_from(ManifestReader& in, const Json& json) {
    std::vector<AbsentMember> absent;
    if (!json.is_array() || json.size() > kMaxAbsent) {
        in.miss("absent");
        return absent;
    }
    for (const auto& each : json) {
        AbsentMember member{in.text(each, "path"), {}, in.read<Absence>(each, "why", absence_named)};
        if (each.is_object() && each.contains("sha256")) {
            member.sha256 = in.read<ledger::Hash>(each, "sha256", hash_from);
        }
        absent.push_back(std::move(member));
    }
    return absent;
}

}  // namespace

std::string policy_path(std::uint64_t leaf, std::string_view name) {
    return std::string{kPolicies} + std::to_string(leaf) + "/" + std::string{name};
}

std::optional<std::pair<std::uint64_t, std::string>> policy_in(std::string_view path) {
    Cursor in{path};
    const auto leaf = in.take(kPolicies) ? in.number() : std::nullopt;
    return leaf && in.take("/") ? std::optional{std::pair{*leaf, std::string{in.rest()}}} : std::nullopt;
}

std::optional<std::uint64_t> paper_in(std::string_view path) {
    Cursor in{path};
    const auto request = in.take(kPapers) && in.take("request-") ? in.number() : std::nullopt;
    if (!request || !in.take("/")) {
        return std::nullopt;
    }
    if (in.rest() == kAnswer || in.rest() == kAnswerData) {
        return request;
    }
    if (in.take(kTold)) {
        return in.number() && (in.rest() == kToldWords || in.rest() == kToldSalt) ? request : std::nullopt;
    }
    const bool letter = in.take("letters/notice-") && in.number() && in.take("-") && in.number();
    return letter && in.rest() == ".txt" ? request : std::nullopt;
}

std::optional<ToldPlace> told_in(std::string_view path, std::string_view ending) {
    Cursor in{path};
    const auto request = in.take(kPapers) && in.take("request-") ? in.number() : std::nullopt;
    const auto place = request && in.take("/") && in.take(kTold) ? in.number() : std::nullopt;
    return place && in.rest() == ending ? std::optional{ToldPlace{*request, *place}} : std::nullopt;
}

std::string write(const Manifest& manifest) {
    auto members = Json::array();
    for (const auto& member : manifest.members) {
        members.push_back(json_of(member));
    }
    auto absent = Json::array();
    for (const auto& member : manifest.absent) {
        absent.push_back(json_of(member));
    }
    Json json{{"format", name_of_format(manifest.format)},
              {"program", manifest.program},
              {"log",
               {{"key", manifest.key.text()},
                {"origin", manifest.checkpoint.origin},
                {"size", manifest.checkpoint.size},
                {"root", base64(manifest.checkpoint.root)}}},
              {"level", name_of(manifest.level)},
              {"scope", json_of(manifest.scope)},
              {"counts",
               {{"opened", json_of(manifest.counts.opened)},
                {"closed", json_of(manifest.counts.closed)},
                {"skipped", manifest.counts.skipped},
                {"windows", manifest.counts.windows},
                {"left_out", manifest.counts.left_out}}},
              {"members", std::move(members)},
              {"absent", std::move(absent)}};
    if (manifest.unlogged) {
        json["unlogged"] = {{"records", manifest.unlogged->records},
                            {"oldest", moment(manifest.unlogged->oldest)}};
    }
    return json.dump(2) + "\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
    const auto parsed = parse_bounded(text);
    if (!parsed) {
        return fail(ErrorKind::Corrupt,
                    "manifest.json is no JSON, has a key twice, or is deeper or longer than one may be");
    }
    const auto& json = *parsed;
    ManifestReader in;
    Manifest manifest;
    const auto format = in.text(json, "format");
    manifest.format = format == name_of_format(1) ? 1 : kBundleFormat;
    if (format != name_of_format(manifest.format)) {
        return fail(ErrorKind::Corrupt,
                    "manifest.json is of a format that this program does not know",
                    "use the release of Fedtrail that made it, or a newer one");
    }
    manifest.program = in.text(json, "program");
    const auto& log = in.at(json, "log");
    manifest.key = in.read<ledger::VerifierKey>(log, "key", ledger::VerifierKey::parse);
    manifest.checkpoint.origin = in.text(log, "origin");
    manifest.checkpoint.size = in.number(log, "size");
    manifest.checkpoint.root = in.read<ledger::Hash>(log, "root", ledger::parse_hash);
    manifest.level = in.read<Level>(json, "level", level_named);
    manifest.scope = scope_from(in, in.at(json, "scope"));
    const auto& counts = in.at(json, "counts");
    manifest.counts.opened = counts_from(in, in.at(counts, "opened"));
    manifest.counts.closed = counts_from(in, in.at(counts, "closed"));
    manifest.counts.skipped = in.number(counts, "skipped");
    manifest.counts.windows = in.number(counts, "windows");
    manifest.counts.left_out = in.number(counts, "left_out");
    manifest.members = members_from(in, in.at(json, "members"));
    manifest.absent = absent_from(in, in.at(json, "absent"));
    if (json.contains("unlogged")) {
        const auto& unlogged = json["unlogged"];
        manifest.unlogged =
            records::Unlogged{in.number(unlogged, "records"), moment_from(in, unlogged, "oldest")};
    }
    if (!in.missing().empty()) {
        return fail(ErrorKind::Corrupt, "manifest.json says nothing readable of \"" + in.missing() + "\"");
    }
    return manifest;
}

std::string signed_text(const Manifest& manifest, std::string_view manifest_text) {
    return name_of_format(manifest.format) + "\n" + manifest.checkpoint.origin + "\n" +
           base64(ledger::sha256(bytes_of(manifest_text))) + "\n";
}

}  // namespace fedtrail::audit
