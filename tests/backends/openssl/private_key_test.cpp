#include "backends/openssl/private_key.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "fedtrail/core/base64.hpp"

#include "backends/openssl/made_keys.hpp"
#include "backends/openssl/octets.hpp"
#include "backends/openssl/published_keys.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fedtrail::openssl::OwnedKey;
using fedtrail::openssl::PrivateKey;

namespace {

std::string ed25519_pem(std::string_view seed) {
    const auto raw = octets(seed);
    const OwnedKey key{EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(raw.data()), raw.size())};
    return pkcs8(key.get());
}

/// What parse() says against `pem`, which must be Invalid and quote no line of it.
std::string refusal(const std::string& pem) {
    const auto key = PrivateKey::parse(pem);
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == ErrorKind::Invalid);
    CHECK_FALSE(key.error().remedy.empty());
    const auto said = key.error().what + key.error().remedy;
    for (std::size_t at = 0; at + 12 <= std::min<std::size_t>(pem.size(), 20'000); at += 12) {
        const auto piece = pem.substr(at, 12);
        const bool armour = piece.find("KEY") != std::string::npos || piece.find('-') != std::string::npos;
        CHECK((armour || said.find(piece) == std::string::npos));
    }
    return key.error().what;
}

/// Sanitizers keep the heap elsewhere.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnHeap = true;
#else
constexpr bool kOwnHeap = false;
#endif

/// How often one of the texts stands on the heap, each of its octets inverted.
int on_heap(const std::array<std::string, 2>& inverted) {
    std::ifstream maps{"/proc/self/maps"};
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    for (std::string line; std::getline(maps, line);) {
        if (line.ends_with("[heap]")) {
            start = std::stoull(line, nullptr, 16);
            end = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
        }
    }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel names addresses by numbers
    const std::string_view heap{reinterpret_cast<const char*>(start), end - start};
    int count = 0;
    for (const auto& text : inverted) {
        const auto same = [](char here, char there) { return here == static_cast<char>(~there); };
        auto place = std::search(heap.begin(), heap.end(), text.begin(), text.end(), same);
        for (; place != heap.end(); ++count) {
            place = std::search(place + 1, heap.end(), text.begin(), text.end(), same);
        }
    }
    return count;
}

/// An RSA key of `bits` whose numbers mean nothing.
std::string nonsense_rsa(int bits) {
    const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> build{OSSL_PARAM_BLD_new(),
                                                                                OSSL_PARAM_BLD_free};
    std::vector<std::unique_ptr<BIGNUM, decltype(&BN_free)>> numbers;
    const auto put = [&](const char* name, int size) {
        numbers.emplace_back(BN_new(), BN_free);
        BN_rand(numbers.back().get(), size, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
        OSSL_PARAM_BLD_push_BN(build.get(), name, numbers.back().get());
    };
    put(OSSL_PKEY_PARAM_RSA_N, bits);
    put(OSSL_PKEY_PARAM_RSA_E, 17);
    put(OSSL_PKEY_PARAM_RSA_D, bits - 1);
    for (const char* name : {OSSL_PKEY_PARAM_RSA_FACTOR1,
                             OSSL_PKEY_PARAM_RSA_FACTOR2,
                             OSSL_PKEY_PARAM_RSA_EXPONENT1,
                             OSSL_PKEY_PARAM_RSA_EXPONENT2,
                             OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
        put(name, bits / 2);
    }
    const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters{
        OSSL_PARAM_BLD_to_param(build.get()), OSSL_PARAM_free};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context{
        EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), EVP_PKEY_CTX_free};
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    REQUIRE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
    const OwnedKey owned{key};
    return traditional(owned.get());
}

}  // namespace

TEST_CASE("Once a key is gone, its first prime stands nowhere on the heap") {
    // First of this file: keys that are damaged do leave something behind, and other cases read such.
    // 32 octets out of the middle of the prime, each inverted, so that the test does not find itself.
    const auto inverted = octets("dc950ed36792c55f6296be0a6823fd9023e96fc34a78dd0991909f50f8c8ebd4");
    const auto forwards = std::string{fedtrail::text_of(inverted)};
    const std::array hidden{forwards, std::string{forwards.rbegin(), forwards.rend()}};
    REQUIRE(on_heap(hidden) == 0);
    {
        const auto key = PrivateKey::parse(kRfc9421Rsa);
        REQUIRE(key);
        REQUIRE(key->sign(bytes_of("m")));
        CHECK((on_heap(hidden) > 0 || kOwnHeap));
    }
    CHECK(on_heap(hidden) == 0);
}

TEST_CASE("Ed25519 signs as RFC 8032 section 7.1 says") {
    struct Vector {
        std::string_view seed, message, signature;
    };
    for (const auto& [seed, message, signature] :
         {Vector{
              "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
              "",
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
              "b46bd25bf5f0595bbe24655141438e7a100b"},
          Vector{
              "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
              "72",
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
              "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
          Vector{
              "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
              "af82",
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
              "c6594a7c15e9716ed28dc027beceea1ec40a"}}) {
        const auto key = PrivateKey::parse(ed25519_pem(seed));
        REQUIRE(key);
        CHECK(key->algorithm() == KeyAlgorithm::Ed25519);
        CHECK(hex(*key->sign(octets(message))) == signature);
    }
}

TEST_CASE("Ed25519 signs the request of RFC 9421 appendix B.2.6") {
    const auto key = PrivateKey::parse(kRfc9421Ed25519);
    REQUIRE(key);
    const std::string base =
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
        "\"@method\": POST\n"
        "\"@path\": /foo\n"
        "\"@authority\": example.com\n"
        "\"content-type\": application/json\n"
        "\"content-length\": 18\n"
        "\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" "
        "\"content-length\")"
        ";created=1618884473;keyid=\"test-key-ed25519\"";
    CHECK(base64(*key->sign(bytes_of(base))) ==
          "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
    CHECK(key->public_key() == kRfc9421Ed25519Public);
    CHECK(key->bits() == 256);
}

TEST_CASE("RSASSA-PKCS1-v1_5 with SHA-256 signs the proxy's message of RFC 9421 section 4.3") {
    const auto key = PrivateKey::parse(kRfc9421Rsa);
    REQUIRE(key);
    const std::string base =
        "\"signature\";key=\"sig1\": "
        ":hNojB+wWw4A7SYF3qK1S01Y4UP5i2JZFYa2WOlMB4Np5iWmJSO0bDe2hrYRbcIWqVAFjuuCBRsB7lYQJkzbb6g==:\n"
        "\"@authority\": origin.host.internal.example\n"
        "\"forwarded\": for=192.0.2.123\n"
        "\"@signature-params\": (\"signature\";key=\"sig1\" \"@authority\" \"forwarded\");created=1618884480"
        ";keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";expires=1618884540";
    CHECK(base64(*key->sign(bytes_of(base))) ==
          "YvYVO11F+Q+N4WZNeBdjFKluswwE3vQ4cTXpBwEiMz2hwu0J+"
          "wSJLRhHlIZ1N83epfnKDxY9cbNaVlbtr2UOLkw5O5Q5M5yrjx3s1mg"
          "DOsV7fuItD6iDyNISCiKRuevl+M+TyYBo10ubG83As5CeeoUdmrtI4G6QX7RqEeX0Xj/CYofHljr/"
          "dVzARxskjHEQbTztYVg4WD+LWo"
          "1zjx9w5fw26tsOMagfXLpDb4zb4/lgpgyNKoXFwG7c89KId5q+0BC+kryWuA35ZcQGaRPAz/NqzeKq/c7p7b/"
          "fmHS71fy1jOaFgWFmD"
          "+Z77bJLO8AVKuF0y2fpL3KUYHyITQHOsA==");
    CHECK(key->algorithm() == KeyAlgorithm::Rsa);
    CHECK(key->bits() == 2048);
    CHECK(key->public_key() == kRfc9421RsaPublic);
}

TEST_CASE("PKCS#1 and PKCS#8 of one key sign alike, whatever stands around the block") {
    const auto key = rsa(2048);
    const auto first = PrivateKey::parse(traditional(key.get()));
    REQUIRE(first);
    const auto signature = first->sign(bytes_of("a"));
    for (const auto& pem : {pkcs8(key.get()),
                            "Bag Attributes\n    friendlyName: alice\n" + traditional(key.get()) + "\n\n",
                            public_pem(key.get()) + traditional(key.get()),
                            traditional(key.get()) + public_pem(key.get())}) {
        const auto second = PrivateKey::parse(pem);
        REQUIRE(second);
        CHECK(*second->sign(bytes_of("a")) == *signature);
        CHECK(second->public_key() == public_pem(key.get()));
    }
    std::string windows;
    for (const char c : traditional(key.get())) {
        windows += c == '\n' ? "\r\n" : std::string(1, c);
    }
    CHECK(PrivateKey::parse(windows));
}

TEST_CASE("What is no key to sign with is refused with its reason, and nothing of it is quoted") {
    const auto key = rsa(2048);
    const auto curve = OwnedKey{EVP_EC_gen("P-256")};
    CHECK_THAT(refusal(""), Catch::Contains("there is no private key in PEM"));
    CHECK_THAT(refusal("correct horse battery staple"), Catch::Contains("there is no private key in PEM"));
    CHECK_THAT(refusal(public_pem(key.get())), Catch::Contains("public key"));
    CHECK_THAT(refusal(pkcs8(key.get(), "secret")), Catch::Contains("encrypted"));
    CHECK_THAT(refusal(traditional(key.get(), "secret")), Catch::Contains("encrypted"));
    CHECK_THAT(refusal(pkcs8(curve.get())), Catch::Contains("(EC)"));
    CHECK_THAT(refusal(traditional(curve.get())), Catch::Contains("(EC)"));
    CHECK_THAT(refusal(pkcs8(of_kind("X25519").get())), Catch::Contains("neither RSA nor Ed25519"));
    CHECK_THAT(refusal(pkcs8(of_kind("ED448").get())), Catch::Contains("neither RSA nor Ed25519"));
    CHECK_THAT(refusal(pkcs8(rsa(1024).get())), Catch::Contains("less than 2048"));
    CHECK_THAT(refusal(pkcs8(rsa(2040).get())), Catch::Contains("less than 2048"));
    CHECK_THAT(refusal(nonsense_rsa(8'200)), Catch::Contains("more than 8192"));
    CHECK_THAT(refusal(nonsense_rsa(2'048)), Catch::Contains("do not belong together"));
    CHECK_THAT(refusal(pkcs8(key.get()) + pkcs8(key.get())), Catch::Contains("more than one"));
    CHECK_THAT(refusal(std::string(8'000'000, 'A')), Catch::Contains("longer than 16 KiB"));
    CHECK_THAT(refusal("-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n"),
               Catch::Contains("DSA"));
    CHECK_THAT(refusal("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n"),
               Catch::Contains("OpenSSH"));
    CHECK_THAT(refusal("-----BEGIN ODD PRIVATE KEY-----\nMIIB\n-----END ODD PRIVATE KEY-----\n"),
               Catch::Contains("unknown kind"));
    CHECK_THAT(refusal("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"),
               Catch::Contains("damaged"));
}

TEST_CASE("A key with one changed or missing character is refused, or is the same key") {
    const std::string sound{kRfc9421Rsa};
    const auto whole = PrivateKey::parse(sound);
    int refused = 0;
    for (std::size_t at = 0; at < sound.size(); at += 7) {
        auto changed = sound;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        auto cut = sound;
        cut.erase(at, 1);
        for (const auto& pem : {changed, cut, sound.substr(0, at)}) {
            const auto key = PrivateKey::parse(pem);
            refused += key ? 0 : 1;
            INFO("at " << at);
            CHECK((!key || key->public_key() == whole->public_key()));
        }
    }
    CHECK(refused > 500);  // OpenSSL makes do without the numbers that only speed it up
}

TEST_CASE("Many threads sign with one key at once") {
    const auto key = PrivateKey::parse(kRfc9421Rsa);
    const auto expected = key->sign(bytes_of("m"));
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, copy = *key] {
            for (int round = 0; round < 25; ++round) {
                right += *copy.sign(bytes_of("m")) == *expected ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(right == 100);
}

TEST_CASE("What parsing and signing cost", "[.bench]") {
    // Not the key of RFC 9421: its primes differ in length, which costs three times as much.
    const auto pem = traditional(rsa(2048).get());
    const auto key = PrivateKey::parse(pem);
    const auto micros = [](int times, auto act) {
        const auto start = std::clock();
        for (int i = 0; i < times; ++i) {
            act();
        }
        return static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC / times;
    };
    WARN("CPU, RSA-2048: sign " << micros(1'000, [&] { (void)key->sign(bytes_of("m")); }) << " us, parse "
                                << micros(200, [&] { (void)PrivateKey::parse(pem); }) << " us");
}
