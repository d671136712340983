#include "backends/sqlite/vault_desk.hpp"

#include <algorithm>
#include <utility>

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kPage = 1'000;

std::string identity_context(privacy::SubjectNumber number) {
    return "vault/identity/" + std::to_string(number.get());
}

constexpr std::string_view kSecure = "https://";
constexpr std::string_view kPlain = "http://";

/// "http://…" of "https://…" and the other way round.
std::string in_other_scheme(std::string_view uri) {
    const bool secure = uri.starts_with(kSecure);
    const auto rest = uri.substr(secure ? kSecure.size() : uri.find("://") + 3);
    return std::string{secure ? kPlain : kSecure} + std::string{rest};
}

tl::unexpected<Error> unknown() {
    return fail(
        ErrorKind::NotFound,
        "the vault knows no such person",
        "`fedtrail subjects list` shows who is known; a person is known once a delivery carried their data");
}

}  // namespace

VaultDesk::VaultDesk(std::unique_ptr<SQLite::Database> database,
                     const Cipher& cipher,
                     ByteView master,
                     VaultOptions options)
    : options_(std::move(options)), cipher_(cipher), keys_(cipher, master), rows_(std::move(database)) {}

Result<void> VaultDesk::unlock() {
    auto seal = rows_.seal();
    if (!seal && options_.mode != OpenMode::ReadWrite) {
        return fail(ErrorKind::Unavailable, "the vault is not set up yet", "run `fedtrail init` first");
    }
    if (!seal) {
        SQLite::Transaction transaction{rows_.database(), SQLite::TransactionBehavior::IMMEDIATE};
        seal = rows_.seal();  // another process may have been first
        if (!seal) {
            seal.emplace();
            cipher_.random(seal->vault);
            seal->check_value = keys_.check_value(seal->vault);
            rows_.put_seal(*seal);
        }
        transaction.commit();
    }
    id_ = seal->vault;
    if (keys_.check_value(seal->vault) == seal->check_value) {
        return {};
    }
    const auto first = rows_.numbers(privacy::SubjectNumber{0}, 1);
    if (!first.empty() && key_of(first.front())) {
        return fail(ErrorKind::Corrupt,
                    "the vault's check value is damaged, though the master key opens what lies in it",
                    "stop the service and restore the vault from a backup");
    }
    return fail(ErrorKind::Denied,
                "the master key is not the one this vault was made with",
                "give the master key that belongs to this vault; without it nobody can read it");
}

Result<std::vector<privacy::SubjectNumber>> VaultDesk::enrol(std::span<const Enrolment> people) {
    std::optional<SQLite::Transaction> transaction;
    std::vector<privacy::SubjectNumber> numbers;
    for (const auto& person : people) {
        const auto known = settled(person);
        if (!known) {
            return fail(known);
        }
        if (!*known && !transaction) {
            transaction.emplace(rows_.database(), SQLite::TransactionBehavior::IMMEDIATE);
        }
        const auto number = *known ? Result<privacy::SubjectNumber>{**known} : settle(person);
        if (!number) {
            return fail(number);
        }
        numbers.push_back(*number);
    }
    if (transaction) {
        transaction->commit();
    }
    return numbers;
}

Result<std::optional<privacy::SubjectNumber>> VaultDesk::settled(const Enrolment& person) {
    const auto number = number_of(person.actor);
    if (number && person.actor.text().starts_with(kSecure) &&
        !rows_.number_of_actor(actor_hash(person.actor.text()))) {
        return std::optional<privacy::SubjectNumber>{};  // known by an http: URI, which this one replaces
    }
    if (!number || person.username.reveal().empty()) {
        return number;
    }
    const auto wanted =
        sqlite::identity_of(person.actor, origin_of(person.actor.host()), person.username.reveal());
    if (wanted.source != HandleSource::Told) {
        return number;
    }
    const auto stored = identity_of(*number);
    if (!stored) {
        return fail(stored);
    }
    const bool same = stored->source == HandleSource::Told && stored->handle == wanted.handle;
    return same ? number : std::nullopt;
}

Result<privacy::SubjectNumber> VaultDesk::settle(const Enrolment& person) {
    const auto done = settled(person);
    if (!done) {
        return fail(done);
    }
    if (*done) {
        return **done;
    }
    const auto number = number_of(person.actor);
    if (!number) {
        return add(person);
    }
    const auto renamed = rename(
        *number, sqlite::identity_of(person.actor, origin_of(person.actor.host()), person.username.reveal()));
    if (!renamed) {
        return fail(renamed);
    }
    return *number;
}

Result<privacy::SubjectNumber> VaultDesk::add(const Enrolment& person) {
    const auto number = rows_.next_number();
    const auto identity =
        sqlite::identity_of(person.actor, origin_of(person.actor.host()), person.username.reveal());
    WipedKey key;
    cipher_.random(key.key);
    auto wrapped = keys_.wrap(key, number);
    if (!wrapped) {
        return fail(wrapped);
    }
    auto blob = sealed(identity, key, number);
    if (!blob) {
        return fail(blob);
    }
    rows_.add_subject(number, {std::move(*wrapped), std::move(*blob)}, actor_hash(person.actor.text()));
    if (identity.source != HandleSource::Unknown) {
        rows_.add_handle(handle_hash(identity.handle.reveal()), number);
    }
    return number;
}

Result<void> VaultDesk::rename(privacy::SubjectNumber number, StoredIdentity wanted) {
    const auto stored = identity_of(number);
    if (!stored) {
        return fail(stored);
    }
    if (stored->source == HandleSource::Told && wanted.source != HandleSource::Told) {
        wanted.handle = stored->handle;
        wanted.source = stored->source;
    }
    const auto& actor = wanted.actor.reveal();
    if (actor != stored->actor.reveal() && !actor.starts_with(kSecure)) {
        wanted.actor = stored->actor;  // https stays
    }
    const auto key = key_of(number);
    if (!key) {
        return fail(key);
    }
    auto named = wanted;
    if (same_name(stored->confirmed.reveal(), wanted.handle.reveal())) {
        named.confirmed = stored->confirmed;  // else it was another name that the origin confirmed
    }
    const auto blob = sealed(named, *key, number);
    if (!blob) {
        return fail(blob);
    }
    if (stored->source != HandleSource::Unknown) {
        rows_.remove_handle(handle_hash(stored->handle.reveal()), number);
    }
    rows_.replace_identity(number, *blob);
    rows_.replace_actor(number, actor_hash(wanted.actor.reveal()));
    if (wanted.source != HandleSource::Unknown) {
        rows_.add_handle(handle_hash(wanted.handle.reveal()), number);
    }
    return {};
}

Result<privacy::SubjectNumber> VaultDesk::by_actor(const Uri& actor) {
    const auto number = number_of(actor);
    if (!number) {
        return unknown();
    }
    return *number;
}

Result<privacy::SubjectNumber> VaultDesk::by_handle(std::string_view name, const Host& host) {
    const auto candidates =
        rows_.numbers_of_handle(handle_hash(std::string{name} + "@" + origin_of(host).text()));
    if (candidates.empty()) {
        return unknown();
    }
    if (candidates.size() == 1) {
        return candidates.front();
    }
    std::vector<privacy::SubjectNumber> told;
    std::string listed;
    for (const auto number : candidates) {
        const auto stored = identity_of(number);
        if (!stored) {
            return fail(stored);
        }
        listed += (listed.empty() ? "" : ", ") + std::to_string(number.get());
        const auto& confirmed = stored->confirmed.reveal();
        if (stored->source == HandleSource::Told ||
            (!confirmed.empty() && confirmed == stored->handle.reveal())) {
            told.push_back(number);
        }
    }
    if (told.size() == 1) {
        return told.front();
    }
    return fail(
        ErrorKind::Conflict,
        "several accounts have this handle: the subjects " + listed,
        "`fedtrail subjects show NUMBER` says of each when and to whom their data went; then give the "
        "number of one, or the actor's URI. A person who has several is asked for under each of them");
}

Result<WipedKey> VaultDesk::key_of(privacy::SubjectNumber number) {
    const auto row = rows_.subject(number);
    if (!row) {
        return unknown();
    }
    return keys_.unwrap(row->wrapped_key, number);
}

Result<VaultRows::Subject> VaultDesk::row_of(privacy::SubjectNumber number) {
    auto row = rows_.subject(number);
    if (!row && rows_.shredding(number)) {
        return fail(
            ErrorKind::NotFound,
            "subject " + std::to_string(number.get()) + " was shredded: who it was cannot be told any more",
            "`fedtrail subjects shredded` shows when and why");
    }
    if (!row) {
        return unknown();
    }
    return std::move(*row);
}

Result<privacy::SubjectNumber> VaultDesk::by_number(privacy::SubjectNumber number) {
    const auto row = row_of(number);
    return row ? Result<privacy::SubjectNumber>{number} : fail(row);
}

Result<StoredIdentity> VaultDesk::identity_of(privacy::SubjectNumber number) {
    const auto row = row_of(number);
    return row ? opened(*row, number) : fail(row);
}

std::optional<privacy::SubjectNumber> VaultDesk::number_of(const Uri& actor) {
    const auto number = rows_.number_of_actor(actor_hash(actor.text()));
    return number ? number : rows_.number_of_actor(actor_hash(in_other_scheme(actor.text())));
}

LookupHash VaultDesk::actor_hash(std::string_view actor) const {
    return keys_.lookup_hash("actor:", actor);
}

LookupHash VaultDesk::handle_hash(std::string_view handle) const {
    return keys_.lookup_hash("acct:", folded(handle));
}

Host VaultDesk::origin_of(const Host& host) const {
    const auto alias = std::find_if(options_.aliases.begin(),
                                    options_.aliases.end(),
                                    [&](const HostAlias& known) { return known.alias == host; });
    return alias == options_.aliases.end() ? host : alias->origin;
}

Result<Bytes> VaultDesk::sealed(const StoredIdentity& identity,
                                const WipedKey& key,
                                privacy::SubjectNumber number) const {
    return cipher_.seal(key.key, bytes_of(identity_context(number)), encode(identity));
}

Result<StoredIdentity> VaultDesk::opened(const VaultRows::Subject& row, privacy::SubjectNumber number) const {
    const auto key = keys_.unwrap(row.wrapped_key, number);
    if (!key) {
        return fail(key);
    }
    const auto plain = cipher_.open(key->key, bytes_of(identity_context(number)), row.identity);
    if (!plain) {
        return fail(plain);
    }
    return decode_identity(*plain);
}

std::optional<std::string> VaultDesk::fault_of(privacy::SubjectNumber number, std::uint64_t& handles) {
    const std::string who = "subject " + std::to_string(number.get()) + ": ";
    const auto identity = identity_of(number);
    if (!identity) {
        return who + identity.error().what;
    }
    if (rows_.number_of_actor(actor_hash(identity->actor.reveal())) != number) {
        return who + "the look-up row of the actor is missing or names somebody else";
    }
    if (identity->source == HandleSource::Unknown) {
        return std::nullopt;
    }
    ++handles;
    const auto named = rows_.numbers_of_handle(handle_hash(identity->handle.reveal()));
    if (std::find(named.begin(), named.end(), number) == named.end()) {
        return who + "the look-up row of the handle is missing";
    }
    return std::nullopt;
}

void VaultDesk::check_each(std::span<const privacy::SubjectNumber> numbers,
                           VaultCheck& check,
                           std::uint64_t& handles) {
    for (const auto number : numbers) {
        ++check.subjects;
        auto fault = fault_of(number, handles);
        if (!fault) {
            fault = fault_in_keys(number, check.signing_keys);
        }
        if (fault) {
            check.faults.push_back(std::move(*fault));
        }
    }
}

VaultCheck VaultDesk::check() {
    VaultCheck check;
    check.faults = rows_.structural_faults();
    check_shreddings(check);
    check_leaves(check);
    check_handle_hosts(check);
    std::uint64_t handles = 0;
    auto page = rows_.numbers(privacy::SubjectNumber{0}, kPage);
    while (!page.empty() && check.faults.size() < kMaxFaults) {
        check_each(page, check, handles);
        page = rows_.numbers(page.back(), kPage);
    }
    if (check.faults.empty() && rows_.count("signing_key") != check.signing_keys) {
        check.faults.emplace_back("there are private keys that belong to nobody");
    }
    if (check.faults.empty() &&
        (rows_.count("actor_lookup") != check.subjects || rows_.count("handle_lookup") != handles)) {
        check.faults.emplace_back("there are look-up rows that belong to nobody");
    }
    check.faults.resize(std::min(check.faults.size(), kMaxFaults));
    return check;
}

}  // namespace fedtrail::sqlite
