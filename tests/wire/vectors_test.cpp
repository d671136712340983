/// The published examples of both signature schemes, signed from our own signature bases.

#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/fediverse/http_signature.hpp"

#include "backends/openssl/private_key.hpp"
#include "backends/openssl/published_keys.hpp"
#include "fediverse/signature_lines.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

/// draft-cavage-http-signatures-12 appendix C: too short a key for anything but this.
constexpr const char* kCavageKey =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIICXgIBAAKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QF\n"
    "NUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+F\n"
    "UR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB\n"
    "AoGBAJR8ZkCUvx5kzv+utdl7T5MnordT1TvoXXJGXK7ZZ+UuvMNUCdN2QPc4sBiA\n"
    "QWvLw1cSKt5DsKZ8UETpYPy8pPYnnDEz2dDYiaew9+xEpubyeW2oH4Zx71wqBtOK\n"
    "kqwrXa/pzdpiucRRjk6vE6YY7EBBs/g7uanVpGibOVAEsqH1AkEA7DkjVH28WDUg\n"
    "f1nqvfn2Kj6CT7nIcE3jGJsZZ7zlZmBmHFDONMLUrXR/Zm3pR5m0tCmBqa5RK95u\n"
    "412jt1dPIwJBANJT3v8pnkth48bQo/fKel6uEYyboRtA5/uHuHkZ6FQF7OUkGogc\n"
    "mSJluOdc5t6hI1VsLn0QZEjQZMEOWr+wKSMCQQCC4kXJEsHAve77oP6HtG/IiEn7\n"
    "kpyUXRNvFsDE0czpJJBvL/aRFUJxuRK91jhjC68sA7NsKMGg5OXb5I5Jj36xAkEA\n"
    "gIT7aFOYBFwGgQAQkWNKLvySgKbAZRTeLBacpHMuQdl1DfdntvAyqpAZ0lY0RKmW\n"
    "G6aFKaqQfOXKCyWoUiVknQJAXrlgySFci/2ueKlIE1QqIiLSZ8V8OlpFLRnb1pzI\n"
    "7U1yQXnTAEFYM560yJlzUpOb1V4cScGd365tiSMvxLOvTA==\n"
    "-----END RSA PRIVATE KEY-----\n";

std::string signed_with_cavage_key(const std::string& text) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory{BIO_new_mem_buf(kCavageKey, -1), BIO_free};
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    REQUIRE(EVP_DigestSignInit(state.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    std::vector<unsigned char> out(512);
    auto length = out.size();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the same octets.
    const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
    REQUIRE(EVP_DigestSign(state.get(), out.data(), &length, octets, text.size()) == 1);
    return base64(std::as_bytes(std::span{out}.first(length)));
}

std::string signed_with(std::string_view pem, const std::string& text) {
    const auto key = openssl::PrivateKey::parse(pem);
    REQUIRE(key);
    return base64(*key->sign(bytes_of(text)));
}

constexpr const char* kDate = "Sun, 05 Jan 2014 21:31:40 GMT";

}  // namespace

TEST_CASE("draft-cavage-12 appendix C.1: the date alone", "[wire][vectors]") {
    const std::vector<SignedLine> lines{{"date", http_date(*parse_rfc3339("2014-01-05T21:31:40Z"))}};
    CHECK(cavage_text(lines) == std::string{"date: "} + kDate);
    CHECK(signed_with_cavage_key(cavage_text(lines)) ==
          "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25W"
          "qS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=");
}

TEST_CASE("draft-cavage-12 appendix C.2: target, host and date", "[wire][vectors]") {
    const auto base = cavage_base({"POST",
                                   *Uri::parse("https://example.com/foo?param=value&pet=dog"),
                                   *parse_rfc3339("2014-01-05T21:31:40Z"),
                                   {},
                                   {}});
    const auto signature = signed_with_cavage_key(base.text);
    CHECK(signature ==
          "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfE"
          "dKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=");
    CHECK(cavage_headers(base, "Test", signature).front().second ==
          R"(keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",signature=")" +
              signature + "\"");
}

TEST_CASE("draft-cavage-12 appendix C.3: all headers", "[wire][vectors]") {
    const std::vector<SignedLine> lines{{"(request-target)", "post /foo?param=value&pet=dog"},
                                        {"host", "example.com"},
                                        {"date", kDate},
                                        {"content-type", "application/json"},
                                        {"digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="},
                                        {"content-length", "18"}};
    CHECK(cavage_names(lines) == "(request-target) host date content-type digest content-length");
    CHECK(signed_with_cavage_key(cavage_text(lines)) ==
          "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv1"
          "20V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=");
}

TEST_CASE("RFC 9421 appendix B.2.6: a request signed with ed25519", "[wire][vectors]") {
    const std::vector<SignedLine> lines{{"date", "Tue, 20 Apr 2021 02:07:55 GMT"},
                                        {"@method", "POST"},
                                        {"@path", "/foo"},
                                        {"@authority", "example.com"},
                                        {"content-type", "application/json"},
                                        {"content-length", "18"}};
    const auto params = rfc9421_params(lines, R"(;created=1618884473;keyid="test-key-ed25519")");
    CHECK(params == R"(("date" "@method" "@path" "@authority" "content-type" "content-length");)"
                    R"(created=1618884473;keyid="test-key-ed25519")");
    CHECK(signed_with(testing::kRfc9421Ed25519, rfc9421_text(lines, params)) ==
          "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
}

TEST_CASE("RFC 9421 section 4.3: a request signed with rsa-v1_5-sha256", "[wire][vectors]") {
    const std::vector<SignedLine> lines{
        {"@method", "POST"},
        {"@authority", "origin.host.internal.example"},
        {"@path", "/foo"},
        {"content-digest",
         "sha-512=:WZDPaVn/"
         "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"},
        {"content-type", "application/json"},
        {"content-length", "18"},
        {"forwarded", "for=192.0.2.123;host=example.com;proto=https"}};
    const auto params = rfc9421_params(
        lines, R"(;created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540)");
    CHECK(signed_with(testing::kRfc9421Rsa, rfc9421_text(lines, params)) ==
          "S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcn"
          "L9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB"
          "8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+Y"
          "uI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==");
}
