/// OpenSSL's objects with an owner, and its failures in our words.

#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "fedtrail/core/error.hpp"

namespace fedtrail::openssl {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};

using OwnedCipher = std::unique_ptr<EVP_CIPHER, Freed<EVP_CIPHER_free>>;
using OwnedCipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using OwnedDigest = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
using OwnedDigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using OwnedKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using OwnedX509 = std::unique_ptr<X509, Freed<X509_free>>;
using OwnedTime = std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>>;
using OwnedBio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using OwnedExtension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using OwnedConstraints = std::unique_ptr<NAME_CONSTRAINTS, Freed<NAME_CONSTRAINTS_free>>;

/// The oldest failure in this thread's queue, which is emptied: "`doing` failed: <reason>".
[[nodiscard]] Error last_error(ErrorKind kind, std::string doing, std::string remedy);

}  // namespace fedtrail::openssl
