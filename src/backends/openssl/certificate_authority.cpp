#include "backends/openssl/certificate_authority.hpp"

#include <utility>

#include <openssl/err.h>

#include "backends/openssl/certificates.hpp"
#include "backends/openssl/private_file.hpp"

namespace fedtrail::openssl {

struct LocalCertificateAuthority::Keys {
    OwnedX509 root;
    OwnedKey root_key;
    std::string root_pem;
    OwnedKey leaf_key;
    std::string leaf_key_pem;
};

namespace {

constexpr const char* kAnew =
    "move ca.pem and ca.key away and run `fedtrail init`, then let the server software trust the new ca.pem";

/// The key in `path`; makes one if there is neither key nor certificate.
Result<OwnedKey> key_at(const std::filesystem::path& path, bool has_certificate) {
    auto text = read_small(path, Readers::OwnerOnly);
    if (text && !*text && !has_certificate) {
        auto key = make_key();
        if (!key) {
            return key;
        }
        const auto pem = to_pem(key->get());
        if (!pem) {
            return fail(pem);
        }
        if (const auto written = write_once(path, *pem, Readers::OwnerOnly); !written) {
            return fail(written);
        }
        text = read_small(path, Readers::OwnerOnly);  // another process may have been first
    }
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return fail(ErrorKind::Corrupt,
                    path.string() + " is missing while its certificate is there",
                    std::string{"restore the key from a backup, or "} + kAnew);
    }
    return key_from(**text, path.string());
}

/// The certificate in `path` as text; makes one for `key` if there is none.
Result<std::string> root_at(const std::filesystem::path& path,
                            EVP_PKEY* key,
                            std::span<const Host> excluded,
                            Instant now) {
    auto text = read_small(path, Readers::Everybody);
    if (text && !*text) {
        const auto root = make_root(key, now, excluded);
        if (!root) {
            return fail(root);
        }
        const auto pem = to_pem(root->get());
        if (!pem) {
            return fail(pem);
        }
        if (const auto written = write_once(path, *pem, Readers::Everybody); !written) {
            return fail(written);
        }
        text = read_small(path, Readers::Everybody);
    }
    if (!text) {
        return fail(text);
    }
    return text->value_or(std::string{});
}

Result<void> check_dates(X509* root, Instant now) {
    std::time_t seconds = to_unix_seconds(now);
    if (X509_cmp_time(X509_get0_notBefore(root), &seconds) > 0) {
        return fail(ErrorKind::Invalid, "ca.pem is not valid yet", "set this machine's clock");
    }
    if (X509_cmp_time(X509_get0_notAfter(root), &seconds) < 0) {
        return fail(ErrorKind::Invalid, "ca.pem has expired", kAnew);
    }
    return {};
}

Result<void> check_root(X509* root, EVP_PKEY* key, Instant now) {
    if (X509_check_private_key(root, key) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Corrupt,
                    "ca.key does not belong to ca.pem",
                    std::string{"restore both from one backup, or "} + kAnew);
    }
    if (X509_check_ca(root) != 1) {
        return fail(ErrorKind::Invalid, "ca.pem is not the certificate of an authority", kAnew);
    }
    return check_dates(root, now);
}

}  // namespace

LocalCertificateAuthority::LocalCertificateAuthority(std::unique_ptr<const Keys> keys, const Clock& clock)
    : keys_(std::move(keys)), clock_(clock) {}

LocalCertificateAuthority::~LocalCertificateAuthority() = default;

Result<std::unique_ptr<LocalCertificateAuthority>> LocalCertificateAuthority::create_or_open(
    const std::filesystem::path& folder, std::span<const Host> excluded, const Clock& clock) {
    const auto certificate_path = std::filesystem::absolute(folder / "ca.pem");
    const auto key_path = std::filesystem::absolute(folder / "ca.key");
    const auto existing = read_small(certificate_path, Readers::Everybody);
    if (!existing) {
        return fail(existing);
    }
    auto root_key = key_at(key_path, existing->has_value());
    if (!root_key) {
        return fail(root_key);
    }
    const auto root_pem = root_at(certificate_path, root_key->get(), excluded, clock.now());
    if (!root_pem) {
        return fail(root_pem);
    }
    auto root = certificate_from(*root_pem, certificate_path.string());
    if (!root) {
        return fail(root);
    }
    if (const auto sound = check_root(root->get(), root_key->get(), clock.now()); !sound) {
        return fail(sound);
    }
    auto shown = to_pem(root->get());  // the certificate alone, whatever else the file holds
    if (!shown) {
        return fail(shown);
    }
    auto leaf_key = make_key();
    if (!leaf_key) {
        return fail(leaf_key);
    }
    auto leaf_key_pem = to_pem(leaf_key->get());
    if (!leaf_key_pem) {
        return fail(leaf_key_pem);
    }
    auto keys = std::make_unique<const Keys>(Keys{std::move(*root),
                                                  std::move(*root_key),
                                                  std::move(*shown),
                                                  std::move(*leaf_key),
                                                  std::move(*leaf_key_pem)});
    return std::unique_ptr<LocalCertificateAuthority>{new LocalCertificateAuthority{std::move(keys), clock}};
}

Result<Certificate> LocalCertificateAuthority::issue(const Host& host) const {
    const auto now = clock_.now();
    if (const auto valid = check_dates(keys_->root.get(), now); !valid) {
        return fail(valid);
    }
    const auto leaf = make_leaf(host, keys_->leaf_key.get(), {keys_->root.get(), keys_->root_key.get()}, now);
    if (!leaf) {
        return fail(leaf);
    }
    auto chain = to_pem(leaf->get());
    if (!chain) {
        return fail(chain);
    }
    return Certificate{std::move(*chain), keys_->leaf_key_pem};
}

std::string LocalCertificateAuthority::root() const {
    return keys_->root_pem;
}

}  // namespace fedtrail::openssl
