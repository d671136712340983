#include "intake/access_log/fetched.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace fedtrail::intake::access_log {

namespace {

using fediverse::CategorySet;
using fediverse::DataCategory;
using Words = std::span<const std::string_view>;

constexpr std::size_t kDeepest = 5;  // segments of a path below which no actor lies

constexpr std::array<std::string_view, 4> kFeedEndings{".rss", ".atom", ".xml", ".json"};
constexpr std::array<std::string_view, 12> kMediaEndings{
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".mp4", ".webm", ".mov", ".mp3", ".ogg", ".m4a"};
constexpr std::array<std::string_view, 9> kOtherEndings{
    ".js", ".css", ".map", ".svg", ".ico", ".woff", ".woff2", ".ttf", ".txt"};
constexpr std::array<std::string_view, 3> kFeeds{"feed", "rss", "atom"};
constexpr std::array<std::string_view, 5> kRelations{
    "followers", "following", "friends", "collections", "subscribers"};
/// What stands behind a thing's address for a view of it.
constexpr std::array<std::string_view, 8> kViews{
    "activity", "embed", "replies", "likes", "shares", "context", "quote_authorizations", "edit"};
/// Before a person's name in the addresses of pages.
constexpr std::array<std::string_view, 12> kBeforeName{"users",
                                                       "u",
                                                       "user",
                                                       "accounts",
                                                       "a",
                                                       "profile",
                                                       "author",
                                                       "people",
                                                       "feed",
                                                       "video-accounts",
                                                       "noscrape",
                                                       "magazines"};

/// Before that, in some.
constexpr std::array<std::string_view, 5> kBeforeThat{"feeds", "web", "deck", "embed", "ap"};

bool has_word(Words words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The ending of `text` that is one of `endings`; "" if none is.
std::string_view ending_of(Words endings, std::string_view text) {
    const auto found = std::find_if(endings.begin(), endings.end(), [&](std::string_view ending) {
        return text.size() > ending.size() && text.ends_with(ending);
    });
    return found == endings.end() ? std::string_view{} : *found;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 20 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// An address in parts.
struct Address {
    std::string base;                   ///< "https://origin.example"
    std::string whole;                  ///< With its query.
    std::string page;                   ///< The path without query and final "/".
    std::string_view ending;            ///< ".rss", …, a literal; "" without.
    std::vector<std::string> segments;  ///< Of `page`, without its ending.
};

std::optional<Address> address_of(const Host& host, std::string_view target) {
    Address address;
    address.base = "https://" + host.text();
    const auto uri = Uri::parse(address.base + std::string{target.substr(0, target.find('#'))});
    if (!target.starts_with('/') || !uri) {
        return std::nullopt;
    }
    address.whole = uri->text();
    address.page = std::string{uri->path()};
    while (address.page.ends_with('/')) {
        address.page.pop_back();
    }
    address.ending = ending_of(kFeedEndings, address.page);
    std::string_view rest{address.page};
    rest.remove_suffix(address.ending.size());
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto end = std::min(rest.find('/'), rest.size());
        address.segments.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    return address;
}

/// The address up to and with segment `count`.
std::string up_to(const Address& address, std::size_t count) {
    std::string uri = address.base;
    for (std::size_t i = 0; i < count; ++i) {
        uri.append("/").append(address.segments[i]);
    }
    return uri;
}

/// Somebody, and how many segments of the address say so.
struct Named {
    Person person;
    std::size_t segments{};
    bool by_page{};  ///< By the name on a page, not by the actor URI.
};

Result<std::optional<Named>> named_by_actor(People& people, const Address& address) {
    for (auto count = std::min(address.segments.size(), kDeepest); count > 0; --count) {
        auto person = people.by_actor(up_to(address, count));
        if (!person) {
            return fail(person);
        }
        if (*person) {
            return std::optional{Named{std::move(**person), count, false}};
        }
    }
    return std::optional<Named>{};
}

/// "/@alice", "/u/alice", "/feeds/u/alice".
Result<std::optional<Named>> named_by_page(People& people, const Host& host, const Address& address) {
    const auto& segments = address.segments;
    const std::size_t places = !segments.empty() && has_word(kBeforeThat, segments.front()) ? 2 : 1;
    for (std::size_t i = 0; i < std::min(segments.size(), places); ++i) {
        const bool at = segments[i].starts_with('@') && segments[i].size() > 1;
        const bool word = i + 1 < segments.size() && has_word(kBeforeName, segments[i]) &&
                          !segments[i + 1].starts_with('@');
        if (!at && !word) {
            continue;
        }
        auto person = people.by_name(host, std::string_view{segments[i + (at ? 0 : 1)]}.substr(at ? 1 : 0));
        if (!person) {
            return fail(person);
        }
        if (*person) {
            return std::optional{Named{std::move(**person), at ? i + 1 : i + 2, true}};
        }
    }
    return std::optional<Named>{};
}

/// The URIs that the thing behind a person's part of the address may have, the likeliest first.
std::vector<std::string> objects_of(const Address& address, const Named& named) {
    auto count = address.segments.size();
    while (count > named.segments + 1 && has_word(kViews, address.segments[count - 1])) {
        --count;
    }
    std::vector<std::string> uris;
    const auto& actor = named.person.actor.reveal();
    const auto& first = address.segments[named.segments];
    if (named.by_page && is_number(first)) {  // Mastodon's page of a post
        uris.push_back(actor + "/statuses/" + first);
    }
    if (named.by_page && first == "statuses" && count > named.segments + 1) {
        uris.push_back(actor + "/statuses/" + address.segments[named.segments + 1]);
    }
    uris.push_back(up_to(address, count));
    if (count != address.segments.size()) {
        uris.push_back(up_to(address, address.segments.size()));
    }
    return uris;
}

Fetched thing(const Person& person, std::string object, CategorySet categories, bool known) {
    return Fetched{person, Personal<std::string>{std::move(object)}, categories, known};
}

constexpr CategorySet kProfile{DataCategory::Profile, DataCategory::Handle};
constexpr CategorySet kPost{DataCategory::PostText, DataCategory::Handle};

Result<Fetched> post_of(People& people, const Address& address, const Named& named, bool wants_activity) {
    const auto uris = objects_of(address, named);
    for (const auto& uri : uris) {
        const auto known = people.has(named.person, uri);
        if (!known) {
            return fail(known);
        }
        if (*known) {
            return thing(named.person, uri, kPost, true);
        }
    }
    if (wants_activity) {
        return thing(named.person, uris.front(), kPost, false);
    }
    // Servers answer any address below a person's page with a page: it is filed as that person's page.
    return thing(named.person, up_to(address, named.segments), kPost, false);
}

/// What of the person it is.
Result<std::optional<Fetched>> part_of(People& people,
                                       const Address& address,
                                       const Named& named,
                                       bool wants_activity) {
    const auto& segments = address.segments;
    const auto count = named.segments;
    const auto& person = named.person;
    if (count == segments.size()) {
        const bool feed = !address.ending.empty() && address.ending != ".json";
        return feed || segments.front() == "feed" || segments.front() == "feeds"
                   ? std::optional{thing(person, address.base + address.page, kPost, false)}
                   : std::optional{thing(person, person.actor.reveal(), kProfile, true)};
    }
    const auto& next = segments[count];
    if (next == "inbox") {
        return std::optional<Fetched>{};
    }
    if (has_word(kFeeds, next) || next == "outbox") {
        const bool last = count + 1 == segments.size();
        return std::optional{
            thing(person, last ? address.base + address.page : up_to(address, count + 1), kPost, false)};
    }
    if (has_word(kRelations, next)) {
        return std::optional{thing(
            person, up_to(address, count + 1), {DataCategory::FollowRelation, DataCategory::Handle}, false)};
    }
    if (!ending_of(kMediaEndings, address.page).empty()) {
        return std::optional{thing(person, address.base + address.page, {DataCategory::Media}, false)};
    }
    auto post = post_of(people, address, named, wants_activity);
    return post ? Result<std::optional<Fetched>>{std::move(*post)} : fail(post);
}

/// What the ledger knows under this very address, whoever's it is.
Result<std::optional<Fetched>> known_object(People& people, const Address& address, bool search) {
    const bool file =
        !ending_of(kOtherEndings, address.page).empty() || !ending_of(kMediaEndings, address.page).empty();
    const bool front = address.segments.empty();
    if (!search || file || (front && address.whole == address.base + "/")) {
        return std::optional<Fetched>{};
    }
    const auto plain = address.base + address.page;
    std::vector<std::string> uris{front ? address.whole : plain};
    if (!front && address.whole.ends_with('/')) {
        uris.push_back(plain + "/");  // WordPress
    }
    if (address.segments.size() > 1 && has_word(kViews, address.segments.back())) {
        uris.push_back(up_to(address, address.segments.size() - 1));
    }
    for (const auto& uri : uris) {
        const auto person = people.by_object(uri);
        if (!person) {
            return fail(person);
        }
        if (*person) {
            return std::optional{thing(**person, uri, kPost, true)};
        }
    }
    return std::optional<Fetched>{};
}

}  // namespace

std::vector<std::string> names_of(const Host& host, std::string_view target) {
    const auto address = address_of(host, target);
    if (!address) {
        return {};
    }
    std::vector<std::string> names{address->whole, address->base + address->page};
    auto count = address->segments.size();
    if (!address->ending.empty()) {
        names.push_back(up_to(*address, count));
    }
    while (count > 1 && has_word(kViews, address->segments[count - 1])) {
        names.push_back(up_to(*address, --count));
    }
    return names;
}

Result<std::optional<Fetched>> fetched(People& people, const Asked& asked) {
    const auto address = address_of(asked.host, asked.target);
    if (!address) {
        return std::optional<Fetched>{};
    }
    if (address->segments.empty() && address->whole != address->base + "/") {  // WordPress: /?author=1
        const auto person = people.by_actor(address->whole);
        if (!person) {
            return fail(person);
        }
        if (*person) {
            return std::optional{thing(**person, (*person)->actor.reveal(), kProfile, true)};
        }
    }
    auto named = named_by_actor(people, *address);
    if (named && !*named) {
        named = named_by_page(people, asked.host, *address);
    }
    if (!named) {
        return fail(named);
    }
    return *named ? part_of(people, *address, **named, asked.wants_activity)
                  : known_object(people, *address, asked.search);
}

}  // namespace fedtrail::intake::access_log
