#include "app/tokens.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTokensFormat = "fedtrail/tokens/1";
constexpr std::string_view kHashKey = "fedtrail bearer token 1";
constexpr std::size_t kLongestToken = 256;
constexpr std::ptrdiff_t kMostRevoked = 1'000;  // the file is read often

constexpr std::array<std::pair<Scope, std::string_view>, 5> kScopes{
    {{Scope::SubjectSelf, "subject:self"},
     {Scope::ObservationsWrite, "observations:write"},
     {Scope::RequestsWrite, "requests:write"},
     {Scope::AuditRead, "audit:read"},
     {Scope::Admin, "admin"}}};

/// Looks at every octet whatever it finds.
bool same(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        difference |= static_cast<unsigned>(a[i] ^ b[i]);
    }
    return difference == 0;
}

nlohmann::json to_json(const TokenEntry& entry) {
    nlohmann::json scopes = nlohmann::json::array();
    for (const auto scope : entry.grant.scopes) {
        scopes.push_back(std::string{name_of(scope)});
    }
    nlohmann::json out{{"id", entry.grant.id},
                       {"hash", entry.hash},
                       {"scopes", scopes},
                       {"note", entry.note},
                       {"created_at", format_rfc3339(entry.created_at)}};
    if (entry.grant.subject) {
        out["subject"] = entry.grant.subject->get();
    }
    if (entry.revoked_at) {
        out["revoked_at"] = format_rfc3339(*entry.revoked_at);
    }
    return out;
}

/// Throws what nlohmann throws if a member is missing or of another type.
TokenEntry entry_of(const nlohmann::json& from) {
    TokenEntry entry;
    entry.grant.id = from.at("id").get<std::string>();
    entry.hash = from.at("hash").get<std::string>();
    entry.note = from.value("note", "");
    for (const auto& name : from.at("scopes")) {
        if (const auto scope = scope_named(name.get<std::string>())) {
            entry.grant.scopes.push_back(*scope);
        }
    }
    if (from.contains("subject")) {
        entry.grant.subject = privacy::SubjectNumber{from["subject"].get<std::uint64_t>()};
    }
    entry.created_at = parse_rfc3339(from.at("created_at").get<std::string>()).value_or(Instant{});
    if (from.contains("revoked_at")) {
        entry.revoked_at = parse_rfc3339(from["revoked_at"].get<std::string>()).value_or(Instant{});
    }
    return entry;
}

bool is_revoked(const TokenEntry& entry) {
    return entry.revoked_at.has_value();
}

/// Whether there was one.
bool revoke_in(std::vector<TokenEntry>& entries, const std::string& id, Instant now) {
    bool found = false;
    for (auto& entry : entries) {
        if (entry.grant.id == id && !is_revoked(entry)) {
            entry.hash.clear();
            entry.revoked_at = now;
            found = true;
        }
    }
    return found;
}

/// Leaves those that were revoked last, whenever they were made.
void drop_oldest(std::vector<TokenEntry>& entries) {
    const auto first_revoked = [](const TokenEntry& a, const TokenEntry& b) {
        return a.revoked_at.value_or(Instant::max()) < b.revoked_at.value_or(Instant::max());
    };
    auto over = std::count_if(entries.begin(), entries.end(), is_revoked) - kMostRevoked;
    for (; over > 0; --over) {
        entries.erase(std::min_element(entries.begin(), entries.end(), first_revoked));
    }
}

fs::path book_of(const fs::path& data_dir) {
    return data_dir / "tokens.json";
}

/// Empties the notes that are `such`; whether there was one.
bool empty_notes(std::vector<TokenEntry>& entries, const std::function<bool(const std::string& note)>& such) {
    bool any = false;
    for (auto& entry : entries) {
        if (such(entry.note)) {
            entry.note.clear();
            any = true;
        }
    }
    return any;
}

/// There as long as notes could not be looked through, since the book was broken.
fs::path owed_of(const fs::path& data_dir) {
    return data_dir / "tokens.notes-owed";
}
fs::path local_of(const fs::path& data_dir) {
    return data_dir / "local.token";
}

/// One writer at a time, across processes.
Result<Descriptor> writing(const fs::path& data_dir) {
    Descriptor file{
        ::open((data_dir / "tokens.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.open() || ::flock(file.get(), LOCK_EX) != 0) {
        return fail(ErrorKind::Denied,
                    (data_dir / "tokens.lock").string() + " cannot be locked",
                    "Run as the owner of data_dir.");
    }
    return file;
}

}  // namespace

TokenBook::TokenBook(fs::path data_dir, const Cipher& cipher)
    : data_dir_(std::move(data_dir)), cipher_(cipher) {}

std::string TokenBook::hash_of(std::string_view token) const {
    const auto digest = cipher_.mac(bytes_of(kHashKey), bytes_of(token));
    return hex(digest);
}

NewToken TokenBook::mint() const {
    std::array<std::byte, 4> id{};
    std::array<std::byte, 32> secret{};
    cipher_.random(id);
    cipher_.random(secret);
    return {hex(id), "ft_" + hex(id) + "_" + hex(secret)};
}

Result<std::vector<TokenEntry>> TokenBook::read() const {
    const auto file = book_of(data_dir_);
    const auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    std::vector<TokenEntry> entries;
    if (!*text) {
        return entries;
    }
    try {
        const auto book = nlohmann::json::parse(**text);
        if (book.at("format").get<std::string>() != kTokensFormat) {
            return fail(ErrorKind::Invalid, file.string() + " is of another release", "Use that release.");
        }
        for (const auto& each : book.at("tokens")) {
            entries.push_back(entry_of(each));
        }
        return entries;
    } catch (const nlohmann::json::exception&) {
        return fail(ErrorKind::Corrupt,
                    file.string() + " is damaged",
                    "Remove it and make new tokens: `fedtrail token create`.");
    }
}

Result<void> TokenBook::write(const std::vector<TokenEntry>& entries) const {
    nlohmann::json tokens = nlohmann::json::array();
    for (const auto& entry : entries) {
        tokens.push_back(to_json(entry));
    }
    const nlohmann::json book{{"format", std::string{kTokensFormat}}, {"tokens", tokens}};
    return replace_file(book_of(data_dir_), book.dump(2) + "\n");
}

Result<std::vector<TokenEntry>> TokenBook::current() const {
    const auto state = file_state(book_of(data_dir_));
    const std::lock_guard held{guard_};
    if (state != known_state_) {
        auto fresh = read();
        if (!fresh) {
            return fresh;
        }
        known_ = std::move(*fresh);
        known_state_ = state;
    }
    return known_;
}

Result<Grant> TokenBook::admit(std::string_view token) const {
    const auto entries = current();
    if (!entries) {
        return fail(entries);
    }
    const auto hash = hash_of(token.substr(0, kLongestToken));
    std::optional<Grant> found;
    for (const auto& entry : *entries) {
        if (same(entry.hash, hash) && !is_revoked(entry)) {
            found = entry.grant;
        }
    }
    if (local_ && same(local_->hash, hash)) {
        found = local_->grant;
    }
    if (!found || token.size() > kLongestToken) {
        return fail(ErrorKind::Denied, "this token is not known", "Make one: `fedtrail token create`.");
    }
    return *found;
}

Result<NewToken> TokenBook::create(std::vector<Scope> scopes,
                                   std::optional<privacy::SubjectNumber> subject,
                                   const std::string& note,
                                   Instant now) {
    const auto lock = writing(data_dir_);
    if (!lock) {
        return fail(lock);
    }
    auto entries = read();
    if (!entries) {
        return fail(entries);
    }
    auto made = mint();
    entries->push_back(
        TokenEntry{Grant{made.id, std::move(scopes), subject}, hash_of(made.token), note, now, std::nullopt});
    if (auto written = write(*entries); !written) {
        return fail(written);
    }
    return made;
}

Result<std::vector<TokenEntry>> TokenBook::list() const {
    return read();
}

Result<void> TokenBook::change(const std::function<bool(std::vector<TokenEntry>& entries)>& act) {
    const auto lock = writing(data_dir_);
    if (!lock) {
        return fail(lock);
    }
    auto entries = read();
    if (!entries) {
        return fail(entries);
    }
    return act(*entries) ? write(*entries) : Result<void>{};
}

Result<void> TokenBook::revoke(const std::string& id, Instant now) {
    bool found = false;
    auto done = change([&](std::vector<TokenEntry>& entries) {
        found = revoke_in(entries, id, now);
        drop_oldest(entries);
        return found;
    });
    return done && !found ? fail(ErrorKind::NotFound, "there is no token " + id, "See `fedtrail token list`.")
                          : std::move(done);
}

Result<void> TokenBook::forget(privacy::SubjectNumber subject) {
    return change([&](std::vector<TokenEntry>& entries) {
        return std::erase_if(entries,
                             [&](const TokenEntry& entry) { return entry.grant.subject == subject; }) > 0;
    });
}

Result<void> TokenBook::strike_notes(const std::function<bool(const std::string& note)>& such) {
    auto struck = change([&](std::vector<TokenEntry>& entries) { return empty_notes(entries, such); });
    if (struck || struck.error().kind != ErrorKind::Corrupt) {
        return struck;
    }
    const auto owed = replace_file(owed_of(data_dir_), "the notes in tokens.json are to be emptied\n");
    return owed ? std::move(struck) : Result<void>{fail(owed)};
}

Result<void> TokenBook::strike_owed() {
    std::error_code fault;
    if (!fs::exists(owed_of(data_dir_), fault) && !fault) {
        return {};
    }
    auto struck = change([](std::vector<TokenEntry>& entries) {
        return empty_notes(entries, [](const std::string& note) { return !note.empty(); });
    });
    if (!struck) {
        return struck;
    }
    fs::remove(owed_of(data_dir_), fault);
    return fault ? fail(ErrorKind::Unavailable,
                        owed_of(data_dir_).string() + " cannot be removed: " + fault.message(),
                        "Make the folder writable for the service; it is tried again.")
                 : Result<void>{};
}

Result<void> TokenBook::issue_local() {
    const auto made = mint();
    local_ = TokenEntry{
        Grant{"local", {Scope::Admin}, std::nullopt, true}, hash_of(made.token), "", {}, std::nullopt};
    return replace_file(local_of(data_dir_), made.token + "\n");
}

Result<std::string> local_token(const fs::path& data_dir) {
    auto text = read_file(local_of(data_dir));
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return fail(ErrorKind::NotFound,
                    local_of(data_dir).string() + " is not there",
                    "Restart `fedtrail serve`: it writes this file.");
    }
    while ((*text)->ends_with('\n')) {
        (*text)->pop_back();
    }
    return **text;
}

std::string_view name_of(Scope scope) {
    for (const auto& [known, name] : kScopes) {
        if (known == scope) {
            return name;
        }
    }
    return "";
}

std::optional<Scope> scope_named(std::string_view name) {
    for (const auto& [scope, known] : kScopes) {
        if (known == name) {
            return scope;
        }
    }
    return std::nullopt;
}

std::vector<std::string> scope_names() {
    std::vector<std::string> names;
    names.reserve(kScopes.size());
    for (const auto& [scope, name] : kScopes) {
        names.emplace_back(name);
    }
    return names;
}

}  // namespace fedtrail::app
