/// Keys of every kind, made on the spot.

#pragma once

#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "backends/openssl/owned.hpp"

namespace fedtrail::testing {

inline std::string text_of(const openssl::OwnedBio& memory) {
    char* start = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &start);
    return {start, static_cast<std::size_t>(size)};
}

inline std::string pkcs8(EVP_PKEY* key, const char* password = nullptr) {
    const openssl::OwnedBio memory{BIO_new(BIO_s_mem())};
    const auto* cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
    PEM_write_bio_PKCS8PrivateKey(
        memory.get(), key, cipher, password, password == nullptr ? 0 : 6, nullptr, nullptr);
    return text_of(memory);
}

/// The form that names its algorithm in the first line: "RSA PRIVATE KEY" (PKCS#1).
inline std::string traditional(EVP_PKEY* key, const char* password = nullptr) {
    const openssl::OwnedBio memory{BIO_new(BIO_s_mem())};
    const auto* cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
    std::string copy = password == nullptr ? "" : password;
    PEM_write_bio_PrivateKey_traditional(
        memory.get(), key, cipher, nullptr, 0, nullptr, password == nullptr ? nullptr : copy.data());
    return text_of(memory);
}

inline std::string public_pem(EVP_PKEY* key) {
    const openssl::OwnedBio memory{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(memory.get(), key);
    return text_of(memory);
}

inline openssl::OwnedKey rsa(std::size_t bits) {
    return openssl::OwnedKey{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits)};
}
inline openssl::OwnedKey of_kind(const char* kind) {
    return openssl::OwnedKey{EVP_PKEY_Q_keygen(nullptr, nullptr, kind)};
}

}  // namespace fedtrail::testing
