#include "backends/openssl/key_index.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "fedtrail/fediverse/signer.hpp"

namespace fedtrail::openssl {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxEntries = 10'000;
constexpr std::size_t kMaxName = 255;

tl::unexpected<Error> malformed(const std::string& why) {
    return fail(ErrorKind::Invalid, "keys.json: " + why, "docs/keys.md shows what it looks like");
}

bool has_only(const json& object, std::initializer_list<std::string_view> names) {
    return std::all_of(object.items().begin(), object.items().end(), [&](const auto& member) {
        return std::find(names.begin(), names.end(), member.key()) != names.end();
    });
}

std::string text_at(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::string> normal_actor(const std::string& text) {
    if (text.find("://") != std::string::npos) {
        const auto uri = Uri::parse(text);
        return uri ? std::optional{uri->text()} : std::nullopt;
    }
    const auto at = text.rfind('@');
    const auto host = at == std::string::npos ? Host::parse("") : Host::parse(text.substr(at + 1));
    return host && at > 0 ? std::optional{text.substr(0, at + 1) + host->text()} : std::nullopt;
}

bool is_plain_name(const std::string& file) {
    return !file.empty() && file.size() <= kMaxName && file != "." && file != ".." &&
           file.find('/') == std::string::npos && file.find('\0') == std::string::npos;
}

Result<IndexedKey> entry_from(const json& entry, std::size_t number) {
    const auto which = "entry " + std::to_string(number) + " ";
    if (!entry.is_object() || !has_only(entry, {"actor", "file", "key_id"})) {
        return malformed(which + "has something else than actor, file and key_id");
    }
    auto actor = normal_actor(text_at(entry, "actor"));
    if (!actor) {
        return malformed(which + "has no actor: a URI or a handle like alice@origin.example");
    }
    auto file = text_at(entry, "file");
    if (!is_plain_name(file)) {
        return malformed(which + "has no file: a name in the same folder");
    }
    auto key_id = text_at(entry, "key_id");
    if (entry.contains("key_id") && !Uri::parse(key_id)) {
        return malformed(which + "has a key_id that is no http or https URI");
    }
    return IndexedKey{std::move(*actor), std::move(file), std::move(key_id)};
}

}  // namespace

Result<std::vector<IndexedKey>> parse_key_index(std::string_view text) {
    const auto index = json::parse(text, nullptr, false);
    if (index.is_discarded() || !index.is_object()) {
        return malformed("it is no JSON object");
    }
    const auto keys = index.find("keys");
    if (text_at(index, "format") != "fedtrail/keys/1" || keys == index.end() || !keys->is_array() ||
        !has_only(index, {"format", "keys"})) {
        return malformed("it has something else than \"format\": \"fedtrail/keys/1\" and a list of keys");
    }
    if (keys->size() > kMaxEntries) {
        return malformed("it has more than 10000 entries");
    }
    std::vector<IndexedKey> entries;
    entries.reserve(keys->size());
    for (const auto& entry : *keys) {
        auto parsed = entry_from(entry, entries.size() + 1);
        if (!parsed) {
            return fail(parsed);
        }
        entries.push_back(std::move(*parsed));
    }
    return entries;
}

std::string handle_of(const Uri& actor) {
    const auto name = fediverse::username_of_actor(actor);
    return name.empty() ? std::string{} : std::string{name} + "@" + actor.host().text();
}

}  // namespace fedtrail::openssl
