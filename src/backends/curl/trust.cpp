#include "backends/curl/trust.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace fedtrail::curl {

Result<Store> make_store(const std::string& extra_ca) {
    Store store{X509_STORE_new()};
    if (!store || X509_STORE_set_default_paths(store.get()) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Unavailable,
                    "OpenSSL could not open the system's certificates",
                    "install the package ca-certificates");
    }
    if (!extra_ca.empty() && X509_STORE_load_file(store.get(), extra_ca.c_str()) != 1) {
        ERR_clear_error();
        return fail(ErrorKind::Invalid,
                    "proxy.extra_ca: " + extra_ca + " cannot be read or holds no certificate in PEM form",
                    "give the path of a PEM bundle that this user may read");
    }
    return store;
}

CURLcode use_store(CURL* /*easy*/, void* context, void* store) {
    auto* const tls = static_cast<SSL_CTX*>(context);
    SSL_CTX_set1_cert_store(tls, static_cast<X509_STORE*>(store));
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);  // most connections wait most of the time
    return CURLE_OK;
}

}  // namespace fedtrail::curl
