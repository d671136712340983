/// The private key of an actor, parsed: RSA of 2,048 to 8,192 bits or Ed25519.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/signer.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace fedtrail::openssl {

/// Copies share the key, which is overwritten when the last of them goes. Thread-safe.
class PrivateKey {
public:
    /// `pem` holds one private key: "RSA PRIVATE KEY" (PKCS#1, RFC 8017 appendix A.1.2) or "PRIVATE KEY"
    /// (PKCS#8, RFC 5958), not encrypted; public keys and certificates around it are passed over. At most 16
    /// KiB. A key whose parts do not belong together is found by signing with it once. Errors: Invalid. They
    /// say what it is instead and quote nothing of it.
    [[nodiscard]] static Result<PrivateKey> parse(std::string_view pem);

    [[nodiscard]] KeyAlgorithm algorithm() const noexcept { return algorithm_; }
    [[nodiscard]] int bits() const;  ///< Of the RSA modulus; 256 for Ed25519.
    /// PEM, SubjectPublicKeyInfo (RFC 5280 section 4.1).
    [[nodiscard]] const std::string& public_key() const noexcept { return public_key_; }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2) or Ed25519 (RFC 8032 section 5.1.6).
    /// Errors: Unavailable (no memory).
    [[nodiscard]] Result<Bytes> sign(ByteView message) const;

private:
    PrivateKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm, std::string public_key);
    std::shared_ptr<evp_pkey_st> key_;
    KeyAlgorithm algorithm_;
    std::string public_key_;
};

}  // namespace fedtrail::openssl
