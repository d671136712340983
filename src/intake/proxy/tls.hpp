/// OpenSSL's contexts and the leaf certificates shown to clients.

#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <openssl/ssl.h>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/certificate_authority.hpp"

#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

struct OpenSslFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslFree>;

/// Towards clients: TLS 1.2 and newer, ALPN http/1.1; the certificate is set for each connection.
[[nodiscard]] Result<Owned<SSL_CTX>> make_server_context();

/// Towards peers: as above, verifying against the system's store and the bundle `extra_ca` ("" for none).
/// Errors: Invalid (the bundle).
[[nodiscard]] Result<Owned<SSL_CTX>> make_client_context(const std::string& extra_ca);

/// A connection to `target` that will only succeed with a certificate for its name.
[[nodiscard]] Owned<SSL> make_client_ssl(SSL_CTX* context, const Target& target);

/// Whether the handshake ended because the client does not trust who signed our certificate.
[[nodiscard]] bool is_distrust(unsigned long tls_error);

/// A leaf as OpenSSL holds it; connections keep it alive after the cache has dropped it.
struct Leaf {
    std::vector<Owned<X509>> chain;  ///< The leaf first.
    std::shared_ptr<EVP_PKEY> key;
};

/// Leaves by host, the least recently used dropped first. One context serves all hosts and the leaf is put on
/// each connection: a context for each host would cost ten times the memory. Thread-safe.
class LeafCache {
public:
    LeafCache(const CertificateAuthority& authority, std::size_t capacity)
        : authority_(authority), capacity_(capacity) {}

    /// A connection that shows a leaf for `host`. Errors: those of CertificateAuthority::issue, Corrupt.
    [[nodiscard]] Result<Owned<SSL>> make_server_ssl(SSL_CTX* context, const Host& host);

private:
    using Entry = std::pair<Host, std::shared_ptr<const Leaf>>;

    [[nodiscard]] Result<std::shared_ptr<const Leaf>> leaf_for(const Host& host);
    [[nodiscard]] Result<std::shared_ptr<const Leaf>> read(const Certificate& certificate);
    std::shared_ptr<const Leaf> cached(const Host& host);

    const CertificateAuthority& authority_;
    std::size_t capacity_;
    std::mutex mutex_;
    std::list<Entry> entries_;  ///< Most recently used first.
    std::unordered_map<Host, std::list<Entry>::iterator> by_host_;
    std::string key_text_;
    std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace fedtrail::proxy
