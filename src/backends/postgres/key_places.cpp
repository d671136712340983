#include "backends/postgres/key_places.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::postgres {

namespace {

constexpr std::size_t kMaxSegment = 255;
constexpr std::size_t kMaxDigits = 18;  // fits PostgreSQL's bigint

constexpr std::string_view kAccountColumns =
    "accounts.private_key,accounts.username,accounts.domain,accounts.id,accounts.uri";

// A local account's own `uri` is empty; what it is follows from its name or, in newer versions, its number.
// Deleting a local account leaves the row, and the key in it.
constexpr std::array kMastodon{
    KeyPlace{
        "accounts.private_key",
        kAccountColumns,
        FoundBy::Segment,
        "/users/",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM accounts WHERE lower(username) = lower($1) AND domain IS NULL "
        "AND private_key <> '' LIMIT 3"},
    KeyPlace{
        "accounts.private_key",
        kAccountColumns,
        FoundBy::Number,
        "/ap/users/",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM accounts WHERE id = $1::bigint AND domain IS NULL AND private_key <> '' LIMIT 3"},
    KeyPlace{
        "accounts.private_key",
        kAccountColumns,
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM accounts WHERE uri = $1 AND domain IS NULL AND private_key <> '' LIMIT 3"},
};
constexpr std::string_view kKeypairColumnsOfMastodon =
    "keypairs.account_id,keypairs.private_key,keypairs.revoked,accounts.id,accounts.username,accounts.domain";
constexpr std::array kKeypairs{
    KeyPlace{
        "keypairs.private_key",
        kKeypairColumnsOfMastodon,
        FoundBy::Segment,
        "/users/",
        "SELECT count(*) FROM keypairs k JOIN accounts a ON a.id = k.account_id "
        "WHERE lower(a.username) = lower($1) AND a.domain IS NULL AND k.private_key <> '' AND NOT k.revoked"},
    KeyPlace{"keypairs.private_key",
             kKeypairColumnsOfMastodon,
             FoundBy::Number,
             "/ap/users/",
             "SELECT count(*) FROM keypairs k JOIN accounts a ON a.id = k.account_id "
             "WHERE a.id = $1::bigint AND a.domain IS NULL AND k.private_key <> '' AND NOT k.revoked"},
};
constexpr std::string_view kKeypairsRemedy =
    "print it with Mastodon's own key: bin/rails runner "
    "'puts Account.find_local(\"NAME\").keypairs.usable.first.private_key', then `fedtrail keys import`";

constexpr std::array kLemmy{
    KeyPlace{
        "person.private_key",
        "person.private_key,person.ap_id,person.local",  // 1.0
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM person WHERE ap_id = $1 AND local AND private_key <> '' LIMIT 3"},
    KeyPlace{
        "person.private_key",
        "person.private_key,person.actor_id,person.local",  // 0.19
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM person WHERE actor_id = $1 AND local AND private_key <> '' LIMIT 3"},
    KeyPlace{
        "community.private_key",
        "community.private_key,community.ap_id,community.local",
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM community WHERE ap_id = $1 AND local AND private_key <> '' LIMIT 3"},
    KeyPlace{
        "community.private_key",
        "community.private_key,community.actor_id,community.local",
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM community WHERE actor_id = $1 AND local AND private_key <> '' LIMIT 3"},
};

// Behind /users/ stands an id, behind /@ a name: somebody's name may be another's id.
constexpr std::string_view kKeypairColumns =
    "user_keypair.userId,user_keypair.privateKey,user.id,user.usernameLower,user.host";
constexpr std::array kMisskey{
    KeyPlace{"user_keypair.privateKey",
             kKeypairColumns,
             FoundBy::Segment,
             "/users/",
             R"(SELECT CASE WHEN octet_length(k."privateKey") <= $2 THEN k."privateKey" END,
                octet_length(k."privateKey"), NULL::text FROM user_keypair k JOIN "user" u ON u.id = k."userId"
                WHERE u.id = $1 AND u.host IS NULL AND k."privateKey" <> '' LIMIT 3)"},
    KeyPlace{"user_keypair.privateKey",
             kKeypairColumns,
             FoundBy::Segment,
             "/@",
             R"(SELECT CASE WHEN octet_length(k."privateKey") <= $2 THEN k."privateKey" END,
                octet_length(k."privateKey"), NULL::text FROM user_keypair k JOIN "user" u ON u.id = k."userId"
                WHERE u."usernameLower" = lower($1) AND u.host IS NULL AND k."privateKey" <> '' LIMIT 3)"},
};

constexpr std::array kPleroma{
    KeyPlace{
        "signing_keys.private_key",  // Akkoma
        "signing_keys.user_id,signing_keys.private_key,signing_keys.key_id,users.id,users.ap_id,users.local",
        FoundBy::Uri,
        "",
        "SELECT CASE WHEN octet_length(k.private_key) <= $2 THEN k.private_key END, "
        "octet_length(k.private_key), CASE WHEN octet_length(k.key_id) <= 2048 THEN k.key_id END "
        "FROM signing_keys k JOIN users u ON u.id = k.user_id "
        "WHERE u.ap_id = $1 AND u.local AND k.private_key <> '' LIMIT 3"},
    KeyPlace{"users.keys",  // Pleroma, and Akkoma before it had the other
             "users.keys,users.ap_id,users.local",
             FoundBy::Uri,
             "",
             "SELECT CASE WHEN octet_length(keys) <= $2 THEN keys END, octet_length(keys), NULL::text "
             "FROM users WHERE ap_id = $1 AND local AND keys <> '' LIMIT 3"},
};

constexpr std::array kPeertube{
    KeyPlace{"actor.privateKey",
             "actor.url,actor.serverId,actor.privateKey",
             FoundBy::Uri,
             "",
             R"(SELECT CASE WHEN octet_length("privateKey") <= $2 THEN "privateKey" END,
                octet_length("privateKey"), NULL::text FROM actor
                WHERE url = $1 AND "serverId" IS NULL AND "privateKey" <> '' LIMIT 3)"},
    KeyPlace{"actorReserved.privateKey",  // keeps the keys of deleted accounts
             "actorReserved.url,actorReserved.privateKey",
             FoundBy::Uri,
             "",
             R"(SELECT CASE WHEN octet_length("privateKey") <= $2 THEN "privateKey" END,
                octet_length("privateKey"), NULL::text FROM "actorReserved"
                WHERE url = $1 AND "privateKey" <> '' LIMIT 3)"},
};

constexpr std::array kMbin{
    KeyPlace{
        R"("user".private_key)",
        "user.private_key,user.username,user.ap_id",
        FoundBy::Segment,
        "/u/",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        R"(NULL::text FROM "user" WHERE username = $1 AND ap_id IS NULL AND private_key <> '' LIMIT 3)"},
    KeyPlace{
        "magazine.private_key",
        "magazine.private_key,magazine.name,magazine.ap_id",
        FoundBy::Segment,
        "/m/",
        "SELECT CASE WHEN octet_length(private_key) <= $2 THEN private_key END, octet_length(private_key), "
        "NULL::text FROM magazine WHERE name = $1 AND ap_id IS NULL AND private_key <> '' LIMIT 3"},
};

constexpr std::array kSoftware{
    Software{"akkoma", kPleroma, {}, ""},
    Software{"lemmy", kLemmy, {}, ""},
    Software{"mastodon", kMastodon, kKeypairs, kKeypairsRemedy},
    Software{"mbin", kMbin, {}, ""},
    Software{"misskey", kMisskey, {}, ""},
    Software{"peertube", kPeertube, {}, ""},
    Software{"pleroma", kPleroma, {}, ""},
};

struct Fork {
    std::string_view name;
    std::string_view parent;
};
constexpr std::array kForks{
    Fork{"glitch", "mastodon"},
    Fork{"hometown", "mastodon"},
    Fork{"cherrypick", "misskey"},
    Fork{"firefish", "misskey"},
    Fork{"foundkey", "misskey"},
    Fork{"iceshrimp", "misskey"},
    Fork{"sharkey", "misskey"},
};

}  // namespace

const Software* software_named(std::string_view name) {
    const auto* fork =
        std::find_if(kForks.begin(), kForks.end(), [&](const Fork& known) { return known.name == name; });
    const auto wanted = fork == kForks.end() ? name : fork->parent;
    const auto* found = std::find_if(
        kSoftware.begin(), kSoftware.end(), [&](const Software& known) { return known.name == wanted; });
    return found == kSoftware.end() ? nullptr : found;
}

std::string known_software() {
    std::string names;
    for (const auto& software : kSoftware) {
        names += (names.empty() ? "" : ", ") + std::string{software.name};
    }
    return names;
}

std::optional<std::string> address_of(const Uri& actor, const KeyPlace& place) {
    if (place.found_by == FoundBy::Uri) {
        return actor.text();
    }
    auto path = actor.path();
    if (!path.starts_with(place.prefix)) {
        return std::nullopt;
    }
    const auto segment = path.substr(place.prefix.size());
    const bool plain = !segment.empty() && segment.size() <= kMaxSegment &&
                       segment.find_first_of("/%") == std::string_view::npos;
    const bool digits =
        segment.size() <= kMaxDigits &&
        std::all_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!plain || (place.found_by == FoundBy::Number && !digits)) {
        return std::nullopt;
    }
    return std::string{segment};
}

}  // namespace fedtrail::postgres
