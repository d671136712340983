#include "fedtrail/fediverse/signer.hpp"

#include <algorithm>
#include <array>

#include "fediverse/ascii.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::size_t kMaxHeader = 16U << 10U;
constexpr std::size_t kMaxKeyId = 2'048;

bool is_word(char c) {
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '_' || l == '-';
}

bool is_key_id(std::string_view word) {
    constexpr std::string_view kName = "keyid";
    return std::equal(
        word.begin(), word.end(), kName.begin(), kName.end(), [](char a, char b) { return lower(a) == b; });
}

/// The quoted text that starts at `at`, unescaped; `at` moves behind it. Nothing if the quote never ends.
std::optional<std::string> read_quoted(std::string_view text, std::size_t& at) {
    std::string out;
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
            ++at;
            return out;
        }
        if (text[at] == '\\' && at + 1 < text.size()) {
            ++at;
        }
        out += text[at];
    }
    return std::nullopt;
}

bool is_one_of(std::string_view word, const auto& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 10> kActorFolders{
    "users", "u", "accounts", "c", "m", "profile", "author", "channel", "video-channels", "a"};

bool all(std::string_view text, bool (*is)(char)) {
    return std::all_of(text.begin(), text.end(), is);
}
bool is_small(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}
bool is_capital(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z');
}
bool is_hex_or_dash(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || c == '-';
}

/// Misskey's aid (10), aidx (16), meid, objectid and ObjectId (24) and ULID (26); UUIDs; snowflakes.
bool looks_like_id(std::string_view name) {
    const bool has_digit = std::any_of(name.begin(), name.end(), is_digit);
    const bool coded = name.size() == 10 || name.size() == 16 || name.size() == 24 || name.size() == 26;
    const bool uuid = name.size() == 36 && name[8] == '-' && name[13] == '-' && all(name, is_hex_or_dash);
    return uuid || (name.size() >= 15 && all(name, is_digit)) ||
           (coded && has_digit && all(name, is_small)) ||
           (name.size() == 26 && has_digit && all(name, is_capital));
}

/// The segment of an actor's path that tells which actor, and the folder it stands in ("@" for "/@name").
struct ActorSegment {
    std::string_view folder;
    std::string_view name;
};

ActorSegment actor_segment(std::string_view path) {
    if (!path.empty() && path.back() == '/') {
        path.remove_suffix(1);
    }
    constexpr std::string_view kMastodonIds = "/ap/users/";
    const bool ids = path.substr(0, kMastodonIds.size()) == kMastodonIds;
    path.remove_prefix(std::min<std::size_t>(path.size(), ids ? 4 : 1));
    if (!path.empty() && path.front() == '@' && path.find('/') == std::string_view::npos) {
        return {path.substr(0, 1), path.substr(1)};
    }
    const auto slash = path.find('/');
    if (slash == std::string_view::npos || path.find('/', slash + 1) != std::string_view::npos) {
        return {};
    }
    const auto folder = path.substr(0, slash);
    return is_one_of(folder, kActorFolders) ? ActorSegment{folder, path.substr(slash + 1)} : ActorSegment{};
}

}  // namespace

std::optional<std::string> key_id_of_signature(std::string_view header) {
    if (header.size() > kMaxHeader) {
        return std::nullopt;
    }
    std::size_t at = 0;
    std::size_t word = 0;  // where the last run of word characters began
    while (at < header.size()) {
        const char c = header[at];
        if (c != '"') {
            word = is_word(c) || c == '=' ? word : at + 1;
            ++at;
            continue;
        }
        const bool wanted = at > 0 && header[at - 1] == '=' && is_key_id(header.substr(word, at - 1 - word));
        auto text = read_quoted(header, at);
        if (!text || wanted) {
            return text && !text->empty() && text->size() <= kMaxKeyId ? text : std::nullopt;
        }
        word = at;
    }
    return std::nullopt;
}

Result<Uri> actor_of_key_id(std::string_view key_id) {
    constexpr std::array<std::string_view, 3> kKeyNames{"main-key", "publickey", "publicKey"};
    auto actor = key_id.substr(0, key_id.find('#'));
    const auto slash = actor.rfind('/');
    if (actor.size() == key_id.size() && slash != std::string_view::npos &&
        is_one_of(actor.substr(slash + 1), kKeyNames)) {
        actor = actor.substr(0, slash);
    }
    return Uri::parse(actor);
}

std::string_view username_of_actor(const Uri& actor) {
    if (!actor.query().empty()) {
        return {};
    }
    const auto [folder, name] = actor_segment(actor.path());
    const bool opaque =
        (folder == "users" && looks_like_id(name)) || name.find('%') != std::string_view::npos;
    return opaque ? std::string_view{} : name;
}

bool looks_like_actor(const Uri& uri) {
    constexpr std::string_view kAuthor = "author=";
    const auto path = uri.path();
    const auto query = uri.query();
    if (!query.empty() || !uri.fragment().empty()) {
        return query.substr(0, kAuthor.size()) == kAuthor && uri.fragment().empty();
    }
    return !actor_segment(path).name.empty() ||
           (path.size() > 1 && path.find('/', 1) == std::string_view::npos);
}

}  // namespace fedtrail::fediverse
