#include "erasure/request_signer.hpp"

#include <memory>

#include <catch2/catch.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/openssl/published_keys.hpp"
#include "fakes/stopped_clock.hpp"
#include "wire/pem_signer.hpp"

using namespace fedtrail;
using erasure::RequestSigner;
using erasure::scheme_of;
using testing::PemSigner;

namespace {

constexpr auto* kRsaKey = "https://o.example/users/a#main-key";
constexpr auto* kEdKey = "https://o.example/users/a#ed25519-key";
constexpr privacy::SubjectNumber kPerson{7};

struct Desk {
    PemSigner keys;
    std::unique_ptr<const Cipher> cipher = std::move(*openssl::OpensslCipher::make());
    testing::StoppedClock clock;
    RequestSigner signer{keys, *cipher, clock};

    Result<HttpHeaders> post(SignatureScheme scheme) {
        return signer.sign(kPerson, scheme, "POST", url, R"({"a":1})", "application/activity+json");
    }
    const Uri url = *Uri::parse("https://r.example/inbox");
};

std::string all(const HttpHeaders& headers) {
    std::string names;
    for (const auto& [name, value] : headers) {
        names += name + " ";
    }
    return names;
}

}  // namespace

TEST_CASE("A request is signed as draft-cavage unless told otherwise", "[wire][signer]") {
    Desk desk;
    REQUIRE(desk.keys.add(kRsaKey, testing::kRfc9421Rsa));
    for (const auto scheme : {SignatureScheme::Unknown, SignatureScheme::Cavage}) {
        const auto headers = desk.post(scheme);
        REQUIRE(headers);
        CHECK(all(*headers) == "Host Date Digest Content-Type Signature ");
        CHECK(header_of(*headers, "Digest") == "SHA-256=AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI=");
        CHECK_THAT(std::string{header_of(*headers, "Signature")},
                   Catch::StartsWith("keyId=\"https://o.example/users/a#main-key\","));
        CHECK(scheme_of(*headers) == SignatureScheme::Cavage);
    }
    const auto headers = desk.post(SignatureScheme::Rfc9421);
    REQUIRE(headers);
    CHECK(all(*headers) == "Host Date Content-Digest Content-Type Signature-Input Signature ");
    CHECK_THAT(std::string{header_of(*headers, "Signature-Input")},
               Catch::EndsWith(";alg=\"rsa-v1_5-sha256\""));
    CHECK(scheme_of(*headers) == SignatureScheme::Rfc9421);
    CHECK(scheme_of({}) == SignatureScheme::Unknown);
}

TEST_CASE("A GET carries no digest", "[wire][signer]") {
    Desk desk;
    REQUIRE(desk.keys.add(kRsaKey, testing::kRfc9421Rsa));
    const auto headers = desk.signer.sign(kPerson, SignatureScheme::Cavage, "GET", desk.url, "", "");
    REQUIRE(headers);
    CHECK(all(*headers) == "Host Date Signature ");
}

TEST_CASE("RSA signs where there is RSA, Ed25519 alone as RFC 9421", "[wire][signer]") {
    Desk desk;
    REQUIRE(desk.keys.add(kEdKey, testing::kRfc9421Ed25519));
    for (const auto scheme : {SignatureScheme::Unknown, SignatureScheme::Cavage, SignatureScheme::Rfc9421}) {
        const auto headers = desk.post(scheme);
        REQUIRE(headers);
        CHECK(scheme_of(*headers) == SignatureScheme::Rfc9421);
        CHECK_THAT(std::string{header_of(*headers, "Signature-Input")},
                   Catch::Contains(kEdKey) && Catch::EndsWith(";alg=\"ed25519\""));
    }
    CHECK(desk.signer.sign_document(kPerson, {}).error().kind == ErrorKind::NotFound);
    REQUIRE(desk.keys.add(kRsaKey, testing::kRfc9421Rsa));
    CHECK(scheme_of(*desk.post(SignatureScheme::Cavage)) == SignatureScheme::Cavage);
    CHECK_THAT(std::string{header_of(*desk.post(SignatureScheme::Rfc9421), "Signature-Input")},
               Catch::Contains(kRsaKey));
}

TEST_CASE("Every attempt has its own date", "[wire][signer]") {
    Desk desk;
    REQUIRE(desk.keys.add(kRsaKey, testing::kRfc9421Rsa));
    const auto first = desk.post(SignatureScheme::Cavage);
    desk.clock.at += std::chrono::minutes{31};
    const auto second = desk.post(SignatureScheme::Cavage);
    REQUIRE((first && second));
    CHECK(header_of(*first, "Date") == "Sun, 22 Nov 2026 10:00:00 GMT");
    CHECK(header_of(*second, "Date") == "Sun, 22 Nov 2026 10:31:00 GMT");
    CHECK(header_of(*first, "Signature") != header_of(*second, "Signature"));
}

TEST_CASE("Without a key the error says where one can come from, and names nobody", "[wire][signer]") {
    Desk desk;
    const auto headers = desk.post(SignatureScheme::Cavage);
    REQUIRE_FALSE(headers);
    CHECK(headers.error().kind == ErrorKind::NotFound);
    CHECK_FALSE(headers.error().remedy.empty());
    CHECK(headers.error().what.find("o.example") == std::string::npos);
    CHECK(desk.signer.sign_document(kPerson, {}).error().kind == ErrorKind::NotFound);
}
