/// The local authority: `ca.pem` and `ca.key` in the data folder, made once and never overwritten.
///
/// It must be able to vouch for every server of the fediverse, so it cannot be limited to permitted names. It
/// is limited from the other side: names given as `excluded` (the origin's own hosts: nothing of ours ever
/// needs to stand in for them) are excluded subtrees in its certificate, so that a stolen key cannot be used
/// against them. Its life in a trust store should be that of one process: the server software's.

#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "fedtrail/ports/certificate_authority.hpp"
#include "fedtrail/ports/clock.hpp"

namespace fedtrail::openssl {

class LocalCertificateAuthority final : public CertificateAuthority {
public:
    /// Opens the authority in `folder`, making key (mode 0600) and certificate if they are not there; a crash
    /// between the two is made good by the next call. `excluded` only matters when it is made. `clock` must
    /// outlive it.
    /// Errors: Denied (a file cannot be read or written; the key may be read by others), Corrupt (a file is
    /// damaged; the key is missing or does not belong to the certificate), Invalid (expired or not yet valid;
    /// not an authority's certificate).
    [[nodiscard]] static Result<std::unique_ptr<LocalCertificateAuthority>> create_or_open(
        const std::filesystem::path& folder, std::span<const Host> excluded, const Clock& clock);

    LocalCertificateAuthority(const LocalCertificateAuthority&) = delete;
    LocalCertificateAuthority& operator=(const LocalCertificateAuthority&) = delete;
    LocalCertificateAuthority(LocalCertificateAuthority&&) = delete;
    LocalCertificateAuthority& operator=(LocalCertificateAuthority&&) = delete;
    ~LocalCertificateAuthority() override;

    /// Errors: Denied if the host is excluded, Invalid if the authority has expired meanwhile.
    [[nodiscard]] Result<Certificate> issue(const Host& host) const override;
    [[nodiscard]] std::string root() const override;

private:
    struct Keys;
    LocalCertificateAuthority(std::unique_ptr<const Keys> keys, const Clock& clock);
    std::unique_ptr<const Keys> keys_;
    const Clock& clock_;
};

}  // namespace fedtrail::openssl
