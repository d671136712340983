/// The vault's side of handles that were confirmed: one with its person, and the host in those of an origin.

#include <string>
#include <utility>

#include "fedtrail/fediverse/signer.hpp"

#include "backends/sqlite/vault_desk.hpp"
#include "backends/sqlite/vault_octets.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr auto kHandleHostForm = std::byte{1};

std::string context_of(const LookupHash& hash) {
    return "vault/handle-host/" + hex(hash);
}

Bytes encode(const HandleHost& host) {
    Bytes out{kHandleHostForm, std::byte{host.names_in_uris}};
    put_text(out, host.host.text());
    return out;
}

Result<HandleHost> decode_handle_host(ByteView bytes) {
    const bool known = bytes.size() > 2 && bytes[0] == kHandleHostForm && bytes[1] <= std::byte{1};
    auto rest = known ? bytes.subspan(2) : ByteView{};
    const auto text = take_text(rest);
    auto host = Host::parse(text.value_or(std::string_view{}));
    if (!known || !host || !rest.empty()) {
        return fail(ErrorKind::Corrupt, "a handle host in the vault is not in the form it should be");
    }
    return HandleHost{std::move(*host), bytes[1] == std::byte{1}};
}

}  // namespace

LookupHash VaultDesk::handle_host_hash(const Host& actors) const {
    return keys_.lookup_hash("handle-host:", actors.text());
}

Result<HandleHost> VaultDesk::opened(const VaultRows::HandleHost& row) const {
    const auto plain = keys_.open(context_of(row.hash), row.sealed);
    return plain ? decode_handle_host(*plain) : Result<HandleHost>{fail(plain)};
}

Result<HandleFacts> VaultDesk::handle_facts(privacy::SubjectNumber number) {
    auto stored = identity_of(number);
    if (!stored) {
        return fail(stored);
    }
    HandleFacts facts{std::move(stored->confirmed), stored->source == HandleSource::Told, {}};
    const auto actor = Uri::parse(stored->actor.reveal());
    const auto row = actor ? rows_.handle_host(handle_host_hash(actor->host())) : std::nullopt;
    if (row) {
        auto host = opened(*row);
        if (!host) {
            return fail(host);
        }
        facts.host = std::move(*host);
    }
    return facts;
}

Result<void> VaultDesk::put_handle_host(const Uri& actor, std::string_view handle) {
    const auto at = handle.rfind('@');
    auto host = Host::parse(handle.substr(at + 1));
    if (!host) {
        return fail(host);
    }
    const auto name = folded(fediverse::username_of_actor(actor));
    const HandleHost named{std::move(*host), !name.empty() && name == folded(handle.substr(0, at))};
    const auto hash = handle_host_hash(actor.host());
    auto blob = keys_.seal(context_of(hash), encode(named));
    if (!blob) {
        return fail(blob);
    }
    rows_.put_handle_host({hash, std::move(*blob)});
    return {};
}

bool VaultDesk::take_name(privacy::SubjectNumber number, StoredIdentity& identity, std::string_view name) {
    const auto& known = identity.handle.reveal();
    if (identity.source == HandleSource::Told ||
        (identity.source == HandleSource::Derived && same_name(known, std::string{name} + "@"))) {
        return false;
    }
    if (identity.source != HandleSource::Unknown) {
        rows_.remove_handle(handle_hash(known), number);
    }
    identity.handle = Personal{std::string{name} + "@" + identity.origin.text()};
    identity.source = HandleSource::Told;
    rows_.add_handle(handle_hash(identity.handle.reveal()), number);
    return true;
}

Result<void> VaultDesk::confirm(privacy::SubjectNumber number, std::string_view handle) {
    if (!is_handle(handle)) {
        return fail(ErrorKind::Invalid, "what the origin names is no handle");
    }
    SQLite::Transaction transaction{rows_.database(), SQLite::TransactionBehavior::IMMEDIATE};
    auto identity = identity_of(number);
    if (!identity) {
        return fail(identity);
    }
    const auto key = key_of(number);
    if (!key) {
        return fail(key);
    }
    const auto actor = Uri::parse(identity->actor.reveal());
    if (!actor) {
        return fail(ErrorKind::Corrupt, "an actor in the vault has no URI");
    }
    if (auto put = put_handle_host(*actor, handle); !put) {
        return put;
    }
    const bool named = take_name(number, *identity, handle.substr(0, handle.rfind('@')));
    if (named || identity->confirmed.reveal() != handle) {
        identity->confirmed = Personal{std::string{handle}};
        const auto blob = sealed(*identity, *key, number);
        if (!blob) {
            return fail(blob);
        }
        rows_.replace_identity(number, *blob);
    }
    transaction.commit();
    return {};
}

Result<void> VaultDesk::tell(privacy::SubjectNumber number, std::string_view username) {
    SQLite::Transaction transaction{rows_.database(), SQLite::TransactionBehavior::IMMEDIATE};
    const auto stored = identity_of(number);
    if (!stored) {
        return fail(stored);
    }
    const auto actor = Uri::parse(stored->actor.reveal());
    if (!actor) {
        return fail(ErrorKind::Corrupt, "an actor in the vault has no URI");
    }
    auto wanted = sqlite::identity_of(*actor, origin_of(actor->host()), username);
    const bool same = stored->source == HandleSource::Told && stored->handle == wanted.handle;
    if (wanted.source != HandleSource::Told || same) {
        return {};
    }
    if (auto renamed = rename(number, std::move(wanted)); !renamed) {
        return renamed;
    }
    transaction.commit();
    return {};
}

void VaultDesk::check_handle_hosts(VaultCheck& check) {
    for (const auto& row : rows_.handle_hosts()) {
        if (!opened(row)) {
            check.faults.emplace_back("a handle host does not open");
        }
    }
}

}  // namespace fedtrail::sqlite
