#pragma once

#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail {

/// A certificate chain and its private key, PEM.
struct Certificate {
    std::string chain;
    std::string private_key;
};

/// The local authority whose root the origin's server software is told to trust. Thread-safe.
class CertificateAuthority {
public:
    CertificateAuthority() = default;
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;
    CertificateAuthority(CertificateAuthority&&) = delete;
    CertificateAuthority& operator=(CertificateAuthority&&) = delete;
    virtual ~CertificateAuthority() = default;

    /// A leaf for `host` (DNS name or IP address as SAN), ECDSA P-256, one shared key. Not cached here.
    [[nodiscard]] virtual Result<Certificate> issue(const Host& host) const = 0;

    /// The root certificate, PEM: what is given to the server software.
    [[nodiscard]] virtual std::string root() const = 0;
};

}  // namespace fedtrail
