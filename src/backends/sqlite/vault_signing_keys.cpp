#include "backends/sqlite/vault_signing_keys.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "fedtrail/core/secret.hpp"

#include "backends/sqlite/vault_desk.hpp"
#include "backends/sqlite/vault_octets.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr auto kSigningKeyForm = std::byte{1};

std::string context_of(privacy::SubjectNumber number, const LookupHash& hash) {
    return "vault/signing-key/" + std::to_string(number.get()) + "/" + hex(hash);
}

/// The keys of RSA are longer than those of Ed25519 whatever form they are in.
void rsa_first(std::vector<FoundKey>& keys) {
    std::stable_sort(keys.begin(), keys.end(), [](const FoundKey& a, const FoundKey& b) {
        return a.private_key.reveal().size() > b.private_key.reveal().size();
    });
}

}  // namespace

Result<Bytes> encode(const FoundKey& key) {
    const auto& pem = key.private_key.reveal();
    if (key.key_id.empty() || key.key_id.size() > kMaxKeyId || pem.empty() || pem.size() > kMaxPrivateKey) {
        return fail(ErrorKind::Invalid,
                    "a private key cannot be kept: the key or its id is empty or too long",
                    "the id is a URI of at most 2048 octets, the key PEM of at most 16 KiB");
    }
    Bytes out;
    out.reserve(5 + key.key_id.size() + pem.size());  // in one place, so that nothing stays in another
    out.push_back(kSigningKeyForm);
    put_text(out, key.key_id);
    put_text(out, pem);
    return out;
}

Result<FoundKey> decode_signing_key(ByteView bytes) {
    auto rest = bytes.empty() ? bytes : bytes.subspan(1);
    const auto key_id = take_text(rest);
    const auto pem = take_text(rest);
    if (bytes.empty() || bytes[0] != kSigningKeyForm || !key_id || !pem || !rest.empty()) {
        return fail(ErrorKind::Corrupt, "a private key in the vault is not in the form it should be");
    }
    return FoundKey{std::string{*key_id}, Secret{std::string{*pem}}};
}

LookupHash VaultDesk::key_hash(privacy::SubjectNumber number, std::string_view key_id) const {
    return keys_.lookup_hash("key:" + std::to_string(number.get()) + ":", key_id);
}

Result<void> VaultDesk::keep_key(privacy::SubjectNumber number, const FoundKey& key) {
    const auto subject_key = key_of(number);
    if (!subject_key) {
        return fail(subject_key);
    }
    auto plain = encode(key);
    if (!plain) {
        return fail(plain);
    }
    const auto hash = key_hash(number, key.key_id);
    const auto sealed_key = cipher_.seal(subject_key->key, bytes_of(context_of(number, hash)), *plain);
    overwrite(std::span{*plain});
    if (!sealed_key) {
        return fail(sealed_key);
    }
    rows_.put_signing_key(number, {hash, *sealed_key});
    return {};
}

Result<FoundKey> VaultDesk::opened(const VaultRows::SigningKey& row,
                                   const WipedKey& key,
                                   privacy::SubjectNumber number) const {
    auto plain = cipher_.open(key.key, bytes_of(context_of(number, row.hash)), row.sealed);
    if (!plain) {
        return fail(plain);
    }
    auto found = decode_signing_key(*plain);
    overwrite(std::span{*plain});
    if (found && key_hash(number, found->key_id) != row.hash) {
        return fail(ErrorKind::Corrupt, "a private key in the vault has another id than it is filed under");
    }
    return found;
}

Result<std::vector<FoundKey>> VaultDesk::kept_keys(privacy::SubjectNumber number) {
    const auto rows = rows_.signing_keys(number);
    if (rows.empty()) {
        return std::vector<FoundKey>{};
    }
    const auto key = key_of(number);
    if (!key) {
        return fail(key);
    }
    std::vector<FoundKey> keys;
    keys.reserve(rows.size());
    for (const auto& row : rows) {
        auto found = opened(row, *key, number);
        if (!found) {
            return fail(found);
        }
        keys.push_back(std::move(*found));
    }
    rsa_first(keys);
    return keys;
}

std::optional<std::string> VaultDesk::fault_in_keys(privacy::SubjectNumber number,
                                                    std::uint64_t& signing_keys) {
    const auto keys = kept_keys(number);
    if (!keys) {
        return "subject " + std::to_string(number.get()) + ": a private key: " + keys.error().what;
    }
    signing_keys += keys->size();
    return std::nullopt;
}

}  // namespace fedtrail::sqlite
