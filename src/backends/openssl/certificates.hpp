/// X.509 (RFC 5280) as the local authority needs it: one self-signed root, leaves for one host each. Pure but
/// for random numbers; ECDSA P-256 with SHA-256 throughout.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"

#include "backends/openssl/owned.hpp"

namespace fedtrail::openssl {

/// A certificate together with the key that signs with it; both outlive the call they are given to.
struct Issuer {
    X509* certificate;
    EVP_PKEY* key;
};

[[nodiscard]] Result<OwnedKey> make_key();

/// CA:TRUE, pathlen 0, keyCertSign and cRLSign, ten years from a day before `now`. `excluded` are names the
/// root must never vouch for, with everything below them (RFC 5280 section 4.2.1.10); IP addresses among them
/// are passed over.
[[nodiscard]] Result<OwnedX509> make_root(EVP_PKEY* key, Instant now, std::span<const Host> excluded);

/// serverAuth for `host` alone (dNSName or iPAddress, without its port), a year from a day before `now`,
/// never longer than the root. Errors: Denied if the root's constraints exclude the host.
[[nodiscard]] Result<OwnedX509> make_leaf(const Host& host, EVP_PKEY* key, const Issuer& issuer, Instant now);

[[nodiscard]] Result<std::string> to_pem(X509* certificate);
[[nodiscard]] Result<std::string> to_pem(EVP_PKEY* key);  ///< PKCS #8, not encrypted.
/// Errors: Corrupt if `pem` is no such thing; `name` is the file's name for the sentence.
[[nodiscard]] Result<OwnedX509> certificate_from(std::string_view pem, std::string_view name);
[[nodiscard]] Result<OwnedKey> key_from(std::string_view pem, std::string_view name);

}  // namespace fedtrail::openssl
