/// The keys that local actors sign with.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/secret.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

enum class KeyAlgorithm : std::uint8_t { Rsa = 0, Ed25519 = 1 };

/// A private key as it was found.
struct FoundKey {
    std::string key_id;  ///< URI others find the public key at ("…/users/a#main-key").
    Secret private_key;  ///< PEM: PKCS#1 or PKCS#8, RSA or Ed25519.
};

/// A key that can be signed with, without the key itself.
struct ActorKey {
    std::string key_id;
    KeyAlgorithm algorithm{KeyAlgorithm::Rsa};
    std::string public_key;  ///< PEM, SubjectPublicKeyInfo.
};

/// One place where private keys lie: a folder of PEM files, the server's database. Thread-safe.
class KeySource {
public:
    KeySource() = default;
    KeySource(const KeySource&) = delete;
    KeySource& operator=(const KeySource&) = delete;
    KeySource(KeySource&&) = delete;
    KeySource& operator=(KeySource&&) = delete;
    virtual ~KeySource() = default;

    /// Keys of a local actor; none if it is not known here. Errors: Unavailable, Invalid (something is there
    /// that is no key; the error does not quote it), Denied.
    [[nodiscard]] virtual Result<std::vector<FoundKey>> find(const Uri& actor) const = 0;
    /// "folder /etc/fedtrail/keys", "mastodon database": for errors and doctor; no password in it.
    [[nodiscard]] virtual std::string name() const = 0;
    /// What doctor prints if the source can be used ("3 files", "accounts.private_key can be read"); nobody's
    /// key is read. Errors: as find(), with the remedy.
    [[nodiscard]] virtual Result<std::string> check() const = 0;
};

/// Private keys, kept sealed under their subject's key. Thread-safe.
class KeySafe {
public:
    KeySafe() = default;
    KeySafe(const KeySafe&) = delete;
    KeySafe& operator=(const KeySafe&) = delete;
    KeySafe(KeySafe&&) = delete;
    KeySafe& operator=(KeySafe&&) = delete;
    virtual ~KeySafe() = default;

    /// Replaces a key with the same key_id. Errors: Unavailable, NotFound (no such subject).
    [[nodiscard]] virtual Result<void> keep(privacy::SubjectNumber subject, const FoundKey& key) = 0;
    /// RSA keys first. None is no error. Errors: Unavailable, Corrupt.
    [[nodiscard]] virtual Result<std::vector<FoundKey>> kept(privacy::SubjectNumber subject) const = 0;
    /// Who has kept keys, in the order of their numbers, after `after`; at most `limit`. Errors: Unavailable.
    [[nodiscard]] virtual Result<std::vector<privacy::SubjectNumber>> holders(privacy::SubjectNumber after,
                                                                              std::size_t limit) const = 0;
    /// Errors: Unavailable.
    [[nodiscard]] virtual Result<void> drop(privacy::SubjectNumber subject) = 0;
};

/// Signs as a local actor. Thread-safe; parsed keys are cached in bounded number.
class Signer {
public:
    Signer() = default;
    Signer(const Signer&) = delete;
    Signer& operator=(const Signer&) = delete;
    Signer(Signer&&) = delete;
    Signer& operator=(Signer&&) = delete;
    virtual ~Signer() = default;

    /// RSA first. Errors: NotFound (no key anywhere; the remedy says where keys can come from), Unavailable.
    [[nodiscard]] virtual Result<std::vector<ActorKey>> keys_of(privacy::SubjectNumber subject) = 0;
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2), or Ed25519 (RFC 8032). Errors: as keys_of().
    [[nodiscard]] virtual Result<Bytes> sign(privacy::SubjectNumber subject,
                                             KeyAlgorithm algorithm,
                                             ByteView message) = 0;
};

}  // namespace fedtrail
