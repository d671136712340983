#include "backends/openssl/cipher.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "backends/openssl/octets.hpp"

using namespace fedtrail;
using fedtrail::openssl::OpensslCipher;
using fedtrail::testing::octets;

namespace {

const unsigned char* raw(const Bytes& bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(Bytes& bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

Bytes cmac(const Bytes& key, const Bytes& text) {
    Bytes out(16);
    std::size_t length = 0;
    const char* cipher = key.size() == 16 ? "AES-128-CBC" : "AES-256-CBC";
    REQUIRE(EVP_Q_mac(nullptr,
                      "CMAC",
                      nullptr,
                      cipher,
                      nullptr,
                      key.data(),
                      key.size(),
                      raw(text),
                      text.size(),
                      raw(out),
                      16,
                      &length) != nullptr);
    return out;
}

Bytes doubled(const Bytes& block) {
    Bytes out(16);
    unsigned carry = 0;
    for (std::size_t i = 16; i-- > 0;) {
        const unsigned value = (std::to_integer<unsigned>(block[i]) << 1U) | carry;
        out[i] = static_cast<std::byte>(value & 0xFFU);
        carry = value >> 8U;
    }
    out[15] ^= static_cast<std::byte>(carry != 0 ? 0x87 : 0);
    return out;
}

/// RFC 5297 section 2.6 with one associated string, written from the text: the judge of the real thing.
Bytes siv(const Bytes& key, const Bytes& context, const Bytes& plain) {
    const auto half = static_cast<std::ptrdiff_t>(key.size() / 2);
    const Bytes k1{key.begin(), key.begin() + half};
    const Bytes k2{key.begin() + half, key.end()};
    Bytes d = doubled(cmac(k1, Bytes(16)));
    const Bytes m = cmac(k1, context);
    std::transform(d.begin(), d.end(), m.begin(), d.begin(), std::bit_xor<>{});
    Bytes t = plain;
    if (plain.size() >= 16) {
        std::transform(d.begin(), d.end(), t.end() - 16, t.end() - 16, std::bit_xor<>{});
    } else {
        Bytes padded = plain;
        padded.push_back(std::byte{0x80});
        padded.resize(16);
        t = doubled(d);
        std::transform(t.begin(), t.end(), padded.begin(), t.begin(), std::bit_xor<>{});
    }
    const Bytes v = cmac(k1, t);
    Bytes counter = v;
    counter[8] &= std::byte{0x7F};
    counter[12] &= std::byte{0x7F};
    Bytes out = v;
    out.resize(16 + plain.size());
    const auto* cipher = half == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr();
    EVP_CIPHER_CTX* state = EVP_CIPHER_CTX_new();
    int length = 0;
    EVP_EncryptInit_ex2(state, cipher, raw(k2), raw(counter), nullptr);
    EVP_EncryptUpdate(state, raw(out) + 16, &length, raw(plain), static_cast<int>(plain.size()));
    EVP_CIPHER_CTX_free(state);
    return out;
}

SealingKey key_from(const Bytes& bytes) {
    SealingKey key{};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

const Bytes rfc_context = octets("101112131415161718191a1b1c1d1e1f2021222324252627");
const Bytes rfc_plain = octets("112233445566778899aabbccddee");

}  // namespace

TEST_CASE("The judge of AES-SIV gives the bytes of RFC 5297 A.1", "[rfc5297]") {
    const auto key = octets("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    CHECK(hex(siv(key, rfc_context, rfc_plain)) ==
          "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c");
}

TEST_CASE("AES-256-SIV seals the example of RFC 5297 A.1 with a key of twice the length", "[rfc5297]") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    const auto key = octets(
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f06f6e6d6c6b6a69686766656463626160"
        "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f");
    const auto sealed = (*cipher)->seal(key_from(key), rfc_context, rfc_plain);
    REQUIRE(sealed);
    CHECK(hex(*sealed) == "f125274c598065cfc26b0e71575029088b035217e380cac8919ee800c126");
}

TEST_CASE("Sealing agrees with RFC 5297 for every short length and opens again", "[rfc5297]") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    for (std::size_t length = 0; length < 70; ++length) {
        SealingKey key{};
        (*cipher)->random(key);
        Bytes plain(length);
        (*cipher)->random(plain);
        Bytes context(1 + length % 40);
        (*cipher)->random(context);
        const auto sealed = (*cipher)->seal(key, context, plain);
        REQUIRE(sealed);
        CHECK(*sealed == siv(Bytes{key.begin(), key.end()}, context, plain));
        const auto opened = (*cipher)->open(key, context, *sealed);
        REQUIRE(opened);
        CHECK(*opened == plain);
    }
}

TEST_CASE("A changed bit in key, context or sealed bytes does not open") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    SealingKey key{};
    (*cipher)->random(key);
    for (const std::string plain : {"", "x", "https://origin.example/users/alice/statuses/1"}) {
        const auto context = to_bytes("chunk/17");
        const auto sealed = (*cipher)->seal(key, context, bytes_of(plain));
        REQUIRE(sealed);
        for (std::size_t bit = 0; bit < sealed->size() * 8; ++bit) {
            auto flipped = *sealed;
            flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            const auto opened = (*cipher)->open(key, context, flipped);
            REQUIRE_FALSE(opened);
            CHECK(opened.error().kind == ErrorKind::Corrupt);
        }
        CHECK_FALSE((*cipher)->open(key, to_bytes("chunk/18"), *sealed));
        auto other = key;
        other[plain.empty() ? 0 : 63] ^= std::byte{1};  // the second half only matters for a text
        CHECK_FALSE((*cipher)->open(other, context, *sealed));
        auto shorter = *sealed;
        shorter.pop_back();
        CHECK_FALSE((*cipher)->open(key, context, shorter));
        CHECK((*cipher)->open(key, context, *sealed));  // a failure leaves nothing behind
    }
    CHECK_FALSE((*cipher)->open(key, to_bytes("x"), Bytes(15)));
    CHECK_FALSE((*cipher)->seal(key, {}, to_bytes("x")));
}

TEST_CASE("HMAC-SHA-256 gives the bytes of RFC 4231", "[rfc4231]") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    CHECK(hex((*cipher)->mac(Bytes(20, std::byte{0x0B}), to_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex((*cipher)->mac(to_bytes("Jefe"), to_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex((*cipher)->mac({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("Threads seal under their own keys without disturbing each other") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    std::vector<int> wrong(4);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&cipher, &wrong, t] {
            SealingKey key{};
            key[0] = static_cast<std::byte>(t);
            for (int i = 0; i < 500; ++i) {
                const auto plain = to_bytes(std::to_string(i * 7919));
                const auto sealed = (*cipher)->seal(key, to_bytes("c"), plain);
                const auto opened = sealed ? (*cipher)->open(key, to_bytes("c"), *sealed) : sealed;
                wrong[t] += opened && *opened == plain ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("What sealing and looking up cost", "[.bench]") {
    const auto cipher = OpensslCipher::make();
    REQUIRE(cipher);
    SealingKey key{};
    const auto uri = to_bytes("https://origin.example/users/alice/statuses/109372843234");
    const auto micros = [](auto act) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < 50'000; ++i) {
            act();
        }
        return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() /
               50'000;
    };
    const auto sealed = *(*cipher)->seal(key, to_bytes("c"), uri);
    WARN("seal 56 B: " << micros([&] { (void)(*cipher)->seal(key, to_bytes("c"), uri); }) << " us");
    WARN("open 56 B: " << micros([&] { (void)(*cipher)->open(key, to_bytes("c"), sealed); }) << " us");
    WARN("mac 56 B: " << micros([&] { (void)(*cipher)->mac(key, uri); }) << " us");
}
