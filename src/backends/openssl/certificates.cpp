#include "backends/openssl/certificates.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <openssl/pem.h>
#include <openssl/rand.h>

namespace fedtrail::openssl {

namespace {

using std::chrono::days;

constexpr days kBackdated{1};  // for clients whose clock is late
constexpr days kRootDays{3652};
constexpr days kLeafDays{365};              // with the backdating 366: below the 397 that browsers accept
constexpr std::size_t kMaxCommonName = 64;  // X.520 ub-common-name
constexpr std::string_view kRetry = "free some memory and retry";

tl::unexpected<Error> making_failed(std::string what) {
    return tl::unexpected{
        last_error(ErrorKind::Unavailable, "making " + std::move(what), std::string{kRetry})};
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const OwnedExtension extension{X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str())};
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        return false;
    }
    const std::unique_ptr<BIGNUM, Freed<BN_free>> number{
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, Instant from, Instant until) {
    return ASN1_TIME_set(X509_getm_notBefore(certificate), to_unix_seconds(from)) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), to_unix_seconds(until)) != nullptr;
}

bool add_to_name(X509_NAME* name, const char* field, const std::string& value) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's text is unsigned char
    const auto* text = reinterpret_cast<const unsigned char*>(value.c_str());
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

OwnedX509 blank(EVP_PKEY* key) {
    OwnedX509 certificate{X509_new()};
    const bool made = certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                      set_random_serial(certificate.get()) && X509_set_pubkey(certificate.get(), key) == 1;
    return made ? std::move(certificate) : nullptr;
}

/// Eight hexadecimal digits by which people tell two roots apart.
std::string short_id(X509* certificate) {
    const auto* serial = X509_get0_serialNumber(certificate);
    const auto* bytes = ASN1_STRING_get0_data(serial);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(serial));
    const std::span octets{bytes, std::min<std::size_t>(size, 4)};
    return hex(std::as_bytes(octets));
}

bool is_address(const std::string& name) {
    const std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> address{
        a2i_IPADDRESS(name.c_str())};
    return address != nullptr;
}

/// "[::1]:8443" → "::1", "a.example:8443" → "a.example".
std::string name_alone(const Host& host) {
    const auto& text = host.text();
    if (text.starts_with('[')) {
        return text.substr(1, text.find(']') - 1);
    }
    return text.substr(0, text.find(':'));
}

std::string excluded_subtrees(std::span<const Host> excluded) {
    std::string value = "critical";
    for (const auto& host : excluded) {
        const auto name = name_alone(host);
        if (!name.empty() && !is_address(name)) {
            value += ",excluded;DNS:" + name;
        }
    }
    return value == "critical" ? std::string{} : value;
}

bool add_root_extensions(X509* root, std::span<const Host> excluded) {
    const auto constraints = excluded_subtrees(excluded);
    return add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(root, root, NID_subject_key_identifier, "hash") &&
           (constraints.empty() || add_extension(root, root, NID_name_constraints, constraints));
}

/// The name as subject where it fits; an empty subject makes the alternative name critical (RFC
/// 5280 4.2.1.6).
bool add_leaf_names(X509* leaf, X509* root, const std::string& name) {
    const bool fits = name.size() <= kMaxCommonName;
    const std::string kind = is_address(name) ? "IP:" : "DNS:";
    return (!fits || add_to_name(X509_get_subject_name(leaf), "CN", name)) &&
           add_extension(leaf, root, NID_subject_alt_name, (fits ? "" : "critical,") + kind + name);
}

bool add_leaf_extensions(X509* leaf, X509* root) {
    return add_extension(leaf, root, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(leaf, root, NID_key_usage, "critical,digitalSignature") &&
           add_extension(leaf, root, NID_ext_key_usage, "serverAuth") &&
           add_extension(leaf, root, NID_subject_key_identifier, "hash") &&
           add_extension(leaf, root, NID_authority_key_identifier, "keyid:always");
}

Instant end_of(X509* certificate) {
    std::tm parts{};
    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts);
    return from_unix_seconds(::timegm(&parts));
}

/// X509_check_purpose() with no purpose makes OpenSSL take note of the names that the check looks at.
bool is_excluded(X509* leaf, X509* root) {
    X509_check_purpose(leaf, -1, 0);
    const OwnedConstraints constraints{
        static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(root, NID_name_constraints, nullptr, nullptr))};
    return constraints && NAME_CONSTRAINTS_check(leaf, constraints.get()) != X509_V_OK;
}

OwnedBio memory_of(std::string_view text) {
    return OwnedBio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string text_in(BIO* memory) {
    char* start = nullptr;
    const auto size = BIO_get_mem_data(memory, &start);
    return {start, static_cast<std::size_t>(size)};
}

}  // namespace

Result<OwnedKey> make_key() {
    OwnedKey key{EVP_EC_gen("P-256")};
    if (!key) {
        return making_failed("a P-256 key");
    }
    return key;
}

Result<OwnedX509> make_root(EVP_PKEY* key, Instant now, std::span<const Host> excluded) {
    auto root = blank(key);
    if (!root) {
        return making_failed("a root certificate");
    }
    auto* name = X509_get_subject_name(root.get());
    const bool made = add_to_name(name, "O", "Fedtrail") &&
                      add_to_name(name, "CN", "Fedtrail local CA " + short_id(root.get())) &&
                      X509_set_issuer_name(root.get(), name) == 1 &&
                      set_validity(root.get(), now - kBackdated, now - kBackdated + kRootDays) &&
                      add_root_extensions(root.get(), excluded) &&
                      X509_sign(root.get(), key, EVP_sha256()) > 0;
    if (!made) {
        return making_failed("a root certificate");
    }
    return root;
}

Result<OwnedX509> make_leaf(const Host& host, EVP_PKEY* key, const Issuer& issuer, Instant now) {
    const auto name = name_alone(host);
    if (name.empty()) {
        return fail(ErrorKind::Invalid, "a certificate needs a host name");
    }
    auto leaf = blank(key);
    const auto until = std::min(now - kBackdated + kLeafDays + kBackdated, end_of(issuer.certificate));
    const bool made = leaf &&
                      X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.certificate)) == 1 &&
                      set_validity(leaf.get(), now - kBackdated, until) &&
                      add_leaf_names(leaf.get(), issuer.certificate, name) &&
                      add_leaf_extensions(leaf.get(), issuer.certificate);
    if (!made) {
        return making_failed("a certificate for a host");
    }
    if (X509_sign(leaf.get(), issuer.key, EVP_sha256()) <= 0) {
        return making_failed("a certificate for a host");
    }
    if (is_excluded(leaf.get(), issuer.certificate)) {
        return fail(ErrorKind::Denied,
                    "the local authority is barred from vouching for " + name,
                    "put the host on the proxy's bypass list");
    }
    return leaf;
}

Result<std::string> to_pem(X509* certificate) {
    const OwnedBio memory{BIO_new(BIO_s_mem())};
    if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) {
        return making_failed("the text of a certificate");
    }
    return text_in(memory.get());
}

Result<std::string> to_pem(EVP_PKEY* key) {
    const OwnedBio memory{BIO_new(BIO_s_secmem())};
    if (!memory ||
        PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return making_failed("the text of a key");
    }
    return text_in(memory.get());
}

Result<OwnedX509> certificate_from(std::string_view pem, std::string_view name) {
    const auto memory = memory_of(pem);
    OwnedX509 certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
    if (!certificate) {
        return tl::unexpected{
            last_error(ErrorKind::Corrupt,
                       "reading the certificate in " + std::string{name},
                       "restore the file from a backup, or move ca.pem and ca.key away and run "
                       "`fedtrail init` (the server software must then trust the new one)")};
    }
    return certificate;
}

Result<OwnedKey> key_from(std::string_view pem, std::string_view name) {
    const auto memory = memory_of(pem);
    // An encrypted key must not make OpenSSL ask on the terminal: an empty password is offered instead.
    OwnedKey key{PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, const_cast<char*>(""))};
    if (!key) {
        return tl::unexpected{
            last_error(ErrorKind::Corrupt,
                       "reading the private key in " + std::string{name},
                       "restore the file from a backup, or move ca.pem and ca.key away and run "
                       "`fedtrail init` (the server software must then trust the new one)")};
    }
    return key;
}

}  // namespace fedtrail::openssl
