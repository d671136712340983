#include "backends/openssl/private_key.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#define OPENSSL_SUPPRESS_DEPRECATED  // for RSA's own functions, see rsa_from()
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "backends/openssl/octet_pointers.hpp"
#include "backends/openssl/owned.hpp"
#include "backends/openssl/pem_block.hpp"

namespace fedtrail::openssl {

namespace {

constexpr int kMinBits = 2'048;
constexpr int kMaxBits = 8'192;
constexpr std::size_t kMaxPem = std::size_t{16} << 10U;  // RSA of 8,192 bits takes 6.4 KiB
constexpr std::string_view kWanted =
    "give an RSA key of 2048 to 8192 bits or an Ed25519 key, in PEM, not encrypted";

using OwnedRsa = std::unique_ptr<RSA, Freed<RSA_free>>;
using OwnedPkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;

tl::unexpected<Error> refused(std::string_view why) {
    ERR_clear_error();
    return fail(ErrorKind::Invalid, "a private key is refused: " + std::string{why}, std::string{kWanted});
}

/// What a block that is no private key of ours turned out to be.
struct Foreign {
    std::string_view label;
    std::string_view why;
};
constexpr std::array kForeign{
    Foreign{"ENCRYPTED PRIVATE KEY", "it is encrypted with a passphrase"},
    Foreign{"EC PRIVATE KEY", "it is an elliptic-curve (EC) key"},
    Foreign{"DSA PRIVATE KEY", "it is a DSA key"},
    Foreign{"OPENSSH PRIVATE KEY", "it is in OpenSSH's own form"},
    Foreign{"PUBLIC KEY", "it is a public key"},
    Foreign{"RSA PUBLIC KEY", "it is a public key"},
    Foreign{"CERTIFICATE", "it is a certificate"},
};

std::optional<std::string_view> why_foreign(std::string_view label) {
    const auto* found = std::find_if(
        kForeign.begin(), kForeign.end(), [&](const Foreign& kind) { return kind.label == label; });
    return found == kForeign.end() ? std::nullopt : std::optional{found->why};
}

/// The only block that can be a private key of ours.
Result<PemBlock> only_private_block(std::string_view pem) {
    std::optional<PemBlock> chosen;
    std::string_view instead = "there is no private key in PEM in it";
    PemReader reader{pem};
    for (auto block = reader.next(); block; block = reader.next()) {
        if (!block->label.ends_with("PRIVATE KEY")) {
            instead = why_foreign(block->label).value_or(instead);
            continue;
        }
        if (chosen) {
            return refused("there is more than one private key in it");
        }
        chosen = std::move(block);
    }
    ERR_clear_error();
    if (!chosen) {
        return refused(instead);
    }
    return std::move(*chosen);
}

/// RSAPrivateKey (RFC 8017 appendix A.1.2). The general decoder would leave a copy of it in freed memory.
OwnedKey rsa_from(const unsigned char* der, long size) {
    const OwnedRsa rsa{d2i_RSAPrivateKey(nullptr, &der, size)};
    OwnedKey key{EVP_PKEY_new()};
    return rsa && key && EVP_PKEY_set1_RSA(key.get(), rsa.get()) == 1 ? std::move(key) : nullptr;
}

/// CurvePrivateKey: an OCTET STRING of 32 octets (RFC 8410 section 7).
OwnedKey ed25519_from(const unsigned char* der, long size) {
    const bool fits = size == 34 && der[0] == 0x04 && der[1] == 0x20;
    return OwnedKey{fits ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, der + 2, 32) : nullptr};
}

tl::unexpected<Error> damaged() {
    return refused("its content is damaged");
}

/// PrivateKeyInfo (RFC 5208, and version 0 of RFC 5958).
Result<OwnedKey> from_pkcs8(const PemBlock& block) {
    const auto* start = block.der.get();
    const OwnedPkcs8 info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &start, static_cast<long>(block.size))};
    const ASN1_OBJECT* algorithm = nullptr;
    const unsigned char* der = nullptr;
    int size = 0;
    if (!info || PKCS8_pkey_get0(&algorithm, &der, &size, nullptr, info.get()) != 1) {
        return damaged();
    }
    OwnedKey key;
    switch (OBJ_obj2nid(algorithm)) {
        case NID_rsaEncryption:
            key = rsa_from(der, size);
            break;
        case NID_ED25519:
            key = ed25519_from(der, size);
            break;
        case NID_X9_62_id_ecPublicKey:
            return refused("it is an elliptic-curve (EC) key");
        case NID_dsa:
            return refused("it is a DSA key");
        default:
            return refused("it is neither RSA nor Ed25519");
    }
    if (!key) {
        return damaged();
    }
    return key;
}

Result<OwnedKey> decode(const PemBlock& block) {
    if (const auto why = why_foreign(block.label)) {
        return refused(*why);
    }
    if (block.encrypted) {
        return refused("it is encrypted with a passphrase");
    }
    if (block.label == "PRIVATE KEY") {
        return from_pkcs8(block);
    }
    if (block.label != "RSA PRIVATE KEY") {
        return refused("it is of an unknown kind");
    }
    auto key = rsa_from(block.der.get(), static_cast<long>(block.size));
    if (!key) {
        return damaged();
    }
    return key;
}

Result<KeyAlgorithm> algorithm_of(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "ED25519") == 1) {
        return KeyAlgorithm::Ed25519;
    }
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < kMinBits) {
        return refused("RSA of less than 2048 bits");
    }
    if (bits > kMaxBits) {
        return refused("RSA of more than 8192 bits");
    }
    return KeyAlgorithm::Rsa;
}

const EVP_MD* digest_of(EVP_PKEY* key) {
    return EVP_PKEY_is_a(key, "RSA") == 1 ? EVP_sha256() : nullptr;
}

std::optional<Bytes> signature(EVP_PKEY* key, ByteView message) {
    const OwnedDigestContext state{EVP_MD_CTX_new()};
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    Bytes signed_bytes(size);
    const bool done =
        state && EVP_DigestSignInit(state.get(), nullptr, digest_of(key), nullptr, key) == 1 &&
        EVP_DigestSign(state.get(), room_in(signed_bytes), &size, octets(message), message.size()) == 1;
    signed_bytes.resize(size);
    return done ? std::optional{std::move(signed_bytes)} : std::nullopt;
}

bool fits_itself(EVP_PKEY* key) {
    const auto message = bytes_of("fedtrail: does this key fit itself?");
    const auto trial = signature(key, message);
    const OwnedDigestContext state{EVP_MD_CTX_new()};
    return trial && state && EVP_DigestVerifyInit(state.get(), nullptr, digest_of(key), nullptr, key) == 1 &&
           EVP_DigestVerify(state.get(), octets(*trial), trial->size(), octets(message), message.size()) == 1;
}

std::optional<std::string> public_pem(EVP_PKEY* key) {
    const OwnedBio memory{BIO_new(BIO_s_mem())};
    if (!memory || PEM_write_bio_PUBKEY(memory.get(), key) != 1) {
        return std::nullopt;
    }
    char* start = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &start);
    return std::string{start, static_cast<std::size_t>(size)};
}

}  // namespace

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm, std::string public_key)
    : key_(std::move(key)), algorithm_(algorithm), public_key_(std::move(public_key)) {}

Result<PrivateKey> PrivateKey::parse(std::string_view pem) {
    if (pem.size() > kMaxPem) {
        return refused("it is longer than 16 KiB");
    }
    ERR_clear_error();
    const auto block = only_private_block(pem);
    if (!block) {
        return fail(block);
    }
    auto key = decode(*block);
    if (!key) {
        return fail(key);
    }
    const auto algorithm = algorithm_of(key->get());
    if (!algorithm) {
        return fail(algorithm);
    }
    if (!fits_itself(key->get())) {
        return refused("its parts do not belong together");
    }
    auto open = public_pem(key->get());
    if (!open) {
        return tl::unexpected{
            last_error(ErrorKind::Unavailable, "writing a public key", "free some memory and retry")};
    }
    return PrivateKey{
        std::shared_ptr<evp_pkey_st>{key->release(), EVP_PKEY_free}, *algorithm, std::move(*open)};
}

int PrivateKey::bits() const {
    return algorithm_ == KeyAlgorithm::Rsa ? EVP_PKEY_get_bits(key_.get()) : 256;
}

Result<Bytes> PrivateKey::sign(ByteView message) const {
    auto made = signature(key_.get(), message);
    if (!made) {
        return tl::unexpected{last_error(ErrorKind::Unavailable, "signing", "free some memory and retry")};
    }
    return std::move(*made);
}

}  // namespace fedtrail::openssl
