#include "intake/proxy/tls.hpp"

#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace fedtrail::proxy {

namespace {

constexpr std::string_view kHttp1 = "\x08http/1.1";
constexpr long kRenewBefore = 24L * 60 * 60;

const unsigned char* octets(std::string_view text) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL spells text as unsigned char.
    return reinterpret_cast<const unsigned char*>(text.data());
}

int choose_protocol(SSL* /*ssl*/,
                    const unsigned char** out,
                    unsigned char* out_size,
                    const unsigned char* offered,
                    unsigned offered_size,
                    void* /*argument*/) {
    unsigned char* chosen = nullptr;
    const int answer = SSL_select_next_proto(
        &chosen, out_size, octets(kHttp1), static_cast<unsigned>(kHttp1.size()), offered, offered_size);
    *out = chosen;
    return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/// What both sides have in common. AES-128 first: with AES in the processor it is the cheapest.
Owned<SSL_CTX> make_context(const SSL_METHOD* method) {
    Owned<SSL_CTX> context{SSL_CTX_new(method)};
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(
            context.get(), "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") !=
            1) {
        return nullptr;
    }
    SSL_CTX_set_mode(
        context.get(),
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_read_ahead(context.get(), 1);  // a whole record with one system call
    return context;
}

auto no_context() {
    return fail(
        ErrorKind::Unavailable, "OpenSSL could not make a TLS context", "check the OpenSSL installation");
}

}  // namespace

Result<Owned<SSL_CTX>> make_server_context() {
    auto context = make_context(TLS_server_method());
    if (!context) {
        return no_context();
    }
    SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets need no memory here
    SSL_CTX_set_num_tickets(context.get(), 1);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    return context;
}

Result<Owned<SSL_CTX>> make_client_context(const std::string& extra_ca) {
    auto context = make_context(TLS_client_method());
    if (!context || SSL_CTX_set_default_verify_paths(context.get()) != 1 ||
        SSL_CTX_set_alpn_protos(context.get(), octets(kHttp1), static_cast<unsigned>(kHttp1.size())) != 0) {
        return no_context();
    }
    if (!extra_ca.empty() && SSL_CTX_load_verify_file(context.get(), extra_ca.c_str()) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Invalid,
                    "proxy.extra_ca: " + extra_ca + " cannot be read or holds no certificate in PEM form",
                    "give the path of a PEM bundle that this user may read");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    return context;
}

Owned<SSL> make_client_ssl(SSL_CTX* context, const Target& target) {
    Owned<SSL> ssl{SSL_new(context)};
    if (!ssl) {
        return nullptr;
    }
    auto name = target.dialled();
    if (target.is_address()) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) == 1 ? std::move(ssl)
                                                                                           : nullptr;
    }
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl.get(), name.c_str()) != 1 ||
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) != 1) {
        return nullptr;
    }
    return ssl;
}

bool is_distrust(unsigned long tls_error) {
    const auto reason = ERR_GET_REASON(tls_error);
    return ERR_GET_LIB(tls_error) == ERR_LIB_SSL &&
           (reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA || reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
            reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN);
}

Result<Owned<SSL>> LeafCache::make_server_ssl(SSL_CTX* context, const Host& host) {
    const auto leaf = leaf_for(host);
    if (!leaf) {
        return fail(leaf);
    }
    Owned<SSL> ssl{SSL_new(context)};
    if (!ssl || SSL_use_certificate(ssl.get(), (*leaf)->chain.front().get()) != 1 ||
        SSL_use_PrivateKey(ssl.get(), (*leaf)->key.get()) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Corrupt,
                    "a leaf certificate and its key do not belong together",
                    "run `fedtrail doctor`");
    }
    for (std::size_t i = 1; i < (*leaf)->chain.size(); ++i) {
        auto* link = (*leaf)->chain[i].get();
        if (X509_self_signed(link, 0) != 1) {  // the root is what the client has already
            SSL_add1_chain_cert(ssl.get(), link);
        }
    }
    return ssl;
}

std::shared_ptr<const Leaf> LeafCache::cached(const Host& host) {
    const std::lock_guard lock{mutex_};
    const auto found = by_host_.find(host);
    if (found == by_host_.end()) {
        return nullptr;
    }
    const auto* ends = X509_get0_notAfter(found->second->second->chain.front().get());
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, ends) != 1 || days * 86'400L + seconds < kRenewBefore) {
        entries_.erase(found->second);
        by_host_.erase(found);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
}

Result<std::shared_ptr<const Leaf>> LeafCache::leaf_for(const Host& host) {
    if (auto leaf = cached(host)) {
        return leaf;
    }
    const auto certificate = authority_.issue(host);  // outside the lock: two may issue at once, one is kept
    if (!certificate) {
        return fail(certificate);
    }
    const std::lock_guard lock{mutex_};
    auto leaf = read(*certificate);
    if (!leaf) {
        return leaf;
    }
    if (by_host_.count(host) == 0) {
        entries_.emplace_front(host, *leaf);
        by_host_[host] = entries_.begin();
    }
    if (entries_.size() > capacity_) {
        by_host_.erase(entries_.back().first);
        entries_.pop_back();
    }
    return leaf;
}

Result<std::shared_ptr<const Leaf>> LeafCache::read(const Certificate& certificate) {
    auto leaf = std::make_shared<Leaf>();
    const Owned<BIO> chain{
        BIO_new_mem_buf(certificate.chain.data(), static_cast<int>(certificate.chain.size()))};
    while (Owned<X509> next{PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)}) {
        leaf->chain.push_back(std::move(next));
    }
    ERR_clear_error();  // the end of the chain reads as an error
    if (!key_ || key_text_ != certificate.private_key) {
        const Owned<BIO> bio{BIO_new_mem_buf(certificate.private_key.data(),
                                             static_cast<int>(certificate.private_key.size()))};
        key_.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), OpenSslFree{});
        key_text_ = certificate.private_key;
    }
    if (leaf->chain.empty() || !key_) {
        ERR_clear_error();
        key_text_.clear();
        return fail(
            ErrorKind::Corrupt, "the certificate authority issued no readable leaf", "run `fedtrail doctor`");
    }
    leaf->key = key_;
    return std::shared_ptr<const Leaf>{std::move(leaf)};
}

}  // namespace fedtrail::proxy
