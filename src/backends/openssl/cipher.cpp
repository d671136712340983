#include "backends/openssl/cipher.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <optional>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "backends/openssl/octet_pointers.hpp"
#include "backends/openssl/owned.hpp"

namespace fedtrail::openssl {

struct OpensslCipher::Algorithms {
    OwnedCipher siv;
    OwnedDigest sha256;
};

namespace {

constexpr std::size_t kTag = 16;
constexpr std::size_t kMaxLength = std::size_t{1} << 30U;  // OpenSSL counts in int

int length_of(ByteView bytes) {
    return static_cast<int>(bytes.size());
}

bool fits(ByteView context, ByteView text) {
    return !context.empty() && context.size() <= kMaxLength && text.size() <= kMaxLength;
}

bool put_text(EVP_CIPHER_CTX* state, ByteView text, std::span<std::byte> out) {
    int written = 0;
    return EVP_CipherUpdate(state, room_in(out), &written, octets(text), length_of(text)) == 1;
}

bool finish(EVP_CIPHER_CTX* state) {
    unsigned char nothing = 0;
    int written = 0;
    return EVP_CipherFinal_ex(state, &nothing, &written) == 1;
}

bool put_context(EVP_CIPHER_CTX* state, ByteView context) {
    int written = 0;
    return EVP_CipherUpdate(state, nullptr, &written, octets(context), length_of(context)) == 1;
}

bool start(EVP_CIPHER_CTX* state, const EVP_CIPHER* siv, const SealingKey& key, bool sealing) {
    return state != nullptr &&
           EVP_CipherInit_ex2(state, siv, octets(ByteView{key}), nullptr, sealing ? 1 : 0, nullptr) == 1;
}

using Block = std::array<std::byte, kTag>;

std::optional<Block> cmac(ByteView key, ByteView text) {
    Block tag{};
    std::size_t length = 0;
    const auto* done = EVP_Q_mac(nullptr,
                                 "CMAC",
                                 nullptr,
                                 "AES-256-CBC",
                                 nullptr,
                                 key.data(),
                                 key.size(),
                                 octets(text),
                                 text.size(),
                                 room_in(tag),
                                 tag.size(),
                                 &length);
    return done != nullptr && length == tag.size() ? std::optional{tag} : std::nullopt;
}

/// Doubling in GF(2^128) (RFC 5297 section 2.3).
Block doubled(const Block& block) {
    Block out{};
    unsigned carry = 0;
    for (std::size_t i = out.size(); i-- > 0;) {
        const unsigned value = (std::to_integer<unsigned>(block[i]) << 1U) | carry;
        out[i] = static_cast<std::byte>(value & 0xFFU);
        carry = value >> 8U;
    }
    out[15] ^= carry != 0 ? std::byte{0x87} : std::byte{0};
    return out;
}

/// What sealing an empty text gives: S2V(context, "") (RFC 5297 section 2.4). OpenSSL 3.0 cannot do this one
/// length itself: it takes no octets for nothing to do.
std::optional<Block> siv_of_nothing(const SealingKey& key, ByteView context) {
    const auto half = ByteView{key}.first(key.size() / 2);
    const auto zero = cmac(half, Block{});
    const auto named = cmac(half, context);
    if (!zero || !named) {
        return std::nullopt;
    }
    auto sum = doubled(*zero);
    std::transform(sum.begin(), sum.end(), named->begin(), sum.begin(), std::bit_xor<>{});
    sum = doubled(sum);
    sum[0] ^= std::byte{0x80};  // the padding of an empty string
    return cmac(half, sum);
}

Result<Bytes> seal_nothing(const SealingKey& key, ByteView context) {
    const auto tag = siv_of_nothing(key, context);
    if (!tag) {
        return tl::unexpected{last_error(ErrorKind::Unavailable, "sealing", "free some memory and retry")};
    }
    return Bytes{tag->begin(), tag->end()};
}

tl::unexpected<Error> does_not_open() {
    ERR_clear_error();
    return fail(ErrorKind::Corrupt,
                "sealed bytes do not open: they, their key or their place changed",
                "run `fedtrail doctor`, and restore the file from a backup");
}

}  // namespace

OpensslCipher::OpensslCipher(std::unique_ptr<const Algorithms> algorithms)
    : algorithms_(std::move(algorithms)) {}

OpensslCipher::~OpensslCipher() = default;

Result<std::unique_ptr<OpensslCipher>> OpensslCipher::make() {
    auto algorithms = std::make_unique<Algorithms>();
    algorithms->siv.reset(EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr));
    algorithms->sha256.reset(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    if (!algorithms->siv || !algorithms->sha256) {
        return tl::unexpected{last_error(ErrorKind::Unavailable,
                                         "loading AES-256-SIV and SHA-256",
                                         "install OpenSSL 3 with its default provider")};
    }
    return std::unique_ptr<OpensslCipher>{new OpensslCipher{std::move(algorithms)}};
}

Result<Bytes> OpensslCipher::seal(const SealingKey& key, ByteView context, ByteView plain) const {
    if (!fits(context, plain)) {
        return fail(ErrorKind::Invalid, "sealing needs a context and at most 1 GiB of plain text");
    }
    if (plain.empty()) {
        return seal_nothing(key, context);
    }
    const OwnedCipherContext state{EVP_CIPHER_CTX_new()};
    Bytes sealed(kTag + plain.size());
    const auto out = std::span{sealed};
    const bool done = start(state.get(), algorithms_->siv.get(), key, true) &&
                      put_context(state.get(), context) && put_text(state.get(), plain, out.subspan(kTag)) &&
                      finish(state.get()) &&
                      EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_GET_TAG, kTag, room_in(out)) == 1;
    if (!done) {
        return tl::unexpected{last_error(ErrorKind::Unavailable, "sealing", "free some memory and retry")};
    }
    return sealed;
}

Result<Bytes> OpensslCipher::open(const SealingKey& key, ByteView context, ByteView sealed) const {
    if (sealed.size() < kTag || !fits(context, sealed.subspan(kTag))) {
        return fail(ErrorKind::Corrupt, "sealed bytes are too short, or their place is not named");
    }
    if (sealed.size() == kTag) {
        const auto tag = siv_of_nothing(key, context);
        return tag && CRYPTO_memcmp(tag->data(), sealed.data(), kTag) == 0 ? Result<Bytes>{Bytes{}}
                                                                           : does_not_open();
    }
    const OwnedCipherContext state{EVP_CIPHER_CTX_new()};
    Bytes tag{sealed.begin(), sealed.begin() + kTag};
    Bytes plain(sealed.size() - kTag);
    if (!start(state.get(), algorithms_->siv.get(), key, false) ||
        EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_AEAD_SET_TAG, kTag, room_in(std::span{tag})) != 1 ||
        !put_context(state.get(), context)) {
        return tl::unexpected{
            last_error(ErrorKind::Unavailable, "opening sealed bytes", "free some memory and retry")};
    }
    if (!put_text(state.get(), sealed.subspan(kTag), plain) || !finish(state.get())) {
        OPENSSL_cleanse(plain.data(), plain.size());
        return does_not_open();
    }
    return plain;
}

Digest256 OpensslCipher::sha256(ByteView message) const {
    Digest256 digest{};
    unsigned length = 0;
    if (EVP_Digest(
            message.data(), message.size(), room_in(digest), &length, algorithms_->sha256.get(), nullptr) !=
            1 ||
        length != digest.size()) {
        std::abort();  // only out of memory
    }
    return digest;
}

Digest256 OpensslCipher::mac(ByteView key, ByteView message) const {
    Digest256 digest{};
    unsigned length = 0;
    const unsigned char none = 0;  // HMAC() takes a null key for "the one before"
    const unsigned char* secret = key.empty() ? &none : octets(key);
    if (HMAC(algorithms_->sha256.get(),
             secret,
             length_of(key),
             octets(message),
             message.size(),
             room_in(std::span{digest}),
             &length) == nullptr ||
        length != digest.size()) {
        std::abort();  // without memory for a digest nothing can be looked up or told apart
    }
    return digest;
}

void OpensslCipher::random(std::span<std::byte> out) const {
    if (out.size() > kMaxLength || RAND_bytes(room_in(out), static_cast<int>(out.size())) != 1) {
        std::abort();  // a key that is not random would be worse than no service
    }
}

}  // namespace fedtrail::openssl
