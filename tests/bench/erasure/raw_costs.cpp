#include "bench/erasure/raw_costs.hpp"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "bench/proxy/bench_wire.hpp"

namespace fedtrail::bench {

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double peak_mb() {
    std::ifstream status{"/proc/self/status"};
    std::string word;
    while (status >> word) {
        if (word == "VmHWM:") {
            double kb = 0;
            status >> kb;
            return kb / 1024;
        }
    }
    return 0;
}

double signing(const std::string& key_pem, const std::string& message, int count) {
    BIO* text = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(text, nullptr, nullptr, nullptr);
    const double begin = cpu_seconds();
    for (int i = 0; i < count; ++i) {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        std::vector<unsigned char> signature(512);
        std::size_t size = signature.size();
        EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
        if (EVP_DigestSign(context,
                           signature.data(),
                           &size,
                           reinterpret_cast<const unsigned char*>(message.data()),
                           message.size()) != 1) {
            std::abort();
        }
        EVP_MD_CTX_free(context);
    }
    const double spent = cpu_seconds() - begin;
    EVP_PKEY_free(key);
    BIO_free(text);
    return spent / count;
}

double handshake(const std::string& address, const std::string& name, const std::string& ca, int count) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_file(context, ca.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const double begin = cpu_seconds();
    for (int i = 0; i < count; ++i) {
        const int socket = connect_to(address);
        TlsWire wire{context, socket};
        if (socket < 0 || !wire.connect(name)) {
            std::abort();
        }
    }
    const double spent = cpu_seconds() - begin;
    SSL_CTX_free(context);
    return spent / count;
}

std::string make_rsa_key() {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(text, &data);
    std::string pem(data, static_cast<std::size_t>(size));
    BIO_free(text);
    EVP_PKEY_free(key);
    return pem;
}

}  // namespace fedtrail::bench
