#include "backends/sqlite/vault_keys.hpp"

#include <algorithm>
#include <string>

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero() is not in <cstring>

namespace fedtrail::sqlite {

namespace {

Digest256 derived(const Cipher& cipher, ByteView master, std::string_view purpose) {
    return cipher.mac(master, bytes_of("fedtrail/vault/1/" + std::string{purpose}));
}

std::string context_of(privacy::SubjectNumber subject) {
    return "vault/key/" + std::to_string(subject.get());
}

}  // namespace

WipedKey::~WipedKey() {
    ::explicit_bzero(key.data(), key.size());
}

VaultKeys::VaultKeys(const Cipher& cipher, ByteView master)
    : cipher_(cipher), index_(derived(cipher, master, "index")), check_(derived(cipher, master, "check")) {
    auto half = derived(cipher, master, "wrap/a");
    std::copy(half.begin(), half.end(), wrapping_.key.begin());
    half = derived(cipher, master, "wrap/b");
    std::copy(half.begin(), half.end(), wrapping_.key.begin() + half.size());
    ::explicit_bzero(half.data(), half.size());
}

VaultKeys::~VaultKeys() {
    ::explicit_bzero(index_.data(), index_.size());
    ::explicit_bzero(check_.data(), check_.size());
}

Digest256 VaultKeys::check_value(const VaultId& vault) const {
    return cipher_.mac(check_, vault);
}

LookupHash VaultKeys::lookup_hash(std::string_view kind, std::string_view name) const {
    const auto digest = cipher_.mac(index_, bytes_of(std::string{kind} + std::string{name}));
    LookupHash hash{};
    std::copy_n(digest.begin(), hash.size(), hash.begin());
    return hash;
}

Result<Bytes> VaultKeys::wrap(const WipedKey& key, privacy::SubjectNumber subject) const {
    return cipher_.seal(wrapping_.key, bytes_of(context_of(subject)), key.key);
}

Result<WipedKey> VaultKeys::unwrap(ByteView wrapped, privacy::SubjectNumber subject) const {
    auto plain = cipher_.open(wrapping_.key, bytes_of(context_of(subject)), wrapped);
    if (!plain) {
        return fail(plain);
    }
    WipedKey key;
    if (plain->size() != key.key.size()) {
        return fail(ErrorKind::Corrupt, "a key in the vault has the wrong length");
    }
    std::copy(plain->begin(), plain->end(), key.key.begin());
    ::explicit_bzero(plain->data(), plain->size());
    return key;
}

Result<Bytes> VaultKeys::seal(std::string_view context, ByteView plain) const {
    return cipher_.seal(wrapping_.key, bytes_of(context), plain);
}

Result<Bytes> VaultKeys::open(std::string_view context, ByteView sealed) const {
    return cipher_.open(wrapping_.key, bytes_of(context), sealed);
}

}  // namespace fedtrail::sqlite
